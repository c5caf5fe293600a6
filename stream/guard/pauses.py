"""Which partitions stand still or catch up. The loop asks; a pause is only ever a delay, never a verdict."""

from collections.abc import Iterable, Mapping

from stream.guard.transport import Partition

BEHIND = 1000
"""Records behind at which a partition that starts, or comes back from an outage, counts as catching up."""

CAUGHT_UP = 10
"""Records behind at which it has caught up; not none, since the end of each transaction takes an offset too."""

UNSURE = 30
"""Seconds after an outage for which what is known of lags may still be from before it."""


class Pauses:
    """The partitions that catch up, and those that wait for a full share and until when (seconds). After a start and an outage it is not
    known at once how far a partition is behind; until then it counts as catching up, so that a backlog is not taken for a flood."""

    def __init__(self) -> None:
        self._new: set[Partition] = set()
        self._behind: set[Partition] = set()
        self._full: dict[Partition, int] = {}
        self._unsure_until = 0

    @property
    def behind(self) -> frozenset[Partition]:
        return frozenset(self._behind | self._new)

    @property
    def full(self) -> Mapping[Partition, int]:
        return self._full

    def assigned(self, partitions: Iterable[Partition]) -> None:
        self._new.update(partitions)

    def revoked(self, partitions: Iterable[Partition]) -> None:
        for partition in partitions:
            self._new.discard(partition)
            self._behind.discard(partition)
            self._full.pop(partition, None)

    def outage(self, now: int) -> None:
        """Kafka did not answer: every partition may have fallen behind."""
        self._unsure_until = now + UNSURE

    def weigh(self, lags: Mapping[Partition, int], now: int) -> None:
        """Looks at how far behind the partitions are. Only new ones can begin to catch up: a flood of live records is no reason to
        wait."""
        if now < self._unsure_until:
            self._new.update(lags)
            return
        self._behind.update(each for each in self._new & lags.keys() if lags[each] >= BEHIND)
        self._behind.difference_update([each for each, lag in lags.items() if lag <= CAUGHT_UP])
        self._new.difference_update(lags)

    def wait(self, full: Mapping[Partition, int]) -> None:
        self._full.update(full)

    def due(self, now: int) -> tuple[Partition, ...]:
        """Those whose wait is over, or has no reason any more; they are waited for no longer."""
        over = tuple(each for each, until in self._full.items() if until <= now or each not in self.behind)
        for each in over:
            del self._full[each]
        return over
