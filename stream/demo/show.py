"""Runs the demo: a laboratory writes, a worker guards, and what comes of it is drawn as facts and outcomes come in."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from rich.console import Console, RenderableType
from rich.live import Live

from schemas.events import Fact
from stream.broker.client import Client, Seen
from stream.demo.stage import DESTINATIONS, FACTS, SOURCE, Stage
from stream.demo.view import before_and_after, summary, verdicts
from stream.guard.main import Stop, work
from stream.logs import Log
from stream.synth.traffic import traffic

HANDFUL = 20  # records fed at a time
UNREADABLE = bytes(range(256))  # what a broken sender may write; one in every other handful
_PATIENCE = 30.0  # seconds without anything new after which the show ends


class Fed(NamedTuple):
    """One record that the laboratory wrote."""

    key: bytes
    value: bytes

    @property
    def control(self) -> bytes:
        """The message's own number (MSH-10)."""
        return self.value.split(b"|", 10)[9]

    def __repr__(self) -> str:
        return f"Fed({len(self.value)}B)"


@contextmanager
def worker(stage: Stage, log: Log) -> Iterator[None]:
    """A worker of the pipeline, in a thread of its own."""
    stop = Stop()
    thread = threading.Thread(target=work, args=(stage.bundle, stage.settings, log, stop, stage.surveyed), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


class Show:
    """One run of the demo."""

    def __init__(self, console: Console, client: Client, seed: int) -> None:
        self._console = console
        self._client = client
        self._samples = traffic(seed)
        self._counts: dict[str, Counter[str]] = {route: Counter() for route in DESTINATIONS}
        self._chosen: Fed | None = None
        self._got: dict[str, str | None] = dict.fromkeys(DESTINATIONS)
        self._fed = 0
        self._started = self._moved = time.monotonic()

    def run(self, records: int | None) -> None:
        """Until the records have their outcomes; for ever with None. Ends as well where nothing moves any more."""
        with Live(self._table(), console=self._console, refresh_per_second=8) as live:
            while (records is None or self._judged() < records) and time.monotonic() - self._moved < _PATIENCE:
                if records is None or self._fed < records:
                    self._feed()
                for seen in self._client.look(0.2):
                    self._take(seen)
                live.update(self._table())

    def end(self, metrics: str, *, real: bool) -> None:
        """One record before and after, and the summary."""
        self._console.print()
        if self._chosen is not None:
            self._console.print(before_and_after(_readable(self._chosen.value), self._got))
        self._console.print(summary(self._counts, metrics, real=real))

    def _feed(self) -> None:
        fed = [Fed(str(self._fed + number).encode(), sample.data) for number, sample in enumerate(islice(self._samples, HANDFUL))]
        self._chosen = self._chosen or next(filter(_telling, fed[:-1]), None)
        if self._fed % (2 * HANDFUL) == 0:
            fed[-1] = fed[-1]._replace(value=UNREADABLE)
        self._client.feed(SOURCE, fed)
        self._fed += HANDFUL

    def _take(self, seen: Seen) -> None:
        self._moved = time.monotonic()
        if seen.topic == FACTS:
            fact = Fact.model_validate_json(seen.value or b"")
            self._counts[fact.route].update(row.verdict for row in fact.each())
        elif self._chosen is not None and (route := self._route_of_chosen(seen)):
            self._got[route] = _readable(seen.value or b"")

    def _route_of_chosen(self, seen: Seen) -> str | None:
        """The route whose outcome of the chosen record this is. Keys are pseudonymised on some routes, the message's own number is not."""
        control = self._chosen.control if self._chosen else b""
        return next((route for route, topic in DESTINATIONS.items() if topic == seen.topic and control in (seen.value or b"")), None)

    def _judged(self) -> int:
        """Records that every route has an outcome for."""
        return min(counted.total() for counted in self._counts.values())

    def _table(self) -> RenderableType:
        return verdicts(self._counts, self._fed, time.monotonic() - self._started)


def _telling(fed: Fed) -> bool:
    """A message that shows much at once: a name and a telephone number within a comment."""
    return fed.value.startswith(b"MSH") and b"Rappeler" in fed.value


def _readable(data: bytes) -> str:
    return data.decode().replace("\r", "\n").strip()
