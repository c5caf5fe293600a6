"""Judges the records of one transaction and folds the standing over them. Called by the loop, outside any transaction; sends nothing.

A record is judged on all its routes or on none. Nothing here is kept: what it makes of a batch counts once the loop has committed it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.events import BreakerRow
from schemas.vocabulary import Reason, SequenceKind, Verdict, WhenHeld
from stream.core.exposure import admit, frees
from stream.core.seal import About
from stream.core.sequence import Sequences, sequences
from stream.core.subjects import category_counts, tokens
from stream.core.triage import Triage, triage
from stream.core.values import Decision, Inspection, Outcome, Record
from stream.guard import facts
from stream.guard.holdings import Held
from stream.guard.lanes import Before, Lanes, Track
from stream.guard.outputs import Seal, control, disposition, forwarded, sealed
from stream.guard.plan import Lane, Plan, Source
from stream.guard.standing import State
from stream.guard.transport import Output, Partition

_STATUS = {Reason.PARKED: "parked"}
BACKLOG = ((Reason.BREAKER_OPEN,), (Reason.CAP_REACHED,))  # held for how the route stood, not for what is in them


class Tally(NamedTuple):
    """What is counted alike of judged records."""

    route: str
    verdict: str
    reasons: tuple[str, ...]


class Work(NamedTuple):
    """What a transaction comes to: to be sent and committed together, then installed."""

    outputs: tuple[Output, ...]
    following: Mapping[Partition, int] = {}  # offset after the last record judged
    asked: Mapping[Partition, int] = {}  # by source partition: offset after the last request looked at
    states: Mapping[Lane, State] = {}
    holdings: Mapping[Lane, Mapping[int, Held | None]] = {}
    openings: tuple[BreakerRow, ...] = ()
    full: Mapping[Partition, int] = {}  # partitions whose share is used up while they catch up, and the second at which it frees
    tally: Mapping[Tally, int] = {}
    answers: Mapping[tuple[str, str], int] = {}  # (request, refusal or "done") of people


class Told(NamedTuple):
    """What a record says whatever the route."""

    subjects: tuple[bytes, ...]
    triage: Triage
    sequences: Mapping[SequenceKind, Sequences]
    seen: facts.Seen


def tell(seen: Inspection, kinds: Iterable[SequenceKind], secret: bytes) -> Told:
    """Of a record that was inspected; `secret`: of the fact key."""
    subjects, urgent = tokens(seen, secret), triage(seen.documents)
    belongs = {kind: sequences(seen, kind, secret) for kind in set(kinds)}
    return Told(subjects, urgent, belongs, facts.seen(category_counts(seen), subjects, urgent.urgency))


class Judging:
    """One transaction's records, taken in their order."""

    def __init__(self, plan: Plan, before: Before, seal: Seal) -> None:
        self._plan = plan
        self._before = before
        self._seal = seal
        self._lanes = Lanes(plan, before)
        self._outputs: list[Output] = []
        self._following: dict[Partition, int] = {}
        self._full: dict[Partition, int] = {}

    def take(self, record: Record) -> None:
        """Judges one record on all its routes, unless it or one before it on its partition has to wait for a full share."""
        topic, partition, offset = record.coordinate
        place = Partition(topic, partition)
        if place in self._full:
            return
        source, tracks = self._plan.sources[topic], self._lanes.of(place)
        seen, outcomes = self._judge(record, source, tracks)
        told = tell(seen, (track.route.sequence for track in tracks), self._plan.fact_key.secret)
        if place in self._before.behind and (until := self._waits(tracks, outcomes, told.subjects)):
            self._full[place] = until
            return
        for track, outcome in zip(tracks, outcomes, strict=True):
            self._conclude(track, record, self._let(track, record, outcome, told), told)
        self._following[place] = offset + 1

    def work(self) -> Work:
        """Raises Halt where a bundle on trial held too much."""
        rows = ((track.lane.route, row) for track in self._lanes.touched for row in track.rows)
        tally = Counter(Tally(route, row.verdict, row.reasons) for route, row in rows)
        self._outputs += self._lanes.close()
        return Work(
            outputs=tuple(self._outputs),
            following=self._following,
            states=self._lanes.states(),
            holdings=self._lanes.changes(),
            openings=tuple(self._lanes.openings),
            full=self._full,
            tally=tally,
        )

    def _judge(self, record: Record, source: Source, tracks: Sequence[Track]) -> tuple[Inspection, Sequence[Outcome]]:
        known = self._before.doomed.get(record.coordinate)
        if known is not None:
            seen = Inspection(record, (), (), (), (known,))
            return seen, [_hold(number, known) for number in range(len(source.routes))]
        seen = source.inspect(record)
        return seen, source.judge(seen, [self._lanes.standing(track) for track in tracks])

    def _waits(self, tracks: Iterable[Track], outcomes: Iterable[Outcome], subjects: tuple[bytes, ...]) -> int:
        """The second from which on the record may fit the full share of one of its routes; 0 where it fits, or never will."""
        for track, outcome in zip(tracks, outcomes, strict=True):
            if outcome.forward is not None and track.limit is not None:
                window, admitted = admit(track.state.window, subjects, self._before.now, track.limit)
                if not admitted and len(subjects) <= track.limit:
                    return frees(window)
        return 0

    def _let(self, track: Track, record: Record, outcome: Outcome, told: Told) -> Outcome:
        """The outcome under the route's order and cap: what has to wait parks; the first record too many is held and opens the route."""
        if outcome.forward is None:
            return outcome
        own = told.sequences[track.route.sequence]
        if track.route.when_held is WhenHeld.PARK and track.held.blocked(own, record.coordinate.offset):
            return _hold(outcome.route, Reason.PARKED)
        if track.admit(told.subjects, self._before.now):
            return outcome
        self._lanes.trip(track, record.coordinate)
        return _hold(outcome.route, Reason.CAP_REACHED)

    def _conclude(self, track: Track, record: Record, outcome: Outcome, told: Told) -> None:
        """Writes down what the outcome comes to. What is not said to be forwarded, and not dropped, is held."""
        verdict, reasons, forward = outcome.decision.verdict, outcome.decision.reasons, outcome.forward
        own, digest = told.sequences[track.route.sequence], ""
        if forward is not None and verdict in (Verdict.CLEAR, Verdict.REDACT):
            self._outputs.append(forwarded(forward, verdict, track.route, self._plan.cluster))
            self._outputs += self._lanes.supersede(track, own, record.coordinate.offset)
            digest = facts.outcome_hash(forward, self._plan.fact_key.secret)
        elif verdict is not Verdict.DROP:
            self._hold(track, record, reasons, told)
        codes = tuple(reason.value for reason in reasons)
        track.rows.append(facts.FactRow(record.coordinate.offset, verdict.value, codes, digest, told.seen, first(own)))

    def _hold(self, track: Track, record: Record, reasons: tuple[Reason, ...], told: Told) -> None:
        """Seals the record, remembers that it is held, and tells whoever has to answer for it."""
        own, now, plan = told.sequences[track.route.sequence], self._before.now, self._plan
        codes = tuple(reason.value for reason in reasons)
        about = About(codes, told.triage.urgency.value, told.triage.status.value, first(own))
        parts = [*sealed(record, about, track.route, plan, self._seal, now)]
        held = Held(
            now,
            len(parts),
            about.urgency,
            own,
            backlog=reasons in BACKLOG,
            results=about.status,
            control=control(told.triage.control, track.route, plan),
            sequence=about.sequence,
        )
        track.held.hold(record.coordinate.offset, held)
        status = _STATUS.get(reasons[0], "held") if reasons else "held"
        self._outputs += parts
        self._outputs.append(disposition(record.coordinate, status, codes, held, track.route, plan, now))


def first(sequences: Sequences) -> str:
    """The sequence that a record is known by, hexadecimal."""
    return sequences.follows[0].hex() if sequences.follows else ""


def _hold(route: int, reason: Reason) -> Outcome:
    return Outcome(route, Decision(Verdict.QUARANTINE, (reason,)), None)
