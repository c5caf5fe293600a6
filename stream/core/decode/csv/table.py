"""Whether data is a table of delimited cells: which separator, which line holds the heads. Called by the format to sniff and by the reader.

Strict: a text with commas in it is no table. What a policy makes of a table is one again: empty and masked cells count for it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from stream.core.decode.csv.cells import lines, masked, values
from stream.core.decode.csv.kinds import Kind, given, kind, words
from stream.core.decode.names import ROOT, Entry
from stream.core.roles import INDEX

SEPARATORS = (b";", b"\t", b"|", b",")
ROWS = 50
"""Rows that are looked at to tell what a column holds."""

_WIDEST = 4096  # cells of a row
_TITLES = 4  # lines that may stand before the heads
_SAMPLE = 1 << 20  # bytes that are looked at
_KEY = INDEX["key"]
_BEGINS = re.compile(rb'(?:\xef\xbb\xbf)?(?:"?sep=(?P<separator>[;\t|,])"?(?:\r\n|\r|\n))?', re.IGNORECASE)
_OTHERS = re.compile(rb"[\s\x0b]*(?:[{\[<]|(?:MSH|BHS|FHS|H)[^A-Za-z0-9\s])")  # formats that cannot be read, if they come here
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{0,2}")  # HL7, HPRIM
_HEAD = re.compile(rb"(?!.*[=\"]).{1,64}")
_NO_HEAD = frozenset(Kind) - {Kind.TEXT, Kind.EMPTY, Kind.CODE}
_TELLING = frozenset({Kind.EMAIL, Kind.DATE, Kind.NIR, Kind.PHONE, Kind.BLOOD, Kind.STREET, Kind.YEAR, Kind.NUMBER, Kind.CODE})


class Table(NamedTuple):
    """A table that was recognised."""

    separator: bytes
    begin: int  # what stands before is no data
    width: int  # cells of a row
    first: int  # lines with cells before the heads, or before the rows
    heads: Sequence[Entry] | None  # what the dictionary says of each head; None: no heads
    trusted: bool  # the heads are known to be heads by their words, and not only by what stands below
    rows: Sequence[Sequence[bytes]]  # the first rows, without the heads


def known(entry: Entry) -> bool:
    """Whether a head is a name of the dictionary."""
    return entry.pair[0] == _KEY


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


def _surest(table: Table) -> tuple[bool, int, int]:
    return table.trusted, -table.first, table.width


def _sample(data: bytes, begin: int) -> tuple[bytes, bool]:
    """The first lines, and whether there are more."""
    newline, end = b"\n" if b"\n" in data else b"\r", begin
    for _ in range(ROWS + _TITLES + 2):
        end = data.find(newline, end) + 1 or len(data)
        if end - begin > _SAMPLE:
            return data[begin : begin + _SAMPLE], True
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
    steady = width > 1 and first <= _TITLES and times * 10 >= (len(widths) - first) * 9
    for at in (0, first) if steady and first else (0,):
        if 1 < widths[at] <= _WIDEST and (table := _headed(found[at:], separator, steady)):
            return table._replace(begin=begin, first=at)
    if not steady or first or width > _WIDEST:
        return None
    rows = [values(line, separator) for line in found if fits(line, separator, width)][:ROWS]
    return Table(separator, begin, width, 0, None, False, rows) if _are_rows(rows, separator) else None


def fits(line: bytes, separator: bytes, width: int) -> bool:
    """Whether a masked line has so many cells; empty ones too many do not count."""
    more = line.count(separator) + 1 - width
    return more == 0 or (more > 0 and line.endswith(separator * more))


def _headed(found: Sequence[bytes], separator: bytes, steady: bool) -> Table | None:
    """A table whose first line is heads: words of the dictionary, or words over columns of numbers and dates."""
    head = values(found[0], separator)
    if len(found) < 2 or not (steady or not _is_prose([head])):
        return None
    entries = [ROOT.entry(plain(cell)) for cell in head]
    said = [(entry, cell) for entry, cell in zip(entries, head, strict=True) if cell]
    words = sum(known(entry) for entry, _ in said)
    if not said or not (words or steady) or not all(known(entry) or _may_name(cell) for entry, cell in said):
        return None
    body = [values(line, separator)[: len(head)] for line in found[1 : ROWS + 1] if fits(line, separator, len(head))]
    trusted = words * 2 >= len(said) or words > 2
    below = zip(*body, strict=True)
    if trusted or (steady and sum(bool(cell) and any(column) and _formed(column) for cell, column in zip(head, below, strict=False)) > 1):
        return Table(separator, 0, len(head), 0, entries, trusted, body)
    return None


def _may_name(cell: bytes) -> bool:
    return _HEAD.fullmatch(cell) is not None and kind(cell) not in _NO_HEAD


def _formed(column: Sequence[bytes]) -> bool:
    """Whether no cell of a column is text."""
    return all(kind(cell) is not Kind.TEXT for cell in column)


def _is_prose(rows: Sequence[Sequence[bytes]]) -> bool:
    """Whether a blank follows the separator as in a text."""
    later = [cell for row in rows for cell in row[1:]]
    return sum(cell[:1] == b" " for cell in later) * 3 > len(later)


def _is_row(row: Sequence[bytes]) -> bool:
    """Whether a line that stands alone is a row: half of its cells or more have a form or are given names."""
    kinds = [kind(cell) for cell in row]
    formed = sum(each is not Kind.TEXT or given(words(plain(cell))) for each, cell in zip(kinds, row, strict=True))
    telling = sum(each in _TELLING for each in kinds)
    return len(row) > 3 and formed * 2 >= len(row) and (telling > 1 or formed == len(row) or len(row) > 5)


def _are_rows(rows: Sequence[Sequence[bytes]], separator: bytes) -> bool:
    """Whether lines without heads are rows: enough of their columns have a form throughout."""
    if _is_prose(rows) or (separator == b"|" and all(_SEGMENT.fullmatch(row[0]) for row in rows)):
        return False
    if len(rows) == 1:
        return _is_row(rows[0])
    columns = [*zip(*(row[: len(rows[0])] for row in rows), strict=True)]
    formed = [column for column in columns if _formed(column)]
    if len(columns) == 2:
        return len(formed) == 2 and len(rows) > 2
    many = len(columns) > 4 and len(formed) * 2 >= len(columns)
    return len(formed) > 1 and (many or any(map(any, formed)) or len(formed) == len(columns))


def plain(cell: bytes) -> str:
    """The text of a cell, to be looked up; the charset of the data is not known yet."""
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.decode("cp1252", "replace")
