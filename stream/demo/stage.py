"""What the demo stands on: a broker that it brings along, topics, a pipeline for three recipients, and keys."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from schemas.bundle import Bundle, read_bundle
from schemas.topics import PARTITIONS, REPLICATION, Purpose, Setting, Topic, Widest, own_topics, topic_name
from stream.guard.admin import Admin
from stream.guard.assembly import Ground
from stream.guard.keyfile import write
from stream.guard.keyring import new_keys
from stream.guard.main import Surveyed
from stream.settings import Batch, Kafka, Metrics, Settings

SOURCE = "lis.results"
DESTINATIONS = {"hospital": "hospital.results", "insurer": "insurer.acts", "research": "research.results"}  # by route
_PREFIX = "pratique.demo"
FACTS = topic_name(_PREFIX, Purpose.FACTS)
WIDTH = 4  # partitions of every topic of the mock cluster
_LARGEST = 1_000_000  # bytes of a record
# what the mock cluster writes at the end of a transaction has none
_WITHOUT_CHECKSUMS: dict[str, str | int | float | bool] = {"check.crcs": "false"}
_PIPELINE = """\
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {name: demo, owner: somebody@laboratory.example}
controller: Laboratoire Exemple
topics: {prefix: pratique.demo}
sources:
  - {name: lis, topic: lis.results, from: earliest}
routes:
  - {name: hospital, source: lis, destination: hospital.results, policy: care, isolated: false}
  - {name: insurer, source: lis, destination: insurer.acts, policy: insurer}
  - {name: research, source: lis, destination: research.results, policy: research}
"""


class Broker(StrEnum):
    """What the demo runs on."""

    MOCK = "mock"
    APACHE = "apache"


class Stage(NamedTuple):
    """What a worker of the demo is built from."""

    bundle: Bundle
    settings: Settings
    surveyed: Surveyed


@contextmanager
def broker(kind: Broker, folder: Path) -> Iterator[str]:
    """Yields the address of a broker that lives as long as the context."""
    if kind is Broker.MOCK:
        from stream.broker.mock import mock  # noqa: PLC0415  # only the one that was asked for

        with mock(topics=(topic.name for topic in _topics())) as address:
            yield address
    else:
        from stream.broker.apache import Apache  # noqa: PLC0415  # needs the extra `broker`

        with Apache(folder / "kafka") as apache:
            yield apache.address


def lay_out(folder: Path, kind: Broker, address: str, metrics_port: int, today: date) -> Stage:
    """Writes the pipeline and its keys, and makes its topics. People's private keys are forgotten: nobody opens what the demo holds."""
    (folder / "pipeline.yaml").write_text(_PIPELINE)
    keys = new_keys(["reviewer"], lambda _: None, secrets.token_bytes, today)
    (folder / "keys" / "reviewers").mkdir(parents=True)
    for file in keys.guard:
        write(file, folder / "keys")
    for file in keys.shown:
        write(file, folder / "keys" / "reviewers")
    bundle = read_bundle(folder / "pipeline.yaml")
    settings = Settings(
        kafka=Kafka(bootstrap=(address,), security="PLAINTEXT", extra={} if kind is Broker.APACHE else _WITHOUT_CHECKSUMS),
        batch=Batch(records=200, seconds=0.1),
        metrics=Metrics(port=metrics_port),
        ledger=folder / "ledger",
        dev=True,
    )
    admin = Admin(settings.kafka.librdkafka())
    topics = _topics()
    if kind is Broker.APACHE:
        admin.create(topics)
    ground = Ground(admin.cluster(), {topic.name: WIDTH for topic in topics})
    return Stage(bundle, settings, Surveyed(ground, {topic.name: _LARGEST for topic in topics}, topic_ids=kind is Broker.APACHE))


def _topics() -> tuple[Topic, ...]:
    plain = (Topic(name, Setting(PARTITIONS, str(WIDTH)), Setting(REPLICATION, "1"), (), "") for name in (SOURCE, *DESTINATIONS.values()))
    return (*plain, *own_topics(_PREFIX, Widest(WIDTH, _LARGEST), dev=True))
