"""The same small world on two brokers, in memory and real, for one suite of tests: topics, transports, and what others see of them."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Protocol

import pytest

from stream.core.values import Record
from stream.errors import Doubtful
from stream.guard.transport import Budget, Partition, Transport
from tests.support.apache import Cluster, Headers
from tests.support.memory import MemoryBroker, MemoryTransport
from tests.support.proxy import Api, Deed, Proxy
from tests.support.transports import a_transport, until

PATIENCE = 1.0
"""How long a test waits for what must not come."""


class World(Protocol):
    """A source with two partitions, a destination with two, a compacted topic with one."""

    source: str
    destination: str
    table: str
    seconds: float  # how long to wait to see that nothing comes

    def transport(self, ordinal: int = 0) -> Transport:
        """A worker of the pipeline, joining; closed with the world."""
        ...

    def put(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = (), timestamp: int = 1
    ) -> None: ...
    def read(self, topic: str) -> Sequence[Record]:
        """What a reader of committed records sees, once no transaction is open, or is not about to end."""
        ...

    def committed(self) -> Mapping[Partition, int]: ...
    def hidden(self, topic: str) -> bool:
        """Whether an open transaction keeps records from readers."""
        ...

    def commit_in_doubt(self, transport: Transport, following: Mapping[Partition, int], *, applied: bool) -> None:
        """Has the transport commit, and doubt whether it did."""
        ...


class MemoryWorld:
    """In memory."""

    source, destination, table, seconds = "in", "out", "table", 0.0

    def __init__(self) -> None:
        self._broker = MemoryBroker({"in": 2, "out": 2, "table": 1})
        self._doubts: deque[str] = deque()

    def _fault(self, step: str) -> None:
        if self._doubts and self._doubts[0] == step:
            self._doubts.popleft()
            raise Doubtful

    def transport(self, ordinal: int = 0) -> Transport:
        return MemoryTransport(self._broker, "group", f"id-{ordinal}", ["in"], self._fault)

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = (), timestamp: int = 1) -> None:
        self._broker.produce(topic, partition, key, value, headers=headers, timestamp=timestamp)

    def read(self, topic: str) -> Sequence[Record]:
        return self._broker.read(topic)

    def committed(self) -> Mapping[Partition, int]:
        return {partition: offset for partition, offset in self._broker.committed("group").items() if offset}

    def hidden(self, topic: str) -> bool:
        places = [Partition(topic, number) for number in range(self._broker.partitions(topic))]
        return any(self._broker.stable(place) < self._broker.end(place) for place in places)

    def commit_in_doubt(self, transport: Transport, following: Mapping[Partition, int], *, applied: bool) -> None:
        self._doubts.append("committed" if applied else "commit")
        with pytest.raises(Doubtful):
            transport.commit(following)


class KafkaWorld:
    """On a real broker, through a proxy that can hold a commit back."""

    seconds = PATIENCE

    def __init__(self, cluster: Cluster, proxy: Proxy, proxied: str) -> None:
        self._cluster = cluster
        self._proxy = proxy
        self._proxied = proxied
        self._open = ExitStack()
        self.group = cluster.name("group")
        self.source = cluster.create("in", 2)
        self.destination = cluster.create("out", 2)
        self.table = cluster.create("table", 1, cleanup_policy="compact")
        self._standing = cluster.create("standing", 2, cleanup_policy="compact")

    def transport(self, ordinal: int = 0) -> Transport:
        made = a_transport(self._proxied, self.group, {self.source: "earliest"}, self._standing, ordinal, end=2, ask=6)
        self._open.callback(made.close)
        return made

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = (), timestamp: int = 1) -> None:
        self._cluster.put(topic, value, partition=partition, key=key, headers=headers, timestamp=timestamp)

    def read(self, topic: str) -> Sequence[Record]:
        self._cluster.await_stable(topic, PATIENCE)
        return self._cluster.read(topic)

    def committed(self) -> Mapping[Partition, int]:
        found = self._cluster.committed(self.group, self.source)
        return {Partition(self.source, number): offset for number, offset in found.items() if offset}

    def hidden(self, topic: str) -> bool:
        return not self._cluster.await_stable(topic, 0)

    def commit_in_doubt(self, transport: Transport, following: Mapping[Partition, int], *, applied: bool) -> None:
        fault = self._proxy.next(Api.END_TXN, Deed.HOLD)
        with pytest.raises(Doubtful):
            transport.commit(following)
        if applied:
            self._proxy.deliver(fault)
            until(lambda: self.committed().items() >= following.items())

    def close(self) -> None:
        self._open.close()


def nothing_comes(world: World, transport: Transport) -> bool:
    """Whether polls stay empty."""
    end = time.monotonic() + world.seconds
    while True:
        if transport.poll(Budget(seconds=0.1)).records:
            return False
        if time.monotonic() >= end:
            return True
