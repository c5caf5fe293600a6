"""CSV and other delimited exports: a row a record or a whole file, with heads or without. A leaf per cell, by the head of its column in
the dictionary of names, else by what the column holds; each row is a scope. Called by decode through FORMAT, last before text.

Never raises on arbitrary bytes, never changes how many rows and cells there are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import cast

from stream.core.decode.charset import spread
from stream.core.decode.csv.cells import QUOTE, undoubled
from stream.core.decode.csv.reader import Grid, read
from stream.core.decode.csv.table import find
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Format, Incomplete, Limits, Mark, Text

_KEY = INDEX["key"]
_FORMULA = re.compile(rb"[=+@\t\r]|-(?![0-9.,]+\Z)")
_BREAKS = re.compile(rb'["\r\n]')
_FORMULA_BEGINS = (b"=", QUOTE)  # before the quote that opens its text


class Csv:
    """The format."""

    name = "csv"
    about = About(
        reads="CSV and other delimited exports: separator, quotes and character set are found, Excel's damage is read",
        writes="a cell with its quotes; absent is an empty cell",
        holds="a quote without an end, more cells than the budget allows",
        places="the heads of columns by the dictionary of names, else what a column holds",
    )

    def sniff(self, data: bytes) -> bool:
        return find(data) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        return read(data, limits)

    def path(self, document: Document, leaf: int) -> str:
        """`NOM` is the head of a column, `NOM[3]` its cell in the third row; `#4` stands for a name that the dictionary does not know."""
        grid = cast("Grid", document.columns.context)
        column, row = grid.column[leaf], bisect_right(grid.rows, leaf)
        start, end = grid.heads[column] if column < len(grid.heads) else (0, 0)
        name = document.data[start:end].decode(document.columns.charset, "replace") or f"#{column + 1}"
        return f"{name}[{row}]" if row else name

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        start, end = columns.start[leaf], columns.end[leaf]
        if columns.mark[leaf] == Mark.ESCAPED:
            return undoubled(document.data[start:end], start, columns.charset)
        if columns.charset == "utf-8":
            return spread(document.data, start, end)
        return Text(document.data[start:end].decode(columns.charset), None)

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:
        """Absent is an empty cell. Within quotes they are doubled; what would need quotes where there are none, or would begin a formula,
        is not written: the whole cell goes. The known head of a column stays."""
        columns = document.columns
        if text is None:
            return None if columns.role[leaf] == _KEY else b""
        try:
            raw = text.encode(columns.charset)
        except UnicodeEncodeError:
            return None
        if _FORMULA.match(raw):
            return None
        start = columns.start[leaf]
        before = document.data[max(0, start - 2) : start]
        if not before.endswith(QUOTE):
            separator = cast("Grid", columns.context).separator
            return None if _BREAKS.search(raw) or separator in raw else raw
        if QUOTE not in raw:
            return raw
        return None if before[:-1] in _FORMULA_BEGINS else raw.replace(QUOTE, QUOTE * 2)


FORMAT: Format = Csv()
