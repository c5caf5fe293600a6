"""Kafka for the commands of people and the checks at start: topics, and the rows of the pipeline's own.

Never reads or writes a record of a source or a destination.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public names that are not marked as exported
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from schemas.topics import PARTITIONS, REPLICATION, Topic
from stream.errors import Unavailable
from stream.guard.compacted import Compacted
from stream.guard.offsets import unavailable
from stream.guard.reader import FIRST, Row, Tail, ends, read
from stream.guard.transport import Partition

_SECONDS = 15.0  # how long the brokers have to answer
_LARGEST = 1_000_000_000  # bytes of a message: the topics say what they take
_APART = 1000  # offsets between two rows from which on it is quicker to seek


class Admin:
    """`config`: librdkafka's settings of a connection, as `Settings.kafka.librdkafka()` gives them."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._config: dict[str, str | int | float | bool] = {**config, "log_level": 0}
        self._client = AdminClient(self._config)
        self._producer: Producer | None = None

    def describe(self, topics: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """The settings of the topics that exist, `partitions` and `replication.factor` among them. Raises Unavailable."""
        wanted = dict.fromkeys(topics)
        try:
            known = self._client.list_topics(timeout=_SECONDS).topics
            found = {name: known[name] for name in wanted if name in known}
            configs = self._configs(found)
        except (KafkaException, TimeoutError) as error:
            raise unavailable(error) from None
        return {
            name: {
                **configs[name],
                PARTITIONS: str(len(topic.partitions)),
                REPLICATION: str(min((len(each.replicas) for each in topic.partitions.values()), default=0)),
            }
            for name, topic in found.items()
        }

    def _configs(self, names: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
        if not resources:
            return {}
        answers = self._client.describe_configs(resources, request_timeout=_SECONDS)
        return {resource.name: {entry.name: entry.value for entry in _result(answer).values()} for resource, answer in answers.items()}

    def cluster(self) -> str:
        """The id of the cluster. Raises Unavailable."""
        try:
            return str(self._client.list_topics(timeout=_SECONDS).cluster_id)
        except KafkaException as error:
            raise unavailable(error) from None

    def create(self, topics: Iterable[Topic]) -> None:
        """Creates topics as they must be, and waits until the brokers know them. Raises Unavailable, also when one exists by now."""
        wanted = [
            NewTopic(
                topic.name,
                num_partitions=int(topic.partitions.value),
                replication_factor=int(topic.replication.value),
                config={setting.name: setting.value for setting in topic.config},
            )
            for topic in topics
        ]
        try:
            for answer in self._client.create_topics(wanted, request_timeout=_SECONDS).values() if wanted else ():
                _result(answer)
            self._await({topic.topic for topic in wanted})
        except (KafkaException, TimeoutError) as error:
            raise unavailable(error) from None

    def _await(self, names: set[str]) -> None:
        until = time.monotonic() + _SECONDS
        while not names <= self._client.list_topics(timeout=_SECONDS).topics.keys():
            if time.monotonic() > until:
                raise Unavailable("topics were created and do not show")

    def rows(self, topic: str) -> Iterator[tuple[bytes, bytes | None]]:
        """Every committed row of a one-partition topic, in its order, to its end of now. Raises Unavailable."""
        reader = Compacted({**self._config, "group.id": "pratique-people"}, _SECONDS)
        try:
            yield from reader.follow(topic)
        finally:
            reader.close()

    def put(self, topic: str, key: bytes, value: bytes) -> None:
        """Writes one row and waits until every replica has it. Raises Unavailable."""
        problems: list[KafkaError] = []
        producer = Producer({**self._config, "acks": "all", "enable.idempotence": "true", "delivery.timeout.ms": str(int(_SECONDS * 1000))})
        producer.produce(topic, value, key, partition=0, on_delivery=lambda error, _: problems.append(error) if error else None)
        if producer.flush(_SECONDS + 1) or problems:
            raise Unavailable(problems[0].name() if problems else f"{topic} does not answer")

    # ---- topics of as many partitions as their sources ------------------------------------------------------------------

    def ends(self, topic: str, partitions: Collection[int] | None = None) -> Mapping[Partition, int]:
        """The offset after the last record of each partition, or of those that are named. Raises Unavailable."""
        return ends(self._config, self._places(topic, partitions), _SECONDS)

    def read(self, topic: str, partitions: Collection[int] | None = None) -> Iterator[Row]:
        """Every committed row, in the order of each partition, to its end of now. Raises Unavailable."""
        until = self.ends(topic, partitions)
        with self.tail(dict.fromkeys(until, FIRST)) as tail:
            yield from read(tail, until, _SECONDS)

    def pick(self, place: Partition, offsets: Collection[int]) -> Mapping[int, bytes]:
        """The values that stand at these offsets; what was compacted away meanwhile is left out. Raises Unavailable."""
        found: dict[int, bytes] = {}
        for first, last in _near(sorted(offsets)):
            with self.tail({place: first}) as tail:
                rows = read(tail, {place: last + 1}, _SECONDS)
                found.update((row.offset, row.value) for row in rows if row.offset in offsets and row.value is not None)
        return found

    def tail(self, starts: Mapping[Partition, int]) -> Tail:
        """What is committed from these offsets on. Close it."""
        return Tail(self._config, starts)

    def send(self, rows: Sequence[tuple[Partition, bytes, bytes]]) -> Sequence[int]:
        """Writes (place, key, value), in their order, and waits until every replica has them. Their offsets. Raises Unavailable: some may
        be written."""
        written: dict[int, int] = {}
        problems: list[KafkaError] = []
        producer = self._sender()
        for number, (place, key, value) in enumerate(rows):
            producer.produce(place.topic, value, key, place.partition, on_delivery=partial(_delivered, number, written, problems))
        if producer.flush(_SECONDS + 1) or problems:
            raise Unavailable(problems[0].name() if problems else f"{rows[0][0].topic} does not answer")
        return [written[number] for number in range(len(rows))]

    def _sender(self) -> Producer:
        """Made once: a bulk of requests is sent in many pieces."""
        if self._producer is None:
            durable = {"acks": "all", "enable.idempotence": "true", "delivery.timeout.ms": str(int(_SECONDS * 1000))}
            self._producer = Producer({**self._config, **durable, "message.max.bytes": _LARGEST})
        return self._producer

    def _places(self, topic: str, partitions: Collection[int] | None) -> Collection[Partition]:
        if partitions is None:
            partitions = range(int(self.describe((topic,)).get(topic, {PARTITIONS: "0"})[PARTITIONS]))
        return [Partition(topic, number) for number in partitions]


def _near(offsets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of offsets that do not stand far apart."""
    start = 0
    for number in range(1, len(offsets) + 1):
        if number == len(offsets) or offsets[number] - offsets[number - 1] > _APART:
            yield offsets[start], offsets[number - 1]
            start = number


def _delivered(number: int, written: dict[int, int], problems: list[KafkaError], error: KafkaError | None, message: Message) -> None:
    if error is not None:
        problems.append(error)
    else:
        written[number] = message.offset() or 0


def _result(answer: Future[Any]) -> Any:
    return answer.result(_SECONDS + 1)
