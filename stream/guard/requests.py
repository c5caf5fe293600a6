"""Reads the release topic: what people ask, from where the loop has looked at it last. Called by `kafka.py`; commits nothing.

A plain consumer of its own, since whose requests a worker looks at hangs on the source partitions it owns, not on the group.
"""

from collections.abc import Iterator, Mapping, Sequence

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from stream.core.values import Record
from stream.errors import Unavailable
from stream.guard.offsets import unavailable
from stream.guard.received import record
from stream.guard.transport import Partition

MOST = 100
"""Requests at a time: each may be as large as a record."""

_READING: Mapping[str, str | int | float | bool] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",  # requests that are gone were not answered: whoever asked asks again
    "isolation.level": "read_committed",
    "queued.max.messages.kbytes": 8 * 1024,
    "statistics.interval.ms": 0,
}


class Requests:
    """`settings`: of a consumer, its `group.id` among them."""

    def __init__(self, settings: Mapping[str, str | int | float | bool], topic: str) -> None:
        self._settings = {**settings, **_READING, "log_level": 0}
        self._topic = topic
        self._consumer: Consumer | None = None
        self._next: dict[int, int] = {}  # by partition: the offset that comes next, as far as we know

    def read(self, wanted: Mapping[int, int]) -> Sequence[Record]:
        """What is there by now, each partition from the wanted offset on. Raises Unavailable."""
        try:
            if not wanted:
                self.close()
                return ()
            consumer = self._placed(wanted)
            return tuple(self._taken(consumer.consume(MOST, 0)))
        except KafkaException as error:
            self.close()
            raise unavailable(error) from None

    def _placed(self, wanted: Mapping[int, int]) -> Consumer:
        if self._consumer is None:
            self._consumer, self._next = Consumer(self._settings), {}
        if self._next != wanted:
            self._next = dict(wanted)
            self._consumer.assign([TopicPartition(self._topic, number, offset) for number, offset in wanted.items()])
        return self._consumer

    def _taken(self, messages: Sequence[Message]) -> Iterator[Record]:
        for message in messages:
            if (error := message.error()) is not None:
                if not error.retriable():
                    raise Unavailable(error.name())
                continue
            taken = record(message, Partition(self._topic, message.partition() or 0))
            self._next[taken.coordinate.partition] = taken.coordinate.offset + 1
            yield taken

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
        self._consumer, self._next = None, {}
