"""The standing of a lane: written as what changed, read back as it was, and never in doubt about a bundle for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.exposure import Window, admit
from stream.errors import Halt
from stream.guard.plan import Lane
from stream.guard.standing import EARLIEST, PROBATION, Standings, State, Trial, written
from stream.guard.transport import Output, Partition
from tests.support.guard import CARE, RESEARCH, a_plan

IN = Partition("in", 0)
LANE = Lane("care", IN)
NOW = 1_800_000_000
SOURCE = a_plan(CARE, RESEARCH).sources["in"]


def restored(rows: dict[bytes, bytes]) -> State:
    standings = Standings()
    standings.restore(IN, SOURCE, rows)
    return standings.state(LANE)


def apply(rows: dict[bytes, bytes], outputs: list[Output]) -> None:
    rows.update((output.key or b"", output.value or b"") for output in outputs)


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 9)), max_size=60))
def test_what_was_written_step_by_step_reads_back_as_it_was(steps: list[tuple[int, int]]) -> None:
    rows: dict[bytes, bytes] = {}
    state, now = State(trial=Trial("bundle", "bundle")), NOW
    for number, (later, person) in enumerate(steps):
        now += later
        window, _ = admit(state.window, (person.to_bytes(8),), now, 5)
        after = State(window, f"link {number}", state.trial)
        apply(rows, [*written(LANE, state, after, "s")])
        state = after

    read = restored(rows)

    live = admit(read.window, (), now, 5)[0]
    assert live == admit(state.window, (), now, 5)[0]
    assert (read.previous, read.trial) == (state.previous, state.trial)


def test_only_what_changed_is_written_into_the_partition_of_the_source() -> None:
    before = State(admit(Window(), (b"subject1",), NOW, 5)[0])
    after = before._replace(window=admit(before.window, (b"subject2",), NOW + 600, 5)[0])

    outputs = [*written(Lane("care", Partition("in", 7)), before, after, "s")]

    assert [output.key for output in outputs] == [b"care/in/7/head", f"care/in/7/{(NOW + 600) // 300 % 13}".encode()]
    assert {(output.topic, output.partition) for output in outputs} == {("s", 7)}


def test_an_hour_later_a_row_is_written_over_and_not_added() -> None:
    keys = set()
    state = State()
    for hour in range(40):
        after = State(admit(state.window, (hour.to_bytes(8),), NOW + hour * 1500, 50)[0])
        keys |= {output.key for output in written(LANE, state, after, "s")}
        state = after

    assert len(keys) == 14


def test_a_lane_without_rows_begins_afresh_and_believes_its_bundle() -> None:
    assert restored({}) == State(trial=Trial("bundle", "bundle"))


def test_lanes_do_not_read_each_others_rows() -> None:
    rows: dict[bytes, bytes] = {}
    for lane in (Lane("care", Partition("in", 1)), Lane("research", IN), Lane("care", Partition("in.0", 0))):
        apply(rows, [*written(lane, State(), State(previous="link"), "s")])

    assert restored(rows).previous == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"care/in/0/head", b""),
        (b"care/in/0/head", b'{"schema":2}'),
        (b"care/in/0/3", b'{"schema":1,"slice":3,"subjects":"****"}'),
        (b"care/in/0/3", b'{"schema":1,"slice":3,"subjects":"YWJj"}'),
    ],
)
def test_rows_that_cannot_be_read_halt(key: bytes, value: bytes) -> None:
    with pytest.raises(Halt):
        restored({key: value})


@pytest.mark.parametrize(
    ("seen", "held", "fails", "why"),
    [
        (EARLIEST - 1, EARLIEST - 1, False, "too early to say"),
        (EARLIEST, EARLIEST // 2, False, "half is the most that may be held"),
        (EARLIEST, EARLIEST // 2 + 1, True, "more than half"),
        (PROBATION, 0, False, "nothing held"),
    ],
)
def test_a_bundle_on_trial_fails_when_it_holds_too_much(seen: int, held: int, fails: bool, why: str) -> None:
    assert Trial("old", "new").after(seen, held).failed(0.5) is fails, why


def test_a_trial_ends_believed_begins_anew_for_each_bundle_and_is_not_held_for_the_first() -> None:
    assert Trial("old", "new").after(PROBATION, 0).passed() == Trial("new", "new")
    assert Trial("old", "new").after(PROBATION - 1, 0).passed() != Trial("new", "new")
    assert Trial("old", "new", 40, 40).facing("newer") == Trial("old", "newer")
    assert Trial("old", "new", 40, 40).facing("new") == Trial("old", "new", 40, 40)
    assert Trial("old", "new", 40, 40).facing("old") == Trial("old", "old")
    assert Trial("", "").facing("first").after(100, 100) == Trial("first", "first")
