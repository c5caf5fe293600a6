"""Reads the pipeline's own topics for people, each partition by assignment: commits nothing, joins no group. Called by `admin`.

Only what was committed is given. What an open transaction holds back is waited for: it may have been committed a moment ago.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from types import TracebackType
from typing import NamedTuple, Self

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # public names that are not marked as exported

from stream.errors import Unavailable
from stream.guard.offsets import unavailable
from stream.guard.transport import Partition

FIRST = 0
_CHECKED = {"check.crcs": True}  # the mock cluster alone is read without: its ends of transactions have no checksum
_READING: Mapping[str, str | int | float | bool] = {
    "group.id": "pratique-people",
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",  # what is gone is gone: later rows stand in its place
    "isolation.level": "read_committed",
    "fetch.wait.max.ms": 50,
    "queued.max.messages.kbytes": 16 * 1024,
    "statistics.interval.ms": 0,
}


class Row(NamedTuple):
    """A committed record of one of the pipeline's own topics. `value` None: what stood at the key is decided."""

    place: Partition
    offset: int
    key: bytes
    value: bytes | None

    def __repr__(self) -> str:
        return f"Row({self.place}, {self.offset})"


def ends(settings: Mapping[str, str | int | float | bool], places: Collection[Partition], seconds: float) -> Mapping[Partition, int]:
    """The offset after the last record of each partition, committed or not. Asked by a new client: an old one keeps the leader's epoch of
    before a failover. Raises Unavailable."""
    asked: dict[TopicPartition, OffsetSpec] = {
        TopicPartition(*place): OffsetSpec.latest()  # type: ignore[no-untyped-call]  # it has no types
        for place in places
    }
    try:
        client = AdminClient({**settings})  # it answers for as long as it is held
        answers = client.list_offsets(asked, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=seconds)
        return {Partition(place.topic, place.partition): answer.result(seconds + 1).offset for place, answer in answers.items()}
    except (KafkaException, TimeoutError) as error:
        raise unavailable(error) from None


class Tail:
    """Partitions from given offsets on, for as long as it is open."""

    def __init__(self, settings: Mapping[str, str | int | float | bool], starts: Mapping[Partition, int]) -> None:
        self.reached = dict(starts)
        """Up to where each partition was read."""
        self._consumer = Consumer({**_CHECKED, **settings, **_READING, "log_level": 0})
        self._consumer.assign([TopicPartition(*place, offset) for place, offset in starts.items()])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._consumer.close()

    def poll(self, seconds: float) -> list[Row]:
        """What is there by now, or the first of what comes within so many seconds. Raises Unavailable at an error of a topic."""
        try:
            return [*self._taken(self._consumer.consume(1, seconds)), *self._taken(self._consumer.consume(1000, 0))]
        except KafkaException as error:
            raise unavailable(error) from None

    def _taken(self, messages: list[Message]) -> Iterator[Row]:
        for message in messages:
            place, offset = Partition(message.topic() or "", message.partition() or 0), message.offset() or 0
            error = message.error()
            if error is None:
                self.reached[place] = offset + 1
                yield Row(place, offset, message.key() or b"", message.value())
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  # its public name
                self.reached[place] = max(self.reached[place], offset)
            elif not error.retriable():
                raise Unavailable(error.name())


def read(tail: Tail, until: Mapping[Partition, int], seconds: float, clock: Callable[[], float] = time.monotonic) -> Iterator[Row]:
    """Everything up to these offsets, in the order of each partition. Raises Unavailable where nothing moves for so many seconds."""
    left = {place for place, end in until.items() if tail.reached[place] < end}
    moved, before = clock(), dict(tail.reached)
    while left:
        for row in tail.poll(0.1):
            if row.offset < until[row.place]:
                yield row
        left = {place for place in left if tail.reached[place] < until[place]}
        if tail.reached != before:
            moved, before = clock(), dict(tail.reached)
        elif clock() - moved > seconds:
            place = min(left)
            raise Unavailable(f"{place.topic}/{place.partition} was not read to its end")
