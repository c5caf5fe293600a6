"""What the guard does at each error of a transaction, by the real client on librdkafka's mock cluster that answers with it.

The rows are those of the table that the handler was written from. What cannot be had from a broker: an error without any of the client's
three flags (of no request and no code does one come; the client alone has such, of a call out of place, and that is what is tested), and
the first half of a doubt, an end that is lost on its way (`test_kafka.py` has it, on a real broker behind a proxy).

The mock forgets offsets that were sent with a transaction, shows what was aborted and fences nobody. So what was committed is told here by
the transactions whose end the client said; that it holds on a broker is told by `test_exactly_once.py` and `test_delayed_endtxn.py`.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from confluent_kafka import KafkaError, Producer

from schemas.vocabulary import Reason
from stream.core.values import Record
from stream.errors import Doubtful, Fatal, Retry, TooLarge, Unavailable
from stream.guard.kafka import Deadlines, KafkaSettings, KafkaTransport, Setting
from stream.guard.ledger import Ledger
from stream.guard.loop import Loop, World
from stream.guard.transport import Budget, Output, Partition
from tests.support.guard import CARE, TOPICS, Counts, OpenSealer, a_plan
from tests.support.mock_cluster import WIDTH, MockCluster
from tests.support.proxy import Api
from tests.support.transports import Gaps, after, gather, until

ROUTE = CARE._replace(partitions=WIDTH)
COUNT = 8
VALUES = [b"p%d" % number for number in range(COUNT)]
LONG = 20.0
"""Seconds; later than anybody waits here."""


class Row(NamedTuple):
    """Answers to the next requests of one kind."""

    api: Api
    codes: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.api.name} {'+'.join(map(str, self.codes))}"


RETRIED_INSIDE = [
    Row(Api.TXN_OFFSET_COMMIT, (KafkaError.COORDINATOR_LOAD_IN_PROGRESS,)),
    Row(Api.END_TXN, (KafkaError.COORDINATOR_NOT_AVAILABLE,)),
    Row(Api.END_TXN, (KafkaError.NOT_COORDINATOR,)),
    Row(Api.ADD_PARTITIONS_TO_TXN, (KafkaError.CONCURRENT_TRANSACTIONS,)),
    Row(Api.ADD_OFFSETS_TO_TXN, (KafkaError.CONCURRENT_TRANSACTIONS,)),
    Row(Api.PRODUCE, (KafkaError.NOT_ENOUGH_REPLICAS,)),
    Row(Api.PRODUCE, (KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND,)),
    Row(Api.INIT_PRODUCER_ID, (KafkaError.CONCURRENT_TRANSACTIONS,)),
]
ABORTED_AT_ONCE = [
    Row(Api.PRODUCE, (KafkaError.UNKNOWN_PRODUCER_ID,)),
    Row(Api.ADD_PARTITIONS_TO_TXN, (KafkaError.TOPIC_AUTHORIZATION_FAILED,)),
]
ABORTED = [
    Row(Api.TXN_OFFSET_COMMIT, (KafkaError.UNKNOWN_MEMBER_ID,)),
    Row(Api.TXN_OFFSET_COMMIT, (KafkaError.ILLEGAL_GENERATION,)),
    *ABORTED_AT_ONCE,
]
OUT_OF_ORDER = [
    Row(Api.PRODUCE, (KafkaError.NOT_ENOUGH_REPLICAS, KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER)),
    Row(Api.PRODUCE, (KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND, KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER)),
]
"""One request is refused, and so the next, which was already on its way."""
TOO_LARGE = [
    Row(Api.PRODUCE, (KafkaError.MSG_SIZE_TOO_LARGE,)),
    Row(Api.PRODUCE, (KafkaError.RECORD_LIST_TOO_LARGE,)),
]
FATAL = [
    Row(Api.END_TXN, (KafkaError.PRODUCER_FENCED,)),
    Row(Api.END_TXN, (KafkaError.INVALID_PRODUCER_EPOCH,)),
    Row(Api.ADD_PARTITIONS_TO_TXN, (KafkaError.PRODUCER_FENCED,)),
    Row(Api.ADD_OFFSETS_TO_TXN, (KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,)),
    Row(Api.PRODUCE, (KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER,)),
]


_APART: Mapping[str, Setting] = {"batch.num.messages": 1, "linger.ms": 0}


@dataclass
class Book:
    """What the producers of a transport did. `committed`: (topic, value) of each record of a transaction whose commit was answered."""

    committed: list[tuple[str, bytes | None]] = field(default_factory=list)
    ended: int = 0
    memberships: list[object] = field(default_factory=list)
    made: list[Producer] = field(default_factory=list)
    refused: bytes | None = None  # the broker takes no transaction with this value

    def of(self, topic: str) -> list[bytes | None]:
        return [value for name, value in self.committed if name == topic]


class Manner(NamedTuple):
    """Of a client. `end`: seconds until the end of a transaction is in doubt; `apart`: each record goes in a request of its own."""

    end: float = 10.0
    apart: bool = False


class Forgetful(KafkaTransport):
    """Knows no standing: the mock forgets commits, and what was written beside them must not say more."""

    def snapshot(self, topic: str, partition: int) -> Mapping[bytes, bytes]:
        return {}


class Scene:
    """A transport on a mock cluster with eight records in its source."""

    def __init__(self, manner: Manner) -> None:
        self.cluster = MockCluster()
        self.book = Book()
        self._feed()
        settings = KafkaSettings(
            client={"bootstrap.servers": self.cluster.address, "log_level": 0, **(_APART if manner.apart else {})},
            group="group",
            transactional_id="id",
            sources={"in": "earliest"},
            standing=TOPICS.standing,
            release=TOPICS.release,
            deadlines=Deadlines(manner.end, manner.end),
            topic_ids=False,
        )
        self.transport = Forgetful(settings, Gaps(), logging.getLogger("librdkafka"), self._produce_with)

    def _feed(self) -> None:
        producer = Producer({"bootstrap.servers": self.cluster.address, "log_level": 0})
        for topic in ("in", ROUTE.destination, *TOPICS):
            producer.list_topics(topic, timeout=10)
        for value in VALUES:
            producer.produce("in", value, b"k", 0)
        assert producer.flush(10) == 0

    def _produce_with(self, settings: dict[str, Any], **more: Any) -> Producer:
        made = Recording(settings, **more)
        made.scene = self
        self.book.made.append(made)
        return made

    def inject(self, row: Row) -> None:
        self.cluster.fail(row.api, *row.codes)

    def pass_on(self, records: list[Record]) -> None:
        """One transaction as the loop makes it."""
        self.transport.begin()
        self.send(records)
        self.transport.commit(after(records))

    def send(self, records: list[Record]) -> bool:
        """Nothing more: False."""
        self.transport.send(Output(ROUTE.destination, 0, each.key, each.value) for each in records)
        return False

    def close(self) -> None:
        self.transport.close()
        self.book.made.clear()
        self.cluster.close()


class Recording(Producer):
    """Writes down what is committed."""

    scene: Scene

    def begin_transaction(self) -> None:
        super().begin_transaction()
        self._sent: list[tuple[str, bytes | None]] = []

    def produce(self, topic: str, value: bytes | None = None, *given: Any, **more: Any) -> None:  # type: ignore[override]  # passed through
        if value is not None and value == self.scene.book.refused and topic == ROUTE.destination:
            self.scene.inject(TOO_LARGE[0])
        super().produce(topic, value, *given, **more)
        self._sent.append((topic, value))

    def send_offsets_to_transaction(self, positions: Any, membership: Any, timeout: float = -1) -> None:
        self.scene.book.memberships.append(membership)
        super().send_offsets_to_transaction(positions, membership, timeout)

    def commit_transaction(self, timeout: float = -1) -> None:
        super().commit_transaction(timeout)
        self.scene.book.committed += self._sent
        self.scene.book.ended += 1


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    made = Scene(getattr(request, "param", Manner()))
    yield made
    made.close()


IMPATIENT = pytest.mark.parametrize("scene", [Manner(end=1)], indirect=True, ids=[""])


# ---- the transport ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", RETRIED_INSIDE, ids=str)
def test_what_the_client_retries_by_itself_ends_no_transaction(scene: Scene, row: Row) -> None:
    if row.api is Api.INIT_PRODUCER_ID:
        scene.inject(row)
    _, records = gather(scene.transport, COUNT)
    before = scene.cluster.seen[row.api]
    if row.api is not Api.INIT_PRODUCER_ID:
        scene.inject(row)
    scene.pass_on(records)

    assert scene.book.of(ROUTE.destination) == VALUES
    assert scene.book.ended == 1
    assert scene.cluster.seen[row.api] > (before + 2 if row.api is Api.PRODUCE else 1)  # records go to two topics


@pytest.mark.parametrize("row", ABORTED, ids=str)
def test_after_an_abortable_error_the_records_come_again_and_the_group_is_asked_anew(scene: Scene, row: Row) -> None:
    _, records = gather(scene.transport, COUNT)
    scene.inject(row)
    with pytest.raises(Retry) as raised:
        scene.pass_on(records)

    assert type(raised.value) is Retry
    _abort_and_repeat(scene, records)


@pytest.mark.parametrize("scene", [Manner(end=1, apart=True)], indirect=True, ids=[""])
@pytest.mark.parametrize("row", OUT_OF_ORDER, ids=str)
def test_records_that_came_out_of_order_cost_their_transaction_and_go_with_the_next(scene: Scene, row: Row) -> None:
    """By the producer alone: of the transport's transactions the first two requests may be of two partitions, each in order."""
    outputs = [Output(ROUTE.destination, 0, b"k", value) for value in VALUES]
    transactions = scene.transport._producer
    transactions.ready()
    scene.inject(row)
    transactions.begin()
    transactions.send(outputs)
    with pytest.raises(Retry) as raised:
        transactions.commit([], None)
    transactions.abort()
    transactions.begin()
    transactions.send(outputs)
    transactions.commit([], None)

    assert type(raised.value) is Retry
    assert scene.book.of(ROUTE.destination) == VALUES
    assert len(scene.book.made) == 1


