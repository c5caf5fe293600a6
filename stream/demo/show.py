"""Runs the demo: a laboratory writes, a worker guards, and the board is drawn as outcomes come in. Called by the command line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Protocol

from schemas.topics import Purpose
from stream.broker.client import Client
from stream.demo.board import Board, lanes
from stream.demo.reviewer import Reviewer
from stream.demo.stage import Stage, own_topic
from stream.demo.story import Day, Story
from stream.errors import Unavailable
from stream.guard.main import Stop, work
from stream.logs import Log

_LOOK = 0.1  # seconds between two looks at what came
_GRACE = 5.0  # seconds that what was written has to get its outcomes after an interrupt
_PATIENCE = 30.0  # seconds without any verdict after which a worker is believed to be stuck
_TOPICS = tuple(map(own_topic, (Purpose.FACTS, Purpose.DISPOSITIONS, Purpose.BREAKERS)))


class Viewer(Protocol):
    """Who shows the board while the day goes on."""

    def draw(self, board: Board) -> None: ...


@contextmanager
def worker(stage: Stage, log: Log) -> Iterator[Future[None]]:
    """A worker of the pipeline, in a thread of its own, until the block ends."""
    stop = Stop()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(work, stage.bundle, stage.settings, log, stop, stage.surveyed)
        try:
            yield running
        finally:
            stop.set()


def a_board(stage: Stage) -> Board:
    """Nothing was seen yet."""
    caps = {route: policy.limits.subjects_per_hour for route, policy in stage.bundle.policies.items()}
    return Board(lanes(stage.pipeline, caps))


def play(stage: Stage, board: Board, day: Day, viewer: Viewer, log: Log) -> None:
    """From the morning until the day is over; an interrupt ends it earlier, once what was written has its outcomes. Raises ConfigError,
    Unavailable, Fatal."""
    destinations = [lane.destination for lane in board.lanes.values()]
    address = stage.settings.kafka.bootstrap[0]
    with worker(stage, log) as running, Client(address, [*_TOPICS, *destinations]) as client, Reviewer(stage) as reviewer:
        board.now = time.monotonic()
        story = Story(board, client, reviewer, day)
        watching = _Watching(board, client, running)
        with suppress(KeyboardInterrupt):
            while story.turn():
                viewer.draw(board)
                watching.look()
        until = time.monotonic() + _GRACE
        while not board.closes() and time.monotonic() < until:
            watching.look()
        viewer.draw(board)


class _Watching:
    """Looks at what came, and whether the worker still works."""

    def __init__(self, board: Board, client: Client, running: Future[None]) -> None:
        self._board = board
        self._client = client
        self._running = running
        self._moved = board.now

    def look(self) -> None:
        """Raises what ended the worker, and Unavailable where it gives no verdicts."""
        board = self._board
        for seen in self._client.look(_LOOK):
            board.take(seen)
            self._moved = board.now
        board.now = time.monotonic()
        if self._running.done():
            self._running.result()
        if board.undecided() and board.now - self._moved > _PATIENCE:
            raise Unavailable("the worker gives no verdict")
