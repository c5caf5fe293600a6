"""Kafka for the commands of people and the checks at start: topics, and the rows of a one-partition compacted topic.

Never reads or writes a record of a source or a destination.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer
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

_SECONDS = 15.0  # how long the brokers have to answer


class Admin:
    """`config`: librdkafka's settings of a connection, as `Settings.kafka.librdkafka()` gives them."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self._config: dict[str, str | int | float | bool] = {**config, "log_level": 0}
        self._client = AdminClient(self._config)

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


def _result(answer: Future[Any]) -> Any:
    return answer.result(_SECONDS + 1)
