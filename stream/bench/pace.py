"""How fast a group goes through a topic that was filled before, and at what cost. Called by `whole`.

Measured between two commits, after all members are at work: starts, imports and the first batches do not count.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from stream.bench.process import Usage
from stream.errors import Unavailable

_LOOK = 0.05  # seconds between two looks
_STALLED = 60.0  # seconds without a commit after which nobody waits any longer
_WARM = 0.1  # of the records, before which nothing counts


class Sample(NamedTuple):
    """One look: when, how many records were committed by then, and what had been used."""

    at: float
    done: int
    usage: Usage


class Pace(NamedTuple):
    """`rss_mib`: the most at any look, of all processes together."""

    records_per_second: float
    cpu_us_per_record: float
    rss_mib: float


def watch(done: Callable[[], int], usage: Callable[[], Usage], records: int, ready: Callable[[], bool]) -> list[Sample]:
    """Looks until all records are done; what was before all were `ready` is left out. Raises Unavailable where it stalls."""
    samples: list[Sample] = []
    counted, moved = 0, time.monotonic()
    while counted < records:
        before, counted = counted, done()
        now = time.monotonic()
        if counted > before:
            moved = now
            if samples or ready():
                samples.append(Sample(now, counted, usage()))
        elif now - moved > _STALLED:
            raise Unavailable("no record was committed for a minute")
        usage()
        time.sleep(_LOOK)
    return samples


def pace(samples: Sequence[Sample], records: int) -> Pace:
    """From the first look at which a tenth was done to the last one. Raises Unavailable for fewer than two looks: too few records."""
    counted = [sample for sample in samples if sample.done >= records * _WARM]
    if len(counted) < 2 or counted[0].done == counted[-1].done:
        raise Unavailable("too few records to measure: give more with --records")
    first, last = counted[0], counted[-1]
    passed = last.done - first.done
    return Pace(
        records_per_second=passed / (last.at - first.at),
        cpu_us_per_record=(last.usage.cpu - first.usage.cpu) / passed * 1e6,
        rss_mib=max(sample.usage.rss for sample in samples) / 1024**2,
    )
