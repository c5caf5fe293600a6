"""A plain Kafka client for whoever plays with an embedded broker: feeds a topic, and reads what came to others. Not for the data path."""

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient


class Seen(NamedTuple):
    """One record that came to a topic."""

    topic: str
    key: bytes | None
    value: bytes | None

    def __repr__(self) -> str:
        return f"Seen({self.topic})"


class Client:
    """`topics`: what is read, from its beginning, committed records only."""

    def __init__(self, address: str, topics: Sequence[str]) -> None:
        shared: dict[str, str | int | float | bool] = {"bootstrap.servers": address, "log_level": 0}
        self._producer = Producer({**shared, "linger.ms": 5})
        self._consumer = Consumer({**shared, "group.id": "onlooker", "enable.auto.commit": False, "isolation.level": "read_committed"})
        known = AdminClient(shared)
        self._consumer.assign(
            [
                TopicPartition(topic, partition, OFFSET_BEGINNING)
                for topic in topics
                for partition in known.list_topics(topic, timeout=10).topics[topic].partitions
            ]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._consumer.close()
        self._producer.flush(5)

    def feed(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Produces keys and values, and waits until they are there."""
        for key, value in records:
            self._producer.produce(topic, value, key)
        self._producer.flush(10)

    def look(self, seconds: float) -> Iterator[Seen]:
        """What came since, waiting so long for the first of it."""
        for message in self._consumer.consume(500, seconds):
            if message.error() is None:
                yield Seen(str(message.topic()), message.key(), message.value())
