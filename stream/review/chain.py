"""Checks the chains of facts: each fact names the SHA-256 of the one before it on its lane, and the standing names that of the last. Finds
the first one of each lane that was removed, changed or moved. Pure; `audit` hands it what stands on Kafka."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from schemas.events import Fact
from stream.guard.reader import Row
from stream.review.address import Lane


class How(StrEnum):
    """How a chain breaks."""

    REMOVED = "removed"  # what stood before this fact is gone
    CHANGED = "changed"  # this fact is not what was written
    REORDERED = "reordered"  # this fact stands before the one that it follows
    REPEATED = "repeated"  # this fact stands here a second time
    MISPLACED = "misplaced"  # this fact belongs to another lane or partition
    TRUNCATED = "truncated"  # facts after this one are gone
    HEADLESS = "headless"  # the standing does not know the lane, so nobody can tell whether its end is there


class Break(NamedTuple):
    """Where a chain breaks first. Offsets are of the facts topic; -1: none."""

    how: How
    offset: int
    before: int  # the fact that stands before it
    follows: int = -1  # where the fact stands that it should follow
    gap: tuple[int, int] | None = None  # offsets of records, from and to before, of which no fact tells


class Verified(NamedTuple):
    """One lane. `first`: offset of the first fact that is still kept, -1 for none; `whole`: none was before that; `digest`: SHA-256 of the
    last, hexadecimal, which whoever keeps it elsewhere can look for later."""

    lane: Lane
    facts: int
    first: int
    whole: bool
    broken: Break | None
    digest: str


class _Link(NamedTuple):
    offset: int
    digest: str
    next: int  # the record after the last one that facts told of so far


_NOTHING = _Link(-1, "", -1)


class _Chain:
    """The facts of one lane, taken in their order. `head`: digest of the last one, as the standing knows it; None where it knows none."""

    def __init__(self, lane: Lane, head: str | None) -> None:
        self._lane, self._head = lane, head
        self._facts, self._first, self._whole = 0, -1, False
        self._last = _NOTHING
        self._broken: Break | None = None
        self._wanted, self._at = "", _NOTHING  # at the break: the digest that was asked for, and the fact that asked
        self._before = -1
        self._asks = False  # the fact at the break is a person's act: only the next of the guard's tells whether records are missing
        self._reached = False

    def take(self, offset: int, value: bytes, fact: Fact) -> None:
        told = self._last.next if fact.human else fact.next
        link = _Link(offset, hashlib.sha256(value).hexdigest(), told)
        if self._facts == 0:
            self._first, self._whole = offset, not fact.previous
        elif self._broken is None:
            self._broken = self._compare(link, fact)
        else:
            self._broken = self._know_better(link, fact, self._broken)
        self._facts += 1
        self._reached = self._reached or link.digest == self._head
        self._last = link

    def damaged(self, offset: int, how: How) -> None:
        """A fact that cannot be read, or that belongs elsewhere."""
        self._broken = self._broken or Break(how, offset, self._last.offset)

    def _compare(self, link: _Link, fact: Fact) -> Break | None:
        last = self._last
        if fact.previous == last.digest:
            return None
        self._wanted, self._at, self._before = fact.previous, link, last.offset
        if link.digest == last.digest:
            return Break(How.REPEATED, link.offset, last.offset)
        self._asks = fact.human is not None
        if (gap := self._gap(fact)) is not None:
            return Break(How.REMOVED, link.offset, last.offset, gap=gap)
        return Break(How.CHANGED, last.offset, -1)

    def _gap(self, fact: Fact) -> tuple[int, int] | None:
        """Records between what facts told of so far and what this one begins with; a person's act begins with none."""
        told = self._last.next
        return (told, fact.first) if fact.human is None and 0 <= told < fact.first else None

    def _know_better(self, link: _Link, fact: Fact, broken: Break) -> Break:
        """What comes after a break tells more of it: the fact that was missing, or that the one at the break is itself not as it was."""
        if broken.how not in (How.REMOVED, How.CHANGED):
            return broken
        if link.digest == self._wanted:
            return Break(How.REORDERED, self._at.offset, self._before, follows=link.offset)
        if self._last is self._at and fact.previous != self._at.digest:
            self._asks = False
            return Break(How.CHANGED, self._at.offset, self._before)
        if self._asks and fact.human is None:
            self._asks = False
            if (gap := self._gap(fact)) is not None:
                return Break(How.REMOVED, self._at.offset, self._before, gap=gap)
        return broken

    def end(self) -> Verified:
        return Verified(self._lane, self._facts, self._first, self._whole, self._broken or self._end(), self._last.digest)

    def _end(self) -> Break | None:
        if self._head is None:
            return Break(How.HEADLESS, self._last.offset, -1)
        return None if self._reached else Break(How.TRUNCATED, self._last.offset, -1)


def verify(facts: Iterable[Row], heads: Mapping[Lane, str]) -> Iterator[Verified]:
    """Each lane by name. `facts`: of all partitions, each in its order; `heads`: as they stood before the facts were read."""
    chains = {lane: _Chain(lane, head) for lane, head in heads.items()}
    for row in facts:
        fact = _read(row)
        if fact is not None and (fact.route.encode(), fact.partition) == (row.key, row.place.partition):
            lane = _lane(fact)
            chains.setdefault(lane, _Chain(lane, None)).take(row.offset, row.value or b"", fact)
        else:
            lane = _lane_here(row, chains)
            how = How.CHANGED if fact is None else How.MISPLACED
            chains.setdefault(lane, _Chain(lane, None)).damaged(row.offset, how)
    return (chains[lane].end() for lane in sorted(chains))


def _lane_here(row: Row, lanes: Iterable[Lane]) -> Lane:
    """The lane that a fact stands on, by its key and partition: a route has one source."""
    route, partition = row.key.decode(errors="replace"), row.place.partition
    return next((lane for lane in lanes if (lane.route, lane.partition) == (route, partition)), Lane(route, "", partition))


def _lane(fact: Fact) -> Lane:
    return Lane(fact.route, fact.topic, fact.partition)


def _read(row: Row) -> Fact | None:
    try:
        return Fact.model_validate_json(row.value or b"")
    except ValueError:
        return None
