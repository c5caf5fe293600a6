"""The real Kafka of the tests: an address from the environment, else a container where Docker answers, else the broker from pip.

So nobody has to skip. Reads and writes topics for tests, without any code of the guard.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from confluent_kafka import Consumer, IsolationLevel, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # public names that are not marked as exported
    AdminClient,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)
from docker.errors import DockerException  # type: ignore[import-not-found]  # mypy takes our folder `docker` for it
from testcontainers.core.container import DockerContainer

from stream.broker.apache import HOST, Apache, free_ports
from stream.broker.jars import VERSION
from stream.core.values import Coordinate, Record

Headers = tuple[tuple[str, bytes | None], ...]

ADDRESS = "PRATIQUE_TEST_BROKER"
"""Environment variable: `host:port` of a Kafka that tests may use."""

_SECONDS = 30.0
_names = count()


@contextmanager
def a_kafka(folder: Path) -> Iterator[str]:
    """The address of a broker, for as long as the context lasts."""
    if address := os.environ.get(ADDRESS):
        yield address
        return
    container = _container()
    if container is not None:
        with container:
            yield _exposed(container)
        return
    with Apache(folder) as apache:
        yield apache.address


def _container() -> DockerContainer | None:
    """A container that runs, or None where there is no Docker, or no image to be had."""
    if not _docker_answers():
        return None
    [port] = free_ports(1)
    settings = {
        "PROCESS_ROLES": "broker,controller",
        "NODE_ID": "1",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "ADVERTISED_LISTENERS": f"PLAINTEXT://{HOST}:{port}",
        "LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
    }
    try:
        container = DockerContainer(f"apache/kafka:{VERSION}").with_bind_ports(port, port)
        for name, value in settings.items():
            container.with_env(f"KAFKA_{name}", value)
        container.start()
    except DockerException:
        return None
    return container


def _docker_answers() -> bool:
    return bool(os.environ.get("DOCKER_HOST")) or Path("/var/run/docker.sock").is_socket()


def _exposed(container: DockerContainer) -> str:
    [port] = container.ports.values()
    return f"{HOST}:{port}"


class Cluster:
    """A broker at `address`, for tests. Topics get names of their own, so that tests do not meet."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.admin = AdminClient(self.client)
        self._producer = Producer(self.client | {"linger.ms": 1, "partitioner": "murmur2_random"})

    @property
    def client(self) -> dict[str, str | int | float | bool]:
        """Settings of a client of librdkafka that keeps quiet."""
        return {"bootstrap.servers": self.address, "log_level": 0, "allow.auto.create.topics": False, "socket.nagle.disable": True}

    def name(self, word: str) -> str:
        """A name that no other test has."""
        return f"{word}-{os.getpid()}-{next(_names)}"

    def create(self, word: str, partitions: int = 1, **config: str) -> str:
        """A new topic, its name beginning with `word`; settings with `_` for `.`."""
        return self.make(self.name(word), partitions, **config)

    def make(self, name: str, partitions: int = 1, **config: str) -> str:
        """A topic of just this name, once every broker knows it. It keeps records however old their timestamps are."""
        settings = {"retention.ms": "-1"} | {key.replace("_", "."): value for key, value in config.items()}
        self.admin.create_topics([NewTopic(name, partitions, 1, config=settings)])[name].result(_SECONDS)
        self._await_partitions(name, partitions)
        return name

    def widen(self, topic: str, partitions: int) -> None:
        self.admin.create_partitions([NewPartitions(topic, partitions)])[topic].result(_SECONDS)
        self._await_partitions(topic, partitions)

    def delete(self, topic: str) -> None:
        self.admin.delete_topics([topic])[topic].result(_SECONDS)
        self._await_partitions(topic, 0)

    def delete_before(self, topic: str, partition: int, offset: int) -> None:
        """What retention does."""
        [answer] = self.admin.delete_records([TopicPartition(topic, partition, offset)]).values()
        answer.result(_SECONDS)

    def forget(self, group: str) -> None:
        """What happens to the commits of a group that was away for long."""
        self.admin.delete_consumer_groups([group])[group].result(_SECONDS)

    def _await_partitions(self, topic: str, partitions: int) -> None:
        until = time.monotonic() + _SECONDS
        while any(_led(client, topic) != partitions for client in (self.admin, self._producer)):
            if time.monotonic() > until:
                raise TimeoutError(topic)

    def put(
        self,
        topic: str,
        *values: bytes | None,
        partition: int = 0,
        key: bytes | None = None,
        headers: Headers = (),
        timestamp: int = 1_700_000_000_000,
    ) -> None:
        """Writes records outside any transaction."""
        for value in values:
            self._producer.produce(topic, value, key, partition, headers=[*headers], timestamp=timestamp)
        self.flush()

    def fill(self, records: Iterable[tuple[str, int, bytes | None, bytes | None]]) -> None:
        """Writes many records (topic, partition, key, value)."""
        for topic, partition, key, value in records:
            self._producer.produce(topic, value, key, partition)
            if len(self._producer) > 50_000:
                self._producer.poll(0.1)
        self.flush()

    def flush(self) -> None:
        if left := self._producer.flush(_SECONDS):
            raise TimeoutError(f"{left} records were not taken")

    def read(self, topic: str, *, isolation: str = "read_committed") -> list[Record]:
        """What a reader sees of a topic now, each partition to its end, in its order."""
        settings = {"group.id": "tests", "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "error"}
        consumer = Consumer(self.client | settings | {"isolation.level": isolation, "fetch.wait.max.ms": 20})
        try:
            return sorted(_to_end(consumer, topic), key=lambda record: record.coordinate)
        finally:
            consumer.close()

    def await_stable(self, topic: str, seconds: float = _SECONDS) -> bool:
        """Until no transaction is open on a topic: a commit is answered before its marks stand on every partition. False: one stays."""
        until = time.monotonic() + seconds
        while self.ends(topic, IsolationLevel.READ_COMMITTED) != self.ends(topic):
            if time.monotonic() > until:
                return False
        return True

    def ends(self, topic: str, isolation: IsolationLevel = IsolationLevel.READ_UNCOMMITTED) -> dict[int, int]:
        """The offset after the last record of each partition, open and aborted ones and marks among them."""
        numbers = self.admin.list_topics(topic, timeout=_SECONDS).topics[topic].partitions
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]  # it has no types
        asked = self.admin.list_offsets({TopicPartition(topic, number): latest for number in numbers}, isolation_level=isolation)
        return {place.partition: answer.result(_SECONDS).offset for place, answer in asked.items()}

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """The offsets that a group has committed, by partition."""
        numbers = self.admin.list_topics(topic, timeout=_SECONDS).topics[topic].partitions
        consumer = Consumer(self.client | {"group.id": group})
        try:
            found = consumer.committed([TopicPartition(topic, number) for number in numbers], timeout=_SECONDS)
        finally:
            consumer.close()
        return {each.partition: each.offset for each in found if each.offset >= 0}


