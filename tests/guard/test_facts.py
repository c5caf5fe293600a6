"""Facts: they say of each record what became of it, they form a chain, and they split where they grow too long."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import SUBJECTS, Fact, Row, read_subjects
from schemas.vocabulary import Category, Urgency
from stream.core.values import Coordinate, Record
from stream.guard.facts import LIMIT, FactRow, Setting, chain, chain_breaks, outcome_hash, seen
from stream.guard.plan import Lane
from stream.guard.transport import Partition
from tests.support.guard import CARE, a_plan

LANE = Lane("care", Partition("in", 1))
SETTING = Setting(a_plan(), "breakers", 1_800_000_000)
RECORD = Record(Coordinate("in", 1, 42), b"key", b"value", (("h", b"1"),), 7)
SECRET = bytes(32)


def a_row(offset: int, padding: int = 0) -> FactRow:
    return FactRow(offset, "clear", (), "ab" * 16 + "c" * padding, seen({Category.HEALTH_RESULT: 3}, [offset.to_bytes(8)], Urgency.ROUTINE))


def read(written: tuple[bytes, ...]) -> list[Row]:
    return [row for each in written for row in Fact.model_validate_json(each).each()]


def test_a_fact_says_of_each_record_what_became_of_it() -> None:
    rows = [
        FactRow(
            40,
            "quarantine",
            ("found", "not_allowed"),
            "",
            seen({Category.PERSON_NAME: 2, Category.UNKNOWN: 1}, [b"subject1"], Urgency.CRITICAL),
        ),
        FactRow(43, "clear", (), "ab", seen({Category.UNKNOWN: 4}, [], Urgency.ROUTINE), "00ff"),
    ]

    (written,), _ = chain(rows, LANE, CARE, SETTING, "before")

    fact = Fact.model_validate_json(written)
    assert (fact.route, fact.topic, fact.partition, fact.first, fact.next) == ("care", "in", 1, 40, 44)
    assert (fact.destination, fact.bundle, fact.key, fact.previous, fact.at) == ("to.care", "bundle", "k1", "before", 1_800_000_000)
    assert [*fact.each()] == [
        Row(40, "quarantine", ("found", "not_allowed"), {"person.name": 2, "unknown": 1}, "", frozenset({b"subject1"}), 1, "critical", ""),
        Row(43, "clear", (), {"unknown": 4}, "ab", frozenset(), 0, "routine", "00ff"),
    ]


def test_each_fact_names_the_one_before_it() -> None:
    (first,), link = chain([a_row(0)], LANE, CARE, SETTING, "")
    (second,), _ = chain([a_row(1)], LANE, CARE, SETTING, link)

    assert Fact.model_validate_json(first).previous == ""
    assert Fact.model_validate_json(second).previous == link == hashlib.sha256(first).hexdigest()


def test_a_long_fact_is_split_into_contiguous_ranges_of_one_chain() -> None:
    rows = [a_row(offset, padding=1000) for offset in range(1000)]

    written, link = chain(rows, LANE, CARE, SETTING, "")

    ranges = [(fact.first, fact.next) for fact in map(Fact.model_validate_json, written)]
    assert len(written) > 1
    assert max(map(len, written)) <= LIMIT
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 1000
    assert all(one[1] == other[0] for one, other in pairwise(ranges))
    assert not chain_breaks(written)
    assert link == hashlib.sha256(written[-1]).hexdigest()
    assert [row.offset for row in read(written)] == [*range(1000)]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60, unique=True).map(sorted))
def test_however_it_is_split_each_row_is_there_once(offsets: list[int]) -> None:
    written, _ = chain([a_row(offset, padding=20_000) for offset in offsets], LANE, CARE, SETTING, "")

    assert [row.offset for row in read(written)] == offsets


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda links: [links[0], links[2]], id="one removed"),
        pytest.param(lambda links: [links[0], links[1].replace(b"clear", b"drop_"), links[2]], id="one changed"),
        pytest.param(lambda links: [links[0], links[2], links[1]], id="two swapped"),
        pytest.param(lambda links: [links[0], links[0], links[1]], id="one twice"),
    ],
)
def test_a_chain_that_was_touched_is_found_out(harm: object) -> None:
    links, link = list[bytes](), ""
    for offset in range(3):
        (fact,), link = chain([a_row(offset)], LANE, CARE, SETTING, link)
        links.append(fact)

    assert callable(harm)
    assert chain_breaks(harm(links))
    assert not chain_breaks(links)


def test_of_many_subjects_the_smallest_hashes_are_listed_and_all_are_counted() -> None:
    subjects = [hashlib.sha256(number.to_bytes(4)).digest()[:8] for number in range(10_000)]

    _, listed, persons, _ = seen({}, subjects, Urgency.ROUTINE)

    smallest = sorted(subjects)[:SUBJECTS]
    assert (read_subjects(listed), persons) == (frozenset(smallest), 10_000)
    estimate = (SUBJECTS - 1) / (int.from_bytes(smallest[-1]) / 2**64)
    assert estimate == pytest.approx(10_000, rel=0.2)


def test_the_hash_of_an_outcome_hangs_on_every_part_and_on_the_key() -> None:
    others = [
        Record(RECORD.coordinate, None, b"value", RECORD.headers, 7),
        Record(RECORD.coordinate, b"", b"keyvalue", RECORD.headers, 7),
        Record(RECORD.coordinate, b"key", None, RECORD.headers, 7),
        Record(RECORD.coordinate, b"key", b"value", (("h1", b""),), 7),
        Record(RECORD.coordinate, b"key", b"value", (("h", None),), 7),
        Record(RECORD.coordinate, b"key", b"value", RECORD.headers, 8),
    ]

    hashes = {outcome_hash(record, SECRET) for record in (RECORD, *others)} | {outcome_hash(RECORD, b"another key")}

    assert len(hashes) == len(others) + 2


def test_whoever_holds_the_key_can_check_the_record_that_was_sent() -> None:
    ours = (("pratique-verdict", b"clear"), ("pratique-source", b"c/in/1/42"))
    sent = Record(Coordinate("to.care", 1, 9), RECORD.key, RECORD.value, (*RECORD.headers, *ours), RECORD.timestamp)

    assert outcome_hash(sent, SECRET) == outcome_hash(RECORD, SECRET)
