"""Percentiles are values that were seen, and keep their laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.bench.latency import Latency, latency, percentile

SEEN = st.lists(st.floats(0, 1e6), min_size=1, max_size=300)


@given(SEEN, st.integers(0, 100))
def test_so_many_percent_do_not_exceed_a_percentile_and_fewer_would_not_reach_it(seen: list[float], percent: int) -> None:
    ordered = sorted(seen)
    found = percentile(ordered, percent)

    assert found in seen
    assert sum(each <= found for each in seen) >= len(seen) * percent / 100
    assert sum(each < found for each in seen) <= len(seen) * percent / 100


@given(SEEN)
def test_the_tail_is_no_faster_than_the_middle(seen: list[float]) -> None:
    found = latency(seen)

    assert min(seen) <= found.p50 <= found.p99 <= max(seen)


def test_of_a_hundred_milliseconds_the_percentiles_are_known() -> None:
    assert latency(range(100, 0, -1)) == Latency(50, 99)


def test_where_nothing_arrived_there_is_no_latency() -> None:
    with pytest.raises(ValueError, match="no values"):
        latency([])
