"""The seam between the loop and Kafka. `kafka.py` fills it; an in-memory broker passes the same contract suite in the tests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from stream.core.values import Record


class Partition(NamedTuple):
    """A partition of a source topic."""

    topic: str
    partition: int


class Budget(NamedTuple):
    """What one batch may hold at most."""

    records: int = 2000
    bytes: int = 8 * 1024 * 1024
    seconds: float = 0.2  # how long to wait for the first records


class Output(NamedTuple):
    """One record to produce. `partition` None leaves the choice to the producer's partitioner (by key)."""

    topic: str
    partition: int | None
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    timestamp: int = 0  # ms; 0: now

    def __repr__(self) -> str:
        return f"Output({self.topic}, {self.partition})"


class Assigned(NamedTuple):
    """These partitions are ours from now on; records of them follow only after this event."""

    partitions: tuple[Partition, ...]


class Revoked(NamedTuple):
    """These partitions are no longer ours. `lost`: somebody else may already work on them."""

    partitions: tuple[Partition, ...]
    lost: bool = False


class Batch(NamedTuple):
    """What one poll brought: changes of the assignment in order, then records of partitions that are still assigned,
    in offset order within a partition."""

    events: tuple[Assigned | Revoked, ...]
    records: tuple[Record, ...]


class Transport(Protocol):
    """One pipeline's consumer and transactional producer."""

    def poll(self, budget: Budget) -> Batch:
        """Raises Unavailable, Halt, Fatal."""
        ...

    def begin(self) -> None:
        """Starts the transaction of the batch last polled. Raises Retry, Unavailable, Fatal."""
        ...

    def send(self, outputs: Iterable[Output]) -> None:
        """Raises Retry, Fatal."""
        ...

    def commit(self, following: Mapping[Partition, int]) -> None:
        """Sends the offsets (next to read, per partition) and commits; where there are none, those of all partitions that are ours once
        more, since they prove that we are still of the group. Raises Retry, Doubtful, Fatal."""
        ...

    def abort(self) -> None:
        """Aborts the open transaction, if any, and rewinds every assigned partition to its committed offset.
        Raises Doubtful, Fatal."""
        ...

    def settle(self) -> Mapping[Partition, int]:
        """After Doubtful: a new producer under the same transactional id (the old one is fenced), then the committed offsets
        of the assigned partitions, to which the consumer is rewound. Raises Unavailable, Fatal."""
        ...

    def pause(self, partitions: Iterable[Partition]) -> None: ...
    def resume(self, partitions: Iterable[Partition]) -> None: ...

    def lag(self) -> Mapping[Partition, int]:
        """Records between the position and the last stable offset, per assigned partition, as last known."""
        ...

    def snapshot(self, topic: str, partition: int) -> Mapping[bytes, bytes]:
        """The live rows of a compacted topic's partition, read to its end (committed records only, tombstones applied).
        Raises Unavailable."""
        ...

    def follow(self, topic: str) -> Iterable[tuple[bytes, bytes | None]]:
        """Rows that came to a one-partition compacted topic since the last call (the first call: all of them). Raises Unavailable."""
        ...

    def requests(self, wanted: Mapping[int, int]) -> Sequence[Record]:
        """What is there of the release topic without waiting: for each partition in `wanted` committed records from that offset on, in
        their order. The offsets are the loop's own: nothing is committed for them. Raises Unavailable."""
        ...

    def close(self) -> None: ...
