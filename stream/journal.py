"""Writes down what changes for a worker, and hands everything on to the metrics. It is the loop's meter and the transport's observer.

A line for each change and none for what stays as it was, so that a long outage fills no disk. Never gets a record.
"""

from collections.abc import Collection, Iterable

from stream.logs import Event, Log
from stream.telemetry import COMMITTED, Each, Ends, Gap, Place, Showing, Tally, Telemetry, Undecided


class Journal:
    """Between the loop and its metrics."""

    def __init__(self, log: Log, telemetry: Telemetry) -> None:
        self._log = log
        self._telemetry = telemetry
        self._failing = ""  # the last exception that ended a transaction, until one commits
        self._open: frozenset[str] = frozenset()
        self._known = True
        self._waiting: frozenset[tuple[str, int]] = frozenset()
        self._orphaned: frozenset[tuple[str, int]] = frozenset()

    def turned(self) -> None:
        self._telemetry.turned()

    def judged(self, tally: Each[Tally, int]) -> None:
        self._telemetry.judged(tally)

    def lags(self, lags: Each[Place, int]) -> None:
        self._telemetry.lags(lags)

    def reassigned(self, change: str) -> None:
        """The group rebalanced."""
        self._telemetry.reassigned(change)
        self._log.info(Event.REBALANCED, reason=change)

    def shown(self, subjects: Each[Showing, int]) -> None:
        self._telemetry.shown(subjects)

    def held(self, held: Each[Showing, Undecided]) -> None:
        self._telemetry.held(held)

    def answered(self, answers: Each[tuple[str, str], int]) -> None:
        """What people asked for, and what came of it."""
        self._telemetry.answered(answers)
        for (request, answer), number in answers.items():
            self._log.info(Event.ANSWERED, request=request, answer=answer, count=number)

    def ended(self, end: str, seconds: float) -> None:
        """A transaction: committed, or the name of the exception that ended it."""
        self._telemetry.ended(end, seconds)
        failing = "" if end == COMMITTED else end
        if failing and failing != self._failing:
            self._log.warning(Event.TRANSACTION_FAILED, error=failing)
        elif self._failing and not failing:
            self._log.info(Event.TRANSACTIONS_RESUMED)
        self._failing = failing

    def breakers(self, open_routes: Iterable[str], known: bool) -> None:
        """The routes that stand still; `known`: the breakers topic could be read."""
        routes = frozenset(open_routes)
        self._telemetry.breakers(routes, known)
        for route in sorted(routes - self._open):
            self._log.warning(Event.ROUTE_STOPPED, route=route)
        for route in sorted(self._open - routes):
            self._log.info(Event.ROUTE_RESUMED, route=route)
        if known is not self._known:
            self._log.warning(Event.BREAKERS_KNOWN if known else Event.BREAKERS_UNKNOWN)
        self._open, self._known = routes, known

    def still(self, full: Iterable[Place], orphans: Iterable[Place]) -> None:
        """Partitions that wait for a full share, and those without their destination partition."""
        waiting, orphaned = list(full), list(orphans)
        self._telemetry.still(waiting, orphaned)
        self._waiting = self._changed(Event.PARTITION_WAITING, self._waiting, waiting)
        self._orphaned = self._changed(Event.PARTITION_ORPHANED, self._orphaned, orphaned)

    def gap(self, gap: Gap, *, accepted: bool) -> None:
        """Records are gone from a source."""
        self._telemetry.gap(gap, accepted=accepted)
        event = Event.GAP_ACCEPTED if accepted else Event.GAP
        place = gap.partition
        self._log.error(event, topic=place.topic, partition=place.partition, start=gap.start, end=gap.end, reason=gap.why)

    def ends(self, ends: Each[Place, Ends]) -> None:
        """The ends of the partitions that are assigned."""
        self._telemetry.ends(ends)

    def _changed(self, event: Event, before: frozenset[tuple[str, int]], places: Collection[Place]) -> frozenset[tuple[str, int]]:
        now = frozenset((place.topic, place.partition) for place in places)
        for topic, partition in sorted(now - before):
            self._log.warning(event, topic=topic, partition=partition)
        for topic, partition in sorted(before - now):
            self._log.info(Event.PARTITION_RESUMED, topic=topic, partition=partition)
        return now
