"""Carries out what people ask for held records: release, reject, expire, wrap anew, look. Called by the loop with requests in their order;
sends nothing itself, and changes nothing unless the loop commits it.

A request that is not what it should be is counted and passed over. A refused one leaves a fact and a word. A release goes the same way
as any record: it is inspected and judged by the bundle of now, and only what the policy lets a person waive is waived.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from schemas.events import HumanAct, RequestsRow
from schemas.policy import Waiver
from schemas.requests import Asked
from schemas.vocabulary import BreakerState, Category, Reason, Refusal, Request, Urgency, Verdict, WhenHeld
from stream.core.seal import SealError, address, part_address, read_public
from stream.core.values import Coordinate, Decision, Outcome, Record
from stream.guard import facts
from stream.guard.authority import Person, Signed
from stream.guard.batch import BACKLOG, Told, Work, tell
from stream.guard.holdings import NOT_SUPERSEDED, Held
from stream.guard.lanes import Before, Lanes, Track
from stream.guard.outputs import disposition, forwarded
from stream.guard.plan import Plan, Source
from stream.guard.standing import requests_key
from stream.guard.transport import Output, Partition

DONE = "done"
UNTOLD = "untold"
"""What is counted of a request that is not taken at its word."""
_NOTHING = facts.Seen({}, "", 0, Urgency.ROUTINE)
_DISPOSITION = {Request.RELEASE: "released", Request.REJECT: "rejected", Request.EXPIRE: "expired"}


class Case(NamedTuple):
    """A request whose signatures are good, with the record it is about."""

    signed: Signed
    request: Request
    track: Track
    held: Held

    @property
    def asked(self) -> Asked:
        return self.signed.asked

    @property
    def coordinate(self) -> Coordinate:
        return Coordinate(self.asked.topic, self.asked.partition, self.asked.offset)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What comes of a case: `refusal` None means that it is done. `decided`: the record is held no longer."""

    verdict: Verdict
    reasons: tuple[str, ...]
    refusal: Refusal | None = None
    decided: bool = False
    outcome: str = ""
    seen: facts.Seen = _NOTHING
    outputs: tuple[Output, ...] = ()


