"""Who catches up and who waits."""

from stream.guard.pauses import BEHIND, CAUGHT_UP, UNSURE, Pauses
from stream.guard.transport import Partition

NOW = 1_800_000_000
ONE, TWO = Partition("in", 0), Partition("in", 1)


def test_a_new_partition_far_behind_catches_up_until_it_is_there() -> None:
    pauses = Pauses()
    pauses.assigned([ONE])

    seen = []
    for lag in (BEHIND, BEHIND // 2, CAUGHT_UP + 1, CAUGHT_UP, BEHIND):
        pauses.weigh({ONE: lag}, NOW)
        seen.append(ONE in pauses.behind)

    assert seen == [True, True, True, False, False]


def test_a_new_partition_counts_as_behind_until_its_lag_is_known() -> None:
    pauses = Pauses()
    pauses.assigned([ONE])

    pauses.weigh({}, NOW)
    unknown = pauses.behind
    pauses.weigh({ONE: 0}, NOW)

    assert unknown == {ONE}
    assert pauses.behind == set()


def test_live_records_never_make_a_partition_catch_up() -> None:
    pauses = Pauses()
    pauses.assigned([ONE])
    pauses.weigh({ONE: 0}, NOW)

    pauses.weigh({ONE: 100 * BEHIND}, NOW)

    assert pauses.behind == set()


def test_after_an_outage_every_partition_counts_as_behind_until_its_lag_is_sure() -> None:
    pauses = Pauses()
    pauses.assigned([ONE, TWO])
    pauses.weigh({ONE: 0, TWO: 0}, NOW)
    pauses.outage(NOW)

    pauses.weigh({ONE: 0, TWO: 0}, NOW + UNSURE - 1)
    unsure = pauses.behind
    pauses.weigh({ONE: BEHIND, TWO: BEHIND - 1}, NOW + UNSURE)

    assert unsure == {ONE, TWO}
    assert pauses.behind == {ONE}


def test_a_wait_is_over_at_its_second_and_is_then_forgotten() -> None:
    pauses = Pauses()
    pauses.assigned([ONE])
    pauses.wait({ONE: 100})

    assert pauses.due(99) == ()
    assert pauses.due(100) == (ONE,)
    assert pauses.due(100) == ()


def test_a_wait_is_over_when_the_partition_turns_out_not_to_be_behind() -> None:
    pauses = Pauses()
    pauses.assigned([ONE])
    pauses.wait({ONE: 100})

    pauses.weigh({ONE: 3}, NOW)

    assert pauses.due(0) == (ONE,)


def test_a_partition_that_is_gone_neither_waits_nor_catches_up() -> None:
    pauses = Pauses()
    pauses.assigned([ONE])
    pauses.weigh({ONE: BEHIND}, NOW)
    pauses.wait({ONE: 100})

    pauses.revoked([ONE])

    assert not pauses.behind
    assert not pauses.full
