"""Delimited bytes to leaves: a leaf per cell that is not empty, a scope per row. Called by the CSV format.

Never half reads: where a quote has no end, or there are more cells than a record may have, nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, compress, count, repeat
from operator import add, gt
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode.charset import charset, mixed
from stream.core.decode.csv.cells import QUOTE, inner, lines, masked
from stream.core.decode.csv.meaning import columns
from stream.core.decode.csv.results import runs
from stream.core.decode.csv.table import Table, find, fits
from stream.core.roles import INDEX
from stream.core.values import Columns, Incomplete, Limits

_UNKNOWN = INDEX["unknown"]
_JUDGED = 255  # stands for a role until the cell is looked at
_WAITS = bytes(role == _JUDGED for role in range(256))
_OPENS = b'"='  # begin a cell that may have something around its data


class Grid(NamedTuple):
    """What the format needs to write and to tell a path."""

    separator: bytes
    heads: Sequence[tuple[int, int]]  # where the head of each column stands; nowhere if the dictionary does not know it
    column: Sequence[int]  # per leaf
    rows: Sequence[int]  # the first leaf of each row


def read(data: bytes, limits: Limits) -> Columns | Incomplete:
    """The leaves of a table."""
    table, codec = find(data), charset(data)
    if table is None or codec is None:
        return Incomplete(Reason.UNDECODABLE)
    codec = "utf-8" if codec != "utf-8" and mixed(data) else codec
    shown, closed = masked(data[table.begin :], table.separator)
    if not closed:
        return Incomplete(Reason.UNDECODABLE)
    if sum(map(shown.count, (table.separator, b"\n", b"\r"))) >= limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    return _Reader(data, table, lines(shown)).read(codec)


class _Reader:
    """The lines of one table side by side: what is said of columns is repeated for each line, then cells without data fall out."""

    def __init__(self, data: bytes, table: Table, found: Sequence[bytes]) -> None:
        self.data = data
        self.table = table
        self.meant = columns(table)
        self.sizes = [line.count(table.separator) + 1 for line in found]  # in cells
        self.firsts = [*accumulate(self.sizes, initial=0)]  # cell by line
        filled = [number for number, line in enumerate(found) if line]
        self.head = filled[table.first] if table.heads else -1
        self.rows = [number for number in filled if number > self.head]
        self.fitting = [number for number in self.rows if fits(found[number], table.separator, table.width)]
        lengths = [*map(len, table.separator.join(found).split(table.separator))]
        self.start = [*accumulate([length + 1 for length in lengths[:-1]], initial=table.begin)]
        self.end = [*map(add, self.start, lengths)]
        self.mark = bytearray(len(lengths))
        if QUOTE in data:
            self._look_within()
        self.held = bytes(map(gt, self.end, self.start))
        self.rank = [*accumulate(self.held, initial=0)]  # leaf by cell

    def _look_within(self) -> None:
        data, start, end, mark = self.data, self.start, self.end, self.mark
        for cell, first in enumerate(start):
            last = end[cell]
            if first < last and data[first] in _OPENS:
                start[cell], end[cell], mark[cell] = inner(data, first, last)

    def read(self, codec: str) -> Columns:
        held = self.held
        start, end = [*compress(self.start, held)], [*compress(self.end, held)]
        column = [*compress(chain.from_iterable(map(range, self.sizes)), held)]
        role = bytearray(compress(self._roles(), held))
        for leaf in compress(count(), role.translate(_WAITS)):
            judge = self.meant[column[leaf]].judge
            role[leaf] = judge(self.data[start[leaf] : end[leaf]]) if judge else _UNKNOWN
        begins = sorted({self.rank[self.firsts[row]] for row in self.rows} - {len(start)})
        scopes = begins if self.table.heads or len(begins) > 1 else []
        grid = Grid(self.table.separator, self._heads(), column, begins)
        labels = [*compress(self._labels(), held)]
        return Columns(start, end, role, bytearray(compress(self.mark, held)), scopes, self._groups(), labels, codec, grid)

    def _roles(self) -> bytes:
        """The role of each cell as its column tells it."""
        value = bytes(_JUDGED if column.judge else column.role for column in self.meant)
        roles = [bytes([_UNKNOWN]) * size for size in self.sizes]
        for row in self.fitting:
            roles[row] = value + roles[row][len(value) :]
        if self.head >= 0:
            roles[self.head] = bytes(column.head for column in self.meant)
        return b"".join(roles)

    def _labels(self) -> Iterator[int]:
        """The head of each cell, as a leaf."""
        fitting = {*self.fitting} if self.head >= 0 else frozenset[int]()
        first, width = self.firsts[self.head], self.table.width
        heads = [self.rank[cell] if self.held[cell] else -1 for cell in range(first, first + width)] if self.head >= 0 else []
        for row, size in enumerate(self.sizes):
            yield from chain(heads, repeat(-1, size - width)) if row in fitting else repeat(-1, size)

    def _groups(self) -> list[tuple[int, int]]:
        found = runs(bytes(column.role for column in self.meant))
        spans = ((self.firsts[row] + first, self.firsts[row] + last) for row in self.fitting for first, last in found)
        groups = ((self.rank[first], self.rank[last]) for first, last in spans)
        return [(first, last) for first, last in groups if last > first + 1]

    def _heads(self) -> list[tuple[int, int]]:
        if self.table.heads is None:
            return []
        first, last = self.firsts[self.head : self.head + 2]
        spans = zip(self.start[first:last], self.end[first:last], self.table.heads.entries, strict=True)
        return [(begin, end) if entry else (0, 0) for begin, end, entry in spans]
