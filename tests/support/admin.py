"""Stands for `guard.admin.Admin` in tests of commands: topics and their rows in memory. Passes the same tests as the real one
(tests/guard/test_admin.py)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from schemas.topics import PARTITIONS, Topic
from stream.errors import Unavailable
from stream.guard.reader import Row
from stream.guard.transport import Partition

CLUSTER = "cluster-of-the-tests"
DEFAULTS = {"min.insync.replicas": "1", "unclean.leader.election.enable": "false", "message.timestamp.type": "CreateTime"}


class FakeTail:
    """Rows of partitions from given offsets on."""

    def __init__(self, admin: "FakeAdmin", starts: Mapping[Partition, int]) -> None:
        self.reached = dict(starts)
        self._admin = admin

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is left open."""

    def poll(self, seconds: float) -> list[Row]:
        rows = [row for place, offset in self.reached.items() for row in self._admin.partition(place)[offset:]]
        self.reached.update((row.place, row.offset + 1) for row in rows)
        if not rows:
            self._admin.waited(seconds)
        return rows


class FakeAdmin:
    """One cluster; give the same one to each command of a test. `taken` is told each row that people send, `waited` the seconds that they
    wait in vain: a test's guard answers there."""

    def __init__(self) -> None:
        self.reachable = True
        self.taken: Callable[[Row], None] = lambda row: None
        self.waited: Callable[[float], None] = lambda seconds: None
        self._topics: dict[str, dict[str, str]] = {}
        self._rows: dict[Partition, list[Row]] = {}

    def __call__(self, config: Mapping[str, str]) -> "FakeAdmin":
        """What building an Admin gives."""
        if not config["bootstrap.servers"]:
            raise ValueError
        return self

    def describe(self, topics: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        self._reach()
        return {name: self._topics[name] for name in topics if name in self._topics}

    def create(self, topics: Iterable[Topic]) -> None:
        self._reach()
        for topic in topics:
            if topic.name in self._topics:
                raise Unavailable("TOPIC_ALREADY_EXISTS")
            self._topics[topic.name] = {**DEFAULTS, **{setting.name: setting.value for setting in topic.settings}}
            self._rows |= {Partition(topic.name, number): [] for number in range(int(topic.partitions.value))}

    def cluster(self) -> str:
        self._reach()
        return CLUSTER

    def rows(self, topic: str) -> Iterator[tuple[bytes, bytes | None]]:
        self._reach()
        yield from ((row.key, row.value) for row in self._rows[Partition(topic, 0)])

    def put(self, topic: str, key: bytes, value: bytes | None, partition: int = 0) -> None:
        self._reach()
        place = Partition(topic, partition)
        self._rows[place].append(Row(place, len(self._rows[place]), key, value))

    def ends(self, topic: str, partitions: Collection[int] | None = None) -> Mapping[Partition, int]:
        self._reach()
        numbers = range(int(self._topics[topic][PARTITIONS])) if partitions is None else partitions
        return {place: len(self.partition(place)) for place in (Partition(topic, number) for number in numbers)}

    def read(self, topic: str, partitions: Collection[int] | None = None) -> Iterator[Row]:
        for place in self.ends(topic, partitions):
            yield from [*self.partition(place)]

    def pick(self, place: Partition, offsets: Collection[int]) -> Mapping[int, bytes]:
        self._reach()
        return {row.offset: row.value for row in self.partition(place) if row.offset in offsets and row.value is not None}

    def tail(self, starts: Mapping[Partition, int]) -> FakeTail:
        self._reach()
        return FakeTail(self, starts)

    def send(self, rows: Sequence[tuple[Partition, bytes, bytes]]) -> Sequence[int]:
        offsets = []
        for place, key, value in rows:
            self.put(place.topic, key, value, place.partition)
            offsets.append(len(self._rows[place]) - 1)
            self.taken(self._rows[place][-1])
        return offsets

    def partition(self, place: Partition) -> list[Row]:
        return self._rows[place]

    def _reach(self) -> None:
        if not self.reachable:
            raise Unavailable("_TRANSPORT")
