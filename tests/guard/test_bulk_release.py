"""A backlog leaves in bulk on a real Kafka, while live records flow and guards and the releasing tool are killed: once, in order, whole.

The route was stopped by hand and is let go: it drains. Live records join its backlog until that has left, so its destination gets every
record of the source in the order of its offsets. The other routes never stop.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import pytest

from tests.support.apache import Cluster
from tests.support.decided import Left, look, wrongs
from tests.support.laboratory import PARTITIONS, a_laboratory, result
from tests.support.transports import until

pytestmark = pytest.mark.broker

ROUTE = "registry"


class Blows(NamedTuple):
    """How often who is killed, and how many live records come in a second."""

    guards: int
    tools: int
    live: int


class Bulk:
    """A laboratory whose route has stood still, and has a backlog by now. `pace`: options of the tool."""

    def __init__(self, kafka: Cluster, folder: Path, held: int, seed: int, *pace: str) -> None:
        self.lab = a_laboratory(kafka, folder)
        self._pace = pace
        self.held = held
        self.runs = 0  # of the tool
        self.seconds = 0.0  # from the first request to the end of the backlog
        self._chance = random.Random(seed)
        self._fleet = self.lab.guards()

    def runs_dry(self, blows: Blows, seconds: float) -> Left:
        """Fills the backlog, lets the route go, releases, and looks at what is left."""
        with self._fleet as fleet:
            self._breaker("open", "--reason", "a strange export")
            self._fill(self.held)
            fleet.start(0)
            fleet.start(1)
            until(self._is_worked_off, seconds)
            self._breaker("close", "--reason", "it was looked at", "--key", str(self.lab.key("alice", "signing")))
            with self._living(blows.live):
                self._release(blows, seconds)
            until(self._is_worked_off, seconds)
            assert set(fleet.stop_all()) == {0}, fleet.logs()
        return look(self.lab)

    @property
    def killed(self) -> int:
        return self._fleet.exits.count(-signal.SIGKILL)

    def _breaker(self, *words: str) -> None:
        command, *more = words
        ended = self.lab.command("breaker", command, ROUTE, *more, "--pipeline", str(self.lab.pipeline))
        assert ended.exit_code == 0, ended.stderr

    def _fill(self, count: int) -> None:
        made = (result(f"S{self._chance.randrange(10 * count)}", str(self._chance.randrange(count))) for _ in range(count))
        self.lab.kafka.fill((self.lab.source, self._chance.randrange(PARTITIONS), b"key", value) for value in made)

    def _is_worked_off(self) -> bool:
        self._fleet.tend()
        time.sleep(0.2)
        return self.lab.is_worked_off()

    @contextmanager
    def _living(self, rate: int) -> Iterator[None]:
        """So many records come in a second, for as long as the context lasts."""
        ended = Event()

        def come() -> None:
            while not ended.wait(1):
                self._fill(rate)

        thread = Thread(target=come)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _release(self, blows: Blows, seconds: float) -> None:
        """The tool is run until nothing is left to release; whoever is killed is started again."""
        started = time.monotonic()
        coming = self._coming(blows)
        while (code := self._run(next(coming, None))) != 0:
            assert code == -signal.SIGKILL, self._said()
            assert time.monotonic() - started < seconds, self._said()
        self.seconds = time.monotonic() - started

    def _coming(self, blows: Blows) -> Iterator[list[str]]:
        """What happens in each run of the tool but the last: guards die, then the tool."""
        guards = [f"guard {self._chance.randrange(2)}" for _ in range(blows.guards)]
        for left in range(blows.tools, 0, -1):
            yield [*(guards.pop() for _ in range(len(guards) // left)), "tool"]

    def _run(self, blows: list[str] | None) -> int:
        """One run of the tool. Its exit code."""
        self.runs += 1
        with (self.lab.folder / "tool").open("ab") as log:
            tool = subprocess.Popen([*self.lab.draining(ROUTE), *self._pace], stdout=log, stderr=log)
        try:
            for blow in blows or ():
                self._await_progress()
                if blow == "tool":
                    tool.kill()
                else:
                    self._fleet.kill(int(blow[-1]))
            while tool.poll() is None:
                self._fleet.tend()
                time.sleep(0.1)
            return tool.returncode
        finally:
            tool.kill()
            tool.wait()

    def _await_progress(self) -> None:
        """Until some more records have left, at a moment of chance."""
        before = self._left_so_far()
        until(lambda: self._left_so_far() > before, 60)
        time.sleep(self._chance.uniform(0, 0.5))

    def _left_so_far(self) -> int:
        self._fleet.tend()
        return sum(self.lab.kafka.ends(self.lab.destination(ROUTE)).values())

    def _said(self) -> str:
        return (self.lab.folder / "tool").read_text()[-2000:] + self._fleet.logs()


def found(bulk: Bulk, left: Left) -> str:
    """What the run came to, for `docs/proof`."""
    live = len(left.inputs) - bulk.held
    released = sum(len(left.released(ROUTE, number)) for number in range(PARTITIONS))
    took = f"by {bulk.runs} runs of the tool in {bulk.seconds:.0f} s, {bulk.killed} guards killed"
    return f"{bulk.held} held, {live} live meanwhile; {released} released {took}\n"


def is_whole(left: Left) -> bool:
    """Every route got every record once, in order."""
    wanted = {
        number: [each.coordinate.offset for each in left.inputs if each.coordinate.partition == number] for number in range(PARTITIONS)
    }
    return all(left.came(route, number) == offsets for route in left.forwarded for number, offsets in wanted.items())


def test_a_backlog_leaves_once_in_order_while_live_records_flow_and_guards_and_the_tool_die(kafka: Cluster, tmp_path: Path) -> None:
    bulk = Bulk(kafka, tmp_path, 300, 1, "--rate", "100/s")  # slowly, so that it is still at it when it is killed

    left = bulk.runs_dry(Blows(guards=1, tools=1, live=20), seconds=120)

    assert wrongs(left) == []
    assert is_whole(left)
    assert bulk.runs == 2, found(bulk, left)


@pytest.mark.soak
def test_5_000_held_records_leave_once_in_order_whoever_dies(kafka: Cluster, tmp_path: Path) -> None:
    bulk = Bulk(kafka, tmp_path, 5000, 20261127)

    left = bulk.runs_dry(Blows(guards=12, tools=4, live=20), seconds=600)
    sys.stdout.write(found(bulk, left))

    assert wrongs(left) == []
    assert is_whole(left)
