"""One suite for the admin of a real Kafka and for the fake that stands for it."""

from collections.abc import Iterator

import pytest

from schemas.events import BreakerRow
from schemas.loader import loads
from schemas.pipeline import Pipeline
from schemas.topics import PARTITIONS, REPLICATION, Purpose, Setting, Topic, topic_name
from schemas.vocabulary import BreakerState
from stream.broker.apache import free_ports
from stream.errors import Unavailable
from stream.guard.admin import Admin
from stream.guard.breakers import Breakers, breaker_key
from stream.guard.topics import check, survey
from tests.support.admin import FakeAdmin

CONNECTION = {"bootstrap.servers": "broker.example:9092"}


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.broker)])
def admin(request: pytest.FixtureRequest) -> Iterator[Admin | FakeAdmin]:
    if request.param == "fake":
        yield FakeAdmin()(CONNECTION)
    else:
        yield Admin({"bootstrap.servers": request.getfixturevalue("kafka").address})


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A prefix of the test's own."""
    return "admin." + "".join(c if c.isalnum() else "-" for c in request.node.name)


def a_topic(name: str, partitions: int, *config: Setting) -> Topic:
    return Topic(name, Setting(PARTITIONS, str(partitions)), Setting(REPLICATION, "1"), config, "")


def a_pipeline(name: str) -> Pipeline:
    text = f"""
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {{name: biology, owner: dpo@laboratory.example}}
controller: Laboratoire Exemple
topics: {{prefix: "{name.lower()}"}}
sources:
  - {{name: lis, topic: "{name}.in", from: earliest}}
routes:
  - {{name: insurer, source: lis, destination: "{name}.out", policy: insurer}}
"""
    return loads(text, "pipeline.yaml", Pipeline)


def test_a_topic_is_described_as_it_was_created(admin: Admin, name: str) -> None:
    admin.create([a_topic(name, 3, Setting("cleanup.policy", "compact"))])

    (found,) = admin.describe([name, f"{name}.other"]).values()

    assert (found[PARTITIONS], found[REPLICATION], found["cleanup.policy"]) == ("3", "1", "compact")


def test_a_topic_that_is_there_is_not_made_again(admin: Admin, name: str) -> None:
    admin.create([a_topic(name, 1)])

    with pytest.raises(Unavailable, match="TOPIC_ALREADY_EXISTS"):
        admin.create([a_topic(name, 1)])


def test_nothing_to_do_asks_nothing(admin: Admin) -> None:
    admin.create([])

    assert admin.describe([]) == {}


def test_rows_are_read_in_their_order_to_their_end(admin: Admin, name: str) -> None:
    admin.create([a_topic(name, 1)])
    assert list(admin.rows(name)) == []

    for value in (b"1", b"2", b"1"):
        admin.put(name, b"key", value)

    assert list(admin.rows(name)) == [(b"key", b"1"), (b"key", b"2"), (b"key", b"1")]


def test_the_topics_of_a_pipeline_can_be_made_and_are_then_without_fault(admin: Admin, name: str) -> None:
    pipeline = a_pipeline(name)
    admin.create([a_topic(f"{name}.in", 3), a_topic(f"{name}.out", 3)])

    admin.create(survey(pipeline, admin, dev=True).absent)

    assert check(pipeline, admin, dev=True) == ()


def test_one_replica_is_refused_outside_development(admin: Admin, name: str) -> None:
    pipeline = a_pipeline(name)
    admin.create([a_topic(f"{name}.in", 1), a_topic(f"{name}.out", 1)])
    admin.create(survey(pipeline, admin, dev=True).absent)

    wrong = {fault.what for fault in check(pipeline, admin, dev=False)}

    assert "`replication.factor` is 1, and must be >= 3" in wrong
    assert "`min.insync.replicas` is 1, and must be >= 2" in wrong


def test_another_number_of_partitions_is_told(admin: Admin, name: str) -> None:
    pipeline = a_pipeline(name)
    admin.create([a_topic(f"{name}.in", 3), a_topic(f"{name}.out", 2)])
    admin.create(survey(pipeline, admin, dev=True).absent)

    assert [fault.what for fault in check(pipeline, admin, dev=True)] == ["`partitions` is 2, and must be = 3"]


def test_a_breaker_written_by_a_person_is_what_the_guard_reads(admin: Admin, name: str) -> None:
    topic = topic_name(name, Purpose.BREAKERS)
    admin.create([a_topic(topic, 1)])
    row = BreakerRow(route="insurer", writer="person", state=BreakerState.OPEN, reason="strange exports", at=1_790_000_000)

    admin.put(topic, breaker_key(row), row.write())

    breakers = Breakers()
    breakers.read(admin.rows(topic))
    assert breakers.state("insurer") is BreakerState.OPEN


@pytest.mark.broker
def test_brokers_that_are_not_there_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.guard.admin._SECONDS", 1.0)
    nobody = Admin({"bootstrap.servers": f"127.0.0.1:{free_ports(1)[0]}"})

    with pytest.raises(Unavailable):
        nobody.describe(["any"])
    with pytest.raises(Unavailable):
        nobody.create([a_topic("any", 1)])
    with pytest.raises(Unavailable):
        list(nobody.rows("any"))
    with pytest.raises(Unavailable):
        nobody.put("any", b"key", b"value")
