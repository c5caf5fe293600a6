"""What the demo stands on: a broker that it brings along, topics, a pipeline for four recipients, and a reviewer with keys of her own."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from schemas.bundle import Bundle, read_bundle
from schemas.pipeline import Pipeline
from schemas.topics import PARTITIONS, REPLICATION, Purpose, Setting, Topic, Widest, own_topics, topic_name
from stream.guard.admin import Admin
from stream.guard.assembly import Ground
from stream.guard.keyfile import write
from stream.guard.keyring import new_keys
from stream.guard.main import Surveyed
from stream.settings import Batch, Kafka, Metrics, Settings

REVIEWER = "alix"
RESULTS, EXPORT = "lis.results", "lis.export"  # sources
WIDTH = 4  # partitions of every topic of the mock cluster
_PREFIX = "pratique.demo"
_LARGEST = 1_000_000  # bytes of a record
_WRITTEN = ("pipeline.yaml", "hospital.yaml", "partner.yaml")
_OF_MOCK: dict[str, str | int | float | bool] = {
    "check.crcs": "false",  # it writes no checksum where a transaction ends
    "log_level": 3,  # producers would warn of the line before
}


class Broker(StrEnum):
    """What the demo runs on."""

    MOCK = "mock"
    APACHE = "apache"

    @property
    def words(self) -> str:
        return "mock cluster" if self is Broker.MOCK else "real Apache Kafka"


class Stage(NamedTuple):
    """What a worker of the demo is built from, and where the reviewer's private keys lie: a folder that the guard does not know."""

    bundle: Bundle
    settings: Settings
    surveyed: Surveyed
    reviewer: Path

    @property
    def pipeline(self) -> Pipeline:
        return self.bundle.pipeline


def own_topic(purpose: Purpose) -> str:
    """A topic of the demo's pipeline."""
    return topic_name(_PREFIX, purpose)


@contextmanager
def broker(kind: Broker, folder: Path) -> Iterator[str]:
    """Yields the address of a broker that lives as long as the context."""
    if kind is Broker.MOCK:
        from stream.broker.mock import mock  # noqa: PLC0415  # only the one that was asked for

        pipeline = _pipeline(Path(__file__).parent)
        with mock(topics=(topic.name for topic in _topics(pipeline.pipeline))) as address:
            yield address
    else:
        from stream.broker.apache import Apache  # noqa: PLC0415  # needs the extra `broker`

        with Apache(folder / "kafka") as apache:
            yield apache.address


def lay_out(folder: Path, kind: Broker, address: str, metrics_port: int, today: date) -> Stage:
    """Writes the pipeline and all keys, and makes its topics."""
    for name in _WRITTEN:
        shutil.copy(Path(__file__).parent / name, folder)
    keys = new_keys([REVIEWER], lambda _: None, secrets.token_bytes, today)
    for place, files in {"keys": keys.guard, "keys/reviewers": keys.shown, REVIEWER: keys.people[REVIEWER]}.items():
        (folder / place).mkdir()
        for file in files:
            write(file, folder / place)
    bundle = _pipeline(folder)
    settings = Settings(
        kafka=Kafka(bootstrap=(address,), security="PLAINTEXT", extra={} if kind is Broker.APACHE else _OF_MOCK),
        batch=Batch(records=200, seconds=0.1),
        metrics=Metrics(port=metrics_port),
        ledger=folder / "ledger",
        dev=True,
    )
    admin = Admin(settings.kafka.librdkafka())
    topics = _topics(bundle.pipeline)
    if kind is Broker.APACHE:
        admin.create(topics)
    ground = Ground(admin.cluster(), {topic.name: WIDTH for topic in topics})
    surveyed = Surveyed(ground, {topic.name: _LARGEST for topic in topics}, topic_ids=kind is Broker.APACHE)
    return Stage(bundle, settings, surveyed, folder / REVIEWER)


def _pipeline(folder: Path) -> Bundle:
    return read_bundle(folder / "pipeline.yaml")


def _topics(pipeline: Pipeline) -> tuple[Topic, ...]:
    names = (*(source.topic for source in pipeline.sources), *(route.destination for route in pipeline.routes))
    plain = (Topic(name, Setting(PARTITIONS, str(WIDTH)), Setting(REPLICATION, "1"), (), "") for name in names)
    return (*plain, *own_topics(_PREFIX, Widest(WIDTH, _LARGEST), dev=True))
