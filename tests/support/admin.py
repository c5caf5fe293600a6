"""Stands for `guard.admin.Admin` in tests of commands: topics and their rows in memory. Passes the same tests as the real one
(tests/guard/test_admin.py)."""

from collections.abc import Iterable, Iterator, Mapping

from schemas.topics import Topic
from stream.errors import Unavailable

DEFAULTS = {"min.insync.replicas": "1", "unclean.leader.election.enable": "false", "message.timestamp.type": "CreateTime"}


class FakeAdmin:
    """One cluster; give the same one to each command of a test."""

    def __init__(self) -> None:
        self.reachable = True
        self._topics: dict[str, dict[str, str]] = {}
        self._rows: dict[str, list[tuple[bytes, bytes | None]]] = {}

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
            self._rows[topic.name] = []

    def rows(self, topic: str) -> Iterator[tuple[bytes, bytes | None]]:
        self._reach()
        yield from self._rows[topic]

    def put(self, topic: str, key: bytes, value: bytes | None) -> None:
        self._reach()
        self._rows[topic].append((key, value))

    def _reach(self) -> None:
        if not self.reachable:
            raise Unavailable("_TRANSPORT")
