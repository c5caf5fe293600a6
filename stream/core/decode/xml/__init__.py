"""XML, of any schema: CDA R2 and HPRIM XML by their profiles, FHIR by its table, all else by the dictionary of key names, by shape where no
name is known. Called by decode through FORMAT. A document type is refused; nothing is ever expanded, fetched or written again as a whole.
"""

import re
from typing import overload

from stream.core.decode.charset import spread
from stream.core.decode.xml import entities
from stream.core.decode.xml.absent import absent
from stream.core.decode.xml.paths import context
from stream.core.decode.xml.reader import read
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Edit, Incomplete, Limits, Mark, Text

_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+<(?!(?i:!DOCTYPE\s+html)[^\[>]*+>|(?i:html)[\s>])[A-Za-z_:?!\x80-\xff]")
_NAME = INDEX["key.unknown"]


class Xml:
    """The format."""

    name = "xml"
    about = About(
        reads="XML 1.0 of any schema; CDA R2, HPRIM XML and FHIR by their elements; comments and instructions, too",
        writes='a text or attribute, escaped; absent is nullFlavor="MSK" in CDA, data-absent-reason in FHIR, an empty text elsewhere',
        holds="a document type, XML 1.1, a set of characters that is no superset of ASCII, XML that is not well-formed",
        places="profiles of CDA and HPRIM XML; elements of FHIR by type; the dictionary of names for all else",
    )

    def sniff(self, data: bytes) -> bool:
        """A page of HTML is text: it seldom is XML."""
        return _OPENING.match(data) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        return read(data, limits)

    def path(self, document: Document, leaf: int) -> str:
        return context(document).outline.path(document, leaf)

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        start, end = columns.start[leaf], columns.end[leaf]
        if columns.mark[leaf] == Mark.ESCAPED:
            return entities.unescaped(document.data, start, end, columns.charset)
        if columns.charset == "utf-8":
            return spread(document.data, start, end)
        return Text(document.data[start:end].decode(columns.charset), None)

    @overload
    def write(self, document: Document, leaf: int, text: None) -> bytes | Edit | None: ...
    @overload
    def write(self, document: Document, leaf: int, text: str) -> bytes | None: ...
    def write(self, document: Document, leaf: int, text: str | None) -> bytes | Edit | None:
        """A name cannot be written: the element would be another one."""
        if document.columns.role[leaf] == _NAME:
            return None
        return absent(document, leaf) if text is None else _written(document, leaf, text)


def _written(document: Document, leaf: int, text: str) -> bytes | None:
    """A text as it is written where the leaf stands, which the byte behind it tells."""
    columns, data = document.columns, document.data
    end, charset = columns.end[leaf], columns.charset
    match data[end : end + 1]:
        case b'"' | b"'" as quote:
            return entities.value(text, quote.decode("ascii"), charset)
        case b"?":
            return None
        case b"-":
            return None if "-" in text else entities.verbatim(text, charset)
        case b"]":
            return None if "]" in text or text.startswith(">") else entities.verbatim(text, charset)
        case _:
            return entities.run(text, charset)


FORMAT = Xml()