@pytest.mark.parametrize("row", [*ABORTED_AT_ONCE, *TOO_LARGE], ids=str)
def test_an_error_that_comes_while_records_are_still_sent_is_what_it_is_at_the_end(scene: Scene, row: Row) -> None:
    _, records = gather(scene.transport, COUNT)
    scene.inject(row)
    scene.transport.begin()
    with pytest.raises(TooLarge if row in TOO_LARGE else Retry):
        until(lambda: scene.send(records))
    scene.transport.abort()

    assert gather(scene.transport, COUNT)[1] == records


def _abort_and_repeat(scene: Scene, records: list[Record]) -> None:
    scene.transport.abort()
    _, again = gather(scene.transport, COUNT)
    scene.pass_on(again)

    assert again == records
    assert scene.book.of(ROUTE.destination) == VALUES
    assert len({id(each) for each in scene.book.memberships}) == len(scene.book.memberships)
    assert len(scene.book.made) == 1


@pytest.mark.parametrize("row", TOO_LARGE, ids=str)
def test_what_the_broker_does_not_take_is_told_and_costs_its_transaction(scene: Scene, row: Row) -> None:
    _, records = gather(scene.transport, COUNT)
    scene.inject(row)
    with pytest.raises(TooLarge):
        scene.pass_on(records)
    scene.transport.abort()

    assert scene.book.committed == []
    assert gather(scene.transport, COUNT)[1] == records


