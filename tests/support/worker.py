"""A worker of the guard as a process of its own, that can be told where to die, and a fleet of them with a supervisor.

`python -m tests.support.worker FILE` runs the real loop on the real transport. Without a pipeline, the core is that of
`tests.support.guard`: a record's value says what becomes of it, and only judging is pretended. With one, its policies judge and its keys
seal.
"""

import faulthandler
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Self

import psutil
from confluent_kafka import Producer

from schemas.bundle import read_bundle
from stream.core.ruleset import nothing_extracted
from stream.core.values import Inspection, Outcome, Record, Standing
from stream.errors import Fatal
from stream.guard.admin import Admin
from stream.guard.assembly import assemble
from stream.guard.kafka import KafkaSettings, KafkaTransport
from stream.guard.keyring import load
from stream.guard.ledger import Ledger
from stream.guard.loop import Loop, World
from stream.guard.main import survey
from stream.guard.outputs import Sealer
from stream.guard.plan import Plan, Route, Source, Topics
from stream.guard.sealing import Sealer as RealSealer
from stream.guard.transport import Budget, Partition
from tests.support.apache import Cluster
from tests.support.guard import CLUSTER, FACT_KEY, Counts, OpenSealer, inspect, judge, judge_again
from tests.support.transports import Gaps

ROOT = Path(__file__).parents[2]
FENCED = 4
"""Exit code of a worker that met Fatal."""


class Step(StrEnum):
    """Where a worker can be told to end; the number is the loop's."""

    POLLED = "1 polled"
    READING = "2 reading the standing"
    WRITTEN_DOWN = "3 written down"
    JUDGING = "4 judging"
    BEGINNING = "5 beginning"
    SENDING = "5 sending"
    OFFSETS = "5 before the offsets"
    COMMITTING = "5 before the commit"
    COMMITTED = "5 after the commit"
    INSTALLED = "6 installed"
    ABORTING = "before an abort"


class End(NamedTuple):
    """What a worker does to itself: `signal` at the `hits`-th time of a step."""

    step: Step
    hits: int = 1
    signal: int = signal.SIGKILL


class Ground(NamedTuple):
    """The topics of a test, and its routes: name, destination, cap."""

    address: str
    group: str
    source: str
    partitions: int
    topics: Topics
    routes: tuple[tuple[str, str, int | None], ...]


class Order(NamedTuple):
    """What one worker is told. `static`: it is known to the group by its number, and comes back as the same; `pipeline`: the file of a
    pipeline that it runs."""

    ground: Ground
    ordinal: int
    folder: str
    static: bool = False
    records: int = 100  # of a batch
    end: End | None = None
    pipeline: str = ""


def a_ground(cluster: Cluster, partitions: int, caps: Mapping[str, int | None]) -> Ground:
    """New topics, and routes of these names and caps."""
    own = {field: cluster.create(field, partitions if field != "breakers" else 1) for field in Topics._fields}
    routes = tuple((name, cluster.create(f"to.{name}", partitions), cap) for name, cap in caps.items())
    return Ground(cluster.address, cluster.name("group"), cluster.create("in", partitions), partitions, Topics(**own), routes)


# ---- within the process -------------------------------------------------------------------------------------------------


class Fuse:
    """Burns down at one step."""

    def __init__(self, end: End | None) -> None:
        self._end = end
        self._left = end.hits if end else 0

    def __call__(self, step: Step) -> None:
        if self._end is None or self._end.step is not step:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), self._end.signal)


def _plan(order: Order, fuse: Fuse) -> tuple[Plan, Sealer]:
    return _pretended(order.ground, fuse) if not order.pipeline else _real(Path(order.pipeline), order.ground, fuse)


