"""Workers of one pipeline on one broker, and everything that can go wrong between two steps, in any order that Hypothesis finds.

Whatever happened: each input has one committed outcome and one fact row per route, order is kept, no hour shows a person too many,
what people ask is done once, no older record of a person comes after a newer one, and the chain of facts is whole. `-m soak` runs many
more schedules; a failing one is printed and can be pasted as a test.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from schemas.events import BreakerRow, Fact
from schemas.policy import ReleaseRules, Waiver
from schemas.vocabulary import BreakerState, Category, Request, SequenceKind
from stream.core.exposure import SLICE, SLICES, share
from stream.core.values import Record
from stream.errors import Doubtful, Fatal, Retry, Unavailable
from stream.guard.facts import chain_breaks
from stream.guard.plan import Route
from stream.guard.transport import Budget, Partition
from tests.support.clock import FakeClock
from tests.support.guard import CARE, GROUP, RESEARCH, TOPICS, Worker, a_broker, a_plan, a_worker
from tests.support.people import ALICE, AUTHORITY, ask, asked, held, release

REVIEWED = CARE._replace(sequence=SequenceKind.PATIENT, release=ReleaseRules(waive=(Waiver(category=Category.PERSON, by=(ALICE.name,)),)))
WORKERS = range(3)
PARTITIONS = range(2)
HOUR = SLICE * SLICES
STEPS = ("poll", "follow", "snapshot", "requests", "begin", "send", "offsets", "commit", "committed", "abort", "settle", "settled")

FAULTS: tuple[tuple[str, str], ...] = (
    *((step, "retry") for step in ("begin", "send", "offsets", "commit")),
    *((step, "unavailable") for step in ("poll", "follow", "snapshot", "requests", "begin", "settle", "settled")),
    *((step, "doubt") for step in ("commit", "committed", "abort")),
    *((step, happening) for step in STEPS for happening in ("crash", "expelled", "another turns", "late end", "a worker starts")),
)
"""What may happen at which step of a turn: what the seam says it may raise, and what other processes may do at any time."""


A_RECORD = st.tuples(st.sampled_from(PARTITIONS), st.integers(0, 5), st.sampled_from(("", "", "", " redact", " hold", " drop")))


class Crash(BaseException):
    """The process is gone."""


class Pipeline(RuleBasedStateMachine):
    """Up to three workers. A turn may have one thing happen within it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.broker = a_broker()
        self.clock = FakeClock()
        self.workers: dict[int, Worker] = {}
        self.dead: list[int] = []  # members whose session has not timed out yet
        self.plot: tuple[str, int, Callable[[int], None]] | None = None  # at a step, after so many times, what happens

    def teardown(self) -> None:
        try:
            self.heal()
            self.every_record_has_its_end()
        finally:
            self.folder.cleanup()

    # ---- what happens ---------------------------------------------------------------------------------------------------

    @rule(records=st.lists(A_RECORD, min_size=1, max_size=6))
    def records_come(self, records: list[tuple[int, int, str]]) -> None:
        for partition, person, order in records:
            self.broker.produce("in", partition, b"key", f"{person}{order}".encode())

    @initialize()
    def one_worker_starts(self) -> None:
        self.a_worker_starts(0)

    @rule(number=st.sampled_from(WORKERS))
    def a_worker_starts(self, number: int) -> None:
        if number not in self.workers:
            self.workers[number] = a_worker(
                self.broker,
                Path(self.folder.name),
                a_plan(REVIEWED, RESEARCH)._replace(authority=AUTHORITY),
                clock=self.clock,
                ordinal=number,
                fault=lambda step: self.at(step, number),
                budget=Budget(records=3),
            )

    @rule(partition=st.sampled_from(PARTITIONS), offset=st.integers(0, 12), rejects=st.booleans())
    def somebody_asks(self, partition: int, offset: int, rejects: bool) -> None:
        if offset < self.broker.end(_source(partition)):
            wish = release(held(self.broker, offset, partition), "person.name@here")
            ask(self.broker, asked(offset, Request.REJECT, partition=partition) if rejects else wish)

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), records=st.lists(A_RECORD, max_size=4), fault=st.sampled_from(FAULTS), after=st.sampled_from((0, 0, 1, 4)))
    def a_worker_turns(self, data: st.DataObject, records: list[tuple[int, int, str]], fault: tuple[str, str], after: int) -> None:
        """Until what is plotted has happened, and once more."""
        self.records_come(records)
        step, happening = fault
        number = data.draw(st.sampled_from(sorted(self.workers)))
        self.plot = (step, after, self.happenings()[happening])
        for _ in range(4):
            if self.plot is not None and number in self.workers:
                self.turn(number)
        self.plot = None
        if number in self.workers:
            self.turn(number)

    @rule(number=st.sampled_from(WORKERS), happening=st.sampled_from(("time", "late", "session", "transaction", "close")))
    def the_world_moves(self, number: int, happening: str) -> None:
        match happening:
            case "time":
                self.clock.sleep((60, 5 * 60, 40 * 60)[number])
            case "late" if self.broker.late:
                self.broker.deliver()
            case "session" if self.dead:
                self.a_session_times_out()
            case "transaction":
                self.a_transaction_times_out(number)
            case "close":
                self.a_person_closes_the_breaker()

    def a_session_times_out(self) -> None:
        self.broker.expel(GROUP, self.dead.pop(0))

    def a_transaction_times_out(self, number: int) -> None:
        if number not in self.workers:
            self.broker.expire(f"{GROUP}-{number}")

    def a_person_closes_the_breaker(self) -> None:
        rows = [BreakerRow.model_validate_json(record.value or b"") for record in self.broker.read(TOPICS.breakers)]
        ends = tuple(row.opening for row in rows if row.writer == "guard")
        row = BreakerRow(route=RESEARCH.name, writer="person", state=BreakerState.CLOSED, reason="looked", at=0, ends=ends)
        self.broker.produce(TOPICS.breakers, 0, b"research/person", row.write())

    # ---- how it happens -------------------------------------------------------------------------------------------------

    def at(self, step: str, number: int) -> None:
        """A step of a turn: the plot runs down, and what is plotted happens once."""
        if self.plot is None or self.plot[0] != step:
            return
        _, after, happen = self.plot
        if after:
            self.plot = (step, after - 1, happen)
        else:
            self.plot = None
            happen(number)

    def happenings(self) -> dict[str, Callable[[int], None]]:
        return {
            "retry": _raises(Retry()),
            "unavailable": _raises(Unavailable()),
            "doubt": _raises(Doubtful()),
            "crash": _raises(Crash()),
            "expelled": lambda number: self.broker.expel(GROUP, self.workers[number].transport.member),
            "another turns": self.others_turn,
            "late end": lambda number: self.broker.deliver() if self.broker.late else None,
            "a worker starts": lambda number: self.a_worker_starts((number + 1) % len(WORKERS)),
        }

    def others_turn(self, number: int) -> None:
        for other in sorted(self.workers.keys() - {number}):
            self.turn(other)
            if other in self.workers:
                self.turn(other)

    def turn(self, number: int) -> None:
        try:
            self.workers[number].loop.turn()
        except (Crash, Fatal):
            self.bury(number)

    def bury(self, number: int) -> None:
        worker = self.workers.pop(number)
        self.dead.append(worker.transport.member)
        worker.crash()

    def heal(self) -> None:
        """All that is on its way arrives, everybody is gone, and one worker does what is left."""
        while self.broker.late:
            self.broker.deliver()
        for number in list(self.workers):
            self.bury(number)
        while self.dead:
            self.a_session_times_out()
        for number in WORKERS:
            self.a_transaction_times_out(number)
        self.a_worker_starts(0)
        wanted = {place: end for place in map(_source, PARTITIONS) if (end := self.broker.end(place))}
        for _ in range(sum(wanted.values()) + 3):
            self.turn(0)
        assert self.broker.committed(GROUP) == wanted
        self.bury(0)

    # ---- what holds -----------------------------------------------------------------------------------------------------

    def lanes(self) -> Iterator[tuple[Route, int]]:
        return ((route, partition) for route in (REVIEWED, RESEARCH) for partition in PARTITIONS)

    def facts(self, route: Route, partition: int) -> list[bytes]:
        written = [record.value or b"" for record in self.broker.decided(TOPICS.facts) if record.key == route.name.encode()]
        return [each for each in written if Fact.model_validate_json(each).partition == partition]

    def forwarded(self, route: Route, partition: int, *, released: bool) -> list[int]:
        records = (record for record in self.broker.decided(route.destination, partition))
        return [_offset(record) for record in records if ("pratique-released" in dict(record.headers)) is released]

    def sealed(self, route: Route, partition: int) -> list[int]:
        """Offsets of the records whose seals stand."""
        rows = {record.key or b"": record.value for record in self.broker.decided(TOPICS.quarantine)}
        keys = [key.decode().split("/") for key, value in rows.items() if value is not None]
        return sorted(int(key[3]) for key in keys if key[0] == route.name and int(key[2]) == partition)

    @invariant()
    def every_outcome_is_the_only_one_and_in_order(self) -> None:
        for route, partition in self.lanes():
            written = self.facts(route, partition)
            facts = [*map(Fact.model_validate_json, written)]
            rows = [row for fact in facts if fact.human is None for row in fact.each()]
            done = [(fact.human.request, fact.first) for fact in facts if fact.human is not None and not fact.human.refusal]
            decided = [offset for _, offset in done]
            assert [row.offset for row in rows] == list(range(len(rows)))
            assert self.forwarded(route, partition, released=False) == [row.offset for row in rows if row.verdict in ("clear", "redact")]
            assert self.forwarded(route, partition, released=True) == [offset for request, offset in done if request == "release"]
            assert sorted([*self.sealed(route, partition), *decided]) == [row.offset for row in rows if row.verdict == "quarantine"]
            assert not chain_breaks(written)

    @invariant()
    def nobody_is_shown_an_older_record_after_a_newer_one(self) -> None:
        for partition in PARTITIONS:
            persons = {record.coordinate.offset: (record.value or b"").split()[0] for record in self.broker.read("in", partition)}
            newest: dict[bytes, int] = {}
            for record in self.broker.decided(REVIEWED.destination, partition):
                offset = _offset(record)
                assert offset > newest.get(persons[offset], -1)
                newest[persons[offset]] = offset

    @invariant()
    def no_hour_shows_a_person_too_many(self) -> None:
        for partition in PARTITIONS:
            facts = [Fact.model_validate_json(fact) for fact in self.facts(RESEARCH, partition)]
            shown = [(fact.at, row.subjects) for fact in facts for row in fact.each() if row.outcome]
            for last, _ in shown:
                within = frozenset[bytes]().union(*(subjects for at, subjects in shown if last - HOUR <= at <= last))
                assert len(within) <= share(RESEARCH.cap or 0, len(PARTITIONS), partition)

    def every_record_has_its_end(self) -> None:
        self.every_outcome_is_the_only_one_and_in_order()
        self.no_hour_shows_a_person_too_many()
        for route, partition in self.lanes():
            facts = map(Fact.model_validate_json, self.facts(route, partition))
            rows = [row for fact in facts if fact.human is None for row in fact.each()]
            assert len(rows) == self.broker.end(_source(partition))


def _source(partition: int) -> Partition:
    return Partition("in", partition)


def _offset(record: Record) -> int:
    """Of the source record that a forwarded one was."""
    return int((dict(record.headers)["pratique-source"] or b"").rsplit(b"/", 1)[1])


def _raises(error: BaseException) -> Callable[[int], None]:
    def happen(number: int) -> None:
        raise error

    return happen


SCHEDULES = settings(max_examples=500, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_each_record_has_exactly_one_outcome_whatever_happens() -> None:
    run_state_machine_as_test(Pipeline, settings=SCHEDULES)


@pytest.mark.soak
def test_each_record_has_exactly_one_outcome_whatever_happens_at_length() -> None:
    run_state_machine_as_test(Pipeline, settings=settings(SCHEDULES, max_examples=20_000))
