"""A range found unfinished at two starts is suspect, until its records are committed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.values import Coordinate, Record
from stream.errors import Unavailable
from stream.guard.ledger import Ledger
from stream.guard.transport import Partition

IN = Partition("in", 0)


def records(first: int, after: int, partition: int = 0) -> list[Record]:
    return [Record(Coordinate("in", partition, offset), None, b"") for offset in range(first, after)]


def suspects(path: Path, offsets: range = range(12)) -> list[int]:
    ledger = Ledger(path)
    return [offset for offset in offsets if ledger.suspect(Coordinate("in", 0, offset))]


def die_with(path: Path, first: int, after: int) -> None:
    """A process that dies with these records in hand."""
    ledger = Ledger(path)
    ledger.start(records(first, after))
    ledger.close()


def test_a_batch_found_unfinished_once_is_simply_tried_again(tmp_path: Path) -> None:
    die_with(tmp_path / "ledger", 3, 6)

    assert suspects(tmp_path / "ledger") == []


def test_a_batch_found_unfinished_twice_is_suspect(tmp_path: Path) -> None:
    die_with(tmp_path / "ledger", 3, 6)
    die_with(tmp_path / "ledger", 3, 6)

    assert suspects(tmp_path / "ledger") == [3, 4, 5]


def test_a_suspicion_outlives_batches_that_are_cut_differently(tmp_path: Path) -> None:
    die_with(tmp_path / "ledger", 3, 9)
    die_with(tmp_path / "ledger", 3, 5)

    assert suspects(tmp_path / "ledger") == [3, 4]

    ledger = Ledger(tmp_path / "ledger")
    ledger.start(records(3, 5))
    ledger.finish({IN: 5})
    ledger.start(records(5, 9))
    ledger.close()

    assert suspects(tmp_path / "ledger") == [5, 6, 7, 8]


def test_what_was_committed_is_no_longer_suspect(tmp_path: Path) -> None:
    die_with(tmp_path / "ledger", 3, 6)
    die_with(tmp_path / "ledger", 3, 6)
    ledger = Ledger(tmp_path / "ledger")
    ledger.start(records(3, 6))

    ledger.finish({IN: 5})

    assert [ledger.suspect(Coordinate("in", 0, offset)) for offset in (4, 5)] == [False, True]


def test_a_start_that_takes_nothing_in_hand_counts_for_nothing(tmp_path: Path) -> None:
    die_with(tmp_path / "ledger", 3, 6)
    for _ in range(5):
        Ledger(tmp_path / "ledger").close()

    assert suspects(tmp_path / "ledger") == []


def test_partitions_are_suspected_apart(tmp_path: Path) -> None:
    for partition in (0, 1):
        ledger = Ledger(tmp_path / "ledger")
        ledger.start(records(3, 6, partition))
        ledger.close()

    ledger = Ledger(tmp_path / "ledger")
    assert not ledger.suspect(Coordinate("in", 0, 3))
    assert not ledger.suspect(Coordinate("in", 1, 3))
    assert not ledger.suspect(Coordinate("other", 0, 3))


@given(st.binary(max_size=60))
def test_a_file_that_cannot_be_read_is_forgotten(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger"
    path.write_bytes(content)

    ledger = Ledger(path)
    ledger.start(records(0, 1))
    ledger.close()

    assert suspects(path) == []


def test_a_shorter_line_hides_the_longer_one_before_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.start([*records(0, 5, 0), *records(0, 5, 1), *records(0, 5, 2)])
    ledger.start(records(7, 9))
    ledger.close()
    die_with(tmp_path / "ledger", 7, 9)

    assert suspects(tmp_path / "ledger") == [7, 8]


def test_a_disk_that_takes_nothing_is_waited_for(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.close()

    with pytest.raises(Unavailable):
        ledger.start(records(0, 1))
