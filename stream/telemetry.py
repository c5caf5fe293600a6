"""Counts what a worker does, in the metrics of `metrics.py`. `main` builds it and puts it behind the loop, the transport and the core.

The only importer of prometheus_client. Keeps nothing of a record but its size and timestamp, until its transaction ends.
"""

import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

import prometheus_client as client
from prometheus_client.exposition import choose_encoder

from schemas.vocabulary import Action, Category, Reason, Urgency, Verdict
from stream.core.values import Inspection, Outcome, Record, Standing
from stream.metrics import METRICS, PREFIX, Kind, Metric


class Served(NamedTuple):
    """A route as the metrics name it."""

    route: str
    policy: str
    version: int
    digest: str
    care: bool


class End(StrEnum):
    """How a transaction may end: committed, or the exception that ended it."""

    COMMITTED = "committed"
    RETRY = "retry"
    TOO_LARGE = "too_large"
    DOUBTFUL = "doubtful"
    UNAVAILABLE = "unavailable"
    OTHER = "other"


COMMITTED = "committed"
_ENDS = {
    COMMITTED: End.COMMITTED,
    "Retry": End.RETRY,
    "TooLarge": End.TOO_LARGE,
    "Doubtful": End.DOUBTFUL,
    "Unavailable": End.UNAVAILABLE,
}


