"""A plain Kafka client for whoever plays with an embedded broker: feeds a topic, and reads what came to others. Not for the data path."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from stream.core.values import Coordinate, Record
from stream.errors import Unavailable
from stream.guard.received import record
from stream.guard.transport import Partition


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

    def feed(self, topic: str, records: Iterable[tuple[bytes, bytes]]) -> Sequence[Coordinate]:
        """Produces keys and values, and waits until they are there: where each stands, in their order. Raises Unavailable."""
        placed: dict[int, Coordinate] = {}
        fed = list(records)
        for number, (key, value) in enumerate(fed):
            self._producer.produce(topic, value, key, on_delivery=partial(_delivered, placed, number))
        self._producer.flush(10)
        if len(placed) < len(fed):
            raise Unavailable(f"{topic} does not answer")
        return [placed[number] for number in range(len(fed))]

    def look(self, seconds: float) -> Iterator[Record]:
        """What came since, waiting so long for the first of it."""
        for message in (*self._consumer.consume(1, seconds), *self._consumer.consume(500, 0)):
            if message.error() is None:
                yield record(message, Partition(str(message.topic()), message.partition() or 0))


def _delivered(placed: dict[int, Coordinate], number: int, error: KafkaError | None, message: Message) -> None:
    if error is None:
        placed[number] = Coordinate(str(message.topic()), message.partition() or 0, message.offset() or 0)
