"""What the heads of columns say, if a line is heads. Called by what looks for a table."""

import re
from functools import lru_cache
from typing import NamedTuple

from stream.core.decode.csv.cells import plain, values
from stream.core.decode.csv.kinds import Kind, kind
from stream.core.decode.names import ROOT, Entry
from stream.core.roles import INDEX

_KEY = INDEX["key"]
_LONGEST = 1 << 16  # bytes; what is longer is no line of heads
_HEAD = re.compile(rb"(?!.*[=\"]).{1,64}")
_NAMES = frozenset({Kind.TEXT, Kind.CODE})


class Heads(NamedTuple):
    """A line that may be heads."""

    entries: tuple[Entry | None, ...]  # what the dictionary says of each; None for a name that it does not know
    filled: tuple[bool, ...]
    known: int  # how many the dictionary knows

    @property
    def trusted(self) -> bool:
        """Whether they are heads for sure, also those that nobody knows; else such a one may be a value."""
        return self.known * 2 > sum(self.filled)


@lru_cache(maxsize=64)
def heads(line: bytes, separator: bytes) -> Heads | None:
    """The heads in a masked line; None where one of its cells is written like data. A system sends the same line with every record."""
    if len(line) > _LONGEST:
        return None
    cells = values(line, separator)
    found = [ROOT.entry(plain(cell)) for cell in cells]
    entries = tuple(entry if entry.pair[0] == _KEY else None for entry in found)
    if not all(entry or not cell or _may_name(cell) for entry, cell in zip(entries, cells, strict=True)):
        return None
    return Heads(entries, tuple(map(bool, cells)), len(cells) - entries.count(None))


def _may_name(cell: bytes) -> bool:
    return _HEAD.fullmatch(cell) is not None and kind(cell) in _NAMES
