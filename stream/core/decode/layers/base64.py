"""The base64 layer: opaque, in the alphabet, padding and line wrap of the original. Called by decode for texts that may hold data.

Finds base64 where it is expected (attachments) and where it hides. Never takes a word, a hash or a UUID for data.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from schemas.vocabulary import Reason
from stream.core.decode import frames, hl7v2
from stream.core.decode.charset import charset, encrypted
from stream.core.decode.layers import packed
from stream.core.decode.layers.opened import Opened
from stream.core.kernels.splice import splice
from stream.core.roles import INDEX
from stream.core.values import Document, Edit, Format, Incomplete, Text

_ATTACHMENT = INDEX["result.attachment"]
_RUN = re.compile(r"(?:[A-Za-z0-9+/_-]{40,}+\r?\n)*+[A-Za-z0-9+/_-]{2,}+={0,2}")
_HEXADECIMAL = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_HIDDEN = 24  # characters; shorter runs are words
_LONG = 128  # characters; nothing but data is that long without a blank
_RUNS = 64  # looked at in one leaf
_FILES = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),
    *(b"{\\rtf", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd", b"7z\xbc\xaf"),
)
_FORMATS: tuple[Format, ...] = (packed.FORMAT, frames.FORMAT, hl7v2.FORMAT)
_TO_PLAIN = str.maketrans("-_", "+/", "\r\n=")
_TO_URL = str.maketrans("+/", "-_")


@dataclass(frozen=True, slots=True, repr=False)
class Base64:
    """How the document hangs on the characters [start, end) of a leaf of `parent`, and how they are written."""

    parent: Document
    leaf: int
    start: int  # raw offset
    end: int
    url: bool  # alphabet with - and _
    padded: bool
    width: int  # characters a line; 0: one line
    newline: str

    @property
    def name(self) -> str:
        return "base64"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """One edit: everything encoded again, in the same style."""
        text = binascii.b2a_base64(splice(child, edits), newline=False).decode("ascii")
        text = text.translate(_TO_URL) if self.url else text
        text = text if self.padded else text.rstrip("=")
        if self.width:
            text = self.newline.join(text[at : at + self.width] for at in range(0, len(text), self.width))
        raw = self.parent.format.write(self.parent, self.leaf, text)
        return None if raw is None else [Edit(self.start, self.end, raw)]


def opened(document: Document, leaf: int, text: Text, room: int) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # it shrinks
    """The data in each run of base64 within the text."""
    expected = document.columns.role[leaf] == _ATTACHMENT
    for run in islice(_RUN.finditer(text.text), _RUNS):
        whole = expected and run.end() - run.start() == len(text.text.strip())
        if not whole and run.end() - run.start() < _HIDDEN:
            continue
        data = _decoded(run[0])
        if data is not None and (_tells(data) or (len(run[0]) >= (_HIDDEN if whole else _LONG))):
            yield Opened(data, _layer(document, leaf, text, run), certain=True)
        elif data is None and whole and len(run[0]) >= _HIDDEN:
            yield Incomplete(Reason.UNDECODABLE)


def _decoded(run: str) -> bytes | None:
    """The bytes of a run, or None where it is no base64 at all."""
    if (("-" in run or "_" in run) and ("+" in run or "/" in run)) or _HEXADECIMAL.fullmatch(run):
        return None
    plain = run.translate(_TO_PLAIN)
    try:
        return binascii.a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True)
    except binascii.Error:
        return None


def _tells(data: bytes) -> bool:
    """Whether decoded bytes show by themselves that they were meant: text, a message, or a kind of file."""
    return data.startswith(_FILES) or charset(data) == "utf-8" or encrypted(data) or any(format_.sniff(data) for format_ in _FORMATS)


def _layer(document: Document, leaf: int, text: Text, run: re.Match[str]) -> Base64:
    written = run[0]
    width = written.find("\n")
    newline = "\r\n" if written[width - 1 : width] == "\r" else "\n"
    base, offsets = document.columns.start[leaf], text.offsets
    start, end = (base + run.start(), base + run.end()) if offsets is None else (offsets[run.start()], offsets[run.end()])
    padded = written.endswith("=") or len(written.translate(_TO_PLAIN)) % 4 == 0
    url = "-" in written or "_" in written
    return Base64(document, leaf, start, end, url, padded, 0 if width < 0 else width - len(newline) + 1, newline)
