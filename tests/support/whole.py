"""A whole worker on a real Kafka: its pipeline in a folder, its topics, and a run of it from start to orderly end."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TextIO

from confluent_kafka import KafkaException

from schemas.bundle import Bundle
from stream.core.values import Record
from stream.guard.admin import Admin
from stream.guard.main import Stop, guard
from stream.guard.topics import survey
from stream.logs import open_log
from stream.settings import Kafka, Metrics, Settings
from tests.support.apache import Cluster
from tests.support.site import a_folder
from tests.support.transports import until


class Site(NamedTuple):
    """A pipeline of one source and two recipients, on topics of its own."""

    kafka: Cluster
    bundle: Bundle
    settings: Settings
    person: Path  # folder of the private keys of the reviewer

    @property
    def prefix(self) -> str:
        return self.bundle.pipeline.topics.prefix

    @property
    def source(self) -> str:
        return self.bundle.pipeline.sources[0].topic

    def destination(self, route: str) -> str:
        return next(each.destination for each in self.bundle.pipeline.routes if each.name == route)


def a_site(kafka: Cluster, folder: Path) -> Site:
    """Lays a pipeline out in a folder, and makes its topics."""
    source = kafka.create("lis", 2)
    research, care = (kafka.create(word, 2, message_timestamp_type="CreateTime") for word in ("research", "care"))
    bundle, _, person = a_folder(folder, kafka.name("pipe"), source, research, care)
    settings = Settings(
        kafka=Kafka(bootstrap=(kafka.address,), security="PLAINTEXT", extra={}),
        metrics=Metrics(port=0),
        ledger=folder / "ledger",
        dev=True,
    )
    admin = Admin(settings.kafka.librdkafka())
    admin.create(survey(bundle.pipeline, admin, dev=True).absent)
    return Site(kafka, bundle, settings, person)


def run_until(site: Site, true: Callable[[], bool], log: TextIO, level: str = "info") -> None:
    """A worker, from its start until something has come true, and its orderly end."""
    stop = Stop()
    with ThreadPoolExecutor() as pool:
        running = pool.submit(guard, site.bundle, site.settings, open_log(level, log), stop)
        try:
            until(lambda: running.done() or true())
        finally:
            stop.set()
        running.result(30)


def run_until_committed(site: Site, offsets: dict[int, int], log: TextIO | None = None) -> None:
    """The same, until the group has committed these offsets of the source, by partition."""

    def committed() -> bool:
        try:
            return offsets.items() <= site.kafka.committed(site.bundle.pipeline.group, site.source).items()
        except KafkaException:  # a new group has no coordinator yet
            return False

    run_until(site, committed, log or io.StringIO(), "debug")


def settled(site: Site, topic: str) -> list[Record]:
    """What was committed to a topic, once no transaction is open."""
    site.kafka.await_stable(topic)
    return site.kafka.read(topic)