class Tally(Protocol):
    """What is counted alike of judged records."""

    @property
    def route(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


class Place(Protocol):
    """A partition of a source topic."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...


class Showing(Protocol):
    """A route on one partition of its source."""

    @property
    def route(self) -> str: ...
    @property
    def source(self) -> Place: ...


class Undecided(Protocol):
    """Held records that nobody decided: how many of each urgency, and when the oldest was held (0: none)."""

    @property
    def urgencies(self) -> Mapping[str, int]: ...
    @property
    def since(self) -> int: ...


class Gap(Protocol):
    """Offsets of a source that are gone."""

    @property
    def partition(self) -> Place: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def why(self) -> str: ...


class Ends(Protocol):
    """Where a partition ends: its high watermark, and its last stable offset."""

    @property
    def high(self) -> int: ...
    @property
    def stable(self) -> int: ...


Key_co = TypeVar("Key_co", covariant=True)


Value_co = TypeVar("Value_co", covariant=True)


class Each(Protocol[Key_co, Value_co]):
    """A value for each key."""

    def items(self) -> Iterable[tuple[Key_co, Value_co]]: ...


Inspect = Callable[[Record], Inspection]
Judge = Callable[[Inspection, Sequence[Standing]], tuple[Outcome, ...]]


class Telemetry:
    """One worker's metrics. What is seen of a record counts once its transaction is committed."""

    def __init__(
        self,
        routes: Sequence[Served],
        sources: Iterable[str],
        version: str,
        clock: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._clock = clock
        self._stopwatch = stopwatch
        self._series = _Series()
        self._routes = tuple(served.route for served in routes)
        self._care = {served.route: _word(served.care) for served in routes}
        self._beat: float | None = None
        self._halted = False
        self._seen = _Seen()
        self._committed: dict[tuple[str, int], int] = {}  # timestamp (ms) of the last committed record of a partition
        self._declare(routes, sources, version)

    def _declare(self, routes: Iterable[Served], sources: Iterable[str], version: str) -> None:
        """Series that are known beforehand begin at 0, so that their first increase shows."""
        series = self._series
        series.set("build_info", 1, version, platform.python_version())
        series.set("halted", 0)
        for route, policy, number, digest, care in routes:
            series.set("policy_info", 1, route, policy, str(number), digest)
            series.set("breaker_open", 0, route)
            series.add("nothing_forbidden", 0, route)
            for verdict in Verdict:
                series.add("records", 0, route, verdict)
            for urgency in Urgency:
                series.set("undecided_records", 0, route, _word(care), urgency)
        for source in sources:
            series.add("record_bytes", 0, source)
        for end in End:
            series.add("transactions", 0, end)

    # ---- around the core --------------------------------------------------------------------------------------------------

    def inspecting(self, source: str, inspect: Inspect) -> Inspect:
        """The same inspection, timed."""

        def inspected(record: Record) -> Inspection:
            started = self._stopwatch()
            seen = inspect(record)
            self._series.observe("inspect_seconds", self._stopwatch() - started, source)
            self._seen.records.append(_Record(source, record.coordinate[:2], record.timestamp, len(record.value or b"")))
            self._seen.incomplete.update(seen.doubts)
            return seen

        return inspected

    def judging(self, judge: Judge) -> Judge:
        """The same judgement, its acts counted."""

        def judged(seen: Inspection, standings: Sequence[Standing]) -> tuple[Outcome, ...]:
            outcomes = judge(seen, standings)
            for outcome in outcomes:
                self._seen.acts.update(outcome.decision.counts)
            return outcomes

        return judged

    # ---- what the loop tells ----------------------------------------------------------------------------------------------

    def turned(self) -> None:
        """A turn or a wait has ended: the worker lives."""
        self._beat = self._clock()
        self._series.set("heartbeat_timestamp_seconds", self._beat)

    def judged(self, tally: Each[Tally, int]) -> None:
        """Records of a committed transaction."""
        for one, number in tally.items():
            self._series.add("records", number, one.route, one.verdict)
            if Reason.NOTHING_FORBIDDEN in one.reasons:
                self._series.add("nothing_forbidden", number, one.route)
            if one.verdict == Verdict.QUARANTINE:
                for reason in one.reasons:
                    self._series.add("held_reasons", number, one.route, reason)

    def held(self, held: Each[Showing, Undecided]) -> None:
        """The records of each lane that is ours which are held and not decided."""
        counts: Counter[tuple[str, str, str]] = Counter()
        since: dict[tuple[str | int, ...], float] = {}
        for lane, shown in held.items():
            labels = lane.route, self._care[lane.route]
            counts.update({(*labels, urgency): number for urgency, number in shown.urgencies.items()})
            if shown.since:
                since[labels] = min(shown.since, since.get(labels, shown.since))
        self._series.only("undecided_records", {labels: float(number) for labels, number in counts.items()})
        self._series.only("undecided_since_timestamp_seconds", since)

    def answered(self, answers: Each[tuple[str, str], int]) -> None:
        """What people asked for, and what came of it."""
        for (request, answer), number in answers.items():
            self._series.add("requests", number, request, answer)

    def ended(self, end: str, seconds: float) -> None:
        """A transaction: committed, or the name of the exception that ended it."""
        outcome = _ENDS.get(end, End.OTHER)
        self._series.add("transactions", 1, outcome)
        if outcome is End.COMMITTED:
            self._series.observe("transaction_seconds", seconds)
            self._settle()
        self._seen.clear()

    def _settle(self) -> None:
        """Counts what was seen of the records that are committed now."""
        now = self._clock()
        for source, place, timestamp, size in self._seen.records:
            self._series.observe("end_to_end_seconds", max(0.0, now - timestamp / 1000), source)
            self._series.add("record_bytes", size, source)
            self._committed[place] = timestamp
        for reason, number in self._seen.incomplete.items():
            self._series.add("uninspectable", number, reason)
        for (category, action), number in self._seen.acts.items():
            self._series.add("findings", number, category, action.name.lower())

    def lags(self, lags: Each[Place, int]) -> None:
        """The partitions that are assigned, and how far behind each is."""
        self._series.only("lag_records", {(place.topic, place.partition): lag for place, lag in lags.items()})
        self._series.only("lag_seconds", {(place.topic, place.partition): self._age(place) if lag else 0.0 for place, lag in lags.items()})

    def _age(self, place: Place) -> float:
        """Seconds since the timestamp of a partition's last committed record; 0 before the first."""
        committed = self._committed.get((place.topic, place.partition))
        return 0.0 if committed is None else max(0.0, self._clock() - committed / 1000)

    def reassigned(self, change: str) -> None:
        """The group rebalanced: assigned, revoked or lost."""
        self._series.add("rebalances", 1, change)

    def shown(self, subjects: Each[Showing, int]) -> None:
        """Distinct subjects in the window of each lane that is ours."""
        self._series.only(
            "standing_subjects", {(lane.route, lane.source.topic, lane.source.partition): number for lane, number in subjects.items()}
        )

    def still(self, full: Iterable[Place], orphans: Iterable[Place]) -> None:
        """Partitions that wait for a full share, and those without their destination partition."""
        self._series.only("waiting", {(place.topic, place.partition): 1 for place in full})
        self._series.only("orphaned", {(place.topic, place.partition): 1 for place in orphans})

    def breakers(self, open_routes: Iterable[str], known: bool) -> None:
        """The routes that stand still; `known`: the breakers topic could be read."""
        stand_still = set(open_routes)
        for route in self._routes:
            self._series.set("breaker_open", route in stand_still, route)
        self._series.set("breakers_known", known)

    # ---- what the transport tells -----------------------------------------------------------------------------------------

    def gap(self, gap: Gap, *, accepted: bool) -> None:
        """Records are gone from a source."""
        labels = (gap.partition.topic, gap.why, str(accepted).lower())
        self._series.add("gaps", 1, *labels)
        self._series.add("gap_records", max(0, gap.end - gap.start), *labels)

    def ends(self, ends: Each[Place, Ends]) -> None:
        """The ends of the partitions that are assigned."""
        self._series.only("unstable_records", {(place.topic, place.partition): end.high - end.stable for place, end in ends.items()})

    # ---- what main tells --------------------------------------------------------------------------------------------------

    def halted(self) -> None:
        """The pipeline stands still until a person decides."""
        self._halted = True
        self._series.set("halted", 1)

    # ---- what is asked of it ----------------------------------------------------------------------------------------------

    def ready(self) -> bool:
        """Whether the worker has its place in the group, with partitions or idle."""
        return self._beat is not None and not self._halted

    def alive(self, patience: float) -> bool:
        """Whether the loop gave a sign within `patience` seconds, or has not begun. A broker that does not answer is no reason to die."""
        return self._halted or self._beat is None or self._clock() - self._beat <= patience

    def exposition(self, accept: str = "") -> tuple[str, bytes]:
        """Content type and body for Prometheus, in the form that `accept` asks for."""
        return self._series.exposition(accept)


class _Record(NamedTuple):
    """What is kept of a record until its transaction ends."""

    source: str
    place: tuple[str, int]
    timestamp: int  # ms
    size: int  # bytes of the value


class _Seen:
    """What was seen of records whose transaction is not committed yet."""

    def __init__(self) -> None:
        self.records: list[_Record] = []
        self.incomplete: Counter[Reason] = Counter()
        self.acts: Counter[tuple[Category, Action]] = Counter()

    def clear(self) -> None:
        """The transaction has ended."""
        self.records.clear()
        self.incomplete.clear()
        self.acts.clear()


class _Series:
    """The series of METRICS, by name and label values."""

    def __init__(self) -> None:
        client.disable_created_metrics()  # type: ignore[no-untyped-call]  # a series beside each counter that nobody reads
        self._registry = client.CollectorRegistry()
        client.ProcessCollector(registry=self._registry)
        self._counters = {m.name: client.Counter(PREFIX + m.name, m.help, m.labels, registry=self._registry) for m in _of(Kind.COUNTER)}
        self._gauges = {m.name: client.Gauge(PREFIX + m.name, m.help, m.labels, registry=self._registry) for m in _of(Kind.GAUGE)}
        self._histograms = {
            m.name: client.Histogram(PREFIX + m.name, m.help, m.labels, registry=self._registry, buckets=m.buckets)
            for m in _of(Kind.HISTOGRAM)
        }
        self._shown: dict[str, set[tuple[str | int, ...]]] = {}

    def add(self, name: str, number: float, *labels: str) -> None:
        metric = self._counters[name]
        (metric.labels(*labels) if labels else metric).inc(number)

    def set(self, name: str, value: float, *labels: str | int) -> None:
        metric = self._gauges[name]
        (metric.labels(*labels) if labels else metric).set(value)

    def observe(self, name: str, value: float, *labels: str) -> None:
        metric = self._histograms[name]
        (metric.labels(*labels) if labels else metric).observe(value)

    def only(self, name: str, values: Mapping[tuple[str | int, ...], float]) -> None:
        """Shows a gauge for these labels and no others."""
        for gone in self._shown.get(name, set()) - values.keys():
            self._gauges[name].remove(*gone)
        for labels, value in values.items():
            self.set(name, value, *labels)
        self._shown[name] = set(values)

    def exposition(self, accept: str) -> tuple[str, bytes]:
        encode, content_type = choose_encoder(accept)
        return content_type, encode(self._registry)


def _word(care: bool) -> str:
    return "yes" if care else "no"


def _of(kind: Kind) -> Iterable[Metric]:
    return (metric for metric in METRICS if metric.kind is kind)
