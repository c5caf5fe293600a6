"""`pratique run`: builds one worker of a pipeline from what was written and what Kafka says, and runs it until told to stop.

A worker that halts stays, alive and not ready, until somebody decides: to be started again would change nothing.
"""

import logging
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from schemas.bundle import Bundle
from schemas.faults import ConfigError, Fault
from schemas.pipeline import Pipeline, Timestamp
from schemas.topics import PARTITIONS
from stream.child import Child
from stream.errors import Fatal, Halt
from stream.extract import Extractor
from stream.guard.admin import Admin
from stream.guard.assembly import Ground, assemble, attempting, own_topics
from stream.guard.kafka import KafkaSettings, KafkaTransport
from stream.guard.keyring import load
from stream.guard.ledger import Ledger
from stream.guard.loop import Loop, World
from stream.guard.offsets import Start
from stream.guard.plan import Plan
from stream.guard.sealing import Sealer
from stream.guard.topics import check
from stream.guard.transport import Budget, Partition
from stream.journal import Journal
from stream.logs import LIBRDKAFKA, Event, Log
from stream.probes import serving
from stream.settings import Settings
from stream.telemetry import Served, Telemetry

_QUEUE = 64 * 1024 * 1024  # bytes that the producer may hold
_AROUND = 1024  # bytes of a record that are neither key nor value, generously
_NAP = 0.2  # seconds after which a sleeper looks whether it is time to stop


class Stop:
    """Whether it is time to end. Set by a signal, so it has no lock."""

    def __init__(self) -> None:
        self._set = False

    def __call__(self) -> bool:
        return self._set

    def set(self, *_: object) -> None:
        self._set = True

    def sleep(self, seconds: float) -> None:
        """Sleeps, but not past the stop."""
        until = time.monotonic() + seconds
        while not self._set and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _NAP))


def run(bundle: Bundle, settings: Settings, log: Log) -> None:
    """Until SIGTERM or SIGINT: the batch in hand is ended, and the group is left. Raises ConfigError, Unavailable, Fatal."""
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.set)
    guard(bundle, settings, log, stop)


class Surveyed(NamedTuple):
    """What Kafka says of the pipeline's topics. `largest`: the most bytes of a record that each topic written to takes."""

    ground: Ground
    largest: Mapping[str, int]
    topic_ids: bool = True  # whether the brokers tell a topic's id; the mock cluster does not


def guard(bundle: Bundle, settings: Settings, log: Log, stop: Stop) -> None:
    """The same, until `stop`. Raises ConfigError, Unavailable, Fatal."""
    admin = Admin(settings.kafka.librdkafka())
    if faults := check(bundle.pipeline, admin, dev=settings.dev):
        raise ConfigError(faults)
    work(bundle, settings, log, stop, survey(bundle.pipeline, admin))


def work(bundle: Bundle, settings: Settings, log: Log, stop: Stop, surveyed: Surveyed) -> None:
    """The same on topics that are as they must be. Raises ConfigError, Unavailable, Fatal."""
    pipeline = bundle.pipeline
    ground, largest, _ = surveyed
    keys = load(settings.keys or bundle.folder / pipeline.keys, bundle.folder / pipeline.reviewers, single_key=settings.single_key)
    extractor = Extractor()
    plan = assemble(bundle, keys, ground, extractor)
    telemetry = Telemetry(_served(bundle, plan), plan.sources, plan.engine)
    journal = Journal(log, telemetry)
    with ExitStack() as stack:
        stack.callback(extractor.close)
        port = stack.enter_context(serving(telemetry, settings.metrics.address, settings.metrics.port))
        log.info(Event.LISTENING, address=settings.metrics.address, port=port)
        sealer = Sealer(plan.cluster, keys.reviewers, keys.mac.secret, largest[plan.topics.quarantine] - _AROUND, secrets.token_bytes)
        trial = Child(partial(attempting, bundle, keys, ground, sealer))
        stack.callback(trial.close)
        ledger = stack.enter_context(_ledger(pipeline, settings))
        world = World(time.time, stop.sleep, stop, lambda record: bool(trial.ask(record)))
        transport = KafkaTransport(_kafka(pipeline, settings, surveyed), journal, logging.getLogger(LIBRDKAFKA))
        stack.callback(transport.close)
        loop = Loop(_observed(plan, telemetry), transport, sealer, ledger, world, journal, _budget(settings, plan))
        log.info(Event.STARTED, pipeline=plan.pipeline, worker=settings.worker.ordinal, version=plan.engine)
        _run(loop, log, telemetry, stop)
        log.info(Event.STOPPED, pipeline=plan.pipeline, worker=settings.worker.ordinal)


