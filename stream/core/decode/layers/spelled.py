"""The layer of a text whose bytes are spelled: percent-encoding (`%C3%A9`) and quoted-printable (`=C3=A9`); mapped, each character to its
spelling. Called by decode for texts. The leaf stays what it is: what is found in the text as it reads is acted on in the leaf."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stream.core.decode.charset import charset, offsets
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text

_SPELLING = {
    "%": re.compile(r"%([0-9A-Fa-f]{2})"),
    "=": re.compile(r"=(?:([0-9A-F]{2})|\r?\n)"),  # a line end after the sign joins two lines
}


@dataclass(frozen=True, slots=True, repr=False)
class Spelled:
    """How the text hangs on a leaf of `parent`. `raw[i]` is where the spelling of byte i of the text begins in the parent, and the end."""

    parent: Document
    leaf: int
    sign: str
    raw: Sequence[int]

    @property
    def name(self) -> str:
        return "percent-encoding" if self.sign == "%" else "quoted-printable"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """The same edits in the parent's bytes, spelled; None where an edit cuts a character."""
        starts = offsets(child, 0)
        lifted: list[Edit] = []
        for edit in edits:
            if starts[bisect_left(starts, edit.start)] != edit.start or starts[bisect_left(starts, edit.end)] != edit.end:
                return None
            raw = self.parent.format.write(self.parent, self.leaf, self._spelled(edit.new))
            if raw is None:
                return None
            lifted.append(Edit(self.raw[edit.start], self.raw[edit.end], raw))
        return lifted

    def _spelled(self, new: bytes) -> str:
        plain = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.*"
        return "".join(chr(byte) if byte in plain else f"{self.sign}{byte:02X}" for byte in new)


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # it shrinks
    """The text as it reads, where any of it is spelled."""
    for sign, spelling in _SPELLING.items():
        if any(found[1] for found in spelling.finditer(text.text)):
            data, raw = _read(text, document.columns.start[leaf], spelling)
            if charset(data) == "utf-8":
                yield Opened(data, Spelled(document, leaf, sign, raw), certain=True, whole=False)


def _read(text: Text, base: int, spelling: re.Pattern[str]) -> tuple[bytes, Sequence[int]]:
    """The bytes of the text as it reads, and where each of them is spelled, and the end."""
    data, raw, at = bytearray(), [], 0

    def keep(first: int, last: int) -> None:
        for character in range(first, last):
            written = text.text[character].encode("utf-8", "replace")
            data.extend(written)
            raw.extend([_raw(text, base, character)] * len(written))

    for found in spelling.finditer(text.text):
        keep(at, found.start())
        if found[1] is not None:
            data.append(int(found[1], 16))
            raw.append(_raw(text, base, found.start()))
        at = found.end()
    keep(at, len(text.text))
    return bytes(data), [*raw, _raw(text, base, len(text.text))]


def _raw(text: Text, base: int, character: int) -> int:
    return base + character if text.offsets is None else text.offsets[character]


LAYER = Kind(
    "spelled",
    opened,
    About(
        reads="percent-encoding and quoted-printable",
        writes="each edit, spelled",
        holds="nothing",
    ),
)
