"""Several messages in one record, or one in MLLP framing: one leaf per message, on which decode hangs a child by `Slice`. Called by
decode through FORMAT, before hl7v2. Never looks into a message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from schemas.vocabulary import Reason
from stream.core.decode.hl7v2 import escapes
from stream.core.decode.hl7v2.charset import charset
from stream.core.decode.hl7v2.delimiters import DECLARATION
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Edit, Format, Incomplete, Limits, Text

_FRAME, _UNKNOWN = INDEX["frame"], INDEX["unknown"]
_NAMES = (b"MSH", b"BHS", b"FHS")
_START_BLOCK, _END_BLOCK = 0x0B, 0x1C
_FRAMING = b"\xef\xbb\xbf\x0b\x0c\x1c\x00\x1a \t\r\n"  # of MLLP, and what is around it in practice
_LEAD = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x0b\x1c\x00\x1a]*" + DECLARATION)
_NEXT = re.compile(rb"[\r\n\x0b\x1c]" + DECLARATION)
_BLOCK = re.compile(rb"\x0b" + DECLARATION)
_UNWRITABLE = re.compile(r"[\r\n\x0b\x1c]")


@dataclass(frozen=True, slots=True)
class Slice:
    """The layer of a document whose bytes stand in its parent as they are, from `start` on."""

    start: int

    @property
    def name(self) -> str:
        return "slice"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit]:  # noqa: ARG002  # other layers look at the child
        """The same edits, where the child stands."""
        return [Edit(edit.start + self.start, edit.end + self.start, edit.new) for edit in edits]


class Frames:
    """The format as decode and act know it."""

    name = "frames"
    about = About(
        reads="several messages in one record: MLLP blocks, FHS and BHS batches, HL7 v2 messages one after the other",
        writes="nothing: messages are written in their own documents",
        holds="a message that cannot be read",
        places="none: each message is a document of its own",
    )

    def sniff(self, data: bytes) -> bool:
        """One message that stands alone is no frame."""
        if data.startswith(_NAMES):
            may_follow = not data.startswith(b"MSH") or data.find(b"MSH", 3) >= 0  # cheap, and false for nearly every message
            return _END_BLOCK in data or (may_follow and _NEXT.search(data, 3) is not None)
        if data[:1] in _FRAMING:
            return _LEAD.match(data) is not None
        return _START_BLOCK in data and _BLOCK.search(data) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        heads = list(islice(_heads(data), limits.leaves + 1))
        if not heads:
            return Incomplete(Reason.UNDECODABLE)
        if len(heads) > limits.leaves:
            return Incomplete(Reason.OVER_BUDGET)
        leaves = list(_outside(data, 0, heads[0]))
        for first, following in zip(heads, [*heads[1:], len(data)], strict=True):
            last = _end(data, first, following)
            leaves.append((first, last, _FRAME))
            leaves.extend(_outside(data, last, following))
        start, end, role = zip(*leaves, strict=True)
        return Columns(start, end, bytearray(role), bytearray(len(role)), charset=charset(data))

    def path(self, document: Document, leaf: int) -> str:  # noqa: ARG002  # every format is asked the same way
        return f"#{leaf + 1}"

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        return escapes.text(document.data, columns.start[leaf], columns.end[leaf], columns.charset)

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:
        """A message is never written here: its own document is. What stands outside of messages may not become one."""
        if document.columns.role[leaf] == _FRAME or (text is not None and _UNWRITABLE.search(text)):
            return None
        try:
            return (text or "").encode(document.columns.charset)
        except UnicodeEncodeError:
            return None


def _heads(data: bytes) -> Iterator[int]:
    """Where each message, batch header or file header starts."""
    lead = _LEAD.match(data)
    if lead is not None:
        yield _head(lead)
    for found in _NEXT.finditer(data, lead.end() if lead is not None else 0):
        yield _head(found)


def _head(declaration: re.Match[bytes]) -> int:
    return declaration.start(1) - 3


def _end(data: bytes, first: int, following: int) -> int:
    """The end of the message at `first`: its end block, or what comes next."""
    last = data.find(_END_BLOCK, first, following)
    if last >= 0:
        return last
    return following - 1 if data[following - 1] == _START_BLOCK else following


def _outside(data: bytes, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """What stands between messages and is no framing: nobody knows what it is."""
    rest = data[first:last].lstrip(_FRAMING)
    if rest:
        yield last - len(rest), last - len(rest) + len(rest.rstrip(_FRAMING)), _UNKNOWN


FORMAT: Format = Frames()
