"""HL7 v2: one message, or the header of a batch, as one document. Called by decode through FORMAT; several messages in one record are
`frames`. A profile says what each place means; what it does not know is a leaf all the same."""

from __future__ import annotations

import re
from typing import cast

from stream.core.decode.hl7v2 import escapes, places, walk
from stream.core.decode.hl7v2.walk import Context
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Format, Incomplete, Limits, Mark, Text

_HEAD = re.compile(rb"(?:MSH|BHS|FHS)(?![A-Za-z0-9 ])")
_ESCAPED = int(Mark.ESCAPED)
_SEGMENT_NAME = INDEX["key.unknown"]


class Hl7v2:
    """The format as decode and act know it."""

    name = "hl7v2"
    about = About(
        reads="HL7 v2, any version: delimiters as declared, CR, LF or both, escapes, repetitions, subcomponents",
        writes="a value within its delimiters, escaped; absent is an empty field",
        holds="a message without segments",
        places="segments, fields and datatypes by position, French Z segments too; other segments are unknown structure",
    )

    def sniff(self, data: bytes) -> bool:
        return _HEAD.match(data) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        return walk.leaves(data, limits)

    def path(self, document: Document, leaf: int) -> str:
        return places.path(document.data, document.columns.start[leaf], _context(document))

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        start, end = columns.start[leaf], columns.end[leaf]
        if columns.mark[leaf] == _ESCAPED:
            return escapes.unescaped(document.data, start, end, _context(document).delimiters, columns.charset)
        return escapes.text(document.data, start, end, columns.charset)

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:
        """Absent is empty, never the explicit delete. The name of a segment cannot be written: the line would be another one."""
        if document.columns.role[leaf] == _SEGMENT_NAME:
            return None
        if text is None:
            return b""
        return escapes.escaped(text, _context(document).delimiters, document.columns.charset)


def _context(document: Document) -> Context:
    return cast("Context", document.columns.context)


FORMAT: Format = Hl7v2()
