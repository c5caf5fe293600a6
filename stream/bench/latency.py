"""How long records are on their way, as percentiles. Called by `whole`."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple


class Latency(NamedTuple):
    """Milliseconds from the writing of a record to its reading downstream, committed."""

    p50: float
    p99: float


def latency(milliseconds: Iterable[float]) -> Latency:
    """Raises ValueError where nothing arrived."""
    ordered = sorted(milliseconds)
    return Latency(percentile(ordered, 50), percentile(ordered, 99))


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent of all do not exceed. Raises ValueError for no values."""
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
