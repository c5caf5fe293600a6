"""A small MLLP bridge: what a laboratory system sends becomes records of a source topic, and what the guard holds is told to the sender.

    python mllp_bridge.py kafka-0.example:9092 lis.results biology.dispositions clinic 2575

A message is acknowledged once all in-sync replicas have it, never before: with CA where MSH-15 is filled (enhanced mode), else with AA.
CE or AE: it may not be there, send it again. Who wants application acknowledgements of errors (MSH-16 is AL or ER) gets an AE later, on the
same connection, if the route holds the message. Made to show who acknowledges what: no TLS, no limits.
"""

import json
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition

BEGIN, END = b"\x0b", b"\x1c\r"  # of a message, in MLLP
REMEMBERED = 10_000  # records of which a sender may still hear
Place = tuple[str, int, int]  # topic, partition, offset of the source
Tell = Callable[[str], None]


class Message(NamedTuple):
    raw: bytes  # HL7 v2, as it came

    def field(self, segment: bytes, number: int) -> bytes:
        """Of the first such segment; empty where there is none. MSH-1 is the separator itself."""
        line = next((line for line in self.raw.split(b"\r") if line.startswith(segment)), b"")
        fields = line.split(self.raw[3:4])[number - (segment == b"MSH") :]
        return fields[0] if fields else b""

    def answer(self, code: str, why: str = "") -> bytes:
        back, about = ([self.field(b"MSH", number) for number in numbers] for numbers in ((2, 5, 6, 3, 4, 7), (10, 11, 12)))
        header = [b"MSH", *back, b"", b"ACK", *about]
        acknowledgement = [b"MSA", code.encode(), self.field(b"MSH", 10), why.encode()]
        return b"".join(self.raw[3:4].join(segment) + b"\r" for segment in (header, acknowledgement))


class Bridge:
    """Writes to Kafka, and hears what the guard says of it on one route."""

    def __init__(self, bootstrap: str, source: str, dispositions: str, route: str, patience: float = 30) -> None:
        self._source, self._route = source, route.encode()
        own: dict[str, Any] = {"bootstrap.servers": bootstrap, "log_level": 0}
        self._producer = Producer(own | {"enable.idempotence": True, "message.timeout.ms": int(patience * 1000)})
        self._consumer = Consumer(own | {"group.id": "mllp-bridge", "isolation.level": "read_committed", "enable.auto.commit": False})
        places = [TopicPartition(dispositions, each) for each in self._consumer.list_topics(dispositions).topics[dispositions].partitions]
        for place in places:
            place.offset = self._consumer.get_watermark_offsets(place)[1]
        self._consumer.assign(places)
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._open: dict[Place, tuple[Tell | None, str]] = {}
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._consumer.close()

    def write(self, message: Message) -> Place | None:
        """Where the message stands, once it does; None where it may stand nowhere. The key keeps what is about one patient in order."""
        ended, told = threading.Event(), list[Any]()
        key = message.field(b"PID", 3) or None
        self._producer.produce(self._source, message.raw, key, on_delivery=lambda *end: (told.extend(end), ended.set()))
        ended.wait()
        error, record = told
        return None if error else (record.topic(), record.partition(), record.offset())

    def meet(self, place: Place, tell: Tell | None = None, why: str = "") -> None:
        """A sender that wants to hear of its record, or a word about it: whichever comes second finds the other. A restart forgets both."""
        with self._lock:
            other = self._open.pop(place, None)
            if other is None:
                self._open[place] = (tell, why)
                if len(self._open) > REMEMBERED:
                    del self._open[next(iter(self._open))]
        if other is not None and (tell or other[0]):
            (tell or other[0])(why or other[1])

    def _listen(self) -> None:
        while not self._stop.is_set():
            self._producer.poll(0)
            row = self._consumer.poll(0.01)
            word = json.loads(row.value()) if row is not None and not row.error() and row.key() == self._route else {}
            if word.get("status") in ("held", "parked"):
                self.meet((word["topic"], word["partition"], word["offset"]), why=f"{word['status']}: {' '.join(word['reasons'])}")


def converse(bridge: Bridge, connection: socket.socket, *_: object) -> None:
    """One connection: a message after the other. A message that is not acknowledged is sent again by its sender."""
    for message in _messages(connection):
        place = bridge.write(message)
        codes = ("CA", "CE") if message.field(b"MSH", 15) else ("AA", "AE")
        connection.sendall(BEGIN + message.answer(codes[place is None]) + END)
        if place and message.field(b"MSH", 16) in (b"AL", b"ER"):
            bridge.meet(place, tell=partial(_refuse, connection, message))


def _refuse(connection: socket.socket, message: Message, why: str) -> None:
    with suppress(OSError):  # the sender has gone
        connection.sendall(BEGIN + message.answer("AE", why) + END)


def _messages(connection: socket.socket) -> Iterator[Message]:
    come = b""
    while piece := connection.recv(65536):
        *whole, come = (come + piece).split(END)
        yield from (Message(each.partition(BEGIN)[2]) for each in whole)


if __name__ == "__main__":
    *about_kafka, port = sys.argv[1:]
    socketserver.ThreadingTCPServer(("127.0.0.1", int(port)), partial(converse, Bridge(*about_kafka))).serve_forever()
