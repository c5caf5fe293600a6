"""A sender of records: writes to one topic, the partition by the key. For synthetic traffic. Not for the data path."""

from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient

from stream.errors import Unavailable

_SECONDS = 15.0  # how long the brokers have to answer


class Feed:
    """`config`: librdkafka's settings of a connection. The topic must exist. Raises Unavailable where it does not, or takes nothing."""

    def __init__(self, config: dict[str, str], topic: str) -> None:
        settings: dict[str, str | int | float | bool] = {**config, "log_level": 0, "enable.idempotence": True, "linger.ms": 5}
        self._topic = topic
        self._lost = 0
        self._producer = Producer({**settings, "partitioner": "murmur2_random"})
        try:
            known = AdminClient({**config, "log_level": 0}).list_topics(topic, timeout=_SECONDS).topics[topic]
        except KafkaException as error:
            raise Unavailable(str(error.args[0].name())) from None
        if known.error is not None:
            raise Unavailable(f"there is no topic {topic}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        left = self._producer.flush(_SECONDS * 2)
        if kind is None and (left or self._lost):
            raise Unavailable(f"{left + self._lost} records were not taken")

    def write(self, key: bytes, value: bytes) -> None:
        """Waits where the client's queue is full."""
        while True:
            try:
                self._producer.produce(self._topic, value, key, on_delivery=self._delivered)
            except BufferError:
                self._producer.poll(0.05)
            else:
                self._producer.poll(0)
                return

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        self._lost += error is not None
