"""Judges the records of one transaction and folds the standing over them. Called by the loop, outside any transaction; sends nothing.

A record is judged on all its routes or on none. Nothing here is kept: what it makes of a batch counts once the loop has committed it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.events import BreakerRow
from schemas.vocabulary import BreakerState, Reason, Verdict
from stream.core.exposure import admit, frees, share
from stream.core.subjects import category_counts, tokens
from stream.core.triage import triage
from stream.core.values import Coordinate, Decision, Inspection, Outcome, Record, Standing
from stream.errors import Halt
from stream.guard import facts
from stream.guard.breakers import GUARD, Breakers, breaker_key
from stream.guard.outputs import Seal, forwarded, held
from stream.guard.plan import Lane, Plan, Route, Source
from stream.guard.standing import Standings, State, written
from stream.guard.transport import Output, Partition

_NOT_BY_POLICY = frozenset({Reason.BREAKER_OPEN.value, Reason.CAP_REACHED.value})


class Before(NamedTuple):
    """What a batch is judged against. `behind`: partitions that catch up; `doomed`: records whose reason is known beforehand."""

    standings: Standings
    breakers: Breakers
    behind: Collection[Partition]
    doomed: Mapping[Coordinate, Reason]
    now: int


class Tally(NamedTuple):
    """What is counted alike of judged records."""

    route: str
    verdict: str
    reasons: tuple[str, ...]


class Work(NamedTuple):
    """What a batch comes to: to be sent and committed together, then installed."""

    outputs: tuple[Output, ...]
    following: Mapping[Partition, int]  # offset after the last record judged
    states: Mapping[Lane, State]
    openings: tuple[BreakerRow, ...]
    full: Mapping[Partition, int]  # partitions whose share is used up while they catch up, and the second at which it frees
    tally: Mapping[Tally, int]


class Judging:
    """One transaction's records, taken in their order."""

    def __init__(self, plan: Plan, before: Before, seal: Seal) -> None:
        self._plan = plan
        self._before = before
        self._seal = seal
        self._tracks: dict[Partition, tuple[_Track, ...]] = {}
        self._outputs: list[Output] = []
        self._following: dict[Partition, int] = {}
        self._standing: dict[str, Standing] = {}
        self._openings: list[BreakerRow] = []
        self._full: dict[Partition, int] = {}

    def take(self, record: Record) -> None:
        """Judges one record on all its routes, unless it or one before it on its partition has to wait for a full share."""
        topic, partition, offset = record.coordinate
        place = Partition(topic, partition)
        if place in self._full:
            return
        source = self._plan.sources[topic]
        tracks = self._tracks.get(place) or self._open_tracks(place, source)
        seen, outcomes = self._judge(record, source)
        subjects = tokens(seen, self._plan.fact_key.secret)
        if place in self._before.behind and (until := self._waits(tracks, outcomes, subjects)):
            self._full[place] = until
            return
        about = facts.seen(category_counts(seen), subjects, triage(seen.documents).urgency)
        for track, outcome in zip(tracks, outcomes, strict=True):
            self._conclude(track, record, self._capped(track, record, outcome, subjects), about)
        self._following[place] = offset + 1

    def work(self) -> Work:
        """Raises Halt where a bundle on trial held too much."""
        tracks = [track for lanes in self._tracks.values() for track in lanes if track.rows]
        setting = facts.Setting(self._plan, self._before.breakers.digest(), self._before.now)
        for track in tracks:
            self._close(track, setting)
        self._outputs += (Output(self._plan.topics.breakers, 0, breaker_key(row), row.write()) for row in self._openings)
        return Work(
            outputs=tuple(self._outputs),
            following=self._following,
            states={track.lane: track.state for track in tracks},
            openings=tuple(self._openings),
            full=self._full,
            tally=Counter(Tally(track.lane.route, row.verdict, row.reasons) for track in tracks for row in track.rows),
        )

    # ---- one record -----------------------------------------------------------------------------------------------------

    def _open_tracks(self, place: Partition, source: Source) -> tuple["_Track", ...]:
        lanes = ((route, Lane(route.name, place)) for route in source.routes)
        self._tracks[place] = tuple(_Track(route, lane, source.partitions, self._before.standings.state(lane)) for route, lane in lanes)
        return self._tracks[place]

    def _judge(self, record: Record, source: Source) -> tuple[Inspection, Sequence[Outcome]]:
        known = self._before.doomed.get(record.coordinate)
        if known is not None:
            seen = Inspection(record, (), (), (), (known,))
            return seen, [_held(number, known) for number in range(len(source.routes))]
        seen = source.inspect(record)
        return seen, source.judge(seen, [self._standing.get(route.name) or self._look_up(route) for route in source.routes])

    def _look_up(self, route: Route) -> Standing:
        """A policy past its end stops its route like an open breaker."""
        state = BreakerState.OPEN if route.expired(self._before.now) else self._before.breakers.state(route.name)
        return self._standing.setdefault(route.name, Standing(self._before.now, state))

    def _waits(self, tracks: Iterable["_Track"], outcomes: Iterable[Outcome], subjects: tuple[bytes, ...]) -> int:
        """The second from which on the record may fit the full share of one of its routes; 0 where it fits, or never will."""
        for track, outcome in zip(tracks, outcomes, strict=True):
            if outcome.forward is not None and track.limit is not None:
                window, admitted = admit(track.state.window, subjects, self._before.now, track.limit)
                if not admitted and len(subjects) <= track.limit:
                    return frees(window)
        return 0

    def _capped(self, track: "_Track", record: Record, outcome: Outcome, subjects: tuple[bytes, ...]) -> Outcome:
        """The outcome under the route's cap; the first record too many is held and opens the route."""
        if outcome.forward is None or track.limit is None:
            return outcome
        window, admitted = admit(track.state.window, subjects, self._before.now, track.limit)
        track.state = track.state._replace(window=window)
        if admitted:
            return outcome
        self._open(track.lane.route, record.coordinate)
        return _held(outcome.route, Reason.CAP_REACHED)

    def _open(self, route: str, cause: Coordinate) -> None:
        """Opens a route, from the next record on."""
        opening = "/".join(map(str, cause))
        now, state = self._before.now, BreakerState.OPEN
        self._openings.append(BreakerRow(route=route, writer=GUARD, state=state, reason=Reason.CAP_REACHED, at=now, opening=opening))
        self._standing[route] = Standing(now, state)

    def _conclude(self, track: "_Track", record: Record, outcome: Outcome, about: facts.Seen) -> None:
        """Writes down what the outcome comes to. What is not said to be forwarded, and not dropped, is held."""
        verdict, reasons, _ = outcome.decision
        digest = ""
        if outcome.forward is not None and verdict in (Verdict.CLEAR, Verdict.REDACT):
            self._outputs.append(forwarded(outcome.forward, verdict, track.route, self._plan.cluster))
            digest = facts.outcome_hash(outcome.forward, self._plan.fact_key.secret)
        elif verdict is not Verdict.DROP:
            self._outputs += held(record, outcome.decision, track.route, self._plan, self._seal, self._before.now)
        codes = tuple(reason.value for reason in reasons)
        track.rows.append(facts.FactRow(record.coordinate.offset, verdict.value, codes, digest, about))

    # ---- one lane -------------------------------------------------------------------------------------------------------

    def _close(self, track: "_Track", setting: facts.Setting) -> None:
        """Ends a lane: its facts, its trial, its rows of the standing."""
        lane, rows, state, topics = track.lane, track.rows, track.state, self._plan.topics
        links, previous = facts.chain(rows, lane, track.route, setting, state.previous)
        trial = state.trial.after(len(rows), sum(map(_held_by_policy, rows)))
        if trial.failed(self._plan.most_held):
            raise Halt(f"the new bundle holds {trial.held} of {trial.seen} records on {lane}")
        track.state = state._replace(previous=previous, trial=trial.passed())
        self._outputs += (Output(topics.facts, lane.source.partition, lane.route.encode(), fact) for fact in links)
        self._outputs += written(lane, self._before.standings.state(lane), track.state, topics.standing)


class _Track:
    """What a batch gathers on one lane: the state it folds and its rows. `limit`: the lane's share of the cap."""

    __slots__ = ("lane", "limit", "route", "rows", "state")

    def __init__(self, route: Route, lane: Lane, partitions: int, state: State) -> None:
        self.route = route
        self.lane = lane
        self.limit = None if route.cap is None else share(route.cap, partitions, lane.source.partition)
        self.state = state
        self.rows: list[facts.FactRow] = []


def _held(route: int, reason: Reason) -> Outcome:
    return Outcome(route, Decision(Verdict.QUARANTINE, (reason,)), None)


def _held_by_policy(row: facts.FactRow) -> bool:
    return row.verdict == Verdict.QUARANTINE and _NOT_BY_POLICY.isdisjoint(row.reasons)
