"""The MLLP bridge of the documents: a sender hears that its message is there once it is, and that the guard holds it where it asked to."""

import importlib.util
import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from tests.support.mock_cluster import MockCluster
from tests.support.proxy import Api
from tests.support.transports import until

PATH = Path(__file__).parents[2] / "docs/examples/mllp_bridge.py"
PLAIN = b"MSH|^~\\&|LIS|LABO|DPI|CH|20261127||ORU^R01|%s|P|2.5\rPID|1||12^^^LABO^PI||MARTINEAU^CLAIRE\r"
ENHANCED = PLAIN.replace(b"|P|2.5\r", b"|P|2.5|||AL|ER\r")
_NOT_NOW = 6  # NOT_LEADER_FOR_PARTITION, which is tried again
_NEVER = 29  # TOPIC_AUTHORIZATION_FAILED, which is not


def _loaded() -> Any:
    spec = importlib.util.spec_from_file_location("mllp_bridge", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


example = _loaded()


class Laboratory:
    """A cluster, a bridge before it, and a sender's connection to the bridge."""

    def __init__(self, cluster: MockCluster, sender: socket.socket) -> None:
        self.cluster = cluster
        self.sender = sender
        self._producer = Producer({"bootstrap.servers": cluster.address, "log_level": 0})
        self._come = b""

    def send(self, message: bytes, control: bytes) -> None:
        self.sender.sendall(example.BEGIN + message % control + example.END)

    def hear(self) -> list[bytes]:
        """The code, the control id and the text of the next acknowledgement."""
        while example.END not in self._come:
            piece = self.sender.recv(4096)
            assert piece
            self._come += piece
        answer, _, self._come = self._come.partition(example.END)
        assert answer.startswith(example.BEGIN + b"MSH|^~\\&|DPI|CH|LIS|LABO|")
        return answer.split(b"\r")[1].split(b"|")[1:]

    def tell(self, status: str, offset: int, *, partition: int, route: str = "clinic") -> None:
        """What the guard writes of a record."""
        word = {"topic": "lis", "partition": partition, "offset": offset, "status": status, "reasons": ["found"]}
        self._producer.produce("dispositions", json.dumps(word).encode(), route.encode(), 0)
        assert self._producer.flush(10) == 0

    def written(self) -> list[tuple[int, bytes | None, bytes | None]]:
        """Partition, key and value of what the source holds."""
        settings = {"bootstrap.servers": self.cluster.address, "group.id": "test", "enable.partition.eof": True, "log_level": 0}
        consumer = Consumer(settings)
        numbers = consumer.list_topics("lis", 10).topics["lis"].partitions
        consumer.assign([TopicPartition("lis", number, 0) for number in numbers])
        found, ended = [], 0
        while ended < len(numbers):
            message = consumer.poll(10)
            assert message is not None
            if message.error():
                ended += 1
            else:
                found.append((message.partition() or 0, message.key(), message.value()))
        consumer.close()
        return found


@pytest.fixture
def laboratory() -> Iterator[Laboratory]:
    cluster = MockCluster()
    client = Producer({"bootstrap.servers": cluster.address, "log_level": 0})
    until(lambda: all(client.list_topics(topic, 10).topics[topic].partitions for topic in ("lis", "dispositions")))
    bridge = example.Bridge(cluster.address, "lis", "dispositions", "clinic", patience=2)
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), partial(example.converse, bridge))
    listening = threading.Thread(target=server.serve_forever, args=(0.01,))
    listening.start()
    with socket.create_connection(server.server_address[:2], 20) as sender:  # type: ignore[arg-type]  # of the loopback interface
        yield Laboratory(cluster, sender)
    server.shutdown()
    server.server_close()
    listening.join()
    bridge.close()
    cluster.close()


def test_what_is_acknowledged_is_there(laboratory: Laboratory) -> None:
    laboratory.send(PLAIN, b"1001")

    assert laboratory.hear() == [b"AA", b"1001", b""]
    [(_, key, value)] = laboratory.written()
    assert (key, value) == (b"12^^^LABO^PI", PLAIN % b"1001")


def test_a_late_write_is_acknowledged_late(laboratory: Laboratory) -> None:
    laboratory.cluster.fail(Api.PRODUCE, _NOT_NOW)

    laboratory.send(ENHANCED, b"1001")

    assert laboratory.hear()[:2] == [b"CA", b"1001"]
    assert laboratory.cluster.seen[Api.PRODUCE] == 2
    assert len(laboratory.written()) == 1


@pytest.mark.parametrize(("message", "code"), [(PLAIN, b"AE"), (ENHANCED, b"CE")], ids=["plain", "enhanced"])
def test_what_is_not_written_is_never_accepted(laboratory: Laboratory, message: bytes, code: bytes) -> None:
    laboratory.cluster.fail(Api.PRODUCE, _NEVER)

    laboratory.send(message, b"1001")

    assert laboratory.hear()[:2] == [code, b"1001"]
    assert laboratory.written() == []


def test_several_messages_are_acknowledged_in_their_order(laboratory: Laboratory) -> None:
    for control in (b"1", b"2", b"3"):
        laboratory.send(PLAIN, control)

    assert [laboratory.hear()[1] for _ in range(3)] == [b"1", b"2", b"3"]
    assert [value for _, _, value in laboratory.written()] == [PLAIN % control for control in (b"1", b"2", b"3")]


@pytest.mark.parametrize("status", ["held", "parked"])
def test_who_asked_to_hears_that_the_route_holds_its_message(laboratory: Laboratory, status: str) -> None:
    laboratory.send(ENHANCED, b"1001")
    accepted = laboratory.hear()
    [(partition, _, _)] = laboratory.written()

    laboratory.tell(status, 0, partition=partition)

    assert accepted == [b"CA", b"1001", b""]
    assert laboratory.hear() == [b"AE", b"1001", status.encode() + b": found"]


def test_a_word_that_comes_before_the_acknowledgement_is_not_lost(laboratory: Laboratory) -> None:
    for partition in range(4):
        laboratory.tell("held", 0, partition=partition)

    laboratory.send(ENHANCED, b"1001")

    assert [laboratory.hear()[0], laboratory.hear()[0]] == [b"CA", b"AE"]


def test_nobody_else_hears_of_it(laboratory: Laboratory) -> None:
    laboratory.send(PLAIN, b"1001")
    laboratory.hear()
    [(partition, _, _)] = laboratory.written()
    laboratory.tell("held", 0, partition=partition)
    laboratory.tell("held", 1, partition=partition, route="insurer")
    laboratory.tell("released", 1, partition=partition)

    laboratory.send(ENHANCED, b"1002")
    laboratory.send(ENHANCED, b"1003")

    assert [laboratory.hear()[:2] for _ in range(2)] == [[b"CA", b"1002"], [b"CA", b"1003"]]
