"""The transport on real brokers: what a network does to it, what it takes and refuses, and the mock cluster of the demo."""

import logging

import pytest
from confluent_kafka import Producer

from stream.broker.apache import HOST, Apache
from stream.broker.mock import mock
from stream.core.values import Record
from stream.errors import TooLarge, Unavailable
from stream.guard.kafka import Deadlines, KafkaSettings, KafkaTransport, Setting
from stream.guard.transport import Budget, Output, Transport
from tests.support.apache import Cluster
from tests.support.proxy import Api, Deed, Proxy
from tests.support.transports import Gaps, a_transport, after, gather, relay, settle, until

IN_A_TRANSACTION = (Api.PRODUCE, Api.ADD_PARTITIONS_TO_TXN, Api.ADD_OFFSETS_TO_TXN, Api.TXN_OFFSET_COMMIT, Api.END_TXN)


@pytest.mark.broker
@pytest.mark.parametrize("api", [*IN_A_TRANSACTION, Api.INIT_PRODUCER_ID, Api.OFFSET_FETCH, Api.FETCH])
def test_whatever_request_is_lost_or_late_each_record_comes_out_once_and_in_order(own_kafka: Apache, proxy: Proxy, api: Api) -> None:
    cluster = Cluster(own_kafka.address)
    source, destination = cluster.create("in"), cluster.create("out")
    standing = cluster.create("standing", cleanup_policy="compact")
    values = [str(number).encode() for number in range(60)]
    quick = {"socket.timeout.ms": 1000}
    transport = a_transport(f"{HOST}:{own_kafka.proxy_port}", cluster.name("group"), {source: "earliest"}, standing, client=quick)

    faults = []
    for part, deed in enumerate(Deed):
        cluster.put(source, *values[20 * part : 20 * part + 20])
        gather(transport, 1)
        faults.append(proxy.next(api, deed))
        settle(transport)
        relay(transport, destination, 20, Budget(records=7, seconds=0.1))
    transport.close()

    assert all(fault.done for fault in faults)
    assert cluster.await_stable(destination)
    assert [record.value for record in cluster.read(destination)] == values


@pytest.mark.broker
@pytest.mark.parametrize("deed", Deed)
def test_a_first_commit_that_is_lost_is_made_again(own_kafka: Apache, proxy: Proxy, deed: Deed) -> None:
    cluster = Cluster(own_kafka.address)
    source, group = cluster.create("in"), cluster.name("group")
    standing = cluster.create("standing", cleanup_policy="compact")
    cluster.put(source, b"1")
    fault = proxy.next(Api.OFFSET_COMMIT, deed)
    quick = {"socket.timeout.ms": 1000}
    transport = a_transport(f"{HOST}:{own_kafka.proxy_port}", group, {source: "earliest"}, standing, client=quick)

    gather(transport, 1)
    transport.close()

    assert fault.done
    assert cluster.committed(group, source) == {0: 0}


@pytest.mark.broker
def test_a_broker_that_dies_within_a_transaction_costs_no_record(own_kafka: Apache) -> None:
    cluster = Cluster(own_kafka.address)
    source, destination = cluster.create("in"), cluster.create("out")
    standing = cluster.create("standing", cleanup_policy="compact")
    values = [str(number).encode() for number in range(20)]
    cluster.put(source, *values)
    transport = a_transport(own_kafka.address, cluster.name("group"), {source: "earliest"}, standing)
    _, records = gather(transport, 1, Budget(records=7))
    transport.begin()
    transport.send([Output(destination, 0, each.key, each.value) for each in records])

    own_kafka.kill()
    own_kafka.start()
    transport.abort()
    relay(transport, destination, len(values))
    transport.close()

    assert cluster.await_stable(destination)
    assert [record.value for record in cluster.read(destination)] == values