def _run(loop: Loop, log: Log, telemetry: Telemetry, stop: Stop) -> None:
    try:
        loop.run()
    except Halt as halt:
        log.error(Event.HALTED, reason=str(halt))
        telemetry.halted()
        while not stop():
            stop.sleep(_NAP)
    except Fatal as fatal:
        log.error(Event.FATAL, reason=str(fatal))
        raise


# ---- what each part is built from ---------------------------------------------------------------------------------------


def survey(pipeline: Pipeline, admin: Admin) -> Surveyed:
    destinations = [route.destination for route in pipeline.routes]
    found = admin.describe((*(source.topic for source in pipeline.sources), *destinations, *own_topics(pipeline)))
    ground = Ground(admin.cluster(), {topic: int(settings[PARTITIONS]) for topic, settings in found.items()})
    return Surveyed(ground, {topic: int(found[topic]["max.message.bytes"]) for topic in (*destinations, *own_topics(pipeline))})


def _served(bundle: Bundle, plan: Plan) -> list[Served]:
    policies = bundle.policies
    routes = (route for source in plan.sources.values() for route in source.routes)
    return [
        Served(
            route.name, policies[route.name].metadata.name, policies[route.name].metadata.version, route.digest, policies[route.name].care
        )
        for route in routes
    ]


def _observed(plan: Plan, telemetry: Telemetry) -> Plan:
    """The same plan, its core timed and counted."""
    return plan._replace(
        sources={
            topic: source._replace(inspect=telemetry.inspecting(topic, source.inspect), judge=telemetry.judging(source.judge))
            for topic, source in plan.sources.items()
        }
    )


def _budget(settings: Settings, plan: Plan) -> Budget:
    """What a batch comes to on all its routes stays below half of the producer's queue."""
    routes = max(len(source.routes) for source in plan.sources.values())
    batch = settings.batch
    return Budget(batch.records, min(batch.bytes, _QUEUE // 2 // (routes + 1)), batch.seconds)


def _kafka(pipeline: Pipeline, settings: Settings, surveyed: Surveyed) -> KafkaSettings:
    return KafkaSettings(
        client={**settings.kafka.librdkafka(), "message.max.bytes": max(surveyed.largest.values())},
        group=pipeline.group,
        transactional_id=pipeline.transactional_id(settings.worker.ordinal),
        sources={source.topic: _start(source.start) for source in pipeline.sources},
        standing=own_topics(pipeline).standing,
        release=own_topics(pipeline).release,
        accepted_gaps=frozenset(map(_partition, settings.accept_gaps)),
        instance=settings.worker.instance,
        topic_ids=surveyed.topic_ids,
    )


def _start(start: str | Timestamp) -> Start:
    match start:
        case Timestamp():
            return int(start.timestamp.timestamp() * 1000)
        case "latest":
            return "latest"
    return "earliest"


def _partition(written: str) -> Partition:
    topic, _, number = written.rpartition("/")
    return Partition(topic, int(number))


@contextmanager
def _ledger(pipeline: Pipeline, settings: Settings) -> Iterator[Ledger]:
    """Raises ConfigError where it cannot be kept."""
    path = settings.ledger / f"{pipeline.transactional_id(settings.worker.ordinal)}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ledger = Ledger(path)
    except OSError:
        raise ConfigError((Fault(str(path), 0, 0, "cannot be written", "Name a folder that can: `ledger`."),)) from None
    try:
        yield ledger
    finally:
        ledger.close()