class Deciding:
    """One transaction's requests, taken in their order."""

    def __init__(self, plan: Plan, before: Before) -> None:
        self._plan = plan
        self._before = before
        self._lanes = Lanes(plan, before)
        self._outputs: list[Output] = []
        self._asked: dict[Partition, int] = {}
        self._answers: Counter[tuple[str, str]] = Counter()

    def take(self, request: Record, places: Iterable[Partition]) -> None:
        """Looks at a request, for the source partitions of ours that have not looked at it yet."""
        for place in places:
            self._asked[place] = request.coordinate.offset + 1
            case = self._case(request, place)
            if isinstance(case, Case):
                self._answers[case.request.value, self._answer(case, request.coordinate)] += 1
            elif case is not None:
                self._answers[UNTOLD, case.value] += 1

    def work(self) -> Work:
        """Raises Halt."""
        self._outputs += self._lanes.close()
        self._outputs += (
            Output(self._plan.topics.standing, place.partition, requests_key(place), RequestsRow(next=after).write())
            for place, after in self._asked.items()
        )
        return Work(
            outputs=tuple(self._outputs),
            asked=self._asked,
            states=self._lanes.states(),
            holdings=self._lanes.changes(),
            answers=self._answers,
        )

    # ---- one request ----------------------------------------------------------------------------------------------------

    def _case(self, request: Record, place: Partition) -> Case | Refusal | None:
        """None: it is about another source of the pipeline."""
        signed = self._plan.authority.read(request, self._plan.cluster)
        if isinstance(signed, Refusal):
            return signed
        asked = signed.asked
        if (asked.topic, asked.partition) != place:
            return None if asked.topic in self._plan.sources else Refusal.NOT_HELD
        track = next((track for track in self._lanes.of(place) if track.route.name == asked.route), None)
        held = None if track is None else track.held.get(asked.offset)
        if track is None or held is None:
            return Refusal.NOT_HELD
        return Case(signed, asked.request, track, held)

    def _answer(self, case: Case, request: Coordinate) -> str:
        """Does what is asked, or refuses it, and writes down which."""
        ruling = self._rule(case, request)
        if ruling.decided:
            case.track.held.decide(case.asked.offset)
        self._outputs += ruling.outputs
        self._outputs += self._written(case, ruling)
        return DONE if ruling.refusal is None else ruling.refusal.value

    def _rule(self, case: Case, request: Coordinate) -> Ruling:
        match case.request:
            case Request.RELEASE:
                return self._release(case, request)
            case Request.REJECT:
                return self._discarded(case, Reason.REJECTED)
            case Request.EXPIRE:
                if case.held.at + self._plan.keep_held > self._before.now:
                    return _refused(Refusal.TOO_EARLY)
                return self._discarded(case, Reason.EXPIRED)
            case Request.REWRAP:
                return self._rewrapped(case)
            case Request.SHOW:
                return Ruling(Verdict.QUARANTINE, ())

    def _written(self, case: Case, ruling: Ruling) -> Iterator[Output]:
        """The fact, and the word to whoever has to answer for the record."""
        row = facts.FactRow(case.asked.offset, ruling.verdict.value, ruling.reasons, ruling.outcome, ruling.seen, case.held.sequence)
        yield from self._lanes.attest(case.track, row, _human(case, ruling))
        status = "refused" if ruling.refusal else _DISPOSITION.get(case.request)
        if status is not None:
            reasons = (ruling.refusal.value, *ruling.reasons) if ruling.refusal else ruling.reasons
            yield disposition(case.coordinate, status, reasons, case.held, case.track.route, self._plan, self._before.now)

    # ---- what can be asked ----------------------------------------------------------------------------------------------

    def _discarded(self, case: Case, reason: Reason) -> Ruling:
        return Ruling(Verdict.DROP, (reason.value,), decided=True, outputs=tuple(self._tombstones(case)))

    def _rewrapped(self, case: Case) -> Ruling:
        """The seal in its parts as a reviewer wrapped it anew. What is in it only reviewers can tell."""
        number, topic = case.asked.partition, self._plan.topics.quarantine
        try:
            seals = {_address(seal): seal for seal in case.asked.seals}
        except (SealError, ValueError):
            return _refused(Refusal.FORGED)
        if [*seals] != [*_addresses(case)]:
            return _refused(Refusal.FORGED)
        return Ruling(Verdict.QUARANTINE, (), outputs=tuple(Output(topic, number, key, seal) for key, seal in seals.items()))

    def _release(self, case: Case, request: Coordinate) -> Ruling:
        if (doom := self._before.doomed.get(request)) is not None:
            return _refused(Refusal.HELD_AGAIN, (doom.value,))
        if (refusal := self._may_not(case) or self._out_of_turn(case)) is not None:
            return _refused(refusal)
        if case.held.backlog and self._is_blocked(case):
            return self._parked(case)
        record = self._plan.authority.record(case.asked)
        if record is None:
            return _refused(Refusal.FORGED)
        return self._judge(case, record)

    def _may_not(self, case: Case) -> Refusal | None:
        """Whether the policy lets this person ask for this, alone."""
        release, second = case.track.route.release, case.signed.second is not None
        rules = [_waiver(name, release.waive, case.signed.by) for name in case.asked.waive]
        if None in rules:
            return Refusal.MAY_NOT_WAIVE
        needs = release.second_person or any(rule.second_person for rule in rules if rule is not None)
        return Refusal.NEEDS_SECOND if needs and not second else None

    def _out_of_turn(self, case: Case) -> Refusal | None:
        """Whether another record comes first, or came instead."""
        track, held, offset = case.track, case.held, case.asked.offset
        if held.superseded != NOT_SUPERSEDED and case.signed.second is None:
            return Refusal.SUPERSEDED
        if held.backlog and track.held.first_of_backlog() != offset:
            return Refusal.NOT_NEXT
        return Refusal.NOT_NEXT if not held.backlog and self._is_blocked(case) else None

    def _is_blocked(self, case: Case) -> bool:
        """Whether the route parks and an earlier record of its sequence is undecided."""
        return case.track.route.when_held is WhenHeld.PARK and case.track.held.blocked(case.held.sequences, case.asked.offset)

    def _parked(self, case: Case) -> Ruling:
        """Out of the backlog, as it would have been parked had its route not stood still; what comes behind it need not wait."""
        case.track.held.change(case.asked.offset, case.held._replace(backlog=False))
        return _refused(Refusal.HELD_AGAIN, (Reason.PARKED.value,))

    def _judge(self, case: Case, record: Record) -> Ruling:
        """By the bundle of now, on the one route."""
        source, track = self._plan.sources[case.asked.topic], case.track
        standing = self._lanes.standing(track)
        if standing.breaker is BreakerState.DRAINING:
            standing = standing._replace(breaker=BreakerState.CLOSED)  # this is what it waits for
        seen, outcome = source.judge_again(record, _number(source, track), standing, frozenset(case.asked.waive))
        told = tell(seen, (track.route.sequence,), self._plan.fact_key.secret)
        if outcome.forward is not None and not track.admit(told.subjects, self._before.now):
            outcome = Outcome(outcome.route, Decision(Verdict.QUARANTINE, (Reason.CAP_REACHED,)), None)
        return self._concluded(case, outcome, told)

    def _concluded(self, case: Case, outcome: Outcome, told: Told) -> Ruling:
        verdict, reasons, forward = outcome.decision.verdict, outcome.decision.reasons, outcome.forward
        codes = tuple(reason.value for reason in reasons)
        if forward is not None and verdict in (Verdict.CLEAR, Verdict.REDACT):
            digest = facts.outcome_hash(forward, self._plan.fact_key.secret)
            outputs = tuple(self._released(case, forward, verdict, told))
            return Ruling(verdict, codes, None, decided=True, outcome=digest, seen=told.seen, outputs=outputs)
        if verdict is Verdict.DROP:
            return Ruling(verdict, codes, None, decided=True, seen=told.seen, outputs=tuple(self._tombstones(case)))
        if case.held.backlog and reasons not in BACKLOG:
            case.track.held.change(case.asked.offset, case.held._replace(backlog=False))
        return _refused(Refusal.HELD_AGAIN, codes, told.seen)

    def _released(self, case: Case, forward: Record, verdict: Verdict, told: Told) -> Iterator[Output]:
        """The record, the word to those that it overtakes, and the end of its seal."""
        track, now = case.track, self._before.now
        yield forwarded(forward, verdict, track.route, self._plan.cluster, released=now)
        yield from self._lanes.supersede(track, told.sequences[track.route.sequence], case.asked.offset)
        yield from self._tombstones(case)

    def _tombstones(self, case: Case) -> Iterator[Output]:
        return (Output(self._plan.topics.quarantine, case.asked.partition, key, None) for key in _addresses(case))


