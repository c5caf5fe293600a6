"""Load for a bench: fills a topic at once or at a rate, tells how far a group is, and how late records arrive. Not for the data path."""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Self

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition, libversion
from confluent_kafka.admin import AdminClient

from stream.errors import Unavailable

_SECONDS = 15.0  # how long the brokers have to answer
_SLICE = 0.01  # seconds between two looks at the clock while feeding


class Fed(NamedTuple):
    """A record to write."""

    partition: int
    key: bytes
    value: bytes

    def __repr__(self) -> str:
        return f"Fed({self.partition})"


class Load:
    """Clients of the brokers at `config`, librdkafka's settings of a connection."""

    def __init__(self, config: dict[str, str]) -> None:
        self._config: dict[str, str | int | float | bool] = {**config, "log_level": 0}
        self._admin = AdminClient(self._config)
        self._producer = Producer({**self._config, "linger.ms": 2, "compression.type": "lz4"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._producer.flush(_SECONDS)

    def fill(self, topic: str, records: Iterable[Fed]) -> None:
        """Writes all, as fast as it goes. Raises Unavailable."""
        for record in records:
            self._write(topic, record)
        if self._producer.flush(_SECONDS * 4):
            raise Unavailable(f"{topic} does not take records")

    def _write(self, topic: str, record: Fed) -> None:
        """The record's timestamp is now."""
        while True:
            try:
                self._producer.produce(topic, record.value, record.key, record.partition)
            except BufferError:
                self._producer.poll(0.05)
            else:
                return

    def done(self, group: str, topic: str, partitions: int) -> int:
        """How many records of a topic that began at 0 a group has committed."""
        places = [TopicPartition(topic, number) for number in range(partitions)]
        try:
            [answer] = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, places)]).values()
            found = answer.result(_SECONDS).topic_partitions
        except KafkaException:  # a new group has no coordinator yet
            return 0
        return sum(max(0, each.offset) for each in found)

    def members(self, group: str) -> int:
        """How many members of a group have partitions."""
        try:
            [answer] = self._admin.describe_consumer_groups([group], request_timeout=_SECONDS).values()
            found = answer.result(_SECONDS + 1)
        except KafkaException:  # the same
            return 0
        return sum(bool(member.assignment.topic_partitions) for member in found.members)

    def arrivals(self, source: str, destination: str, records: Sequence[Fed], rate: float, linger: float) -> Iterator[float]:
        """Feeds at so many records a second, and yields how many milliseconds after its writing each one was read downstream, committed;
        ends once nothing came for `linger` seconds after the last was written."""
        consumer = self._reader(destination)
        try:
            yield from self._arrivals(consumer, source, records, rate, linger)
        finally:
            consumer.close()

    def _arrivals(self, consumer: Consumer, source: str, records: Sequence[Fed], rate: float, linger: float) -> Iterator[float]:
        waiting, started, moved = iter(records), time.monotonic(), time.monotonic()
        fed = 0
        while fed < len(records) or time.monotonic() - moved < linger:
            for record in islice(waiting, max(0, int((time.monotonic() - started) * rate) - fed)):
                self._write(source, record)
                fed += 1
                moved = time.monotonic()
            self._producer.poll(0)
            for message in consumer.consume(1000, _SLICE):
                if message.error() is None:
                    moved = time.monotonic()
                    yield time.time() * 1000 - message.timestamp()[1]

    def _reader(self, topic: str) -> Consumer:
        """Stands at the end of a topic, and reads what is committed."""
        settings = {"group.id": "onlooker", "enable.auto.commit": False, "isolation.level": "read_committed", "fetch.wait.max.ms": 10}
        consumer = Consumer({**self._config, **settings})
        places = [TopicPartition(topic, number) for number in self._admin.list_topics(topic, timeout=_SECONDS).topics[topic].partitions]
        for place in places:
            place.offset = consumer.get_watermark_offsets(place, timeout=_SECONDS)[1]
        consumer.assign(places)
        return consumer


def librdkafka() -> str:
    """The version of the client library."""
    return libversion()[0]
