"""Plain text: a leaf per line, so that an edit stays within its line; a block of base64 is one leaf. Called by decode for what no other
format reads, and for message keys and headers. Never reads binary data.
"""

import re

from schemas.vocabulary import Reason
from stream.core.decode.charset import charset, mixed, spread
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Incomplete, Limits, Text

LINE = re.compile(rb"[A-Za-z0-9+/_-]{40,}+(?:(?<!=)\n{1,2}[A-Za-z0-9+/_-]{2,}+={0,2}(?!.))++|\S.*+")
_BOM = b"\xef\xbb\xbf"
_PLAIN = INDEX["plain.text"]


class PlainText:
    """The format."""

    name = "text"
    about = About(
        reads="anything that is text in UTF-8 or an eight-bit set",
        writes="a part of the text",
        holds="what is no text",
        places="none: a whole document of free text",
    )

    def sniff(self, data: bytes) -> bool:
        return charset(data) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        codec = charset(data)
        if codec is None:
            return Incomplete(Reason.UNDECODABLE)
        codec = "utf-8" if codec != "utf-8" and mixed(data) else codec
        start: list[int] = []
        end: list[int] = []
        lines = data.replace(b"\r", b"\n")  # as long as data
        for line in LINE.finditer(lines, len(_BOM) if data.startswith(_BOM) else 0):
            if len(start) == limits.leaves:
                return Incomplete(Reason.OVER_BUDGET)
            start.append(line.start())
            end.append(line.end())
        return Columns(start, end, bytearray([_PLAIN]) * len(start), bytearray(len(start)), charset=codec)

    def whole(self, data: bytes, role: int) -> Columns | None:
        """Data as one leaf of a role that its place tells; None where it is no text."""
        codec = charset(data)
        if codec is None:
            return None
        return Columns([0], [len(data)], bytearray([role]), bytearray(1), charset=codec) if data.strip() else EMPTY

    def path(self, document: Document, leaf: int) -> str:
        return f"line[{leaf + 1}]" if len(document.columns.start) > 1 else ""

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        start, end = columns.start[leaf], columns.end[leaf]
        if columns.charset == "utf-8":
            return spread(document.data, start, end)
        return Text(document.data[start:end].decode(columns.charset), None)

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:  # noqa: ARG002  # every format is asked the same way
        return (text or "").encode(document.columns.charset, "replace")


EMPTY = Columns((), (), bytearray(), bytearray())
FORMAT = PlainText()
