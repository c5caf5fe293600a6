"""The base64 layer: opaque, in the alphabet, padding and line wrap of the original. Called by decode for texts that may hold data.

Finds base64 where it is expected (attachments) and where it hides. Never takes a word, a hash or a UUID for data.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.vocabulary import Reason
from stream.core.decode import frames, hl7v2
from stream.core.decode.charset import charset, encrypted
from stream.core.decode.layers import packed
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.kernels.splice import splice
from stream.core.roles import INDEX
from stream.core.values import About, Aids, Document, Edit, Format, Incomplete, Text

_ATTACHMENT = INDEX["result.attachment"]
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n"
_RUN = re.compile(
    r"[A-Za-z0-9+/_-]{40,}+(?:\r?\n[ \t]*+[A-Za-z0-9+/_-]{2,}+(?![^=\r\n]))*+={0,2}|[A-Za-z0-9+/_-]{24,39}+={0,2}"
    r"|[A-Za-z0-9+/_-]{10,23}+={1,2}(?![A-Za-z0-9=])"  # no word ends so
)
_NEWLINE = re.compile(rb"\r?\n[ \t]*")  # with the indent of the next line
_BLANKS = b"\r\n \t"
_HEXADECIMAL = re.compile(rb"[0-9a-f-]+|[0-9A-F-]+")  # a hash, a UUID, a trace
_HIDDEN = 24  # characters; shorter runs are words
_LONG = 128  # characters; nothing but data is that long without a blank
_FILES = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),
    *(b"{\\rtf", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd", b"7z\xbc\xaf"),
)
_FORMATS: tuple[Format, ...] = (packed.FORMAT, frames.FORMAT, hl7v2.FORMAT)
_TO_PLAIN = bytes.maketrans(b"-_", b"+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")


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
        """One edit: everything encoded again, in the same style; None where it would no longer be told from a word."""
        data = splice(child, edits)
        encoded = binascii.b2a_base64(data, newline=False)
        text = (encoded.translate(_TO_URL) if self.url else encoded).decode("ascii")
        text = text if self.padded else text.rstrip("=")
        if self.width:
            text = self.newline.join(text[at : at + self.width] for at in range(0, len(text), self.width))
        if self.parent.columns.role[self.leaf] != _ATTACHMENT and not _hides(text, data):
            return None
        raw = self.parent.format.write(self.parent, self.leaf, text)
        return None if raw is None else [Edit(self.start, self.end, raw)]


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # it shrinks
    """The data in each run of base64 within the text; an attachment is one run or none."""
    first, last = _trimmed(text.text)
    raw = text.text[first:last].encode("utf-8", "replace")
    if document.columns.role[leaf] == _ATTACHMENT and raw and not raw.translate(None, _LETTERS):
        data = _decoded(raw)
        if data is not None and (len(raw) >= _HIDDEN or tells(data)):
            yield Opened(data, _layer(document, leaf, text, first, raw), certain=True, whole=True)
        elif data is None and len(raw) >= _HIDDEN:
            yield Incomplete(Reason.UNDECODABLE)
        return
    for run in _RUN.finditer(text.text):
        for written in _readings(run[0].encode("ascii")):
            data = _decoded(written)
            if data is not None and _is_meant(written, data):
                layer = _layer(document, leaf, text, run.start(), written)
                yield Opened(data, layer, certain=True, whole=len(written) == last - first)
                break


def _trimmed(text: str) -> tuple[int, int]:
    """Where the text begins and ends without the blanks around it."""
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _readings(run: bytes) -> Iterator[bytes]:
    """A run of several lines, and the same without its last, which may be a word of the text."""
    yield run
    if b"\n" in run:
        yield run[: run.rindex(b"\n")].rstrip(b"\r")


def _decoded(run: bytes) -> bytes | None:
    """The bytes of a run, or None where it is no base64 at all."""
    mixed = (b"-" in run or b"_" in run) and (b"+" in run or b"/" in run)
    if mixed or _HEXADECIMAL.fullmatch(run):
        return None
    plain = run.translate(_TO_PLAIN, _BLANKS).rstrip(b"=")
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4), strict_mode=True)
    except binascii.Error:
        return None


def _hides(text: str, data: bytes) -> bool:
    """Whether a text of one run is found to be what it stands for."""
    run = text.encode("ascii")
    return _RUN.fullmatch(text) is not None and _decoded(run) == data and _is_meant(run, data)


def _is_meant(run: bytes, data: bytes) -> bool:
    """Whether a run is no word that happens to stand for something."""
    return len(run) >= _LONG or tells(data)


def tells(data: bytes) -> bool:
    """Whether decoded bytes show by themselves that they were meant: text, a message, or a kind of file."""
    return data.startswith(_FILES) or charset(data) == "utf-8" or encrypted(data) or any(format_.sniff(data) for format_ in _FORMATS)


def _layer(document: Document, leaf: int, text: Text, first: int, written: bytes) -> Base64:
    """How a run that begins at character `first` is written."""
    base = document.columns.start[leaf]
    start, end = text.raw(base, first), text.raw(base, first + len(written))
    newline = _NEWLINE.search(written)
    padded = written.endswith(b"=") or len(written.translate(None, _BLANKS)) % 4 == 0
    url = b"-" in written or b"_" in written
    width, between = (newline.start(), newline[0].decode("ascii")) if newline else (0, "")
    return Base64(document, leaf, start, end, url, padded, width, between)


LAYER = Kind(
    "base64",
    opened,
    About(
        reads="base64 of both alphabets, in lines or not, data URIs among them",
        writes="everything encoded again, in the same alphabet, lines and padding",
        holds="data of no known kind",
    ),
)