@pytest.mark.broker
@pytest.mark.parametrize(
    ("bytes_", "most"), [pytest.param(2_000_000, 1_000_000, id="for the client"), pytest.param(2_000_000, 5_000_000, id="for the topic")]
)
def test_a_record_that_is_too_large_ends_its_transaction_alone(kafka: Cluster, bytes_: int, most: int) -> None:
    source, destination = kafka.create("in"), kafka.create("out")
    standing = kafka.create("standing", cleanup_policy="compact")
    kafka.put(source, b"1")
    client: dict[str, Setting] = {"message.max.bytes": most, "compression.type": "none"}
    transport = a_transport(kafka.address, kafka.name("group"), {source: "earliest"}, standing, client=client)
    _, records = gather(transport, 1)

    transport.begin()
    with pytest.raises(TooLarge):
        _send_and_commit(transport, Output(destination, 0, b"k", b"x" * bytes_), records)
    transport.abort()
    relay(transport, destination, 1)
    transport.close()

    assert kafka.await_stable(destination)
    assert [record.value for record in kafka.read(destination)] == [b"1"]


def _send_and_commit(transport: Transport, output: Output, records: list[Record]) -> None:
    transport.send([output])
    transport.commit(after(records))


@pytest.mark.broker
def test_more_outputs_than_the_queue_holds_wait_for_room(kafka: Cluster) -> None:
    source, destination = kafka.create("in"), kafka.create("out")
    standing = kafka.create("standing", cleanup_policy="compact")
    kafka.put(source, b"1")
    narrow = {"queue.buffering.max.messages": 10}
    transport = a_transport(kafka.address, kafka.name("group"), {source: "earliest"}, standing, client=narrow)
    _, records = gather(transport, 1)

    transport.begin()
    transport.send(Output(destination, 0, b"k", str(number).encode()) for number in range(1000))
    transport.commit(after(records))
    transport.close()

    assert kafka.await_stable(destination)
    assert len(kafka.read(destination)) == 1000


@pytest.mark.broker
def test_a_source_that_does_not_exist_is_waited_for(kafka: Cluster) -> None:
    source = kafka.name("in")
    standing = kafka.create("standing", cleanup_policy="compact")
    transport = a_transport(kafka.address, kafka.name("group"), {source: "earliest"}, standing)

    with pytest.raises(Unavailable):
        gather(transport, 1)
    kafka.make(source)
    kafka.put(source, b"1")

    def comes() -> bool:
        try:
            return bool(transport.poll(Budget()).records)
        except Unavailable:
            return False

    until(comes)
    transport.close()


def test_without_a_broker_nothing_is_polled() -> None:
    transport = _off_line("127.0.0.1:1")

    with pytest.raises(Unavailable):
        transport.poll(Budget(seconds=0.1))
    with pytest.raises(Unavailable):
        transport.snapshot("table", 0)
    with pytest.raises(Unavailable):
        list(transport.follow("table"))
    transport.close()


def _off_line(address: str) -> KafkaTransport:
    settings = KafkaSettings(
        client={"bootstrap.servers": address},
        group="group",
        transactional_id="id",
        sources={"in": "earliest"},
        standing="standing",
        release="release",
        deadlines=Deadlines(end=1, ask=1),
        topic_ids=False,
    )
    return KafkaTransport(settings, Gaps(), logging.getLogger("librdkafka"))


def test_settings_that_exactly_once_rests_on_cannot_be_overridden() -> None:
    given: dict[str, Setting] = {
        "enable.auto.commit": True,
        "isolation.level": "read_uncommitted",
        "acks": "1",
        "enable.idempotence": False,
        "linger.ms": 50,
    }
    settings = KafkaSettings(client=given, group="g", transactional_id="t", sources={}, standing="s", release="r", instance="worker-0")

    consumer, producer = settings.consumer(), settings.producer()

    assert (consumer["enable.auto.commit"], consumer["isolation.level"], consumer["auto.offset.reset"]) == (
        False,
        "read_committed",
        "error",
    )
    assert (producer["acks"], producer["enable.idempotence"], producer["allow.auto.create.topics"]) == ("all", True, False)
    assert producer["linger.ms"] == 50
    assert (consumer["group.instance.id"], "group.instance.id" in producer) == ("worker-0", False)
    assert "worker-0" in repr(settings)
    assert "linger" not in repr(settings)


def test_the_mock_cluster_carries_the_demo() -> None:
    with mock() as address:
        producer = Producer({"bootstrap.servers": address})
        for topic in ("in", "out", "standing"):
            producer.produce(topic, b"0")
        assert producer.flush(10) == 0
        transport = _off_line(address)
        relay(transport, "out", 1)
        transport.close()

        assert [record.value for record in Cluster(address).read("out")] == [b"0", b"0"]
