"""The transport of one pipeline over Kafka: its consumer group and its transactional producer. Built by `main`, used by the loop.

The only consumer that the guard's records come through. Never judges, never logs a record, and never commits but with a transaction.

The group rebalances eagerly with the `range` assignor: the same partition number of topics of equal width goes to the same worker, so
whoever owns a source partition also owns its partition of the release topic.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from stream.core.values import Record
from stream.errors import Fatal, Unavailable
from stream.guard import received
from stream.guard.compacted import Compacted
from stream.guard.offsets import Gap, Gapped, Moved, Offsets, Start
from stream.guard.producer import Transactions
from stream.guard.requests import Requests
from stream.guard.transport import Assigned, Batch, Budget, Output, Partition, Revoked

Setting = str | int | float | bool

RESEND_MS = 500
"""After how long a client sends a request again that got no answer. It waits a fifth less at times; we reckon with a quarter."""

_DEFAULTS: Mapping[str, Setting] = {
    "socket.keepalive.enable": True,
    "enable.metrics.push": False,
}
_ALWAYS: Mapping[str, Setting] = {
    "socket.nagle.disable": True,
    "allow.auto.create.topics": False,
}
_CONSUMER_DEFAULTS: Mapping[str, Setting] = {
    "check.crcs": True,  # people may not change it; the mock cluster's ends of transactions have no checksum
    "session.timeout.ms": 10_000,
    "heartbeat.interval.ms": 2_000,
    "fetch.wait.max.ms": 100,
    "fetch.max.bytes": 16 * 1024 * 1024,
    "fetch.queue.backoff.ms": 20,
    "queued.max.messages.kbytes": 64 * 1024,
    "statistics.interval.ms": 10_000,
}
_CONSUMER_ALWAYS: Mapping[str, Setting] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "isolation.level": "read_committed",
    "auto.offset.reset": "error",
    "partition.assignment.strategy": "range",
    "enable.partition.eof": False,
}
_PRODUCER_DEFAULTS: Mapping[str, Setting] = {
    "linger.ms": 5,
    "compression.type": "lz4",
    "queue.buffering.max.kbytes": 64 * 1024,
}
_PRODUCER_ALWAYS: Mapping[str, Setting] = {
    "acks": "all",
    "enable.idempotence": True,
    "transaction.timeout.ms": 10_000,
    "partitioner": "murmur2_random",  # as Java's clients, where the loop leaves the choice
    "retry.backoff.ms": RESEND_MS,
    "statistics.interval.ms": 0,
    "delivery.report.only.error": True,
}

_ASK_AGAIN = frozenset(
    {
        KafkaError._AUTO_OFFSET_RESET,  # noqa: SLF001  # its public name
        KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001  # its public name
        KafkaError._LOG_TRUNCATION,  # noqa: SLF001  # its public name
        KafkaError.OFFSET_OUT_OF_RANGE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.UNKNOWN_TOPIC_ID,
        KafkaError.INCONSISTENT_TOPIC_ID,
    }
)
"""Errors of a partition that may mean that records are gone."""


class Deadlines(NamedTuple):
    """Seconds until we stop waiting for Kafka."""

    end: float = 10.0  # the end of a transaction; then it is in doubt
    ask: float = 15.0  # all else; longer than the end of somebody else's transaction takes


DEADLINES = Deadlines()


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """One worker of a pipeline. `client`: librdkafka's own settings (brokers, security ...). `sources`: topics, and where a partition
    without a commit starts. `standing`, `release`: the pipeline's own topics. `accepted_gaps`: partitions whose lost records a person
    gave up, each once."""

    client: Mapping[str, Setting] = field(repr=False)
    group: str
    transactional_id: str
    sources: Mapping[str, Start]
    standing: str
    release: str
    accepted_gaps: frozenset[Partition] = frozenset()
    deadlines: Deadlines = DEADLINES
    instance: str | None = None  # group.instance.id: a worker that comes back soon keeps its partitions
    topic_ids: bool = True  # False for the mock cluster, which tells none

    def common(self) -> dict[str, Setting]:
        return {**_DEFAULTS, **self.client, **_ALWAYS}

    def consumer(self) -> dict[str, Setting]:
        named = {"group.instance.id": self.instance} if self.instance else {}
        return {**_CONSUMER_DEFAULTS, **self.common(), **_CONSUMER_ALWAYS, **named, "group.id": self.group}

    def producer(self) -> dict[str, Setting]:
        return {**_PRODUCER_DEFAULTS, **self.common(), **_PRODUCER_ALWAYS, "transactional.id": self.transactional_id}


class Ends(NamedTuple):
    """The end of a partition, as last heard of: its high watermark, and the last stable offset, up to which it can be read."""

    high: int
    stable: int


class Observer(Protocol):
    """Who is told what the transport sees. Never gets a record."""

    def gap(self, gap: Gap, *, accepted: bool) -> None: ...
    def ends(self, ends: Mapping[Partition, Ends]) -> None: ...


class KafkaTransport:
    """See `transport.Transport`. `produce_with`: makes a producer from its settings. `logger` gets the lines of librdkafka."""

    def __init__(
        self,
        settings: KafkaSettings,
        observer: Observer,
        logger: logging.Logger,
        produce_with: Callable[..., Producer] = Producer,
    ) -> None:
        seconds = settings.deadlines.ask
        self._observer = observer
        self._accepted = set(settings.accepted_gaps)
        self._consumer = Consumer({**settings.consumer(), "stats_cb": self._on_statistics}, logger=logger)
        admin = AdminClient({**settings.common(), "log_level": 0})
        self._standing = settings.standing
        self._compacted = Compacted(settings.consumer(), seconds)
        self._requests = Requests(settings.consumer(), settings.release)
        self._offsets = Offsets(self._consumer, admin, self._remembered, settings.sources, seconds, topic_ids=settings.topic_ids)
        self._producer = Transactions(
            lambda failed: produce_with({**settings.producer(), "on_delivery": failed}, logger=logger),
            end_within=settings.deadlines.end,
            ask_within=seconds,
            resend=RESEND_MS * 0.75 / 1000,
        )
        self._events: list[Assigned | Revoked] = []  # not yet told to the loop
        self._committed: dict[Partition, int] = {}  # of each partition that is ours and has its start
        self._read: dict[Partition, int] = {}  # next offset to come from the client
        self._given: dict[Partition, int] = {}  # next offset to go to the loop
        self._ahead: list[Record] = []  # read and not given: the batch was full
        self._paused: set[Partition] = set()
        self._ends: dict[Partition, Ends] = {}
        self._membership: object = None
        self._consumer.subscribe([*settings.sources], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost)

    # ---- the assignment -------------------------------------------------------------------------------------------------

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        consumer.assign([])  # nothing is read before its start is known
        self._events.append(Assigned(_names(partitions)))

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:  # noqa: ARG002  # the client's signature
        self._events.append(Revoked(_names(partitions)))

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:  # noqa: ARG002  # the client's signature
        self._events.append(Revoked(_names(partitions), lost=True))

    def _reassign(self) -> tuple[Assigned | Revoked, ...]:
        """Carries out the changes of the assignment, and tells them. They stay for the next poll where a start cannot be told."""
        ours = set(self._committed)
        for event in self._events:
            self._forget(event.partitions)
            ours.difference_update(event.partitions)
            if isinstance(event, Assigned):
                ours.update(event.partitions)
        try:
            if ours:
                self._start(ours - self._committed.keys())
        except Moved:
            return ()
        events, self._events = tuple(self._events), []
        return events

    def _forget(self, partitions: Iterable[Partition]) -> None:
        for partition in partitions:
            self._committed.pop(partition, None)
            self._given.pop(partition, None)
            self._ends.pop(partition, None)
            self._paused.discard(partition)

    def _start(self, partitions: Iterable[Partition]) -> None:
        """Raises Gapped, Unavailable, Moved."""
        try:
            starts, passed = self._offsets.starts(partitions, self._accepted)
        except Gapped as stop:
            for each in stop.gaps:
                self._observer.gap(each, accepted=False)
            raise
        for each in passed:
            self._observer.gap(each, accepted=True)
            self._accepted.discard(each.partition)
        self._committed |= starts
        self._given |= starts
        self._stand()

    def _stand(self) -> None:
        """Has the client read from where the loop is, and forgets what it read beyond. One way for a start, a rewind and a doubt."""
        self._ahead = []
        self._read = dict(self._given)
        self._consumer.assign([TopicPartition(*partition, offset) for partition, offset in self._read.items()])
        if self._paused:
            self._consumer.pause([TopicPartition(*partition) for partition in self._paused])

    def _rewind(self) -> None:
        self._given = dict(self._committed)
        self._stand()

    # ---- records --------------------------------------------------------------------------------------------------------

    def poll(self, budget: Budget) -> Batch:
        """1. Fence whoever came before us, so that nothing of theirs is in the balance.
        2. Ask the client. Where the assignment changed, what it brought is dropped, and read again from where the loop is.
        3. Take the group metadata: it stands for the records given now.
        4. Start what is new before telling of it: its offsets are stable, so what else its last owner wrote can be read."""
        self._producer.ready()
        messages = self._consume(budget)
        self._membership = self._consumer.consumer_group_metadata()
        if self._events:
            return Batch(self._reassign(), ())
        self._take(messages)
        return Batch((), self._give(budget))

    def _consume(self, budget: Budget) -> list[Message]:
        """What is there; where nothing is, waits for the first. Raises Unavailable, Fatal."""
        try:
            if self._ahead:
                return self._consumer.consume(1, 0)
            return self._consumer.consume(budget.records, 0) or [
                *self._consumer.consume(1, budget.seconds),
                *self._consumer.consume(budget.records, 0),
            ]
        except KafkaException as error:
            raise _trouble(error.args[0]) from None
        except SystemError:  # what is fatal, raised amid a callback
            raise Fatal("the consumer is broken for good") from None

    def _take(self, messages: Iterable[Message]) -> None:
        """Raises Unavailable, Gapped, Fatal."""
        doubted: set[Partition] = set()
        for message in messages:
            partition = Partition(message.topic() or "", message.partition() or 0)
            if (error := message.error()) is None:
                self._keep(received.record(message, partition), partition)
            elif error.code() in _ASK_AGAIN and partition in self._committed:
                doubted.add(partition)
            elif error.code() != KafkaError._MAX_POLL_EXCEEDED and not error.retriable():  # noqa: SLF001  # its public name
                self._stand()  # what came beside it comes again
                raise _trouble(error)
        if doubted:
            self._start(doubted)

    def _keep(self, record: Record, partition: Partition) -> None:
        offset = record.coordinate.offset
        if offset >= self._read.get(partition, offset + 1):  # else it is no longer ours, or came before
            self._read[partition] = offset + 1
            self._ahead.append(record)

    def _give(self, budget: Budget) -> tuple[Record, ...]:
        size = count = 0
        for record in self._ahead:
            if count == budget.records or size >= budget.bytes:
                break
            size += len(record.key or b"") + len(record.value or b"")
            count += 1
            self._given[Partition(record.coordinate.topic, record.coordinate.partition)] = record.coordinate.offset + 1
        records, self._ahead = tuple(self._ahead[:count]), self._ahead[count:]
        return records

    def pause(self, partitions: Iterable[Partition]) -> None:
        fresh = self._committed.keys() & set(partitions) - self._paused
        if fresh:
            self._paused |= fresh
            self._ahead = [record for record in self._ahead if record.coordinate[:2] not in fresh]
            self._consumer.pause([TopicPartition(*partition) for partition in fresh])

    def resume(self, partitions: Iterable[Partition]) -> None:
        if resumed := self._paused & set(partitions):
            self._paused -= resumed
            self._consumer.resume([TopicPartition(*partition) for partition in resumed])
            self._stand()

    def lag(self) -> Mapping[Partition, int]:
        """See `transport.Transport`; as of the client's last statistics."""
        return {partition: max(0, end.stable - self._given[partition]) for partition, end in self._ends.items() if partition in self._given}

    def _on_statistics(self, text: str) -> None:
        topics = json.loads(text)["topics"].values()
        found = {
            Partition(topic["topic"], each["partition"]): Ends(each["hi_offset"], each["ls_offset"])
            for topic in topics
            for each in topic["partitions"].values()
        }
        self._ends = {partition: end for partition, end in found.items() if partition in self._committed and end.stable >= 0}
        self._observer.ends(self._ends)

    # ---- transactions ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self._producer.begin()

    def send(self, outputs: Iterable[Output]) -> None:
        self._producer.send(outputs)

    def commit(self, following: Mapping[Partition, int]) -> None:
        self._producer.send(Output(self._standing, place.partition, key, row) for place, key, row in self._offsets.rows(following))
        self._producer.commit([*self._offsets.positions(following or self._committed)], self._membership)
        self._committed |= following

    def abort(self) -> None:
        self._producer.abort()
        self._rewind()

    def settle(self) -> Mapping[Partition, int]:
        self._producer.renew()
        self._committed |= self._offsets.committed(self._committed)
        self._rewind()
        return dict(self._committed)

    def _remembered(self, place: Partition, key: bytes) -> bytes | None:
        return self.snapshot(self._standing, place.partition).get(key)

    # ---- compacted topics -----------------------------------------------------------------------------------------------

    def snapshot(self, topic: str, partition: int) -> Mapping[bytes, bytes]:
        return self._compacted.snapshot(topic, partition)

    def follow(self, topic: str) -> Iterable[tuple[bytes, bytes | None]]:
        return self._compacted.follow(topic)

    def requests(self, wanted: Mapping[int, int]) -> Sequence[Record]:
        return self._requests.read(wanted)

    def close(self) -> None:
        """Leaves the group. An open transaction stays for whoever comes under the same transactional id."""
        self._compacted.close()
        self._requests.close()
        self._consumer.close()
        self._producer.drop()


def _names(partitions: Sequence[TopicPartition]) -> tuple[Partition, ...]:
    return tuple(sorted(Partition(each.topic, each.partition) for each in partitions))


def _trouble(error: KafkaError) -> Exception:
    return Fatal(error.name()) if error.fatal() else Unavailable(error.name())
