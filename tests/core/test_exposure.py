"""The window of distinct subjects: its bound holds in every hour, a replay adds nothing, and nothing is counted twice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.exposure import SLICE, SLICES, Slice, Window, admit, current, frees, share, window

NOW = 1_800_000_000
HOUR = SLICE * SLICES

a_subject = st.integers(0, 12).map(lambda number: number.to_bytes(8))
a_step = st.tuples(st.integers(0, HOUR // 2), st.lists(a_subject, max_size=4).map(tuple))
some_steps = st.lists(a_step, max_size=40)


def subject(number: int) -> bytes:
    return number.to_bytes(8)


def admit_all(state: Window, numbers: range, now: int, limit: int) -> tuple[Window, list[bool]]:
    answers = []
    for number in numbers:
        state, admitted = admit(state, (subject(number),), now, limit)
        answers.append(admitted)
    return state, answers


@given(some_steps, st.integers(0, 8))
def test_no_hour_ever_shows_more_than_the_limit(steps: list[tuple[int, tuple[bytes, ...]]], limit: int) -> None:
    state, now, shown = Window(), NOW, list[tuple[int, tuple[bytes, ...]]]()

    for later, subjects in steps:
        now += later
        state, admitted = admit(state, subjects, now, limit)
        if admitted:
            shown.append((now, subjects))

    for at, _ in shown:
        within = {each for seconds, subjects in shown if at - HOUR <= seconds <= at for each in subjects}
        assert len(within) <= limit


@given(some_steps, st.integers(0, 8))
def test_a_replay_adds_nothing(steps: list[tuple[int, tuple[bytes, ...]]], limit: int) -> None:
    state, now = Window(), NOW
    for later, subjects in steps:
        now += later
        state, admitted = admit(state, subjects, now, limit)

        again, admitted_again = admit(state, subjects, now, limit)

        assert (state, admitted) == (again, admitted_again)


@given(some_steps, st.integers(0, 8))
def test_a_window_comes_back_from_its_slices_in_any_order(steps: list[tuple[int, tuple[bytes, ...]]], limit: int) -> None:
    state, now = Window(), NOW
    for later, subjects in steps:
        now += later
        state, _ = admit(state, subjects, now, limit)

    assert window(reversed(state.slices)) == state
    assert all(earlier.number < later.number for earlier, later in pairwise(state.slices))
    assert len(state.slices) <= SLICES + 1


@given(st.integers(0, 10_000), st.integers(1, 64))
def test_the_shares_of_all_partitions_make_the_cap(cap: int, partitions: int) -> None:
    shares = [share(cap, partitions, partition) for partition in range(partitions)]

    assert sum(shares) == cap
    assert max(shares) - min(shares) <= 1


def test_the_subject_after_the_last_is_already_refused() -> None:
    _, answers = admit_all(Window(), range(4), NOW, 3)

    assert answers == [True, True, True, False]


def test_a_known_subject_costs_nothing() -> None:
    state, _ = admit_all(Window(), range(3), NOW, 3)

    assert admit(state, (subject(1),), NOW + SLICE, 3)[1]


def test_a_known_subject_passes_even_after_the_limit_was_lowered() -> None:
    state, _ = admit_all(Window(), range(3), NOW, 3)

    assert admit(state, (subject(1),), NOW, 1)[1]
    assert not admit(state, (subject(9),), NOW, 1)[1]


def test_a_record_with_more_subjects_than_are_left_counts_none_of_them() -> None:
    state, _ = admit_all(Window(), range(2), NOW, 3)

    after, admitted = admit(state, (subject(7), subject(8)), NOW, 3)

    assert not admitted
    assert after == state


def test_a_record_about_nobody_is_admitted_by_a_full_window() -> None:
    state, _ = admit_all(Window(), range(3), NOW, 3)

    assert admit(state, (), NOW, 3) == (state, True)


def test_a_subject_seen_again_stays_for_another_hour() -> None:
    state, _ = admit(Window(), (subject(1),), NOW, 1)
    state, _ = admit(state, (subject(1),), NOW + HOUR, 1)

    assert not admit(state, (subject(2),), NOW + HOUR + 2 * SLICE, 1)[1]


def test_the_window_frees_when_its_oldest_slice_leaves() -> None:
    state, _ = admit(Window(), (subject(1),), NOW, 1)

    assert not admit(state, (subject(2),), frees(state) - 1, 1)[1]
    assert admit(state, (subject(2),), frees(state), 1)[1]
    assert frees(Window()) == 0


def test_a_clock_that_goes_back_brings_nothing_back_and_forgets_nothing() -> None:
    state, _ = admit(Window(), (subject(1),), NOW, 2)
    state, _ = admit(state, (subject(2),), NOW + 2 * HOUR, 2)

    after, admitted = admit(state, (subject(3),), NOW, 2)

    assert admitted
    assert after.known == {subject(2), subject(3)}
    assert not admit(after, (subject(1),), NOW, 2)[1]


def test_an_untouched_window_is_the_same_object() -> None:
    state, _ = admit(Window(), (subject(1),), NOW, 2)

    assert admit(state, (subject(1),), NOW, 2)[0] is state
    assert current(state, NOW) is state


@pytest.mark.parametrize("shown", [Slice(1, frozenset({subject(1)})), window([Slice(1, frozenset({subject(1)}))])])
def test_no_subject_is_printed(shown: object) -> None:
    assert "\\x" not in repr(shown)
