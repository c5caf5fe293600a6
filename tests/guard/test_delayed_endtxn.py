"""Requests of a transaction that reach the broker late, in the middle of the next one: what it does to a producer that is kept, and that
ours is not. On a real broker, through a proxy that holds a request back; the client sends it again by itself and tells nobody.
"""

from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from stream.broker.apache import HOST, Apache
from stream.errors import Doubtful, Fatal
from stream.guard.kafka import RESEND_MS
from stream.guard.producer import Failed, Transactions
from stream.guard.transport import Output
from tests.support.apache import Cluster
from tests.support.proxy import Api, Deed, Proxy
from tests.support.transports import a_transport, after, gather, until

pytestmark = pytest.mark.broker

CAREFUL, KEPT = RESEND_MS * 0.75 / 1000, float("inf")
"""Seconds from which on a producer is replaced: ours, and never."""


class Scene:
    """A producer behind the proxy, a consumer whose offsets it sends, a source and a destination."""

    def __init__(self, apache: Apache, proxy: Proxy, resend: float) -> None:
        self.cluster = Cluster(apache.address)
        self.proxy = proxy
        self.proxied = f"{HOST}:{apache.proxy_port}"
        self.group = self.cluster.name("group")
        self.source = self.cluster.create("in")
        self.destination = self.cluster.create("out")
        self.transactions = Transactions(self._producer, end_within=10, ask_within=10, resend=resend)
        self.before_the_end: Callable[[], None] = lambda: None
        self._consumer = Consumer(self.cluster.client | {"group.id": self.group})
        self._consumer.subscribe([self.source])
        until(lambda: bool(self._consumer.consume(1, 0.1)) or bool(self._consumer.assignment()))

    def _producer(self, failed: Failed) -> Producer:
        settings = {
            "socket.timeout.ms": 1000,
            "retry.backoff.ms": RESEND_MS,
            "transaction.timeout.ms": 20_000,
            "linger.ms": 0,
            "delivery.report.only.error": True,
        }
        scene = self

        class Hooked(Producer):
            """Lets the test do something between the offsets and the end."""

            def commit_transaction(self, timeout: float = -1) -> None:
                scene.before_the_end()
                super().commit_transaction(timeout)

        return Hooked(
            self.cluster.client | settings | {"bootstrap.servers": self.proxied, "transactional.id": self.group, "on_delivery": failed}
        )

    def send(self, value: bytes) -> None:
        """Begins a transaction with one record, and waits until the broker has it."""
        self.transactions.begin()
        self.transactions.send([Output(self.destination, 0, b"k", value)])
        until(lambda: value in self.visible("read_uncommitted"))

    def commit(self, offset: int) -> None:
        self.transactions.commit([TopicPartition(self.source, 0, offset)], self._consumer.consumer_group_metadata())

    def visible(self, isolation: str = "read_committed") -> list[bytes | None]:
        return [record.value for record in self.cluster.read(self.destination, isolation=isolation)]

    def close(self) -> None:
        self._consumer.close()
        self.transactions.drop()


@pytest.fixture
def scene(request: pytest.FixtureRequest, own_kafka: Apache, proxy: Proxy) -> Iterator[Scene]:
    made = Scene(own_kafka, proxy, request.param)
    yield made
    made.close()


@pytest.mark.parametrize("scene", [CAREFUL], indirect=True)
def test_a_late_end_of_a_transaction_ends_no_other(scene: Scene) -> None:
    late = scene.proxy.next(Api.END_TXN, Deed.HOLD)
    scene.send(b"A")
    scene.commit(1)

    scene.send(b"B")
    scene.proxy.deliver(late)
    before = scene.visible()
    scene.transactions.abort()
    scene.send(b"C")
    scene.commit(2)

    assert before == [b"A"]
    assert scene.cluster.await_stable(scene.destination)
    assert scene.visible() == [b"A", b"C"]


@pytest.mark.parametrize("scene", [KEPT], indirect=True)
def test_with_the_producer_kept_it_would_commit_what_nobody_committed(scene: Scene) -> None:
    """The proof that the test above would see it."""
    late = scene.proxy.next(Api.END_TXN, Deed.HOLD)
    scene.send(b"A")
    scene.commit(1)

    scene.send(b"B")
    scene.proxy.deliver(late)
    assert scene.cluster.await_stable(scene.destination)
    with pytest.raises(Fatal):
        scene.transactions.abort()

    assert scene.visible() == [b"A", b"B"]


@pytest.mark.parametrize(("scene", "committed"), [(CAREFUL, 2), (KEPT, 1)], indirect=["scene"])
def test_late_offsets_of_a_transaction_go_into_the_next_only_where_the_producer_is_kept(scene: Scene, committed: int) -> None:
    late = scene.proxy.next(Api.TXN_OFFSET_COMMIT, Deed.HOLD)
    scene.send(b"A")
    scene.commit(1)

    scene.send(b"B")
    scene.before_the_end = lambda: scene.proxy.deliver(late)
    scene.commit(2)

    assert scene.cluster.await_stable(scene.destination)
    assert scene.visible() == [b"A", b"B"]
    until(lambda: scene.cluster.committed(scene.group, scene.source) == {0: committed})


def test_after_a_commit_in_doubt_each_record_comes_out_once_whenever_the_commit_arrives(own_kafka: Apache, proxy: Proxy) -> None:
    cluster = Cluster(own_kafka.address)
    source, destination = cluster.create("in"), cluster.create("out")
    standing = cluster.create("standing", cleanup_policy="compact")
    cluster.put(source, b"1", b"2", b"3")
    transport = a_transport(f"{HOST}:{own_kafka.proxy_port}", cluster.name("group"), {source: "earliest"}, standing, end=2)
    late = proxy.next(Api.END_TXN, Deed.HOLD)
    _, records = gather(transport, 3)
    transport.begin()
    transport.send([Output(destination, 0, record.key, record.value) for record in records])
    with pytest.raises(Doubtful):
        transport.commit(after(records))

    offsets = transport.settle()
    _, again = gather(transport, 3)
    transport.begin()
    transport.send([Output(destination, 0, record.key, record.value) for record in again])
    proxy.deliver(late)
    transport.commit(after(again))
    transport.close()

    assert list(offsets.values()) == [0]
    assert cluster.await_stable(destination)
    assert [record.value for record in cluster.read(destination)] == [b"1", b"2", b"3"]
