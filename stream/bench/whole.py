"""One bench from start to end: a plain relay, then the guard, on the same records and batches of one broker. Called by `pratique bench`."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from stream.bench.latency import Latency, latency
from stream.bench.machine import Machine, machine
from stream.bench.pace import Pace, pace, watch
from stream.bench.process import Processes
from stream.bench.site import WIDTH, Site, lay_out
from stream.broker.load import Fed, Load
from stream.broker.relay import Relay
from stream.errors import Unavailable
from stream.guard.admin import Admin
from stream.synth.label import Kind
from stream.synth.traffic import Mix, traffic

SEED = 2026
DISTINCT = 500 * WIDTH
"""Synthetic records, over and over; each has its partition, so that no partition meets more people than a policy's cap lets through."""

_JOIN = 60.0  # seconds that processes have to start and to share the partitions
_LINGER = 5.0  # seconds without an arrival after which none is waited for: what the guard holds does not arrive
_COLD = 0.2  # of the arrivals, the first ones, which do not count
_GUARD = "from stream.cli.entry import main; main()"


class Sizes(NamedTuple):
    """`records`: of each run for speed; `batch`: the most records of a transaction; `workers`: of the guard, up to so many; `seconds`:
    of each run for latency."""

    records: int = 24_000
    batch: int = 2000
    workers: int = 2
    seconds: float = 10.0
    policy: str = "research"


class Run(NamedTuple):
    """The relay, or the guard with so many workers."""

    what: str
    workers: int
    pace: Pace


class Delay(NamedTuple):
    """At `rate` records a second. `added`: the guard's percentiles less the relay's."""

    rate: float
    relay: Latency
    guard: Latency

    @property
    def added(self) -> Latency:
        return Latency(self.guard.p50 - self.relay.p50, self.guard.p99 - self.relay.p99)


class Report(NamedTuple):
    """All figures of one bench. `bytes`: mean size of a record. `runs`: the relay first, then the guard by workers."""

    machine: Machine
    sizes: Sizes
    bytes: int
    runs: tuple[Run, ...]
    delay: Delay

    @property
    def ratio(self) -> float:
        """Records a second of the guard with one worker, by those of the relay."""
        return self.runs[1].pace.records_per_second / self.runs[0].pace.records_per_second

    @property
    def cpu_ratio(self) -> float:
        """CPU a record of the guard with one worker, by that of the relay."""
        return self.runs[1].pace.cpu_us_per_record / self.runs[0].pace.cpu_us_per_record

    @property
    def scaling(self) -> float:
        """Records a second of the most workers, by those of one."""
        return self.runs[-1].pace.records_per_second / self.runs[1].pace.records_per_second

    def as_json(self) -> dict[str, object]:
        """The shape of `--output json`."""
        return {
            "machine": self.machine._asdict(),
            "sizes": self.sizes._asdict() | {"bytes": self.bytes, "partitions": WIDTH},
            "runs": [{"what": run.what, "workers": run.workers, **run.pace._asdict()} for run in self.runs],
            "latency_ms": {"rate": self.delay.rate} | {name: getattr(self.delay, name)._asdict() for name in ("relay", "guard", "added")},
            "ratio": self.ratio,
            "cpu_ratio": self.cpu_ratio,
            "scaling": self.scaling,
        }


class Bench:
    """`address`: brokers without TLS; `folder`: an empty one; `tell`: gets a line before each run."""

    def __init__(self, address: str, folder: Path, sizes: Sizes, tell: Callable[[str], None]) -> None:
        config = {"bootstrap.servers": address, "socket.nagle.disable": "true"}
        self._address = address
        self._folder = folder
        self._sizes = sizes
        self._tell = tell
        self._admin = Admin(config)
        self._load = Load(config)
        self._records = records()
        self._sites = 0

    def report(self) -> Report:
        """Raises ConfigError, Unavailable."""
        runs = [self._speed("relay", 1), *(self._speed("guard", workers) for workers in range(1, self._sizes.workers + 1))]
        rate = runs[1].pace.records_per_second / 2
        delay = Delay(rate, self._latency("relay", rate), self._latency("guard", rate))
        size = sum(len(record.value) for record in self._records) // len(self._records)
        return Report(machine(), self._sizes, size, tuple(runs), delay)

    def _speed(self, what: str, workers: int) -> Run:
        self._tell(f"{what}, {workers} at work, {self._sizes.records} records")
        site, count = self._site(), self._sizes.records
        self._load.fill(site.source, islice(cycle(self._records), count))
        with self._at_work(what, workers, site) as processes:

            def done() -> int:
                return self._load.done(site.group, site.source, WIDTH)

            def ready() -> bool:
                return self._load.members(site.group) == workers

            return Run(what, workers, pace(watch(done, processes.usage, count, ready), count))

    def _latency(self, what: str, rate: float) -> Latency:
        self._tell(f"{what}, {rate:.0f} records a second for {self._sizes.seconds:.0f} s")
        site = self._site()
        fed = [*islice(cycle(self._records), max(1, int(rate * self._sizes.seconds)))]
        with self._at_work(what, 1, site) as processes:
            self._await_members(site.group, processes)
            arrived = [*self._load.arrivals(site.source, site.destination, fed, rate, _LINGER)]
        return latency(arrived[int(len(arrived) * _COLD) :])

    def _await_members(self, group: str, processes: Processes) -> None:
        until = time.monotonic() + _JOIN
        while self._load.members(group) < 1:
            processes.usage()
            if time.monotonic() > until:
                raise Unavailable("no worker came to work")
            time.sleep(0.1)

    def _site(self) -> Site:
        self._sites += 1
        name = f"bench-{os.getpid()}-{time.time_ns() // 1_000_000:x}-{self._sites}"
        return lay_out(self._folder / name, name, self._sizes.policy, self._admin)

    @contextmanager
    def _at_work(self, what: str, workers: int, site: Site) -> Iterator[Processes]:
        command = self._relay if what == "relay" else self._guard
        with Processes([command(site, ordinal) for ordinal in range(workers)], site.pipeline.parent) as processes:
            yield processes

    def _relay(self, site: Site, ordinal: int) -> Sequence[str]:
        relay = Relay(self._address, site.group, ordinal, site.source, site.destination, self._sizes.batch, 0.2)
        return ["-m", "stream.broker.relay", relay.written()]

    def _guard(self, site: Site, ordinal: int) -> Sequence[str]:
        settings = {
            "kafka.bootstrap": self._address,
            "kafka.security": "PLAINTEXT",
            "batch.records": str(self._sizes.batch),
            "metrics.port": "0",
            "worker.ordinal": str(ordinal),
            "ledger": str(site.pipeline.parent / "ledger"),
            "log_level": "warning",
        }
        options = (word for name, value in settings.items() for word in ("--set", f"{name}={value}"))
        return ["-c", _GUARD, "run", str(site.pipeline), "--dev", *options]


def records() -> list[Fed]:
    """The distinct records of every run, reports of results in both formats."""
    reports = (sample.data for sample in traffic(SEED, mix=Mix(clean=0)) if sample.kind is Kind.REPORT)
    return [Fed(number % WIDTH, b"%d" % number, data) for number, data in enumerate(islice(reports, DISTINCT))]
