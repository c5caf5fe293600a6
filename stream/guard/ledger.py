"""Remembers across a crash which records were in hand: the ranges of a batch go to a small file before it is judged.

A range found unfinished at two starts is suspect: one of its records may kill the process, and the loop has each tried in a child first.
The file outlives the process, which is all that is asked of it, so it is not synced: 2 us a batch instead of a turn of the disk.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from stream.core.values import Coordinate, Record
from stream.errors import Unavailable
from stream.guard.transport import Partition

SUSPECT = 2
"""Starts that find a range unfinished before its records are tried one by one."""


class Range(NamedTuple):
    """Records of one partition from `first` to before `next`. `found`: starts that found it unfinished."""

    topic: str
    partition: int
    first: int
    next: int
    found: int = 0


class Ledger:
    """The file of one worker, one line. What cannot be read of it is forgotten: it costs one more try."""

    def __init__(self, path: Path) -> None:
        self._found = [each._replace(found=each.found + 1) for each in _read(path)]
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)

    def suspect(self, coordinate: Coordinate) -> bool:
        """Whether the record is of a range that was found unfinished twice."""
        return any(each.found >= SUSPECT and _covers(each, coordinate) for each in self._found)

    def start(self, records: Iterable[Record]) -> None:
        """These records are in hand now; what was found before and comes after them waits as it was. Raises Unavailable."""
        hand = [each._replace(found=self._times_found(each)) for each in _ranges(records)]
        waiting = [each._replace(found=each.found - 1) for each in self._beyond({Partition(r.topic, r.partition): r.next for r in hand})]
        line = json.dumps([*hand, *waiting], separators=(",", ":")) + "\n"
        try:
            os.pwrite(self._file, line.encode(), 0)
        except OSError:
            raise Unavailable("the ledger cannot be written") from None

    def finish(self, following: Mapping[Partition, int]) -> None:
        """The records before these offsets are committed. The file may keep them: committed records never come back."""
        self._found = self._beyond(following)

    def close(self) -> None:
        os.close(self._file)

    def _times_found(self, hand: Range) -> int:
        return max((each.found for each in self._found if _overlap(each, hand)), default=0)

    def _beyond(self, following: Mapping[Partition, int]) -> list[Range]:
        """What was found, without the offsets before these."""
        cut = (each._replace(first=max(each.first, following.get(Partition(each.topic, each.partition), 0))) for each in self._found)
        return [each for each in cut if each.first < each.next]


def _ranges(records: Iterable[Record]) -> Iterator[Range]:
    ends: dict[Partition, tuple[int, int]] = {}
    for record in records:
        topic, partition, offset = record.coordinate
        first, _ = ends.get(Partition(topic, partition), (offset, offset))
        ends[Partition(topic, partition)] = (first, offset + 1)
    return (Range(*place, *span) for place, span in ends.items())


def _covers(each: Range, coordinate: Coordinate) -> bool:
    return (each.topic, each.partition) == coordinate[:2] and each.first <= coordinate.offset < each.next


def _overlap(one: Range, other: Range) -> bool:
    return one[:2] == other[:2] and one.first < other.next and other.first < one.next


def _read(path: Path) -> list[Range]:
    """The first line; a shorter line leaves the rest of a longer one behind it."""
    line = path.read_bytes().partition(b"\n")[0] if path.exists() else b"[]"
    try:
        rows = json.loads(line)
        return [Range(str(topic), int(partition), int(first), int(after), int(found)) for topic, partition, first, after, found in rows]
    except (ValueError, TypeError):
        return []
