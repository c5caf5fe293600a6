"""The contract of `splice`; a native build runs through the same tests."""

from collections.abc import Callable, Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.kernels.splice import splice
from stream.core.values import Edit

Splice = Callable[[bytes, Iterable[Edit]], bytes]


@pytest.fixture(params=[splice], ids=["python"], scope="module")
def kernel(request: pytest.FixtureRequest) -> Splice:
    """Every build of the kernel."""
    build: Splice = request.param
    return build


CASES = [
    (b"abcdef", [], b"abcdef", "nothing to do"),
    (b"abcdef", [Edit(1, 3, b"XYZ")], b"aXYZdef", "longer than what was there"),
    (b"abcdef", [Edit(1, 3, b"")], b"adef", "nothing in its place"),
    (b"abcdef", [Edit(0, 6, b"-")], b"-", "all of it"),
    (b"abcdef", [Edit(6, 6, b"g")], b"abcdefg", "at the end"),
    (b"abcdef", [Edit(3, 3, b"-")], b"abc-def", "an insertion"),
    (b"abcdef", [Edit(2, 4, b"1"), Edit(4, 6, b"2")], b"ab12", "side by side"),
    (b"abcdef", [Edit(4, 6, b"2"), Edit(0, 1, b"1")], b"1bcd2", "in any order"),
]


@pytest.mark.parametrize(("data", "edits", "expected", "reason"), CASES, ids=[case[3] for case in CASES])
def test_spans_are_replaced(kernel: Splice, data: bytes, edits: list[Edit], expected: bytes, reason: str) -> None:
    assert kernel(data, edits) == expected


WRONG = [
    ([Edit(0, 3, b""), Edit(2, 4, b"")], "overlap"),
    ([Edit(0, 4, b""), Edit(1, 2, b"")], "one within another"),
    ([Edit(3, 2, b"")], "ends before it starts"),
    ([Edit(4, 9, b"")], "leaves the data"),
    ([Edit(-1, 2, b"")], "begins before the data"),
]


@pytest.mark.parametrize(("edits", "reason"), WRONG, ids=[case[1] for case in WRONG])
def test_edits_that_cannot_be_meant_are_refused_without_saying_what_they_hold(kernel: Splice, edits: list[Edit], reason: str) -> None:
    with pytest.raises(ValueError, match="overlap or leave"):
        kernel(b"abcdef", edits)


@st.composite
def spliced(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """Data and edits that do not overlap."""
    data = draw(st.binary(max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8, unique=True)))
    spans = zip(cuts[::2], cuts[1::2], strict=False)
    return data, [Edit(start, end, draw(st.binary(max_size=5))) for start, end in spans]


@given(spliced())
def test_it_is_each_edit_from_the_last_to_the_first(case: tuple[bytes, list[Edit]]) -> None:
    data, edits = case
    expected = data
    for edit in reversed(edits):
        expected = expected[: edit.start] + edit.new + expected[edit.end :]

    assert splice(data, edits) == expected


@given(spliced(), st.randoms(use_true_random=False))
def test_the_order_of_the_edits_does_not_matter(case: tuple[bytes, list[Edit]], chance: Random) -> None:
    data, edits = case
    shuffled = [*edits]
    chance.shuffle(shuffled)

    assert splice(data, shuffled) == splice(data, edits)


@given(spliced())
def test_edits_that_write_what_is_there_change_nothing(case: tuple[bytes, list[Edit]]) -> None:
    data, edits = case

    assert splice(data, [edit._replace(new=data[edit.start : edit.end]) for edit in edits]) == data
