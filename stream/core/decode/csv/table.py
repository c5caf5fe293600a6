"""Whether data is a table of delimited cells: which separator, which line holds the heads. Called by the format to sniff and by the reader.

Strict: a text with commas in it is no table. What a policy makes of a table is one again: empty and masked cells count for it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from stream.core.decode.csv.cells import lines, masked, plain, values
from stream.core.decode.csv.heads import Heads, heads
from stream.core.decode.csv.kinds import Kind, given, kind, words

SEPARATORS = (b";", b"\t", b"|", b",")
ROWS = 50
"""Rows that are looked at to tell what a column holds."""

_WIDEST = 2048  # cells of a row
_TITLES = 4  # lines that may stand before the heads
_SAMPLE = 1 << 20  # bytes that are looked at
_BEGINS = re.compile(rb'(?:\xef\xbb\xbf)?(?:"?sep=(?P<separator>[;\t|,])"?(?:\r\n|\r|\n))?', re.IGNORECASE)
_OTHERS = re.compile(rb"[\s\x0b]*(?:[{\[<]|(?:MSH|BHS|FHS|H)[^A-Za-z0-9\s])")  # formats that cannot be read, if they come here
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{0,2}\|")  # HL7, HPRIM
_LEFT = frozenset({Kind.EMPTY, Kind.OURS})  # by a policy
_PERSONAL = frozenset({Kind.EMAIL, Kind.DATE, Kind.NIR, Kind.PHONE, Kind.STREET}) | _LEFT
_TELLING = frozenset({Kind.EMAIL, Kind.DATE, Kind.NIR, Kind.PHONE, Kind.BLOOD, Kind.STREET, Kind.YEAR, Kind.NUMBER, Kind.CODE})


class Table(NamedTuple):
    """A table that was recognised."""

    separator: bytes
    begin: int  # what stands before is no data
    first: int  # lines with cells before the heads, or before the rows
    width: int  # cells of a row
    heads: Heads | None
    body: Sequence[bytes]  # the first lines below the heads, masked

    def rows(self) -> list[list[bytes]]:
        """The cells of the first rows."""
        whole = (line for line in self.body[:ROWS] if fits(line, self.separator, self.width))
        return [values(line, self.separator)[: self.width] for line in whole]


def find(data: bytes) -> Table | None:
    """The table that data is, if it is one."""
    begins = _BEGINS.match(data)
    begin = begins.end() if begins else 0
    if _OTHERS.match(data, begin):
        return None
    sample, cut = _sample(data, begin)
    told = begins["separator"] if begins else None
    tables = [_table(sample, cut, separator, begin) for separator in ((told,) if told else SEPARATORS) if separator in sample]
    return max(filter(None, tables), key=_surest, default=None)


def _surest(table: Table) -> tuple[int, int, int]:
    return table.heads.known if table.heads else 0, -table.first, table.width


def _sample(data: bytes, begin: int) -> tuple[bytes, bool]:
    """The first lines, and whether there are more."""
    newline, end = b"\n" if b"\n" in data else b"\r", begin
    for _ in range(ROWS + _TITLES + 2):
        end = data.find(newline, end) + 1 or len(data)
        if end - begin > _SAMPLE:
            return data[begin : begin + _SAMPLE], True
        if end == len(data):
            break
    return data[begin:end], end < len(data)


def _table(sample: bytes, cut: bool, separator: bytes, begin: int) -> Table | None:
    shown, closed = masked(sample, separator)
    found = [line for line in lines(shown) if line]
    if (cut and not shown.endswith((b"\n", b"\r"))) or not closed:
        del found[-1:]  # a part of a line
    if not found:
        return None
    widths = [line.count(separator) + 1 for line in found]
    width, times = Counter(widths).most_common(1)[0]
    first = widths.index(width)
    steady = 1 < width <= _WIDEST and first <= _TITLES and times * 10 >= (len(widths) - first) * 9
    prose = shown.count(separator + b" ") * 3 > shown.count(separator)  # a blank follows as in a text
    if prose and not steady:
        return None
    for at in {0, first} if steady else {0}:
        said = heads(found[at], separator) if 1 < widths[at] <= _WIDEST else None
        table = Table(separator, begin, at, widths[at], said, found[at + 1 :])
        if said is not None and _is_headed(table, steady and not prose):
            return table
    table = Table(separator, begin, 0, width, None, found)
    return table if steady and not first and not prose and _are_rows(table) else None


def fits(line: bytes, separator: bytes, width: int) -> bool:
    """Whether a masked line has so many cells; empty ones too many do not count."""
    more = line.count(separator) + 1 - width
    return more == 0 or (more > 0 and line.endswith(separator * more))


def _is_headed(table: Table, steady: bool) -> bool:
    """Whether the heads are words of the dictionary, or words over columns of numbers and dates."""
    if table.heads is None or not table.body:
        return False
    known, filled = table.heads.known, sum(table.heads.filled)
    if known > 2 or (known * 2 >= filled and known > (not steady)):
        return True
    below = zip(table.heads.filled, zip(*table.rows(), strict=True), strict=False) if steady else ()
    return sum(filled and any(column) and _formed(column) for filled, column in below) > 1


def _formed(column: Sequence[bytes]) -> bool:
    """Whether no cell of a column is text."""
    return all(kind(cell) is not Kind.TEXT for cell in column)


def _personal(column: Sequence[bytes]) -> bool:
    """Whether every cell of a column is written like something that persons have, or is what a policy left of that."""
    return any(column) and all(kind(cell) in _PERSONAL or _is_given(cell) for cell in column)


def _is_given(cell: bytes) -> bool:
    return kind(cell) is Kind.TEXT and given(words(plain(cell)))


def _are_rows(table: Table) -> bool:
    """Whether lines without heads are rows: enough of their columns have a form throughout, or one is of persons."""
    if all(map(_SEGMENT.match, table.body)):
        return False
    rows = table.rows()
    if len(rows) == 1:
        return _is_row(rows[0], table.separator)
    columns = [*zip(*rows, strict=True)]
    formed = [column for column in columns if _formed(column)]
    if len(formed) == table.width:
        return table.width > 2 or len(rows) > 2 or not any(map(_is_said, formed))
    many = table.width > 4 and len(formed) * 2 >= table.width
    return any(map(_personal, columns)) or (len(formed) > 1 and (many or any(map(any, formed))))


def _is_said(column: Sequence[bytes]) -> bool:
    """Whether a policy left something in a column."""
    return any(kind(cell) not in _LEFT for cell in column)


def _is_row(row: Sequence[bytes], separator: bytes) -> bool:
    """Whether a line that stands alone is a row: half of its cells or more have a form; a third, if a person has one of them and the
    separator is none of a text."""
    kinds = [kind(cell) for cell in row]
    names = sum(map(_is_given, row))
    formed = names + sum(each is not Kind.TEXT for each in kinds)
    if formed == len(row) or (formed * 2 >= len(row) and (len(row) > 5 or names + sum(each in _TELLING for each in kinds) > 1)):
        return len(row) > 3 or (len(row) > 2 and separator != b",")
    personal = names + sum(each in _PERSONAL - _LEFT for each in kinds)
    return separator != b"," and len(row) > 2 and personal > 0 and formed * 3 >= len(row)
