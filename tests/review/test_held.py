"""What is told of held records without any key: all of them, each once, and none that is decided."""

import random
from pathlib import Path

import pytest

from schemas.topics import Purpose
from stream.guard.reader import Row
from stream.review.address import Address
from stream.review.address import address as read_address
from stream.review.held import State, pick, read_held, urgent_first
from tests.support.review import NOW, Reviewed, held_key, place, reviewed

PARTS = 3


@pytest.fixture
def lab(tmp_path: Path) -> Reviewed:
    return reviewed(tmp_path, partitions=2)


def states(lab: Reviewed) -> dict[int, State]:
    return {held.address.offset: held.state for held in read_held(lab.site)}


def in_parts(lab: Reviewed, offset: int) -> Address:
    return lab.hold(offset, b"x" * 2000, max_bytes=1700)


def test_what_is_held_is_found_on_every_partition_and_what_is_decided_is_not(lab: Reviewed) -> None:
    kept, gone, other = lab.hold(1), lab.hold(2), lab.hold(1, partition=1, route="research")
    lab.decide(gone)

    assert [held.address for held in read_held(lab.site)] == [kept, other]
    assert [held.address for held in read_held(lab.site, [1])] == [other]


def test_what_is_told_is_what_the_seal_and_the_guard_say(lab: Reviewed) -> None:
    lab.hold(1, reasons=("found", "not_allowed"), urgency="critical", status="corrected", sequence="cd" * 8, at=NOW + 5)

    (held,) = read_held(lab.site)

    assert (held.about.reasons, held.about.urgency, held.about.status) == (("found", "not_allowed"), "critical", "corrected")
    assert (held.about.sequence, held.since, held.wanted_parts) == ("cd" * 8, NOW + 5, 1)


def test_the_state_tells_why_a_record_stays(lab: Reviewed) -> None:
    lab.hold(1)
    lab.hold(2, reasons=("parked",))
    lab.hold(3, reasons=("breaker_open",), backlog=True)
    lab.hold(4, reasons=("parked",), superseded=9)

    assert states(lab) == {1: State.HELD, 2: State.PARKED, 3: State.BACKLOG, 4: State.SUPERSEDED}


def test_a_seal_in_parts_is_one_record(lab: Reviewed) -> None:
    in_parts(lab, 1)

    (held,) = read_held(lab.site)

    assert (held.state, len(held.parts), held.wanted_parts) == (State.HELD, PARTS, PARTS)


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_seal_that_lost_a_part_is_torn_and_not_hidden(part: int, lab: Reviewed) -> None:
    held = in_parts(lab, 1)
    key = str(held).encode() + (b"" if part == 1 else b"/%d" % part)
    lab.admin.put(lab.topic(Purpose.QUARANTINE), key, None)

    assert states(lab) == {1: State.TORN}


def test_what_is_no_seal_is_torn_and_not_hidden(lab: Reviewed) -> None:
    held = lab.hold(1, urgency="critical")
    lab.admin.put(lab.topic(Purpose.QUARANTINE), str(held).encode(), b"scribbled over")

    (found,) = read_held(lab.site)

    assert (found.state, found.about.urgency, found.openable) == (State.TORN, "critical", False)


def test_a_seal_that_was_moved_is_told(lab: Reviewed) -> None:
    one, other = lab.hold(1), lab.hold(2)
    seals = {row.key: row.value for row in lab.admin.read(lab.topic(Purpose.QUARANTINE))}
    lab.admin.put(lab.topic(Purpose.QUARANTINE), str(one).encode(), seals[str(other).encode()])

    assert states(lab) == {1: State.MISPLACED, 2: State.HELD}


def test_a_record_whose_seal_is_gone_is_told(lab: Reviewed) -> None:
    held = lab.hold(1)
    lab.admin.put(lab.topic(Purpose.QUARANTINE), str(held).encode(), None)

    assert states(lab) == {1: State.UNSEALED}


def test_a_seal_that_the_guard_knows_nothing_of_is_told(lab: Reviewed) -> None:
    held = lab.hold(1)
    lab.admin.put(lab.topic(Purpose.STANDING), held_key(held), None)

    assert states(lab) == {1: State.STRAY}


def test_rows_that_cannot_be_read_hide_no_seal(lab: Reviewed) -> None:
    held = lab.hold(1)
    lab.admin.put(lab.topic(Purpose.STANDING), held_key(held), b"not a row")
    lab.admin.put(lab.topic(Purpose.STANDING), b"insurer/lis.results/0/head", b"not a row")
    lab.admin.put(lab.topic(Purpose.QUARANTINE), b"not an address", b"not a seal")

    assert states(lab) == {1: State.STRAY}


def test_a_record_that_is_decided_while_we_read_is_not_out_of_order(lab: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    held = lab.hold(1)
    read = lab.admin.read

    def decided_between(topic: str, partitions: object = None) -> object:
        if topic == lab.topic(Purpose.QUARANTINE):
            monkeypatch.setattr(lab.admin, "read", read)
            lab.decide(held)
        return read(topic)

    monkeypatch.setattr(lab.admin, "read", decided_between)

    assert read_held(lab.site) == ()


def test_a_record_that_is_held_while_we_read_is_not_out_of_order(lab: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    read = lab.admin.read

    def held_between(topic: str, partitions: object = None) -> object:
        if topic == lab.topic(Purpose.QUARANTINE):
            monkeypatch.setattr(lab.admin, "read", read)
            lab.hold(1)
        return read(topic)

    monkeypatch.setattr(lab.admin, "read", held_between)

    assert states(lab) == {1: State.HELD}


def test_the_most_urgent_comes_first_then_corrections_then_the_oldest(lab: Reviewed) -> None:
    lab.hold(1, at=NOW + 1)
    lab.hold(2, at=NOW)
    lab.hold(3, at=NOW + 9, status="corrected")
    lab.hold(4, at=NOW + 9, urgency="urgent")
    lab.hold(5, at=NOW + 9, urgency="critical")
    lab.hold(6, at=NOW + 9, urgency="urgent", status="corrected")
    found = [*read_held(lab.site)]
    random.Random(1).shuffle(found)

    assert [held.address.offset for held in sorted(found, key=urgent_first)] == [5, 6, 4, 3, 2, 1]


def test_the_parts_are_picked_by_the_keys_at_which_they_stand(lab: Reviewed) -> None:
    in_parts(lab, 1)
    lab.hold(2, partition=1)
    found = read_held(lab.site)

    picked = pick(lab.site, found)

    assert {held: len(parts) for held, parts in picked.items()} == {found[0].address: PARTS, found[1].address: 1}


def test_a_seal_that_was_decided_meanwhile_is_not_picked(lab: Reviewed) -> None:
    lab.hold(1)
    found = read_held(lab.site)
    (gone,) = (row.offset for row in lab.admin.partition(place(lab, Purpose.QUARANTINE)))
    rows = lab.admin.partition(place(lab, Purpose.QUARANTINE))
    rows[gone] = Row(rows[gone].place, gone, rows[gone].key, None)

    assert pick(lab.site, found) == {}


@pytest.mark.parametrize("written", ["insurer/lis.results/0", "insurer/lis.results/0/x", "insurer/lis.results/-1/2", "", "a/b/c/d/1"])
def test_what_is_no_coordinate_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # any will do: the caller says what is wrong
        read_address(written)


def test_an_address_is_read_as_it_is_printed() -> None:
    assert read_address(str(Address("insurer", "a.b", 3, 14))) == Address("insurer", "a.b", 3, 14)