def _real(file: Path, ground: Ground, fuse: Fuse) -> tuple[Plan, Sealer]:
    """The pipeline as it is written, its core with a fuse."""
    bundle, admin = read_bundle(file), Admin({"bootstrap.servers": ground.address})
    keys = load(file.parent / "keys", file.parent / "keys/reviewers")
    plan = assemble(bundle, keys, survey(bundle.pipeline, admin).ground, nothing_extracted)
    core = plan.sources[ground.source]

    def seen(record: Record) -> Inspection:
        fuse(Step.JUDGING)
        return core.inspect(record)

    def again(record: Record, number: int, standing: Standing, waived: frozenset[str]) -> tuple[Inspection, Outcome]:
        fuse(Step.JUDGING)
        return core.judge_again(record, number, standing, waived)

    fused = core._replace(inspect=seen, judge_again=again)
    return plan._replace(sources={ground.source: fused}), RealSealer(
        plan.cluster, keys.reviewers, keys.mac.secret, 900_000, secrets.token_bytes
    )


def _pretended(ground: Ground, fuse: Fuse) -> tuple[Plan, Sealer]:
    def seen(record: Record) -> Inspection:
        fuse(Step.JUDGING)
        return inspect(record)

    routes = tuple(Route(name, f"{name}@1", f"{name}-digest", to, ground.partitions, cap) for name, to, cap in ground.routes)
    source = Source(ground.source, ground.partitions, "bundle", routes, seen, judge, judge_again)
    return Plan("lab", CLUSTER, "0", ground.topics, FACT_KEY, {ground.source: source}), OpenSealer()


def _producer(fuse: Fuse) -> type[Producer]:
    class Fused(Producer):
        def begin_transaction(self) -> None:
            fuse(Step.BEGINNING)
            super().begin_transaction()

        def produce(self, *given: object, **more: object) -> None:
            fuse(Step.SENDING)
            super().produce(*given, **more)  # type: ignore[arg-type]  # passed through

        def send_offsets_to_transaction(self, *given: object, **more: object) -> None:
            fuse(Step.OFFSETS)
            super().send_offsets_to_transaction(*given, **more)  # type: ignore[arg-type]  # passed through

        def commit_transaction(self, timeout: float = -1) -> None:
            fuse(Step.COMMITTING)
            super().commit_transaction(timeout)
            fuse(Step.COMMITTED)

        def abort_transaction(self, timeout: float = -1) -> None:
            fuse(Step.ABORTING)
            super().abort_transaction(timeout)

    return Fused


class FusedMeter(Counts):
    """Two of the loop's steps are told to its meter."""

    fuse: Fuse

    def lags(self, lags: Mapping[Partition, int]) -> None:
        self.fuse(Step.POLLED)

    def judged(self, tally: object) -> None:
        self.fuse(Step.INSTALLED)


class FusedLedger(Ledger):
    """Tells the step after its own."""

    fuse: Fuse

    def start(self, records: Iterable[Record]) -> None:
        super().start(records)
        self.fuse(Step.WRITTEN_DOWN)


class FusedTransport(KafkaTransport):
    """Tells when the standing is read."""

    fuse: Fuse

    def snapshot(self, topic: str, partition: int) -> Mapping[bytes, bytes]:
        self.fuse(Step.READING)
        return super().snapshot(topic, partition)


def run(order: Order) -> None:
    """Until SIGTERM. Raises what the loop raises."""
    ground, fuse = order.ground, Fuse(order.end)
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    settings = KafkaSettings(
        client={
            "bootstrap.servers": ground.address,
            "session.timeout.ms": 3000,
            "heartbeat.interval.ms": 500,
            "statistics.interval.ms": 200,
        },
        group=ground.group,
        transactional_id=f"{ground.group}-{order.ordinal}",
        sources={ground.source: "earliest"},
        standing=ground.topics.standing,
        release=ground.topics.release,
        instance=f"{ground.group}-{order.ordinal}" if order.static else None,
    )
    FusedTransport.fuse = FusedMeter.fuse = FusedLedger.fuse = fuse
    transport = FusedTransport(settings, Gaps(), logging.getLogger("librdkafka"), _producer(fuse))
    ledger = FusedLedger(Path(order.folder) / f"ledger-{order.ordinal}")
    world = World(time.time, time.sleep, lambda: bool(stopping), lambda record: True)
    plan, sealer = _plan(order, fuse)
    loop = Loop(plan, transport, sealer, ledger, world, FusedMeter(), Budget(order.records, seconds=0.1))
    try:
        loop.run()
    finally:
        transport.close()
        ledger.close()


