"""Delimited bytes to lines and cells, and what stands within the quotes of a cell. Called by the reader and by what looks for a table.

A few passes over the data and one step for each quoted cell; never a loop over bytes.
"""

import re
from functools import cache
from itertools import compress
from typing import NamedTuple

from stream.core.decode.charset import placed
from stream.core.values import Mark, Text

QUOTE = b'"'
_HIDDEN, _ENDED = b"\x1f", b"\x1e"  # stand for a separator and a line end within quotes; no text has them
_LINE_ENDS = bytes.maketrans(b"\r", b"\n")
_INNER = re.compile(rb'"(?:=""([^"]*+)""|([^"]*+(?:""[^"]*+)*+))"|="([^"]*+)"')
_PLAIN = 2  # the group that is no formula


class Inner(NamedTuple):
    """The span of a cell that is data, without the quotes around it or the formula that keeps a spreadsheet from reading a number."""

    start: int
    end: int
    mark: int


def masked(data: bytes, separator: bytes) -> tuple[bytes, bool]:
    """Data, as long as it is, without the separators and line ends that stand within quotes; and whether every quote has its end. What
    follows one without is left out."""
    if QUOTE not in data:
        return data, True
    table = bytes.maketrans(separator + b"\r\n", _HIDDEN + _ENDED + _ENDED)
    pieces: list[bytes] = []
    at = 0
    for quoted in _quoted(separator).finditer(data):
        if not quoted[1]:
            return b"".join((*pieces, data[at : quoted.start()])), False
        hidden = quoted[0].translate(table)
        if hidden != quoted[0]:
            pieces += data[at : quoted.start()], hidden
            at = quoted.end()
    return b"".join((*pieces, data[at:])) if pieces else data, True


@cache
def _quoted(separator: bytes) -> re.Pattern[bytes]:
    """A cell in quotes, from the quote that begins it; the group is the quote that ends it."""
    return re.compile(rb'"(?<![^' + re.escape(separator) + rb'\r\n]")[^"]*+(?:""[^"]*+)*+("?)')


def lines(masked_: bytes) -> list[bytes]:
    """The lines of masked data; what ends a line of its own is one empty line."""
    return masked_.translate(_LINE_ENDS).split(b"\n")


def values(line: bytes, separator: bytes) -> list[bytes]:
    """The cells of a masked line without what surrounds them."""
    cells = line.split(separator)
    if QUOTE not in line:
        return cells
    shown = [cell[slice(*inner(cell, 0, len(cell))[:2])] for cell in cells]
    return [cell.replace(_HIDDEN, separator).replace(_ENDED, b"\n") for cell in shown]


def plain(cell: bytes) -> str:
    """The text of a cell, to be looked up before the charset of the data is known."""
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.decode("cp1252", "replace")


def inner(data: bytes, start: int, end: int) -> Inner:
    """What of a cell is data; a cell whose quotes do not fit is data as a whole."""
    if data.startswith(QUOTE, start, end) and data.find(QUOTE, start + 1, end) == end - 1:
        return Inner(start + 1, end - 1, Mark.RAW)
    found = _INNER.fullmatch(data, start, end)
    if found is None or found.lastindex is None:
        return Inner(start, end, Mark.RAW)
    first, last = found.span(found.lastindex)
    escaped = found.lastindex == _PLAIN and data.find(QUOTE, first, last) >= 0
    return Inner(first, last, Mark.ESCAPED if escaped else Mark.RAW)


def undoubled(raw: bytes, start: int, charset: str) -> Text:
    """The text of bytes that begin at `start` and have doubled quotes."""
    text, places = placed(raw, start, charset)
    kept = bytearray(b"\1") * len(places)
    for pair in _DOUBLED.finditer(text):
        kept[pair.end() - 1] = 0
    return Text(text.replace('""', '"'), [*compress(places, kept)])


_DOUBLED = re.compile('""')
