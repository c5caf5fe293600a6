"""A demo that was watched from start to end: what stood on screens of three sizes, in a log, and on the board."""

import io
from datetime import date
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from stream.broker.apache import free_ports
from stream.demo.board import Board
from stream.demo.show import a_board, play
from stream.demo.stage import Broker, broker, lay_out
from stream.demo.story import Day
from stream.demo.view import screen
from stream.demo.viewers import Lines
from stream.logs import open_log

SIZES = ((80, 24), (110, 35), (200, 50))
SEED = 2026
RECORDS = 80


class Drawn(NamedTuple):
    """One screen, line by line, and what the story had told by then."""

    size: tuple[int, int]
    lines: list[str]
    told: list[str]


class Watched(NamedTuple):
    """Everything that could be seen. `plain`: what `--plain` prints; `log`: what the worker logged."""

    board: Board
    screens: list[Drawn]
    plain: str
    log: str


class Everything:
    """Draws on screens of all sizes whenever something new is told, and as lines."""

    def __init__(self) -> None:
        self.screens: list[Drawn] = []
        self.plain = io.StringIO()
        self._lines = Lines(Console(file=self.plain, force_terminal=True, color_system=None, width=80))
        self._told = -1

    def draw(self, board: Board) -> None:
        self._lines.draw(board)
        if len(board.told) > self._told:
            self._told = len(board.told)
            self.screens += [Drawn(size, drawn(board, size), [told.text for told in board.told]) for size in SIZES]


def watch(folder: Path) -> Watched:
    """A whole day on the mock cluster, as fast as it goes."""
    viewer, log = Everything(), io.StringIO()
    with broker(Broker.MOCK, folder) as address:
        stage = lay_out(folder, Broker.MOCK, address, free_ports(1)[0], date(2026, 9, 1))
        board = a_board(stage)
        play(stage, board, Day(SEED, RECORDS, 1000), viewer, open_log("info", log))
    return Watched(board, viewer.screens, viewer.plain.getvalue(), log.getvalue())


def drawn(board: Board, size: tuple[int, int]) -> list[str]:
    """The screen, line by line."""
    console = Console(file=io.StringIO(), record=True, width=size[0], height=size[1], force_terminal=True)
    console.print(screen(board, Broker.MOCK.words, size))
    return console.export_text().splitlines()
