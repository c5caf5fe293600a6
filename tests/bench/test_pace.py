"""What is counted of a run, and what is left out."""

from collections.abc import Callable, Iterator

import pytest

from stream.bench.pace import Pace, Sample, pace, watch
from stream.bench.process import Usage
from stream.errors import Unavailable

MIB = 1024**2


def test_the_start_does_not_count_and_the_figures_are_of_what_follows() -> None:
    samples = [
        Sample(0, 50, Usage(9, 100 * MIB)),  # less than a tenth is done
        Sample(10, 100, Usage(10, 50 * MIB)),
        Sample(12, 500, Usage(11, 70 * MIB)),
        Sample(20, 1000, Usage(19, 60 * MIB)),
    ]

    assert pace(samples, 1000) == Pace(records_per_second=90, cpu_us_per_record=10_000, rss_mib=100)


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param([], id="no look"),
        pytest.param([Sample(1, 100, Usage(1, 1))], id="all at once"),
        pytest.param([Sample(1, 5, Usage(1, 1)), Sample(2, 100, Usage(1, 1))], id="all after a tenth"),
    ],
)
def test_too_few_looks_are_no_measurement(samples: list[Sample]) -> None:
    with pytest.raises(Unavailable, match="--records"):
        pace(samples, 100)


def in_turn(*values: int) -> Callable[[], int]:
    left: Iterator[int] = iter(values)
    return lambda: next(left)


def test_nothing_counts_before_all_are_ready() -> None:
    looks = in_turn(0, 10, 20, 20, 30, 100)
    readiness = iter([False, True])

    samples = watch(looks, lambda: Usage(0, 0), 100, lambda: next(readiness))

    assert [sample.done for sample in samples] == [20, 30, 100]


def test_a_process_that_ends_ends_the_watch() -> None:
    def ended() -> Usage:
        raise Unavailable("a worker ended by itself")

    with pytest.raises(Unavailable, match="by itself"):
        watch(lambda: 0, ended, 100, lambda: True)
