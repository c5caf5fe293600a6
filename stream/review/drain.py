"""Releases the backlog of a route, lane by lane and in the order of offsets, until nothing is left of it. What is decided is gone from
Kafka, so it is resumed by running it again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from schemas.topics import Purpose
from schemas.vocabulary import BreakerState, Reason, Refusal
from stream.guard.breakers import Breakers
from stream.review.address import Address, Lane
from stream.review.answers import Answer, Answers
from stream.review.held import Held, State, read_held
from stream.review.sending import Sending, Timing
from stream.review.site import Site

_ENDED = frozenset({None, Refusal.NOT_HELD.value})
"""Answers after which a record is held no longer."""


class Blocked(Exception):
    """The guard refuses for a reason that does not go away by itself."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("the backlog cannot go on")
        self.answer = answer


class Found(NamedTuple):
    """So many records of a lane's backlog are to be released now."""

    lane: Lane
    records: int


class Pausing(NamedTuple):
    """The cap of the route is reached: it goes on by itself, once the window lets it."""

    lane: Lane
    seconds: float


Step = Found | Pausing | Answer


def stands_open(site: Site, route: str) -> bool:
    """Whether a breaker keeps the route from forwarding anything. Raises Unavailable."""
    breakers = Breakers()
    breakers.read(site.admin.rows(site.topic(Purpose.BREAKERS)))
    return breakers.state(route) is BreakerState.OPEN


def backlog(site: Site, route: str, partitions: Collection[int] | None = None) -> dict[Lane, tuple[Held, ...]]:
    """What a route held only because it stood still, by lane and in the order of offsets. Raises Unavailable."""
    lanes: dict[Lane, list[Held]] = {}
    for held in read_held(site, partitions):
        if held.address.route == route and held.row is not None and held.row.backlog:
            lanes.setdefault(held.address.lane, []).append(held)
    return {lane: tuple(found) for lane, found in lanes.items()}


class Drain:
    """One run over the backlog of a route."""

    def __init__(self, site: Site, route: str, answers: Answers, sending: Sending, timing: Timing) -> None:
        self._site, self._route = site, route
        self._answers, self._sending, self._timing = answers, sending, timing
        self._settled: set[Address] = set()

    def run(self) -> Iterator[Step]:
        """Raises Blocked, Silence, Unavailable."""
        for lane in backlog(self._site, self._route):
            while left := self._left(lane):  # live records may have joined it meanwhile
                yield Found(lane, len(left))
                yield from self._look(lane, left)

    def _left(self, lane: Lane) -> tuple[Held, ...]:
        found = backlog(self._site, self._route, (lane.partition,)).get(lane, ())
        return tuple(held for held in found if held.address not in self._settled)

    def _look(self, lane: Lane, left: Sequence[Held]) -> Iterator[Step]:
        """What was found of a lane, from its front on, until it is settled or has to wait."""
        waits = False
        for answer in self._sending.run(left):
            if _is_settled(answer):
                self._settled.add(answer.address)
                yield answer
            elif _may_go_away(answer) or (waits and answer.refusal == Refusal.NOT_NEXT):
                waits = True
                self._sending.stop()
            else:
                raise Blocked(answer)
        if waits:
            yield Pausing(lane, self._timing.retry)
            self._pass(self._timing.retry)

    def _pass(self, seconds: float) -> None:
        clock = self._timing.clock
        until = clock() + seconds
        while (left := until - clock()) > 0:
            self._answers.poll(min(1.0, left))


def _is_settled(answer: Answer) -> bool:
    """Decided; or held by the policy of now, and no longer of the backlog."""
    if answer.refusal in _ENDED:
        return True
    return answer.refusal == Refusal.HELD_AGAIN and Reason.CAP_REACHED not in answer.reasons and Reason.BREAKER_OPEN not in answer.reasons


def _may_go_away(answer: Answer) -> bool:
    return answer.refusal == Refusal.HELD_AGAIN and Reason.CAP_REACHED in answer.reasons


# ---- parked records -----------------------------------------------------------------------------------------------------


class Behind(NamedTuple):
    """What parks behind records that are to be released. `staying`: what goes on waiting, since another undecided record comes first."""

    going: tuple[Held, ...]
    staying: tuple[Held, ...]


def parked_behind(wanted: Sequence[Held], everything: Sequence[Held]) -> Behind:
    """Both in the order of offsets, lane by lane."""
    asked = {held.address for held in wanted}
    going: list[Held] = []
    staying: list[Held] = []
    for lane in sorted({held.address.lane for held in wanted}):
        freed: frozenset[bytes] = frozenset()
        blocked: frozenset[bytes] = frozenset()
        for held in (each for each in everything if each.address.lane == lane):
            follows = not freed.isdisjoint(held.follows)
            if held.address in asked:
                freed |= held.advances
            elif held.state is State.PARKED and follows and blocked.isdisjoint(held.follows):
                freed |= held.advances
                going.append(held)
            else:
                blocked |= held.advances
                staying += [held] if held.state is State.PARKED and follows else []
    return Behind(tuple(going), tuple(staying))