def _read(path: Path) -> Order:
    ground, ordinal, folder, static, records, end, pipeline = json.loads(path.read_text())
    address, group, source, partitions, topics, routes = ground
    made = Ground(address, group, source, partitions, Topics(*topics), tuple((name, to, cap) for name, to, cap in routes))
    return Order(made, ordinal, folder, static, records, End(Step(end[0]), end[1], end[2]) if end else None, pipeline)


# ---- the fleet ----------------------------------------------------------------------------------------------------------


Command = Callable[[int, End | None], list[str]]
"""The command line of the worker of a number, that meets such an end."""


def fused(ground: Ground, folder: Path, *, static: bool = False, records: int = 100, pipeline: Path | None = None) -> Command:
    """Of workers that can be told where to die."""

    def command(ordinal: int, end: End | None) -> list[str]:
        order = Order(ground, ordinal, str(folder), static, records, end, str(pipeline or ""))
        path = folder / f"order-{ordinal}.json"
        path.write_text(json.dumps(order))
        return [sys.executable, "-m", "tests.support.worker", str(path)]

    return command


class Fleet:
    """Workers by number, their logs in a folder. `tend` starts again whoever died, as a supervisor does."""

    def __init__(self, folder: Path, command: Command) -> None:
        self._folder = folder
        self._command = command
        self._workers: dict[int, subprocess.Popen[bytes]] = {}
        self._strays: list[subprocess.Popen[bytes]] = []
        self.exits: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self._workers.values(), *self._strays):
            process.kill()
            process.wait()

    def start(self, ordinal: int, end: End | None = None) -> subprocess.Popen[bytes]:
        """A worker that runs under this number; one that ran is left to itself."""
        if ordinal in self._workers:
            self._strays.append(self._workers[ordinal])
        with (self._folder / f"log-{ordinal}").open("ab") as log:
            self._workers[ordinal] = subprocess.Popen(self._command(ordinal, end), cwd=ROOT, stdout=log, stderr=log)
        return self._workers[ordinal]

    @property
    def ordinals(self) -> list[int]:
        return sorted(self._workers)

    def kill(self, ordinal: int) -> None:
        self._workers[ordinal].kill()

    def freeze(self, ordinal: int) -> None:
        self._workers[ordinal].send_signal(signal.SIGSTOP)

    def thaw(self, ordinal: int) -> None:
        self._workers[ordinal].send_signal(signal.SIGCONT)

    def stop(self, ordinal: int, seconds: float = 60) -> int:
        """In good order. Returns the exit code."""
        process = self._workers.pop(ordinal)
        process.terminate()
        return process.wait(seconds)

    def stop_all(self) -> list[int]:
        return [self.stop(ordinal) for ordinal in self.ordinals]

    def tend(self) -> None:
        for ordinal, process in list(self._workers.items()):
            if (code := process.poll()) is not None:
                self.exits.append(code)
                del self._workers[ordinal]
                self.start(ordinal)

    def logs(self) -> str:
        """Where the workers are, and the last lines that they said, for a test that fails."""
        for process in self._workers.values():
            process.send_signal(signal.SIGUSR1)
        time.sleep(1)
        return "\n".join("\n".join(each.read_text(errors="replace").splitlines()[-25:]) for each in sorted(self._folder.glob("log-*")))


def frozen(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has stopped itself."""
    return bool(psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    faulthandler.register(signal.SIGUSR1, all_threads=False)
    try:
        run(_read(Path(sys.argv[1])))
    except Fatal as fatal:
        logging.getLogger("worker").warning("fatal: %s", fatal)
        sys.exit(FENCED)
