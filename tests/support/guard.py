"""A pipeline in memory with a core that does what a record's value says, so that tests of the guard can read what they send.

A value is words: the first names the person (`-` for nobody), a second one orders a verdict: `redact`, `hold` or `drop`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from schemas.vocabulary import BreakerState, Reason, Verdict
from stream.core.seal import About
from stream.core.subjects import token
from stream.core.values import Decision, Identifier, Inspection, Outcome, Record, Standing, Subject
from stream.guard.batch import Tally
from stream.guard.holdings import Shown
from stream.guard.ledger import Ledger
from stream.guard.loop import Loop, World
from stream.guard.plan import FactKey, Lane, Plan, Route, Source, Topics
from stream.guard.transport import Budget, Partition
from tests.support.clock import FakeClock
from tests.support.memory import MemoryBroker, MemoryTransport

CLUSTER = "cluster"
GROUP = "group"
TOPICS = Topics("q", "f", "s", "b", "r", "d")
FACT_KEY = FactKey("k1", b"fact key of the tests, 32 bytes.")
CARE = Route("care", "care@1", "care-digest", "to.care", partitions=2)
RESEARCH = Route("research", "research@1", "research-digest", "to.research", partitions=2, cap=4)


def identifier(person: str) -> Identifier:
    return Identifier("", "local", person)


def hashed(person: str) -> bytes:
    """The subject that a person is in facts and caps."""
    return token(identifier(person), FACT_KEY.secret)


def words(record: Record) -> list[str]:
    return (record.value or b"-").decode().split()


def inspect(record: Record) -> Inspection:
    person = words(record)[0]
    subjects = () if person == "-" else (Subject(0, identifier(person)),)
    return Inspection(record, (), (), subjects)


def judge(seen: Inspection, standings: Sequence[Standing]) -> tuple[Outcome, ...]:
    return tuple(_judge(number, seen.record, standing) for number, standing in enumerate(standings))


def judge_again(record: Record, number: int, standing: Standing, waived: frozenset[str]) -> tuple[Inspection, Outcome]:
    """`hold` is waived by its name."""
    seen = inspect(record)
    outcome = _judge(number, record, standing)
    waives = Reason.FOUND in outcome.decision.reasons and "person.name@here" in waived
    return seen, Outcome(number, Decision(Verdict.CLEAR, ()), record) if waives else outcome


def _judge(number: int, record: Record, standing: Standing) -> Outcome:
    if standing.breaker is not BreakerState.CLOSED:
        return Outcome(number, Decision(Verdict.QUARANTINE, (Reason.BREAKER_OPEN,)), None)
    match words(record)[1:]:
        case ["hold"]:
            return Outcome(number, Decision(Verdict.QUARANTINE, (Reason.FOUND,)), None)
        case ["drop"]:
            return Outcome(number, Decision(Verdict.DROP, (Reason.NOT_ALLOWED,)), None)
        case ["redact"]:
            return Outcome(number, Decision(Verdict.REDACT, (Reason.TRANSFORMED,)), replace(record, value=b"redacted"))
        case _:
            return Outcome(number, Decision(Verdict.CLEAR, ()), record)


def a_plan(*routes: Route, bundle: str = "bundle", topic: str = "in", partitions: int = 2) -> Plan:
    source = Source(topic, partitions, bundle, routes or (CARE,), inspect, judge, judge_again)
    return Plan("lab", CLUSTER, "0", TOPICS, FACT_KEY, {topic: source})


def a_broker(partitions: int = 2) -> MemoryBroker:
    """With the source `in`, the destinations of CARE and RESEARCH, and the pipeline's own topics."""
    return MemoryBroker({**dict.fromkeys(("in", CARE.destination, RESEARCH.destination, *TOPICS), partitions), TOPICS.breakers: 1})


class OpenSealer:
    """Seals that anybody can read."""

    def fresh(self) -> "OpenSealer":
        return self

    def __call__(self, record: Record, route: Route, about: About, at: int) -> Iterator[tuple[bytes, bytes]]:
        address = f"{route.name}/{'/'.join(map(str, record.coordinate))}"
        yield address.encode(), json.dumps({"value": (record.value or b"").decode(), "reasons": about.reasons}).encode()


@dataclass
class Counts:
    """A meter that remembers."""

    tally: dict[Tally, int] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    full: tuple[Partition, ...] = ()
    orphans: tuple[Partition, ...] = ()
    open_routes: tuple[str, ...] = ()
    breakers_known: bool = True
    turns: int = 0
    changes: list[str] = field(default_factory=list)
    subjects: dict[Lane, int] = field(default_factory=dict)
    undecided: dict[Lane, Shown] = field(default_factory=dict)
    answers: dict[tuple[str, str], int] = field(default_factory=dict)

    def turned(self) -> None:
        self.turns += 1

    def judged(self, tally: Mapping[Tally, int]) -> None:
        for each, count in tally.items():
            self.tally[each] = self.tally.get(each, 0) + count

    def ended(self, end: str, seconds: float) -> None:
        self.ends.append(end)

    def lags(self, lags: Mapping[Partition, int]) -> None:
        pass

    def reassigned(self, change: str) -> None:
        self.changes.append(change)

    def shown(self, subjects: Mapping[Lane, int]) -> None:
        self.subjects = dict(subjects)

    def held(self, held: Mapping[Lane, Shown]) -> None:
        self.undecided = dict(held)

    def answered(self, answers: Mapping[tuple[str, str], int]) -> None:
        for each, count in answers.items():
            self.answers[each] = self.answers.get(each, 0) + count

    def still(self, full: Iterable[Partition], orphans: Iterable[Partition]) -> None:
        self.full, self.orphans = tuple(full), tuple(orphans)

    def breakers(self, open_routes: Iterable[str], known: bool) -> None:
        self.open_routes, self.breakers_known = tuple(sorted(open_routes)), known


@dataclass(eq=False)
class Worker:
    """A loop with everything around it. `faults` answers each named step of its transport (see MemoryTransport)."""

    loop: Loop
    transport: MemoryTransport
    ledger: Ledger
    meter: Counts

    def turns(self, number: int) -> None:
        for _ in range(number):
            self.loop.turn()

    def crash(self) -> None:
        """The process dies; its session and its transaction are left to time out."""
        self.ledger.close()


def _never() -> bool:
    return False


def _nothing(step: str) -> None:
    pass


def _survives(record: Record) -> bool:
    return True


def a_worker(
    broker: MemoryBroker,
    folder: Path,
    plan: Plan,
    *,
    clock: FakeClock | None = None,
    ordinal: int = 0,
    fault: Callable[[str], None] = _nothing,
    stopping: Callable[[], bool] = _never,
    survives: Callable[[Record], bool] = _survives,
    budget: Budget = Budget(records=100),  # noqa: B008  # immutable
) -> Worker:
    """A worker that has joined and read the breakers."""
    clock = clock or FakeClock()
    transport = MemoryTransport(broker, GROUP, f"{GROUP}-{ordinal}", plan.sources, fault)
    ledger, meter = Ledger(folder / f"ledger-{ordinal}"), Counts()
    loop = Loop(plan, transport, OpenSealer(), ledger, World(clock, clock.sleep, stopping, survives), meter, budget)
    loop.start()
    return Worker(loop, transport, ledger, meter)
