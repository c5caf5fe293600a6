"""Shows the board while the day goes on: on a whole screen, or as lines for a log."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from schemas.vocabulary import Verdict
from stream.demo.board import Board
from stream.demo.view import SMALLEST, clock, screen

_FIRST = 8 * 60  # minute of the first numbers
_EVERY = 60  # minutes of the laboratory's day between two lines of numbers


def fits(console: Console) -> bool:
    """Whether it is a terminal that a screen can be drawn on."""
    return console.is_terminal and not console.is_dumb_terminal and console.width >= SMALLEST[0] and console.height >= SMALLEST[1]


class Screen:
    """The whole terminal; what was on it comes back in the end. `on`: what the demo runs on."""

    def __init__(self, console: Console, on: str) -> None:
        self._console = console
        self._on = on
        self._live = Live(console=console, screen=True, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.__exit__(kind, error, trace)

    def draw(self, board: Board) -> None:
        self._live.update(screen(board, self._on, self._console.size), refresh=True)


class Lines:
    """The story line by line, and the numbers every hour of the day."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told = 0
        self._next = _FIRST

    def draw(self, board: Board) -> None:
        for told in board.told[self._told :]:
            self._say(f"{clock(told.minute)} {told.sign.value} {told.text}")
            if told.how:
                self._say(f"        {told.how}")
        self._told = len(board.told)
        if board.minute >= self._next:
            self._next = board.minute - board.minute % _EVERY + _EVERY
            self._say(f"{clock(board.minute)}   {'; '.join(_counted(board, route) for route in board.lanes)}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def _counted(board: Board, route: str) -> str:
    verdicts = board.verdicts[route]
    stands = ", breaker open" if route in board.stopped else ""
    return f"{route} {verdicts[Verdict.CLEAR]} clear, {verdicts[Verdict.REDACT]} redact, {board.still_held(route)} held{stands}"
