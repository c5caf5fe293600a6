"""Kafka in memory: what the guard relies on and nothing else. Passes the same contract suite as the real broker (tests/contract).

It keeps Kafka's own rules: a reader of committed records stops at the last stable offset, a control marker takes an offset, a new
producer under a transactional id fences the old one and aborts what it left open, offsets are taken only from the current generation,
and a partition changes hands after its last owner let go and no offset of it is in doubt.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from typing import NamedTuple

from stream.core.values import Coordinate, Record
from stream.errors import Doubtful, Fatal, Retry, TooLarge, Unavailable
from stream.guard.transport import Assigned, Batch, Budget, Output, Partition, Revoked

Headers = tuple[tuple[str, bytes | None], ...]


_MOST_REQUESTS = 100


class _State(Enum):
    OPEN = 0
    COMMITTED = 1
    ABORTED = 2


@dataclass(eq=False)
class _Transaction:
    state: _State = _State.OPEN
    first: dict[Partition, int] = field(default_factory=dict)  # its first offset in each partition it wrote to
    offsets: dict[tuple[str, Partition], int] = field(default_factory=dict)


class _Entry(NamedTuple):
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp: int
    transaction: _Transaction | None = None  # None: produced without one
    control: bool = False


@dataclass(eq=False)
class _Producer:
    epoch: int = 0
    transaction: _Transaction | None = None


@dataclass(eq=False)
class _Group:
    generation: int = 0
    members: dict[int, tuple[str, ...]] = field(default_factory=dict)  # member -> topics
    owner: dict[Partition, int] = field(default_factory=dict)
    committed: dict[Partition, int] = field(default_factory=dict)


class _End(NamedTuple):
    """The end of a transaction that is still on its way to the broker."""

    transactional_id: str
    epoch: int
    commit: bool


class MemoryBroker:
    """Topics, groups and transactions. `limits` holds the most bytes of key and value that a topic takes; `late` the ends of
    transactions that are on their way: `deliver` lets the first one arrive."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        self._logs: dict[Partition, list[_Entry]] = {}
        self._producers: dict[str, _Producer] = {}
        self._groups: dict[str, _Group] = {}
        self._members = count(1)
        self.limits: dict[str, int] = {}
        self.late: list[_End] = []
        for topic, partitions in topics.items():
            self.create(topic, partitions)

    # ---- for tests: what other producers and readers do -----------------------------------------------------------------

    def create(self, topic: str, partitions: int) -> None:
        """Makes a topic, or adds partitions to it."""
        for number in range(partitions):
            self._logs.setdefault(Partition(topic, number), [])

    def produce(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, *, headers: Headers = (), timestamp: int = 1
    ) -> int:
        """Writes one record outside any transaction and returns its offset."""
        log = self._logs[Partition(topic, partition)]
        log.append(_Entry(key, value, headers, timestamp))
        return len(log) - 1

    def read(self, topic: str, partition: int | None = None) -> list[Record]:
        """The committed records of a topic, partition after partition, each in offset order."""
        wanted = range(self.partitions(topic)) if partition is None else (partition,)
        return [record for number in wanted for record in self._committed(Partition(topic, number), 0)]

    def decided(self, topic: str, partition: int | None = None) -> list[Record]:
        """Like `read`, and also what no reader sees yet because an older transaction is open."""
        wanted = [Partition(topic, number) for number in (range(self.partitions(topic)) if partition is None else (partition,))]
        return [record for place in wanted for record in self._records(place, 0, self.end(place)) if not self._is_open(record, place)]

    def _is_open(self, record: Record, place: Partition) -> bool:
        transaction = self._logs[place][record.coordinate.offset].transaction
        return transaction is not None and transaction.state is _State.OPEN

    def partitions(self, topic: str) -> int:
        return sum(1 for each in self._logs if each.topic == topic)

    def committed(self, group: str) -> dict[Partition, int]:
        """The group's committed offsets."""
        return dict(self._group(group).committed)

    def end(self, partition: Partition) -> int:
        return len(self._logs[partition])

    def stable(self, partition: Partition) -> int:
        """The last stable offset: the first record of an open transaction, or the end."""
        return min((each.first[partition] for each in self._open() if partition in each.first), default=self.end(partition))

    def expel(self, group: str, member: int) -> None:
        """The session of a member timed out: others get its partitions, and it learns of it at its next poll."""
        held = self._group(group)
        held.members.pop(member, None)
        for partition in [each for each, owner in held.owner.items() if owner == member]:
            del held.owner[partition]
        held.generation += 1

    def expire(self, transactional_id: str) -> None:
        """The transaction timed out: the broker aborts it and fences its producer."""
        self._initialise(transactional_id)

    def deliver(self) -> None:
        """The oldest end of a transaction on its way arrives. The broker knows producer and epoch only, never which transaction it ends."""
        late = self.late.pop(0)
        producer = self._producers[late.transactional_id]
        if producer.epoch == late.epoch and producer.transaction is not None:
            self._finish(producer, commit=late.commit)

    # ---- for the transport ----------------------------------------------------------------------------------------------

    def _group(self, name: str) -> _Group:
        return self._groups.setdefault(name, _Group())

    def _join(self, group: str, topics: tuple[str, ...]) -> int:
        member = next(self._members)
        held = self._group(group)
        held.members[member] = topics
        held.generation += 1
        return member

    def _target(self, group: str, member: int) -> set[Partition]:
        """What a member should own: partitions in order, dealt out to the members in order."""
        members = sorted(self._group(group).members.items())
        wanted = sorted(each for each in self._logs if any(each.topic in topics for _, topics in members))
        return {each for number, each in enumerate(wanted) if members[number % len(members)][0] == member}

    def _doubtful(self, group: str, partition: Partition) -> bool:
        """Whether an open transaction holds an offset of this partition."""
        return any((group, partition) in each.offsets for each in self._open())

    def _open(self) -> Iterator[_Transaction]:
        return (each.transaction for each in self._producers.values() if each.transaction is not None)

    def _initialise(self, transactional_id: str) -> int:
        producer = self._producers.setdefault(transactional_id, _Producer())
        if producer.transaction is not None:
            self._finish(producer, commit=False)
        producer.epoch += 1
        return producer.epoch

    def _producer(self, transactional_id: str, epoch: int) -> _Producer:
        producer = self._producers[transactional_id]
        if producer.epoch != epoch:
            raise Fatal("fenced by a newer producer")
        return producer

    def _append(self, partition: Partition, entry: _Entry) -> None:
        if len(entry.key or b"") + len(entry.value or b"") > self.limits.get(partition.topic, 1 << 60):
            raise TooLarge
        assert entry.transaction is not None
        entry.transaction.first.setdefault(partition, self.end(partition))
        self._logs[partition].append(entry)

    def _finish(self, producer: _Producer, *, commit: bool) -> None:
        transaction, producer.transaction = producer.transaction, None
        assert transaction is not None
        transaction.state = _State.COMMITTED if commit else _State.ABORTED
        for partition in sorted(transaction.first):
            self._logs[partition].append(_Entry(None, None, (), 0, transaction, control=True))
        if commit:
            for (group, partition), offset in transaction.offsets.items():
                self._group(group).committed[partition] = offset

    def _committed(self, partition: Partition, start: int) -> Iterator[Record]:
        return self._records(partition, start, self.stable(partition))

    def _records(self, partition: Partition, start: int, end: int) -> Iterator[Record]:
        for offset in range(start, end):
            entry = self._logs[partition][offset]
            aborted = entry.transaction is not None and entry.transaction.state is _State.ABORTED
            if not aborted and not entry.control:
                yield Record(Coordinate(*partition, offset), entry.key, entry.value, entry.headers, entry.timestamp)


