"""What a transaction folds over the lanes it touches: windows, chains of facts, held records, openings. Shared by `batch` and `decisions`;
nothing of it counts until the loop has committed it.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from schemas.events import BreakerRow, HumanAct
from schemas.vocabulary import BreakerState, Reason, Verdict
from stream.core.exposure import admit, share
from stream.core.sequence import Sequences
from stream.core.values import Coordinate, Standing
from stream.errors import Halt
from stream.guard import facts
from stream.guard.breakers import GUARD, Breakers, breaker_key
from stream.guard.holdings import Held
from stream.guard.outputs import superseded
from stream.guard.plan import Lane, Plan, Route
from stream.guard.standing import Standings, State, held_key, written
from stream.guard.transport import Output, Partition

_NOT_BY_POLICY = frozenset({Reason.BREAKER_OPEN.value, Reason.CAP_REACHED.value, Reason.PARKED.value})


class Before(NamedTuple):
    """What a transaction is judged against. `behind`: partitions that catch up; `doomed`: records whose reason is known beforehand."""

    standings: Standings
    breakers: Breakers
    behind: Collection[Partition]
    doomed: Mapping[Coordinate, Reason]
    now: int


class Track:
    """A lane within a transaction: its state as folded so far, the rows of its facts, its held records. `limit`: its share of the cap;
    `breaker`: how its route stands, unless this very transaction opens it."""

    __slots__ = ("breaker", "held", "lane", "limit", "route", "rows", "state")

    def __init__(self, route: Route, lane: Lane, partitions: int, before: Before) -> None:
        self.route = route
        self.lane = lane
        self.limit = None if route.cap is None else share(route.cap, partitions, lane.source.partition)
        self.state = before.standings.state(lane)
        self.held = before.standings.holdings(lane).changing()
        self.rows: list[facts.FactRow] = []
        self.breaker = self._breaker(before)

    def _breaker(self, before: Before) -> BreakerState:
        """A policy past its end stops its route like an open breaker; a lane that has drained is closed."""
        state = BreakerState.OPEN if self.route.expired(before.now) else before.breakers.state(self.route.name)
        if state is BreakerState.DRAINING and self.held.first_of_backlog() is None:
            return BreakerState.CLOSED
        return state

    def admit(self, subjects: tuple[bytes, ...], now: int) -> bool:
        """Whether these subjects may be shown under the cap; if so, they are."""
        if self.limit is None:
            return True
        window, admitted = admit(self.state.window, subjects, now, self.limit)
        self.state = self.state._replace(window=window)
        return admitted


class Lanes:
    """The lanes of one transaction."""

    def __init__(self, plan: Plan, before: Before) -> None:
        self._plan = plan
        self._before = before
        self._tracks: dict[Partition, tuple[Track, ...]] = {}
        self._setting = facts.Setting(plan, before.breakers.digest(), before.now)
        self._stopped: set[str] = set()
        self.openings: list[BreakerRow] = []

    def of(self, place: Partition) -> tuple[Track, ...]:
        """The tracks of a source partition, in the order of its source's routes."""
        if place not in self._tracks:
            source = self._plan.sources[place.topic]
            lanes = ((route, Lane(route.name, place)) for route in source.routes)
            self._tracks[place] = tuple(Track(route, lane, source.partitions, self._before) for route, lane in lanes)
        return self._tracks[place]

    @property
    def touched(self) -> Iterator[Track]:
        return (track for tracks in self._tracks.values() for track in tracks)

    def standing(self, track: Track) -> Standing:
        """How the route stands for the next record of the lane."""
        return Standing(self._before.now, BreakerState.OPEN if track.route.name in self._stopped else track.breaker)

    def trip(self, track: Track, cause: Coordinate) -> None:
        """Opens the route, from the next record on."""
        route, opening = track.route.name, "/".join(map(str, cause))
        row = BreakerRow(
            route=route, writer=GUARD, state=BreakerState.OPEN, reason=Reason.CAP_REACHED, at=self._before.now, opening=opening
        )
        self.openings.append(row)
        self._stopped.add(route)

    def supersede(self, track: Track, sequences: Sequences, offset: int) -> Iterator[Output]:
        """What is forwarded at this offset overtakes what is held before it: those who wait for it are told."""
        for earlier, held in track.held.overtaken(sequences, offset):
            track.held.change(earlier, held._replace(superseded=offset))
            yield superseded(track.lane, earlier, held, track.route, self._plan, self._before.now)

    def attest(self, track: Track, row: facts.FactRow, human: HumanAct) -> Iterator[Output]:
        """The fact of what a person asked for one record."""
        yield from self._chain(track, [row], human)

    def close(self) -> Iterator[Output]:
        """Ends the lanes: their facts, their trials, their rows of the standing, the openings. Raises Halt where a bundle on trial held
        too much."""
        for track in self.touched:
            if track.rows:
                yield from self._chain(track, track.rows)
                self._try(track)
            before = self._before.standings.state(track.lane)
            if track.state is not before:
                yield from written(track.lane, before, track.state, self._plan.topics.standing)
            yield from self._holdings(track)
        yield from (Output(self._plan.topics.breakers, 0, breaker_key(row), row.write()) for row in self.openings)

    def _chain(self, track: Track, rows: list[facts.FactRow], human: HumanAct | None = None) -> Iterator[Output]:
        links, previous = facts.chain(rows, track.lane, track.route, self._setting, track.state.previous, human)
        track.state = track.state._replace(previous=previous)
        number, key = track.lane.source.partition, track.route.name.encode()
        return (Output(self._plan.topics.facts, number, key, fact) for fact in links)

    def _try(self, track: Track) -> None:
        trial = track.state.trial.after(len(track.rows), sum(map(_held_by_policy, track.rows)))
        if trial.failed(self._plan.most_held):
            raise Halt(f"the new bundle holds {trial.held} of {trial.seen} records on {track.lane}")
        track.state = track.state._replace(trial=trial.passed())

    def _holdings(self, track: Track) -> Iterator[Output]:
        for offset, held in track.held.changes.items():
            row = None if held is None else held.write()
            yield Output(self._plan.topics.standing, track.lane.source.partition, held_key(track.lane, offset), row)

    def states(self) -> Mapping[Lane, State]:
        return {track.lane: track.state for track in self.touched}

    def changes(self) -> Mapping[Lane, Mapping[int, Held | None]]:
        return {track.lane: track.held.changes for track in self.touched if track.held.changes}


def _held_by_policy(row: facts.FactRow) -> bool:
    return row.verdict == Verdict.QUARANTINE and _NOT_BY_POLICY.isdisjoint(row.reasons)