@pytest.mark.parametrize("row", FATAL, ids=str)
def test_a_fatal_error_is_fatal_at_every_later_call(scene: Scene, row: Row) -> None:
    _, records = gather(scene.transport, COUNT)
    scene.inject(row)
    with pytest.raises(Fatal):
        scene.pass_on(records)
    with pytest.raises(Fatal):
        scene.transport.abort()
    with pytest.raises(Fatal):
        scene.transport.begin()

    assert scene.book.committed == []


def test_a_producer_that_is_not_let_in_is_fatal(scene: Scene) -> None:
    scene.inject(Row(Api.INIT_PRODUCER_ID, (KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,)))

    with pytest.raises(Fatal):
        gather(scene.transport, 1)


def test_an_error_without_any_flag_is_fatal(scene: Scene) -> None:
    """The client's own, of records outside a transaction."""
    _, records = gather(scene.transport, COUNT)

    with pytest.raises(Fatal):
        scene.transport.commit(after(records))


def _late(scene: Scene) -> None:
    scene.cluster.delay(Api.END_TXN, LONG)


def _never(scene: Scene) -> None:
    scene.inject(Row(Api.END_TXN, (KafkaError.COORDINATOR_NOT_AVAILABLE,) * 30))


@IMPATIENT
@pytest.mark.parametrize("trouble", [_late, _never])
def test_a_commit_that_times_out_costs_the_producer_and_its_successor_fences_it(scene: Scene, trouble: Any) -> None:
    _, records = gather(scene.transport, COUNT)
    before = scene.cluster.seen[Api.INIT_PRODUCER_ID]
    trouble(scene)
    with pytest.raises(Doubtful):
        scene.pass_on(records)
    for call in (scene.transport.begin, scene.transport.abort):
        with pytest.raises(Doubtful):
            call()
    scene.cluster.heal(Api.END_TXN)
    offsets = scene.transport.settle()
    _, again = gather(scene.transport, COUNT)
    scene.pass_on(again)

    assert scene.cluster.seen[Api.INIT_PRODUCER_ID] == before + 1
    assert len(scene.book.made) == 2
    assert offsets == {Partition("in", number): 0 for number in range(WIDTH)}
    assert again == records
    assert scene.book.of(ROUTE.destination) == VALUES


