"""Reads compacted topics, each partition by a plain consumer of its own that commits nothing. Called by `kafka.py`."""

import time
from collections.abc import Iterator, Mapping

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # public names that are not marked as exported

from stream.errors import Unavailable
from stream.guard.offsets import unavailable

Row = tuple[bytes, bytes | None]
_CHECKED = {"check.crcs": True}  # the mock cluster alone is read without: its ends of transactions have no checksum
_READING: Mapping[str, str | int | float | bool] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",  # the first rows are gone for good: later ones stand in their place
    "isolation.level": "read_committed",
    "fetch.wait.max.ms": 50,
    "statistics.interval.ms": 0,
}


class Compacted:
    """`settings`: of a consumer, its `group.id` among them; `seconds`: how long a topic has to be read to its end."""

    def __init__(self, settings: Mapping[str, str | int | float | bool], seconds: float) -> None:
        self._settings: dict[str, str | int | float | bool] = {**_CHECKED, **settings, **_READING, "log_level": 0}
        self._seconds = seconds
        self._followed: dict[str, Consumer] = {}

    def snapshot(self, topic: str, partition: int) -> Mapping[bytes, bytes]:
        """The live rows. Raises Unavailable."""
        consumer = self._open(topic, partition)
        rows: dict[bytes, bytes] = {}
        try:
            for key, value in self._to_end(consumer, topic, partition):
                if value is None:
                    rows.pop(key, None)
                else:
                    rows[key] = value
        finally:
            consumer.close()
        return rows

    def follow(self, topic: str) -> Iterator[Row]:
        """What came since the last call; at the first call, everything. Raises Unavailable."""
        if topic in self._followed:
            return _rows(self._followed[topic].consume(10_000, 0))
        consumer = self._open(topic, 0)
        try:
            rows = [*self._to_end(consumer, topic, 0)]
        except Unavailable:
            consumer.close()
            raise
        self._followed[topic] = consumer
        return iter(rows)

    def close(self) -> None:
        for consumer in self._followed.values():
            consumer.close()
        self._followed = {}

    def _open(self, topic: str, partition: int) -> Consumer:
        consumer = Consumer(self._settings)
        consumer.assign([TopicPartition(topic, partition, 0)])
        return consumer

    def _to_end(self, consumer: Consumer, topic: str, partition: int) -> Iterator[Row]:
        """The rows up to what the topic holds now. Records of open transactions are waited for: whoever wrote here before us may have
        committed a moment ago, and the broker marks partitions one after the other."""
        until = time.monotonic() + self._seconds
        end, reached = self._end(topic, partition), 0
        while reached < end:
            if time.monotonic() >= until:
                raise Unavailable(f"{topic}/{partition} was not read to its end")
            for message in consumer.consume(10_000, 0.1):
                reached = max(reached, _next(message))
                yield from _rows([message])

    def _end(self, topic: str, partition: int) -> int:
        """Asked by a new client: an old one keeps the leader's epoch of before a failover, and is refused for ever."""
        place = TopicPartition(topic, partition)
        try:
            admin = AdminClient(self._settings)
            asked = admin.list_offsets(
                {place: OffsetSpec.latest()},  # type: ignore[no-untyped-call]  # it has no types
                isolation_level=IsolationLevel.READ_UNCOMMITTED,
                request_timeout=self._seconds,
            )
            return int(asked[place].result(self._seconds + 1).offset)
        except (KafkaException, TimeoutError) as error:
            raise unavailable(error) from None


def _next(message: Message) -> int:
    """Up to where a message says that everything was read: an end of partition carries the offset that comes next."""
    offset = message.offset()
    if offset is None or (message.error() is not None and not _is_end(message)):
        return 0
    return offset if _is_end(message) else offset + 1


def _is_end(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError._PARTITION_EOF  # noqa: SLF001  # its public name


def _rows(messages: list[Message]) -> Iterator[Row]:
    """Raises Unavailable at an error of the topic."""
    for message in messages:
        if (error := message.error()) is None:
            yield message.key() or b"", message.value()
        elif not _is_end(message) and not error.retriable():
            raise Unavailable(error.name())
