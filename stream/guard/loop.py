"""The data plane: what a worker of a pipeline does, over and over. Read this file to know what holds.

One turn:

0. Carry out what people ask for held records, in a transaction of its own that goes the same way.
1. Poll a batch. Note which partitions came and went, and read what is new of the breakers.
2. Read the standing of partitions that are new, to its end, before their first record is judged.
3. Write down which records are in hand. Records of a range that was twice found unfinished are tried in a child first.
4. Judge them all, outside any transaction, folding a new standing over the one of before.
5. Begin, send outputs, seals, facts and standing, and commit them together with the offsets. No poll in between.
6. Only now the new standing is the standing.

What fails before 6 leaves the standing of before. An abort rewinds to the committed offsets and the same records come again; a commit
whose end is unknown costs the producer, and the committed offsets and rows tell what happened. A dependency that does not answer is
waited for: Kafka keeps the records. Nothing is ever forwarded that was not judged, and nothing is committed that was not sent.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from schemas.vocabulary import BreakerState, Reason
from stream.core.values import Coordinate, Record
from stream.errors import Doubtful, Halt, Retry, TooLarge, Unavailable
from stream.guard.batch import Judging, Tally, Work
from stream.guard.breakers import Breakers
from stream.guard.decisions import Deciding
from stream.guard.holdings import Shown
from stream.guard.lanes import Before
from stream.guard.ledger import Ledger
from stream.guard.outputs import Sealer
from stream.guard.pauses import Pauses
from stream.guard.plan import Lane, Plan
from stream.guard.standing import Standings
from stream.guard.transport import Assigned, Budget, Partition, Revoked, Transport

BACK_OFF = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds to wait after the first, second ... turn in a row that failed."""


