"""One suite for the admin of a real Kafka and for the fake that stands for it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from confluent_kafka import Producer

from schemas.events import BreakerRow
from schemas.loader import loads
from schemas.pipeline import Pipeline
from schemas.topics import PARTITIONS, REPLICATION, Purpose, Setting, Topic, topic_name
from schemas.vocabulary import BreakerState
from stream.broker.apache import free_ports
from stream.errors import Unavailable
from stream.guard.admin import Admin
from stream.guard.breakers import Breakers, breaker_key
from stream.guard.reader import Row
from stream.guard.topics import check, survey
from stream.guard.transport import Partition
from tests.support.admin import FakeAdmin
from tests.support.apache import Cluster
from tests.support.transports import until

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
    with pytest.raises(Unavailable):
        list(nobody.read("any"))
    with pytest.raises(Unavailable):
        nobody.send([(Partition("any", 0), b"key", b"value")])


# ---- topics of as many partitions as their sources ----------------------------------------------------------------------


def test_rows_stand_in_the_partition_that_they_are_sent_to(admin: Admin, name: str) -> None:
    admin.create([a_topic(name, 3)])
    first, last = Partition(name, 0), Partition(name, 2)

    offsets = admin.send([(last, b"a", b"1"), (first, b"b", b"2"), (last, b"a", b"3")])

    assert list(offsets) == [0, 0, 1]
    assert sorted(admin.read(name)) == [Row(first, 0, b"b", b"2"), Row(last, 0, b"a", b"1"), Row(last, 1, b"a", b"3")]
    assert [row.value for row in admin.read(name, [2])] == [b"1", b"3"]
    assert dict(admin.ends(name)) == {first: 1, Partition(name, 1): 0, last: 2}


def test_what_is_sent_later_is_sent_after_it(admin: Admin, name: str) -> None:
    admin.create([a_topic(name, 1)])
    place = Partition(name, 0)

    assert [offset for number in range(3) for offset in admin.send([(place, b"key", b"%d" % number)])] == [0, 1, 2]


def test_single_rows_are_picked_by_their_offsets(admin: Admin, name: str) -> None:
    admin.create([a_topic(name, 1)])
    place = Partition(name, 0)
    admin.send([(place, b"key", b"%d" % number) for number in range(2500)])

    assert admin.pick(place, [3, 5, 2400]) == {3: b"3", 5: b"5", 2400: b"2400"}
    assert admin.pick(place, []) == {}


def test_a_tail_tells_what_comes_after_its_start(admin: Admin, name: str) -> None:
    admin.create([a_topic(name, 2)])
    place, other = Partition(name, 0), Partition(name, 1)
    admin.send([(place, b"before", b"1")])

    with admin.tail(admin.ends(name)) as tail:
        admin.send([(place, b"after", b"2"), (other, b"beside", b"3")])
        rows: list[Row] = []
        while len(rows) < 2:
            rows += tail.poll(1)

        assert sorted(rows) == [Row(place, 1, b"after", b"2"), Row(other, 0, b"beside", b"3")]
        assert tail.reached == {place: 2, other: 1}


@pytest.mark.broker
def test_only_what_was_committed_is_read_and_what_is_open_is_waited_for(kafka: Cluster) -> None:
    admin, topic = Admin({"bootstrap.servers": kafka.address}), kafka.create("admin")
    producer = Producer(kafka.client | {"transactional.id": topic})
    producer.init_transactions(15)
    producer.begin_transaction()
    producer.produce(topic, b"aborted", b"key")
    producer.flush(15)
    producer.abort_transaction(15)
    producer.begin_transaction()
    producer.produce(topic, b"committed", b"key")
    producer.flush(15)

    with ThreadPoolExecutor() as pool:
        reading = pool.submit(lambda: [row.value for row in admin.read(topic)])
        until(reading.running)
        producer.commit_transaction(15)

        assert reading.result(20) == [b"committed"]


@pytest.mark.broker
def test_what_was_compacted_away_is_left_out(kafka: Cluster) -> None:
    admin, topic = Admin({"bootstrap.servers": kafka.address}), kafka.create("admin")
    place = Partition(topic, 0)
    admin.send([(place, b"key", b"%d" % number) for number in range(5)])

    kafka.delete_before(topic, 0, 3)

    assert admin.pick(place, [1, 4]) == {4: b"4"}
    assert [row.offset for row in admin.read(topic)] == [3, 4]
