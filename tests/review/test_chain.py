"""The chain of facts: the first one that was removed, changed or moved is named, wherever it stands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.topics import Purpose
from stream.guard.reader import Row
from stream.review.address import Lane
from stream.review.audit import in_words, verified
from stream.review.chain import How, Verified
from tests.support.review import SOURCE, Facts, Reviewed, place, reviewed
from tests.support.review import act as a_human

LANE = Lane("insurer", SOURCE, 0)
Tampering = Callable[[list[Row]], None]


@pytest.fixture
def lab(tmp_path: Path) -> Reviewed:
    return reviewed(tmp_path, partitions=2)


def a_chain(lab: Reviewed) -> Facts:
    """Six facts: four of the guard, of ten records each and with no gap between, and two of people at offsets 2 and 4."""
    facts = Facts(lab)
    facts.judged(0, 10)
    facts.judged(10, 10)
    facts.human(3, a_human())
    facts.judged(20, 10)
    facts.human(4, a_human())
    facts.judged(30, 10)
    return facts


def found(lab: Reviewed) -> Verified:
    (lane,) = verified(lab.site)
    return lane


def tamper(lab: Reviewed, change: Tampering) -> None:
    """What somebody does who can write the topic anew."""
    at = place(lab, Purpose.FACTS)
    rows = [*lab.admin.partition(at)]
    change(rows)
    lab.admin.partition(at)[:] = [Row(at, number, row.key, row.value) for number, row in enumerate(rows)]


def put_into(rows: list[Row], number: int, old: bytes, new: bytes) -> None:
    row = rows[number]
    assert row.value is not None
    assert old in row.value
    rows[number] = row._replace(value=row.value.replace(old, new))


def swap(rows: list[Row], one: int, other: int) -> None:
    rows[one], rows[other] = rows[other], rows[one]


def test_a_chain_that_nobody_touched_is_whole(lab: Reviewed) -> None:
    facts = a_chain(lab)

    assert found(lab) == Verified(LANE, 6, 0, True, None, facts.previous)
    assert in_words(found(lab)) == "whole: 6 facts from the beginning"


TAMPERINGS: list[tuple[str, Tampering, How, int]] = [
    ("the first of the guard's", lambda rows: put_into(rows, 0, b'"engine":"0"', b'"engine":"1"'), How.CHANGED, 0),
    ("one in the middle", lambda rows: put_into(rows, 1, b'"clear"', b'"redact"'), How.CHANGED, 1),
    ("a person's act", lambda rows: put_into(rows, 2, b'"clinical_need"', b'"other"'), How.CHANGED, 2),
    ("what it says of the one before", lambda rows: put_into(rows, 3, b'"previous":"', b'"previous":"0'), How.CHANGED, 3),
    ("into something unreadable", lambda rows: put_into(rows, 3, b"{", b"["), How.CHANGED, 3),
    ("one of the guard's", lambda rows: rows.__delitem__(1), How.REMOVED, 1),
    ("two neighbours", lambda rows: swap(rows, 2, 3), How.REORDERED, 2),
    ("one that was brought forward", lambda rows: rows.insert(1, rows.pop(4)), How.REORDERED, 1),
    ("one that was put off", lambda rows: rows.insert(4, rows.pop(1)), How.REORDERED, 1),
    ("one that stands twice", lambda rows: rows.insert(3, rows[2]), How.REPEATED, 3),
    ("the last one", lambda rows: rows.__delitem__(-1), How.TRUNCATED, 4),
    ("the last two", lambda rows: rows.__delitem__(slice(-2, None)), How.TRUNCATED, 3),
    ("the last one, changed", lambda rows: put_into(rows, 5, b'"engine":"0"', b'"engine":"1"'), How.TRUNCATED, 5),
    ("all of them", lambda rows: rows.clear(), How.TRUNCATED, -1),
    ("one of another route", lambda rows: put_into(rows, 3, b'"route":"insurer"', b'"route":"research"'), How.MISPLACED, 3),
]


@pytest.mark.parametrize(("change", "how", "offset"), [row[1:] for row in TAMPERINGS], ids=[row[0] for row in TAMPERINGS])
def test_the_first_fact_that_is_not_as_it_was_is_named(change: Tampering, how: How, offset: int, lab: Reviewed) -> None:
    a_chain(lab)

    tamper(lab, change)

    lane = found(lab)
    assert lane.broken is not None
    assert (lane.lane, lane.broken.how, lane.broken.offset) == (LANE, how, offset)
    assert f"offset {offset}" in in_words(lane) or offset < 0


def test_a_removed_act_of_a_person_is_found_next_to_its_place(lab: Reviewed) -> None:
    """Records cannot tell it from a change of the fact before it."""
    a_chain(lab)

    tamper(lab, lambda rows: rows.__delitem__(2))

    lane = found(lab)
    assert lane.broken is not None
    assert (lane.broken.how, lane.broken.offset) == (How.CHANGED, 1)
    assert "or a person's act next to it was removed" in in_words(lane)


@pytest.mark.parametrize(("number", "gap"), [(1, (10, 20)), (3, (20, 30))])
def test_a_removed_fact_is_told_by_the_records_that_none_tells_of(number: int, gap: tuple[int, int], lab: Reviewed) -> None:
    a_chain(lab)

    tamper(lab, lambda rows: rows.__delitem__(number))

    broken = found(lab).broken
    assert broken is not None
    assert (broken.how, broken.offset, broken.before, broken.gap) == (How.REMOVED, number, number - 1, gap)
    assert f"no fact tells of records {gap[0]} to {gap[1] - 1}" in in_words(found(lab))


def test_retention_breaks_no_chain(lab: Reviewed) -> None:
    a_chain(lab)

    tamper(lab, lambda rows: rows.__delitem__(slice(0, 2)))

    lane = found(lab)
    assert (lane.broken, lane.whole, lane.facts) == (None, False, 4)
    assert "what was before is expired" in in_words(lane)


def test_a_lane_that_the_standing_does_not_know_has_no_proven_end(lab: Reviewed) -> None:
    a_chain(lab)
    lab.admin.put(lab.topic(Purpose.STANDING), f"{LANE}/head".encode(), None)

    lane = found(lab)

    assert lane.broken is not None
    assert lane.broken.how is How.HEADLESS


def test_a_head_that_cannot_be_read_is_the_head_of_no_fact(lab: Reviewed) -> None:
    a_chain(lab)
    lab.admin.put(lab.topic(Purpose.STANDING), f"{LANE}/head".encode(), b"scribbled over")

    lane = found(lab)

    assert lane.broken is not None
    assert lane.broken.how is How.TRUNCATED


def test_each_lane_is_a_chain_of_its_own(lab: Reviewed) -> None:
    lanes = {(route, number): Facts(lab, route, number) for route in ("insurer", "research") for number in (0, 1)}
    for first in range(3):
        for facts in lanes.values():
            facts.judged(first)
    tamper(lab, lambda rows: put_into(rows, 2, b'"engine":"0"', b'"engine":"1"'))

    assert [(str(each.lane), each.broken is None) for each in verified(lab.site)] == [
        (f"insurer/{SOURCE}/0", False),
        (f"insurer/{SOURCE}/1", True),
        (f"research/{SOURCE}/0", True),
        (f"research/{SOURCE}/1", True),
    ]


def test_facts_that_are_written_while_we_read_break_no_chain(lab: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = a_chain(lab)
    read = lab.admin.read

    def written_between(topic: str, partitions: object = None) -> object:
        if topic == lab.topic(Purpose.FACTS):
            facts.judged(40, 10)
        return read(topic)

    monkeypatch.setattr(lab.admin, "read", written_between)

    assert found(lab).broken is None
