"""A whole worker on a real Kafka: from a pipeline's folder to what its recipients read."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TextIO

import pytest
from confluent_kafka import KafkaException

from schemas.bundle import Bundle
from schemas.events import Fact
from stream.core.seal import open_seal
from stream.core.values import Record
from stream.guard.admin import Admin
from stream.guard.facts import chain_breaks
from stream.guard.keyfile import Kind, read, secret
from stream.guard.main import Stop, guard
from stream.guard.topics import survey
from stream.logs import open_log
from stream.settings import Kafka, Metrics, Settings
from tests.support.apache import Cluster
from tests.support.site import a_folder
from tests.support.transports import until

JSON = b'{"patient": {"nom": "MARTINEAU", "prenom": "Zoe", "naissance": "1984-03-02"}, "resultats": [{"code": "718-7", "valeur": 13.2}]}'
TWICE = b'{"nom": "MARTINEAU", "nom": "MARTINET"}'  # which of the two a reader takes is anybody's guess


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


@pytest.fixture
def site(kafka: Cluster, tmp_path: Path) -> Site:
    source = kafka.create("lis", 2)
    research, care = (kafka.create(word, 2, message_timestamp_type="CreateTime") for word in ("research", "care"))
    bundle, _, person = a_folder(tmp_path, kafka.name("pipe"), source, research, care)
    settings = Settings(
        kafka=Kafka(bootstrap=(kafka.address,), security="PLAINTEXT", extra={}),
        metrics=Metrics(port=0),
        ledger=tmp_path / "ledger",
        dev=True,
    )
    admin = Admin(settings.kafka.librdkafka())
    admin.create(survey(bundle.pipeline, admin, dev=True).absent)
    return Site(kafka, bundle, settings, person)


def run_until(site: Site, true: Callable[[], bool], log: TextIO) -> None:
    """A worker, from its start until something has come true, and its orderly end."""
    stop = Stop()
    with ThreadPoolExecutor() as pool:
        running = pool.submit(guard, site.bundle, site.settings, open_log("info", log), stop)
        try:
            until(lambda: running.done() or true())
        finally:
            stop.set()
        running.result(30)


def run_until_committed(site: Site, offsets: dict[int, int]) -> None:
    def committed() -> bool:
        try:
            return offsets.items() <= site.kafka.committed(site.bundle.pipeline.group, site.source).items()
        except KafkaException:  # a new group has no coordinator yet
            return False

    run_until(site, committed, io.StringIO())


def settled(site: Site, topic: str) -> list[Record]:
    site.kafka.await_stable(topic)
    return site.kafka.read(topic)


@pytest.mark.broker
def test_a_pipeline_clears_redacts_and_holds_on_a_real_broker(site: Site) -> None:
    site.kafka.put(site.source, JSON, TWICE, key=b"k1", headers=(("pratique-verdict", b"forged"), ("trace", b"7")))
    site.kafka.put(site.source, None, key=b"k1", partition=1)

    run_until_committed(site, {0: 2, 1: 1})

    care = settled(site, site.destination("care"))
    assert [(each.coordinate.partition, each.value) for each in care] == [(0, JSON), (0, TWICE), (1, None)]
    assert [name for name, _ in care[0].headers] == ["trace", "pratique-source", "pratique-verdict", "pratique-policy"]
    assert {each.timestamp for each in care} == {1_700_000_000_000}
    research = settled(site, site.destination("research"))
    assert all(b"MARTINEAU" not in (each.value or b"") for each in research)
    facts = settled(site, f"{site.prefix}.facts")
    rows = [(fact.route, row) for fact in (Fact.model_validate_json(each.value or b"") for each in facts) for row in fact.each()]
    assert sorted((route, row.offset, row.verdict) for route, row in rows if route == "care") == [
        ("care", 0, "clear"),
        ("care", 0, "clear"),
        ("care", 1, "clear"),
    ]
    held = [row for route, row in rows if route == "research" and row.verdict == "quarantine"]
    seals = settled(site, f"{site.prefix}.quarantine")
    assert [(row.offset, row.reasons) for row in held] == [(1, ("duplicate_key",))]
    assert [each.key for each in seals] == [f"research/{site.source}/0/1".encode()]


@pytest.mark.broker
def test_a_reviewer_opens_what_was_held_and_finds_the_record_as_it_was(site: Site) -> None:
    headers = (("trace", b"7"), ("trace", None))
    site.kafka.put(site.source, TWICE, key=b"k1", headers=headers)

    run_until_committed(site, {0: 1})

    [seal] = settled(site, f"{site.prefix}.quarantine")
    path = next(each for each in site.person.iterdir() if read(each).kind is Kind.REVIEWER)
    opened = open_seal([seal.value or b""], secret(read(path), path))
    assert (opened.record.key, opened.record.value, opened.record.headers) == (b"k1", TWICE, headers)
    assert opened.public.route == "research"


@pytest.mark.broker
def test_a_worker_that_comes_back_goes_on_where_it_was_and_its_facts_are_one_chain(site: Site) -> None:
    site.kafka.put(site.source, JSON, key=b"k1")
    run_until_committed(site, {0: 1})
    site.kafka.put(site.source, JSON, JSON, key=b"k1")

    run_until_committed(site, {0: 3})

    facts = [each.value or b"" for each in settled(site, f"{site.prefix}.facts")]
    of_care = [fact for fact in facts if Fact.model_validate_json(fact).route == "care"]
    assert [(fact.first, fact.next) for fact in map(Fact.model_validate_json, of_care)] == [(0, 1), (1, 3)]
    assert not chain_breaks(of_care)
    assert len(settled(site, site.destination("care"))) == 3


@pytest.mark.broker
def test_a_worker_that_halts_says_why_waits_and_commits_nothing(site: Site) -> None:
    site.kafka.put(f"{site.prefix}.standing", b"not a row", key=f"care/{site.source}/0/head".encode())
    site.kafka.put(site.source, JSON, key=b"k1")
    log = io.StringIO()

    run_until(site, lambda: '"halted"' in log.getvalue(), log)

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    [halted] = [line for line in lines if line["event"] == "halted"]
    assert "the standing of" in halted["reason"]
    assert lines[-1]["event"] == "stopped"
    assert site.kafka.read(site.destination("care")) == []