def _led(client: AdminClient | Producer, topic: str) -> int:
    """How many partitions of a topic have a leader."""
    found = client.list_topics(topic, timeout=_SECONDS).topics[topic]
    return sum(1 for each in found.partitions.values() if each.leader >= 0)


def _to_end(consumer: Consumer, topic: str) -> Iterator[Record]:
    numbers = consumer.list_topics(topic, timeout=_SECONDS).topics[topic].partitions
    ends = {number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=_SECONDS) for number in numbers}
    consumer.assign([TopicPartition(topic, number, low) for number, (low, _) in ends.items()])
    left = {number for number, (low, high) in ends.items() if low < high}
    until = time.monotonic() + _SECONDS
    while left:
        if time.monotonic() > until:
            raise TimeoutError(topic)
        for message in consumer.consume(5000, 0.2):
            error = message.error()
            if error is None:
                headers = tuple(message.headers() or ())
                place = Coordinate(topic, message.partition() or 0, message.offset() or 0)
                yield Record(place, message.key(), message.value(), headers, message.timestamp()[1])  # type: ignore[arg-type]  # the client gives bytes
            elif error.code() == KafkaError._PARTITION_EOF:
                if (message.offset() or 0) >= ends[message.partition() or 0][1]:
                    left.discard(message.partition() or 0)
            else:
                raise OSError(error.name())
