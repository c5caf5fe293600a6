"""JSON, of any schema: leaves by the dictionary of key names, by shape where no name is known; resources of FHIR by their places. Several
documents, one a line, read as one; a string alone is a document too.

Called by decode. Never raises on arbitrary bytes, never parses a number.
"""

import re
from typing import overload

from stream.core.decode.charset import spread
from stream.core.decode.json.absent import absent, fits
from stream.core.decode.json.paths import Outline
from stream.core.decode.json.reader import read
from stream.core.decode.json.strings import escaped, unescape
from stream.core.values import About, Columns, Document, Edit, Incomplete, Limits, Mark, Text

_ESCAPED, _BARE = int(Mark.ESCAPED), int(Mark.BARE)
_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+[{\[\x22]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DIGITS = b"-0123456789"


class Json:
    """The format."""

    name = "json"
    about = About(
        reads="JSON of any schema, one document or one a line; FHIR R4 by the types of its resources",
        writes="a string or number, escaped; absent is an empty string or null, data-absent-reason in FHIR",
        holds="a key that stands twice, brackets too deep",
        places="elements of FHIR by type; the dictionary of French and English names; a shape where no name is known",
    )

    def sniff(self, data: bytes) -> bool:
        return _OPENING.match(data) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        return read(data, limits)

    def path(self, document: Document, leaf: int) -> str:
        outline = document.columns.context
        return outline.path(document, leaf) if isinstance(outline, Outline) else ""

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        reads = unescape if columns.mark[leaf] == _ESCAPED else spread
        return reads(document.data, columns.start[leaf], columns.end[leaf])

    @overload
    def write(self, document: Document, leaf: int, text: None) -> bytes | Edit | None: ...
    @overload
    def write(self, document: Document, leaf: int, text: str) -> bytes | None: ...
    def write(self, document: Document, leaf: int, text: str | None) -> bytes | Edit | None:
        if text is None:
            return absent(document, leaf)
        if document.columns.mark[leaf] == _BARE:
            return self._number(document.data[document.columns.start[leaf]], text)
        return escaped(text) if fits(document, leaf, text) else None

    def _number(self, first: int, text: str) -> bytes | None:
        return text.encode("ascii") if first in _DIGITS and _NUMBER.fullmatch(text) else None


FORMAT = Json()
