"""Any bytes through every format, every layer and the whole core: guided by coverage where atheris is installed, by hypothesis everywhere.

A format of FORMATS is fuzzed by being there. What was found once stands in `found/` and is tried first.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream.core.decode import FORMATS
from stream.core.decode.text import PlainText
from stream.core.values import Columns, Document, Incomplete, Limits, Text
from tests.fuzz.engine import HAS_ATHERIS, fuzz, table
from tests.fuzz.findings import broken, kept, smallest
from tests.fuzz.laws import check_format
from tests.fuzz.targets import LONGEST, TARGETS, Target

NAMED = {target.name: target for target in TARGETS}
KEPT = [path for target in TARGETS for path in kept(target)]
ENGINE = "atheris" if HAS_ATHERIS else "hypothesis, since atheris is not installed"
HOUR = 3600  # seconds
MANY = 400  # examples without atheris


@st.composite
def damaged(draw: st.DrawFn, target: Target) -> bytes:
    """A seed of the target, cut and mixed with others and with any bytes."""
    data = draw(st.sampled_from(target.seeds()))
    for _ in range(draw(st.integers(0, 3))):
        at, cut = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
        other = draw(st.sampled_from(target.seeds()))
        first = draw(st.integers(0, len(other)))
        new = draw(st.binary(max_size=8) | st.just(other[first : first + draw(st.integers(0, 60))]))
        data = data[:at] + new + data[at + cut :]
    return data[:LONGEST]


def try_many(target: Target, examples: int) -> None:
    """Examples by hypothesis, the same each time."""

    @settings(deadline=None, max_examples=examples, derandomize=True, database=None)
    @given(damaged(target) | st.binary(max_size=200))
    @example(b"")
    def holds(data: bytes) -> None:
        target.check(data)

    holds()


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_breaks_nothing_more(path: Path) -> None:
    NAMED[path.parent.name].check(path.read_bytes())


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_no_damage_to_what_laboratories_write_breaks_a_law(target: Target) -> None:
    try_many(target, 25)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"{target} by {ENGINE}")
def test_fuzzing_finds_nothing(target: Target, tmp_path: Path) -> None:
    if not HAS_ATHERIS:
        try_many(target, MANY)
        return

    ran = fuzz(target, tmp_path / target.name, f"-runs={target.runs}")

    assert ran.executions >= target.runs
    assert told(ran.findings) == []


def told(findings: Sequence[Path]) -> list[str]:
    """How each finding is kept: `python -m tests.fuzz.findings` makes it small."""
    return [f"python -m tests.fuzz.findings {path.parents[1].name} '{path}'" for path in findings]


def test_every_format_has_seeds_that_it_reads_to_their_end() -> None:
    for format_ in FORMATS:
        assert len(NAMED[format_.name].seeds()) > 5, format_.name


class _Raises(PlainText):
    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        raise IndexError(data[limits.leaves])


class _Overlaps(PlainText):
    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        return Columns([0, 1], [len(data), len(data)], bytearray(2), bytearray(2))


class _ReadsElsewhere(PlainText):
    def text(self, document: Document, leaf: int) -> Text:
        return Text("a", [0, len(document.data) + 1])


@pytest.mark.parametrize("format_", [_Raises(), _Overlaps(), _ReadsElsewhere()], ids=lambda one: type(one).__name__)
def test_a_format_that_breaks_a_law_is_found(format_: PlainText) -> None:
    target = Target("broken", partial(check_format, format_), lambda: [b"Bonjour"])

    assert broken(target, b"Bonjour") is not None
    assert len(smallest(target, b"Bonjour" * 9)) < 4


@pytest.mark.soak
@pytest.mark.skipif(not HAS_ATHERIS, reason="an hour without coverage finds little: pip install -e '.[test]'")
def test_an_hour_of_fuzzing_finds_nothing(tmp_path: Path) -> None:
    runs = [fuzz(target, tmp_path / target.name, f"-max_total_time={HOUR // len(TARGETS)}") for target in TARGETS]

    sys.stdout.write(f"\n{table(runs)}\n")
    assert [line for ran in runs for line in told(ran.findings)] == []
