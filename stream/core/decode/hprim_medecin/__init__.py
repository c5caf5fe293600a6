"""HPRIM Medecin: reports to practices as text, several patients a file, with a header by position and coded results. Called by decode
through FORMAT. There are no escapes: a text that would end a field or a line cannot be written."""

from __future__ import annotations

from bisect import bisect_right
from typing import cast

from stream.core.decode.hprim_medecin import walk
from stream.core.decode.hprim_medecin.header import SECOND, WITH_PARTS
from stream.core.decode.hprim_medecin.results import LINE_NAME, RESULT
from stream.core.decode.hprim_medecin.walk import HEADER, MARKER, Context
from stream.core.decode.text import FORMAT as PLAIN
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Format, Incomplete, Limits, Text

_TEXT = INDEX["health.text"]


class HprimMedecin:
    """The format as decode and act know it."""

    name = "hprim_medecin"
    about = About(
        reads="HPRIM Médecin: twelve lines of header, report, ****LAB**** results, several patients a file",
        writes="a value within its line; absent is an empty line or field",
        holds="a bar or line end that would have to be written; an identifier as the name of a line",
        places="lines by position, fields of RES by position",
    )

    def sniff(self, data: bytes) -> bool:
        return walk.tells(data)

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        return walk.leaves(data, limits)

    def path(self, document: Document, leaf: int) -> str:
        """`header.7`, `header.6.2`, `text.3`, `RES[2].5`, `TEX[4]`, and `#2.1` for a line that nobody knows."""
        lines, counts = cast("Context", document.columns.context)
        at = document.columns.start[leaf]
        start, part, ordinal, number = lines[bisect_right(lines, at, key=_start) - 1]
        named = f"{part}[{ordinal}]" if part and counts[part] > 1 else part
        if part in (RESULT, ""):
            return f"{named or f'#{ordinal}'}.{document.data.count(b'|', start, at) + 1}"
        if part == HEADER and number in WITH_PARTS:
            return f"{named}.{number}.{2 if document.columns.role[leaf] in SECOND else 1}"
        return f"{named}.{number}" if number else named

    def text(self, document: Document, leaf: int) -> Text:
        return PLAIN.text(document, leaf)

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:
        """Absent is empty: the line stays, since lines are counted. The name of a line cannot be written: it would be another one."""
        columns = document.columns
        if columns.role[leaf] == LINE_NAME:
            return None
        start, end = columns.start[leaf], columns.end[leaf]
        if text is None and document.data[start - 1 : start] == b"\r" and document.data[end : end + 1] == b"\n":
            return b" "  # the two would be one end of a line
        try:
            raw = (text or "").encode(columns.charset)
        except UnicodeEncodeError:
            return None
        wrapped = b"\n" in document.data[start:end]  # a block of base64
        if not wrapped and (b"\n" in raw or b"\r" in raw):
            return None
        return None if MARKER.search(raw) or (b"|" in raw and columns.role[leaf] != _TEXT) else raw


def _start(line: walk.Line) -> int:
    return line.start


FORMAT: Format = HprimMedecin()