class World(NamedTuple):
    """What the loop asks of the world. `sleep` returns early when it is time to stop; `survives` tries a record in a child."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    stopping: Callable[[], bool]
    survives: Callable[[Record], bool]


class Meter(Protocol):
    """Who counts. Never gets a record."""

    def turned(self) -> None:
        """A turn or a wait has ended: the worker lives."""
        ...

    def judged(self, tally: Mapping[Tally, int]) -> None: ...
    def ended(self, end: str, seconds: float) -> None:
        """A transaction: committed, or the name of the exception that ended it."""
        ...

    def lags(self, lags: Mapping[Partition, int]) -> None: ...
    def reassigned(self, change: str) -> None:
        """The group rebalanced: partitions were assigned, revoked or lost."""
        ...

    def shown(self, subjects: Mapping[Lane, int]) -> None:
        """Distinct subjects in the window of each lane that is ours."""
        ...

    def held(self, held: Mapping[Lane, Shown]) -> None:
        """The records of each lane that are held and not decided."""
        ...

    def answered(self, answers: Mapping[tuple[str, str], int]) -> None:
        """What people asked for, and what came of it."""
        ...

    def still(self, full: Iterable[Partition], orphans: Iterable[Partition]) -> None:
        """Partitions that wait for a full share, and those without their destination partition."""
        ...

    def breakers(self, open_routes: Iterable[str], known: bool) -> None:
        """The routes that stand still; `known`: the breakers topic could be read."""
        ...


class Loop:
    """One worker. Build it, `run` it, close its transport and its ledger."""

    def __init__(
        self, plan: Plan, transport: Transport, sealer: Sealer, ledger: Ledger, world: World, meter: Meter, budget: Budget
    ) -> None:
        self._plan = plan
        self._transport = transport
        self._sealer = sealer
        self._ledger = ledger
        self._world = world
        self._meter = meter
        self._budget = budget
        self._standings = Standings()
        self._breakers = Breakers()
        self._pauses = Pauses()
        self._ours: set[Partition] = set()
        self._orphans: set[Partition] = set()
        self._doomed: dict[Coordinate, Reason] = {}  # what is known of records before they are judged
        self._width = budget.records  # records of one transaction
        self._failures = 0  # turns in a row

    def run(self) -> None:
        """Until told to stop; the batch in hand is ended first. Raises Halt and Fatal, and Unavailable where the breakers cannot be
        read at the start."""
        self.start()
        while not self._world.stopping():
            self.turn()

    def start(self) -> None:
        """Reads the breakers to their end. Raises Unavailable: without them nothing is judged."""
        self._breakers.read(self._transport.follow(self._plan.topics.breakers))

    def turn(self) -> None:
        """Steps 0 to 6 once. Raises Halt and Fatal."""
        try:
            for requests in self._in_transactions(self._requests()):
                self._answer(requests)
            for records in self._in_transactions(self._poll()):
                if not self._transact(records):
                    break
            self._failures = 0
        except (Retry, Doubtful, Unavailable) as fault:
            self._recover(fault)
        self._meter.turned()

    # ---- 0: what people ask ---------------------------------------------------------------------------------------------

    def _requests(self) -> Sequence[Record]:
        """Those that one of our partitions has not looked at yet."""
        self._restore(self._ours - self._orphans)
        wanted: dict[int, int] = {}
        for place, after in self._standings.asked().items():
            wanted[place.partition] = min(after, wanted.get(place.partition, after))
        return self._transport.requests(wanted)

    def _answer(self, requests: Sequence[Record]) -> None:
        self._ledger.start(requests)
        self._try_suspects(requests)
        deciding = Deciding(self._plan, self._before())
        for request in requests:
            deciding.take(request, self._looking(request.coordinate))
        self._forget_values()
        self._deliver(deciding.work(), requests)

    def _looking(self, request: Coordinate) -> Iterator[Partition]:
        """Our partitions of the request's number that have not looked at it."""
        asked = self._standings.asked().items()
        return (place for place, after in asked if place.partition == request.partition and after <= request.offset)

    # ---- 1: poll --------------------------------------------------------------------------------------------------------

    def _poll(self) -> Sequence[Record]:
        self._transport.resume(self._pauses.due(self._now()))
        batch = self._transport.poll(self._budget)
        for event in batch.events:
            self._reassign(event)
        self._follow()
        self._weigh(batch.records)
        if not self._orphans:
            return batch.records
        return [record for record in batch.records if record.coordinate[:2] not in self._orphans]

    def _reassign(self, event: Assigned | Revoked) -> None:
        self._meter.reassigned("assigned" if isinstance(event, Assigned) else "lost" if event.lost else "revoked")
        self._standings.forget(event.partitions)
        self._ours.difference_update(event.partitions)
        self._pauses.revoked(event.partitions)
        self._orphans.difference_update(event.partitions)
        if isinstance(event, Assigned):
            self._ours.update(event.partitions)
            self._pauses.assigned(event.partitions)
            self._orphans.update(place for place in event.partitions if self._is_orphan(place))
            self._transport.pause(self._orphans)

    def _is_orphan(self, place: Partition) -> bool:
        """Whether a destination lacks the partition of this number."""
        return any(route.partitions <= place.partition for route in self._plan.sources[place.topic].routes)

    def _follow(self) -> None:
        """Once started, the last known state of the breakers holds while they cannot be read."""
        try:
            self._breakers.read(self._transport.follow(self._plan.topics.breakers))
            known = True
        except Unavailable:
            known = False
        now = self._now()
        expired = (route.name for source in self._plan.sources.values() for route in source.routes if route.expired(now))
        stopped = (route for route in self._breakers.standing_still() if self._stands_still(route))
        self._meter.breakers({*stopped, *expired}, known)

    def _stands_still(self, route: str) -> bool:
        """A route that drains is closed once nothing of its backlog is left on our lanes."""
        return self._breakers.state(route) is BreakerState.OPEN or self._standings.has_backlog(route)

    def _weigh(self, records: Iterable[Record]) -> None:
        """Sees who catches up; what was just polled counts as still behind."""
        lags = self._transport.lag()
        self._meter.lags(lags)
        polled = Counter(record.coordinate[:2] for record in records)
        self._pauses.weigh({place: lag + polled[place] for place, lag in lags.items()}, self._now())
        self._meter.still(self._pauses.full, self._orphans)

    def _in_transactions(self, records: Sequence[Record]) -> Iterator[Sequence[Record]]:
        """One transaction for the batch, unless it is more than one takes, or a record in it is too large and has to be found."""
        start = 0
        while start < len(records):
            end = start + self._fitting(records[start : start + self._width])
            yield records[start:end]
            start = end

    def _fitting(self, records: Sequence[Record]) -> int:
        """How many of these a transaction takes by their bytes: requests are read by their number alone."""
        size = 0
        for number, record in enumerate(records):
            if size >= self._budget.bytes:
                return number
            size += len(record.key or b"") + len(record.value or b"")
        return len(records)

    # ---- 2 to 6: one transaction ----------------------------------------------------------------------------------------

    def _transact(self, records: Sequence[Record]) -> bool:
        """Whether the consumer still stands behind these records; else it was rewound."""
        self._restore({Partition(*record.coordinate[:2]) for record in records})
        self._ledger.start(records)
        work = self._judge(records)
        if work.following:
            self._deliver(work, records)
        if work.full:
            self._pauses.wait(work.full)
            self._transport.abort()
            self._transport.pause(work.full)
        return not work.full

    def _restore(self, places: Iterable[Partition]) -> None:
        for place in self._standings.missing(places):
            rows = self._transport.snapshot(self._plan.topics.standing, place.partition)
            self._standings.restore(place, self._plan.sources[place.topic], rows)

    def _judge(self, records: Iterable[Record]) -> Work:
        self._try_suspects(records)
        judging = Judging(self._plan, self._before(), self._sealer.fresh())
        for record in records:
            judging.take(record)
        self._forget_values()
        return judging.work()

    def _before(self) -> Before:
        return Before(self._standings, self._breakers, self._pauses.behind, self._doomed, self._now())

    def _forget_values(self) -> None:
        for source in self._plan.sources.values():
            source.forget()

    def _try_suspects(self, records: Iterable[Record]) -> None:
        for record in records:
            if self._ledger.suspect(record.coordinate) and record.coordinate not in self._doomed:
                if not self._world.survives(record):
                    self._doomed[record.coordinate] = Reason.CRASHED
                self._meter.turned()

    def _deliver(self, work: Work, records: Sequence[Record]) -> None:
        started = self._world.clock()
        try:
            self._transport.begin()
            self._transport.send(work.outputs)
            self._transport.commit(work.following)
        except TooLarge:
            self._narrow(records)
            raise
        self._standings.install(work.states, work.holdings, work.asked)
        self._meter.shown(self._standings.shown())
        self._meter.held(self._standings.held())
        self._breakers.opened(work.openings)
        self._ledger.finish({**work.following, **self._looked_at(work.asked)})
        for record in records:
            self._doomed.pop(record.coordinate, None)
        self._width = min(2 * self._width, self._budget.records)
        self._meter.ended("committed", self._world.clock() - started)
        self._meter.judged(work.tally)
        self._meter.answered(work.answers)

    def _looked_at(self, asked: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """In the ledger's words: requests are records of the release topic."""
        return {Partition(self._plan.topics.release, place.partition): after for place, after in asked.items()}

    def _narrow(self, records: Sequence[Record]) -> None:
        """Halves the transaction until the record that is too large stands alone; then it is held."""
        if len(records) > 1:
            self._width = len(records) // 2
        elif self._doomed.get(records[0].coordinate) is Reason.TOO_LARGE:
            raise Halt("a topic takes less than a seal or a fact")
        else:
            self._doomed[records[0].coordinate] = Reason.TOO_LARGE

    # ---- when it fails --------------------------------------------------------------------------------------------------

    def _recover(self, fault: Retry | Doubtful | Unavailable) -> None:
        """Back to the committed offsets, however long it takes, but for a stop. A doubt stays until it is settled."""
        doubtful = False
        while True:
            doubtful = doubtful or isinstance(fault, Doubtful)
            self._back_off(fault)
            try:
                return self._settle() if doubtful else self._transport.abort()
            except (Doubtful, Unavailable) as again:
                fault = again
            if self._world.stopping():
                return None

    def _back_off(self, fault: Exception) -> None:
        self._meter.ended(type(fault).__name__, 0)
        if isinstance(fault, Unavailable):
            self._pauses.outage(self._now())
        if not isinstance(fault, TooLarge):
            self._world.sleep(BACK_OFF[min(self._failures, len(BACK_OFF) - 1)])
            self._failures += 1
        self._meter.turned()

    def _settle(self) -> None:
        """What was committed is not known: everything is read again."""
        self._standings.forget_all()
        self._transport.settle()

    def _now(self) -> int:
        return int(self._world.clock())
