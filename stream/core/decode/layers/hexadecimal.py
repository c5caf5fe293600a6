"""The hexadecimal layer: data written as pairs of digits; opaque. Called by decode for texts. A run that tells nothing by itself is a
number: a hash, a trace, a serial."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stream.core.decode.layers.base64 import tells
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.kernels.splice import splice
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text

_RUN = re.compile(r"(?<![0-9A-Za-z])(?:(?:[0-9a-f]{2}){24,}+|(?:[0-9A-F]{2}){24,}+)(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True, repr=False)
class Hexadecimal:
    """How the document hangs on the characters [start, end) of a leaf of `parent`."""

    parent: Document
    leaf: int
    start: int  # raw offset
    end: int
    upper: bool

    @property
    def name(self) -> str:
        return "hexadecimal"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """One edit: everything in digits again; None where it would no longer be told from a number."""
        digits = splice(child, edits).hex()
        if not _RUN.fullmatch(digits):
            return None
        raw = self.parent.format.write(self.parent, self.leaf, digits.upper() if self.upper else digits)
        return None if raw is None else [Edit(self.start, self.end, raw)]


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # it shrinks
    """The data in each run of digits that tells something."""
    for run in _RUN.finditer(text.text):
        data = bytes.fromhex(run[0])
        if tells(data):
            base = document.columns.start[leaf]
            layer = Hexadecimal(document, leaf, text.raw(base, run.start()), text.raw(base, run.end()), run[0].isupper())
            yield Opened(data, layer, certain=True, whole=run[0] == text.text.strip())


LAYER = Kind(
    "hexadecimal",
    opened,
    About(
        reads="data in pairs of hexadecimal digits that shows what it is",
        writes="everything in digits again, in the same case",
        holds="nothing: other runs are numbers",
    ),
)
