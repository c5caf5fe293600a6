"""The held records of a pipeline, from the public part of their seals and the guard's rows about them. Needs no key, opens nothing; what
it tells is proven only once a seal is opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple, TypeVar

from schemas.events import HeldRow, read_subjects
from schemas.topics import Purpose
from schemas.vocabulary import Reason, Status, Urgency
from stream.core.seal import About, Defect, Public, SealError, address, read_public
from stream.guard.reader import Row
from stream.guard.transport import Partition
from stream.review.address import Address
from stream.review.site import Site


class State(StrEnum):
    """How a held record stands, as far as it is told without opening it."""

    HELD = "held"
    PARKED = "parked"  # an earlier record of its sequence is held
    BACKLOG = "backlog"  # held only because its route stood still
    SUPERSEDED = "superseded"  # a later record of its sequence was forwarded
    TORN = "torn"  # parts of its seal are missing or cannot be read
    MISPLACED = "misplaced"  # its seal says that it belongs somewhere else
    UNSEALED = "unsealed"  # the guard holds it and its seal is gone
    STRAY = "stray"  # a seal that the guard knows nothing of: nothing can be asked for it


Told = TypeVar("Told")

_BROKEN = frozenset({State.TORN, State.MISPLACED, State.UNSEALED})


class Part(NamedTuple):
    """A part of a seal: where it stands on the quarantine topic, and what it says, or why it says nothing."""

    offset: int
    told: Public | Defect


class Held(NamedTuple):
    """One held record. `parts`: by Kafka key; `row`: what the guard knows of it."""

    address: Address
    parts: Mapping[bytes, Part]
    row: HeldRow | None
    cluster: str

    @property
    def public(self) -> Public | None:
        """What its first part says."""
        return next((part.told for part in self.parts.values() if isinstance(part.told, Public)), None)

    @property
    def about(self) -> About:
        if self.public is not None:
            return self.public.about
        return About((), self.row.urgency if self.row else Urgency.ROUTINE.value)

    @property
    def since(self) -> int:
        """Second at which it was held."""
        return self.row.at if self.row else self.public.sealed_at if self.public else 0

    @property
    def wanted_parts(self) -> int:
        return self.public.parts if self.public else self.row.parts if self.row else 0

    @property
    def state(self) -> State:
        if not self.parts:
            return State.UNSEALED
        if any(not isinstance(part.told, Public) for part in self.parts.values()) or len(self.parts) != self.wanted_parts:
            return State.TORN
        if any(not self._at_home(key, part) for key, part in self.parts.items()):
            return State.MISPLACED
        if self.row is None:
            return State.STRAY
        if self.row.superseded >= 0:
            return State.SUPERSEDED
        if self.row.backlog:
            return State.BACKLOG
        return State.PARKED if Reason.PARKED in self.about.reasons else State.HELD

    def _at_home(self, key: bytes, part: Part) -> bool:
        return isinstance(part.told, Public) and (address(part.told), part.told.cluster) == (key, self.cluster)

    @property
    def openable(self) -> bool:
        """Whether its seal is there, whole and in its place."""
        return self.state not in _BROKEN

    @property
    def advances(self) -> frozenset[bytes]:
        return _tokens(self.row.advances) if self.row else frozenset()

    @property
    def follows(self) -> frozenset[bytes]:
        return _tokens(self.row.follows) if self.row else frozenset()


def _tokens(written: str) -> frozenset[bytes]:
    try:
        return read_subjects(written)
    except ValueError:
        return frozenset()


def urgent_first(held: Held) -> tuple[int, bool, int, Address]:
    """Sorts for a reviewer: the most urgent, then corrections, then the oldest."""
    urgency = Urgency(held.about.urgency) if held.about.urgency in set(Urgency) else Urgency.ROUTINE
    return -urgency.rank, held.about.status != Status.CORRECTED, held.since, held.address


# ---- reading ------------------------------------------------------------------------------------------------------------


def read_held(site: Site, partitions: Collection[int] | None = None) -> tuple[Held, ...]:
    """Everything that is held and undecided, in the order of addresses. Raises Unavailable."""
    rows = _rows(site, partitions)
    seals = _seals(site, partitions)
    if rows.keys() != seals.keys():  # records come and go while we read: only what a second look confirms is out of order
        again = _rows(site, partitions)
        seals = {each: parts for each, parts in seals.items() if each in again or each not in rows}
        rows = {each: row for each, row in again.items() if each in seals or each in rows}
    return tuple(Held(each, seals.get(each, {}), rows.get(each), site.cluster) for each in sorted(rows.keys() | seals.keys()))


def _seals(site: Site, partitions: Collection[int] | None) -> dict[Address, dict[bytes, Part]]:
    found: dict[Address, dict[bytes, Part]] = {}
    for key, part in _live(site.admin.read(site.topic(Purpose.QUARANTINE), partitions), _part):
        if (belongs := _address(key.split(b"/")[:4])) is not None:
            found.setdefault(belongs, {})[key] = part
    return found


def _rows(site: Site, partitions: Collection[int] | None) -> dict[Address, HeldRow | None]:
    found: dict[Address, HeldRow | None] = {}
    for key, row in _live(_held_rows(site.admin.read(site.topic(Purpose.STANDING), partitions)), _row):
        route, topic, partition, _, offset = key.split(b"/")
        if (belongs := _address([route, topic, partition, offset])) is not None:
            found[belongs] = row
    return found


def _held_rows(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if is_held_row(row.key))


def is_held_row(key: bytes) -> bool:
    """Whether a row of the standing topic is about one held record."""
    pieces = key.split(b"/")
    return len(pieces) == 5 and pieces[3] == b"held"


def _live(rows: Iterable[Row], told: Callable[[Row, bytes], Told]) -> Iterator[tuple[bytes, Told]]:
    """The last row of each key, in the order of the first; none where that is a tombstone."""
    live: dict[bytes, Told] = {}
    for row in rows:
        if row.value is None:
            live.pop(row.key, None)
        else:
            live[row.key] = told(row, row.value)
    return iter(live.items())


def _part(row: Row, value: bytes) -> Part:
    try:
        return Part(row.offset, read_public(value))
    except SealError as error:
        return Part(row.offset, error.defect)


def _row(_: Row, value: bytes) -> HeldRow | None:
    try:
        return HeldRow.model_validate_json(value)
    except ValueError:
        return None


def _address(pieces: list[bytes]) -> Address | None:
    try:
        route, topic, partition, offset = (piece.decode() for piece in pieces)
        return Address(route, topic, int(partition), int(offset))
    except ValueError:
        return None


def pick(site: Site, wanted: Collection[Held]) -> Mapping[Address, Mapping[bytes, bytes]]:
    """The parts of seals by their Kafka keys; a record whose seal is gone by now is left out. Raises Unavailable."""
    topic = site.topic(Purpose.QUARANTINE)
    offsets: dict[int, set[int]] = {}
    for held in wanted:
        offsets.setdefault(held.address.partition, set()).update(part.offset for part in held.parts.values())
    values = {number: site.admin.pick(Partition(topic, number), places) for number, places in offsets.items()}
    found: dict[Address, Mapping[bytes, bytes]] = {}
    for held in wanted:
        there = values[held.address.partition]
        if all(part.offset in there for part in held.parts.values()):
            found[held.address] = {key: there[part.offset] for key, part in held.parts.items()}
    return found