def _nothing(step: str) -> None:
    """A transport without faults."""


class MemoryTransport:
    """One pipeline's consumer and producer on a MemoryBroker. `fault` is called at each named step and may raise what Kafka could:
    poll, begin, send, offsets, commit (Doubtful there: not applied yet, the end is on its way), committed (Doubtful there: applied),
    abort, settle, settled, snapshot, follow, requests."""

    def __init__(
        self,
        broker: MemoryBroker,
        group: str,
        transactional_id: str,
        topics: Iterable[str],
        fault: Callable[[str], None] = _nothing,
        release: str = "r",
    ) -> None:
        self._broker = broker
        self._group = group
        self._id = transactional_id
        self._topics = tuple(topics)
        self._fault = fault
        self._release = release
        self._epoch = broker._initialise(transactional_id)
        self._in_doubt = False
        self._generation = -1
        self._position: dict[Partition, int] = {}
        self._paused: set[Partition] = set()
        self._followed: dict[str, int] = {}
        self._polls = 0
        self.member = broker._join(group, self._topics)

    # ---- consumer -------------------------------------------------------------------------------------------------------

    def poll(self, budget: Budget) -> Batch:
        assert self._broker._producers[self._id].transaction is None, "a poll within a transaction"
        self._fault("poll")
        events = tuple(self._rebalance())
        self._polls += 1
        return Batch(events, tuple(self._fetch(budget)))

    def _rebalance(self) -> Iterator[Assigned | Revoked]:
        group = self._broker._group(self._group)
        if self.member not in group.members:
            gone = tuple(sorted(self._position))
            self._forget(gone)
            self.member = self._broker._join(self._group, self._topics)
            if gone:
                yield Revoked(gone, lost=True)
        target = self._broker._target(self._group, self.member)
        released = tuple(sorted(self._position.keys() - target))
        if released:
            self._forget(released)
            for partition in released:
                del group.owner[partition]
            yield Revoked(released)
        gained = tuple(sorted(each for each in target - self._position.keys() if self._may_take(each)))
        if gained:
            for partition in gained:
                group.owner[partition] = self.member
                self._position[partition] = group.committed.get(partition, 0)
            yield Assigned(gained)
        self._generation = group.generation

    def _may_take(self, partition: Partition) -> bool:
        return partition not in self._broker._group(self._group).owner and not self._broker._doubtful(self._group, partition)

    def _forget(self, partitions: Iterable[Partition]) -> None:
        for partition in partitions:
            del self._position[partition]
            self._paused.discard(partition)

    def _fetch(self, budget: Budget) -> Iterator[Record]:
        records = size = 0
        order = sorted(self._position.keys() - self._paused)
        turn = self._polls % len(order) if order else 0
        for partition in (*order[turn:], *order[:turn]):
            for record in self._broker._committed(partition, self._position[partition]):
                if records >= budget.records or size >= budget.bytes:
                    return
                records, size = records + 1, size + len(record.value or b"")
                self._position[partition] = record.coordinate.offset + 1
                yield record

    def pause(self, partitions: Iterable[Partition]) -> None:
        self._paused.update(partitions)

    def resume(self, partitions: Iterable[Partition]) -> None:
        self._paused.difference_update(partitions)

    def lag(self) -> Mapping[Partition, int]:
        return {each: self._broker.stable(each) - position for each, position in self._position.items()}

    def _rewind(self) -> None:
        committed = self._broker._group(self._group).committed
        self._position = {each: committed.get(each, 0) for each in self._position}

    # ---- producer -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self._fault("begin")
        producer = self._own()
        assert producer.transaction is None, "a transaction within a transaction"
        producer.transaction = _Transaction()

    def send(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            self._fault("send")
            partition = Partition(output.topic, self._number(output))
            self._broker._append(partition, _Entry(output.key, output.value, output.headers, output.timestamp, self._transaction()))

    def _number(self, output: Output) -> int:
        if output.partition is not None:
            return output.partition
        return zlib.crc32(output.key or b"") % self._broker.partitions(output.topic)

    def commit(self, following: Mapping[Partition, int]) -> None:
        self._fault("offsets")
        group = self._broker._group(self._group)
        transaction = self._transaction()
        if self.member not in group.members or self._generation != group.generation:
            raise Retry("the group moved on")
        transaction.offsets.update({(self._group, partition): offset for partition, offset in following.items()})
        try:
            self._fault("commit")
        except Doubtful:
            self._in_doubt = True
            self._broker.late.append(_End(self._id, self._epoch, commit=True))
            raise
        self._broker._finish(self._own(), commit=True)
        try:
            self._fault("committed")
        except Doubtful:
            self._in_doubt = True
            raise

    def abort(self) -> None:
        self._fault("abort")
        producer = self._own()
        if producer.transaction is not None:
            self._broker._finish(producer, commit=False)
        self._rewind()

    def settle(self) -> Mapping[Partition, int]:
        self._fault("settle")
        self._epoch = self._broker._initialise(self._id)
        self._in_doubt = False
        self._fault("settled")
        self._rewind()
        return dict(self._position)

    def _own(self) -> _Producer:
        if self._in_doubt:
            raise Doubtful("this producer is never used again")
        return self._broker._producer(self._id, self._epoch)

    def _transaction(self) -> _Transaction:
        transaction = self._own().transaction
        assert transaction is not None, "outside any transaction"
        return transaction

    # ---- compacted topics -----------------------------------------------------------------------------------------------

    def snapshot(self, topic: str, partition: int) -> Mapping[bytes, bytes]:
        self._fault("snapshot")
        place = Partition(topic, partition)
        if self._broker.stable(place) < self._broker.end(place):
            raise Unavailable("an open transaction hides rows")
        rows: dict[bytes, bytes] = {}
        for record in self._broker._committed(place, 0):
            if record.value is None:
                rows.pop(record.key or b"", None)
            else:
                rows[record.key or b""] = record.value
        return rows

    def follow(self, topic: str) -> Iterable[tuple[bytes, bytes | None]]:
        self._fault("follow")
        place = Partition(topic, 0)
        rows = [(record.key or b"", record.value) for record in self._broker._committed(place, self._followed.get(topic, 0))]
        self._followed[topic] = self._broker.stable(place)
        return rows

    def requests(self, wanted: Mapping[int, int]) -> Sequence[Record]:
        self._fault("requests")
        places = ((Partition(self._release, number), offset) for number, offset in sorted(wanted.items()))
        return [record for place, offset in places for record in self._broker._committed(place, offset)][:_MOST_REQUESTS]

    def close(self) -> None:
        """Leaves the group; an open transaction stays for whoever comes under the same transactional id."""
        self._broker.expel(self._group, self.member)