@IMPATIENT
def test_a_fencing_that_times_out_is_waited_for_on_the_same_producer(scene: Scene) -> None:
    scene.cluster.delay(Api.INIT_PRODUCER_ID, 2)

    with pytest.raises(Unavailable):
        gather(scene.transport, 1)

    def comes() -> bool:
        try:
            scene.transport.poll(Budget())
        except Unavailable:
            return False
        return True

    until(comes)
    assert len(scene.book.made) == 1


# ---- the loop -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def loop(scene: Scene, tmp_path: Path) -> Iterator[Loop]:
    ledger = Ledger(tmp_path / "ledger")
    world = World(time.time, lambda seconds: None, lambda: False, lambda record: True)
    made = Loop(a_plan(ROUTE, partitions=WIDTH), scene.transport, OpenSealer(), ledger, world, Counts(), Budget(records=COUNT, seconds=0.1))
    made.start()
    yield made
    ledger.close()


def _turn_until(loop: Loop, scene: Scene, held: int = 0) -> None:
    def done() -> bool:
        loop.turn()
        return len(scene.book.of(ROUTE.destination)) >= COUNT - held

    until(done)
    loop.turn()


@pytest.mark.parametrize("row", [*RETRIED_INSIDE, *ABORTED, *TOO_LARGE], ids=str)
def test_the_loop_passes_each_record_on_once_and_in_order_whatever_is_answered(scene: Scene, loop: Loop, row: Row) -> None:
    scene.inject(row)

    _turn_until(loop, scene)

    assert scene.book.of(ROUTE.destination) == VALUES
    assert scene.cluster.seen[row.api] > len(row.codes)


@IMPATIENT
def test_the_loop_goes_on_with_another_producer_after_a_commit_in_doubt(scene: Scene, loop: Loop) -> None:
    _late(scene)

    _turn_until(loop, scene)

    assert scene.book.of(ROUTE.destination) == VALUES
    assert len(scene.book.made) == 2


@IMPATIENT
def test_the_loop_finds_the_one_record_that_is_too_large_and_holds_it(scene: Scene, loop: Loop) -> None:
    scene.book.refused = VALUES[3]

    _turn_until(loop, scene, held=1)

    assert scene.book.of(ROUTE.destination) == [value for value in VALUES if value != VALUES[3]]
    [seal] = scene.book.of(TOPICS.quarantine)
    assert Reason.TOO_LARGE.value.encode() in (seal or b"")


@pytest.mark.parametrize("row", FATAL, ids=str)
def test_the_loop_ends_at_what_is_fatal(scene: Scene, loop: Loop, row: Row) -> None:
    scene.inject(row)

    with pytest.raises(Fatal):
        _turn_until(loop, scene)

    assert scene.book.of(ROUTE.destination) == []
