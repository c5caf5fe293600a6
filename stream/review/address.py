"""Names one held record as people write it: `route/topic/partition/offset`. The Kafka keys of its seal, of its row of the standing and of
a request for it begin alike."""

from __future__ import annotations

from typing import NamedTuple

from stream.core.values import Coordinate
from stream.guard.transport import Partition


class Address(NamedTuple):
    """A held record on one route. Sorted, the records of a lane stand in offset order."""

    route: str
    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return "/".join(map(str, self))

    @property
    def coordinate(self) -> Coordinate:
        return Coordinate(*self[1:])

    @property
    def lane(self) -> Lane:
        return Lane(*self[:3])


class Lane(NamedTuple):
    """A route on one source partition."""

    route: str
    topic: str
    partition: int

    def __str__(self) -> str:
        return "/".join(map(str, self))

    @property
    def source(self) -> Partition:
        return Partition(self.topic, self.partition)

    def at(self, offset: int) -> Address:
        return Address(*self, offset)


def address(written: str) -> Address:
    """Raises ValueError."""
    route, topic, partition, offset = written.split("/")
    return Address(route, topic, _number(partition), _number(offset))


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError
    return int(digits)