def _addresses(case: Case) -> tuple[bytes, ...]:
    """Where the parts of the seal stand."""
    return tuple(part_address(case.track.route.name, case.coordinate, part) for part in range(1, case.held.parts + 1))


def _address(seal: bytes) -> bytes:
    public = read_public(seal)
    return address(public)


def _refused(refusal: Refusal, reasons: tuple[str, ...] = (), seen: facts.Seen = _NOTHING) -> Ruling:
    return Ruling(Verdict.QUARANTINE, reasons, refusal, seen=seen)


def _human(case: Case, ruling: Ruling) -> HumanAct:
    signed, asked = case.signed, case.asked
    return HumanAct(
        request=asked.request,
        refusal=ruling.refusal.value if ruling.refusal else "",
        by=signed.by.id,
        second=signed.second.id if signed.second else "",
        why=asked.why,
        ticket=asked.ticket,
        waived=asked.waive,
        asked=signed.digest,
    )


def _waiver(name: str, rules: Iterable[Waiver], person: Person) -> Waiver | None:
    """The rule that lets the person waive what has this name."""
    try:
        category = Category(name.partition("@")[0])
    except ValueError:
        return None
    return next((rule for rule in rules if rule.category in category.lineage and person.name in rule.by), None)


def _number(source: Source, track: Track) -> int:
    return source.routes.index(track.route)
