"""HPRIM Sante 2.x: one file of a laboratory or a clinic, in the manner of ASTM E1238, as one document. Called by decode through FORMAT.
A profile says what each place means; what it does not know is a leaf all the same."""

from __future__ import annotations

from typing import cast

from stream.core.decode.hl7v2 import escapes
from stream.core.decode.hprim_sante import places, walk
from stream.core.decode.hprim_sante.continued import continuation, joined
from stream.core.decode.hprim_sante.delimiters import LONGEST, declared, lead
from stream.core.decode.hprim_sante.walk import Context
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Format, Incomplete, Limits, Mark, Text

_SEGMENT_NAME = INDEX["key.unknown"]


class HprimSante:
    """The format as decode and act know it."""

    name = "hprim_sante"
    about = About(
        reads="HPRIM Santé 2.x: delimiters as declared, A lines that go on",
        writes="a value within its delimiters; absent is an empty field",
        holds="files in one record that disagree on their delimiters",
        places="segments and fields by position; other segments are unknown structure",
    )

    def sniff(self, data: bytes) -> bool:
        first = lead(data)
        return declared(data[first : first + LONGEST]) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        return walk.leaves(data, limits)

    def path(self, document: Document, leaf: int) -> str:
        return places.path(document.data, document.columns.start[leaf], _context(document))

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        start, end = columns.start[leaf], columns.end[leaf]
        if columns.mark[leaf] != Mark.ESCAPED:
            return escapes.text(document.data, start, end, columns.charset)
        delimiters = _context(document).delimiters
        whole, seams = joined(document.data[start:end], delimiters)
        text, offsets = escapes.unescaped(whole, 0, len(whole), delimiters, columns.charset)
        if offsets is None:
            return Text(text, None)
        return Text(text, [start + (at if seams is None else seams.first(at)) for at in offsets])

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:
        """Absent is empty, never the explicit delete; a line that was continued there still is, so that none gets longer. The name of a
        segment cannot be written: the line would be another one."""
        if document.columns.role[leaf] == _SEGMENT_NAME:
            return None
        context = _context(document)
        if text is None:
            raw = document.data[document.columns.start[leaf] : document.columns.end[leaf]]
            found = continuation(context.delimiters.field).search(raw) if context.continued else None
            return found[0] if found is not None else b""
        return escapes.escaped(text, context.delimiters, document.columns.charset)


def _context(document: Document) -> Context:
    return cast("Context", document.columns.context)


FORMAT: Format = HprimSante()
