"""Kafka for the commands of people and the checks at start: topics, and the rows of a one-partition compacted topic.

Never reads or writes a record of a source or a destination.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public names that are not marked as exported
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from schemas.topics import PARTITIONS, REPLICATION, Topic
from stream.errors import Unavailable

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
        except KafkaException as error:
            raise _unavailable(error) from None
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

    def create(self, topics: Iterable[Topic]) -> None:
        """Creates topics as they must be. Raises Unavailable, also when a topic exists by now."""
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
        except KafkaException as error:
            raise _unavailable(error) from None

    def rows(self, topic: str) -> Iterator[tuple[bytes, bytes | None]]:
        """Every committed row of a one-partition topic, in its order, to its end of now. Raises Unavailable."""
        reading = {
            "group.id": "pratique-people",
            "enable.auto.commit": "false",
            "enable.partition.eof": "true",
            "auto.offset.reset": "error",
        }
        consumer = Consumer({**self._config, **reading})
        try:
            consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
            while (message := consumer.poll(_SECONDS)) is not None:
                if (error := message.error()) is None:
                    yield message.key() or b"", message.value()
                elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  # its public name
                    return
                else:
                    raise Unavailable(error.name())
            raise Unavailable(f"{topic} does not answer")
        except KafkaException as error:
            raise _unavailable(error) from None
        finally:
            consumer.close()

    def put(self, topic: str, key: bytes, value: bytes) -> None:
        """Writes one row and waits until every replica has it. Raises Unavailable."""
        problems: list[KafkaError] = []
        producer = Producer({**self._config, "acks": "all", "enable.idempotence": "true", "delivery.timeout.ms": str(int(_SECONDS * 1000))})
        producer.produce(topic, value, key, partition=0, on_delivery=lambda error, _: problems.append(error) if error else None)
        if producer.flush(_SECONDS + 1) or problems:
            raise Unavailable(problems[0].name() if problems else f"{topic} does not answer")


def _result(answer: Future[Any]) -> Any:
    return answer.result(_SECONDS + 1)


def _unavailable(error: KafkaException) -> Unavailable:
    return Unavailable(error.args[0].name())
