"""Exactly once, on a real broker with workers that are processes: each input gets one outcome and one fact on each route, in order, and
nothing else is ever seen, whoever dies and whenever. What is found at the end is judged by tests/support/verifier.
"""

import random
import signal
import time
from pathlib import Path

import pytest

from stream.broker.apache import Apache
from tests.support.apache import Cluster
from tests.support.transports import until
from tests.support.verifier import Seen, look, told, wrongs
from tests.support.worker import FENCED, End, Fleet, Ground, Step, a_ground, frozen, fused

pytestmark = pytest.mark.broker

ORDERS = ("", "", "", " redact", " hold", " drop")


def _records(ground: Ground, count: int, persons: int, seed: int = 1) -> list[tuple[str, int, bytes, bytes]]:
    """Values that name a person and order a verdict, keys that are unique."""
    chance = random.Random(seed)
    return [
        (
            ground.source,
            chance.randrange(ground.partitions),
            str(number).encode(),
            f"p{chance.randrange(persons)}{chance.choice(ORDERS)}".encode(),
        )
        for number in range(count)
    ]


def _all_done(cluster: Cluster, ground: Ground) -> bool:
    """The source has no transactions, so its end is the offset after its last record."""
    return cluster.committed(ground.group, ground.source) == {number: end for number, end in cluster.ends(ground.source).items() if end}


def _finish(cluster: Cluster, ground: Ground, fleet: Fleet, seconds: float = 120) -> Seen:
    """Everything is worked off with nobody in the way; then nothing is wrong."""

    def done() -> bool:
        fleet.tend()
        time.sleep(0.3)
        return _all_done(cluster, ground)

    try:
        until(done, seconds)
    except AssertionError:
        left = (cluster.committed(ground.group, ground.source), cluster.ends(ground.source))
        pytest.fail(f"not worked off: {left}\n{fleet.logs()}")
    fleet.stop_all()
    seen = look(cluster, ground)
    found = wrongs(seen)
    assert not found, told(seen, found)
    return seen


def test_a_worker_that_is_killed_at_any_step_loses_and_repeats_nothing(kafka: Cluster, tmp_path: Path) -> None:
    """One worker dies at each step in turn and is started again, known to the group by its number."""
    ground = a_ground(kafka, 2, {"care": None, "research": None})
    deaths = [End(step, hits) for step in Step if step is not Step.ABORTING for hits in (1, 2)]
    with Fleet(tmp_path, fused(ground, tmp_path, static=True, records=20)) as fleet:
        for number, end in enumerate(deaths):
            kafka.fill(_records(ground, 200, 50, seed=number))
            assert fleet.start(0, end).wait(60) == -signal.SIGKILL, f"{end}\n{fleet.logs()}"
        fleet.start(0)
        _finish(kafka, ground, fleet)


@pytest.mark.parametrize("successor", [0, 1], ids=["under its own number", "under another number"])
@pytest.mark.parametrize("step", [Step.OFFSETS, Step.COMMITTING])
def test_a_frozen_worker_that_wakes_up_commits_nothing(kafka: Cluster, tmp_path: Path, step: Step, successor: int) -> None:
    ground = a_ground(kafka, 2, {"care": None})
    kafka.fill(_records(ground, 200, 50))
    with Fleet(tmp_path, fused(ground, tmp_path, records=20)) as fleet:
        zombie = fleet.start(0, End(step, 3, signal.SIGSTOP))
        until(lambda: frozen(zombie))
        fleet.start(successor)
        until(lambda: _all_done(kafka, ground), 60)

        zombie.send_signal(signal.SIGCONT)
        if successor == 0:
            assert zombie.wait(60) == FENCED
        kafka.fill(_records(ground, 200, 50, seed=2))
        _finish(kafka, ground, fleet)


def test_a_cap_holds_whoever_dies(kafka: Cluster, tmp_path: Path) -> None:
    """The route opens at the first person too many, and shows no other person from then on."""
    ground = a_ground(kafka, 4, {"care": None, "research": 30})
    with Fleet(tmp_path, fused(ground, tmp_path, static=True, records=20)) as fleet:
        for number, step in enumerate((Step.COMMITTED, Step.COMMITTING, Step.INSTALLED)):
            kafka.fill(_records(ground, 100, 200, seed=number))
            assert fleet.start(0, End(step, 2)).wait(60) == -signal.SIGKILL, fleet.logs()
        fleet.start(0)
        fleet.start(1)
        kafka.fill(_records(ground, 300, 200, seed=9))
        seen = _finish(kafka, ground, fleet)

    assert 0 < len(seen.forwarded["research"]) < len(seen.forwarded["care"])


class Storm:
    """Feeds a pipeline and has things happen to its workers and its broker, by chance from a seed."""

    def __init__(self, apache: Apache, folder: Path, seed: int, workers: int = 3) -> None:
        self.cluster = Cluster(apache.address)
        self.ground = a_ground(self.cluster, 4, {"care": None, "research": None})
        self._apache = apache
        self._fleet = Fleet(folder, fused(self.ground, folder, records=200))
        self._workers = workers
        self._chance = random.Random(seed)
        self._frozen: dict[int, int] = {}  # worker and the turn at which it wakes up

    def rages(self, turns: int, records: int) -> Seen:
        """Each turn brings records and perhaps a blow."""
        with self._fleet as fleet:
            for ordinal in range(self._workers):
                fleet.start(ordinal)
            for turn in range(turns):
                self.cluster.fill(_records(self.ground, records, 500, seed=turn))
                if turn == turns // 2:
                    self._apache.kill()
                    self._apache.start()
                self._blow(turn)
                fleet.tend()
                time.sleep(self._chance.uniform(0.2, 0.8))
            for ordinal in self._frozen:
                fleet.thaw(ordinal)
            return _finish(self.cluster, self.ground, fleet)

    def _blow(self, turn: int) -> None:
        for ordinal in [each for each, wakes in self._frozen.items() if wakes <= turn]:
            self._fleet.thaw(ordinal)
            del self._frozen[ordinal]
        up = [ordinal for ordinal in self._fleet.ordinals if ordinal not in self._frozen]
        match self._chance.choice(("kill", "kill", "leave", "join", "freeze", "calm", "calm")):
            case "kill" if up:
                self._fleet.kill(self._chance.choice(up))
            case "leave" if len(up) > 1:
                self._fleet.stop(up[-1])
            case "join" if len(self._fleet.ordinals) < self._workers + 1:
                self._fleet.start(next(number for number in range(9) if number not in self._fleet.ordinals))
            case "freeze" if len(up) > 1:
                ordinal = self._chance.choice(up)
                self._fleet.freeze(ordinal)
                self._frozen[ordinal] = turn + 8


def test_20_000_records_through_a_storm(own_kafka: Apache, tmp_path: Path) -> None:
    """Workers are killed, frozen, leave and join; the broker is killed once."""
    seen = Storm(own_kafka, tmp_path, seed=1).rages(turns=40, records=500)

    assert len(seen.inputs) == 20_000


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 130))
def test_many_storms(own_kafka: Apache, tmp_path: Path, seed: int) -> None:
    seen = Storm(own_kafka, tmp_path, seed).rages(turns=100, records=1000)

    assert len(seen.inputs) == 100_000
