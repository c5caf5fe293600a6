"""The layer of a document written as text inside a leaf: mapped, each edit goes through the escapes of the parent's format.

Called by decode for texts that begin like a document. Never decides whether they are one: the format does.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stream.core.decode.charset import offsets
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text

_BEGINS = re.compile(r"[\s\ufeff\x0b]*+(?:(?:\x22\s*+)?[{\[]|(?:MSH|FHS|BHS)[^A-Za-z0-9\s]|H[!-/:-@\[-`{-~]{4}|<[A-Za-z_?!])")
_ENDS = re.compile(r"\*{3} ?FIN")  # begins like anything, and is told by its last line


@dataclass(frozen=True, slots=True, repr=False)
class Embedded:
    """How the document hangs on a leaf of `parent`: its characters are those of the leaf's text."""

    parent: Document
    leaf: int
    text: Text

    @property
    def name(self) -> str:
        return "text"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """The same edits in the parent's bytes; None where an edit cuts a character or the parent cannot write one."""
        starts = offsets(child, 0)
        lifted: list[Edit] = []
        for edit in edits:
            first, last = bisect_left(starts, edit.start), bisect_left(starts, edit.end)
            raw = self.parent.format.write(self.parent, self.leaf, edit.new.decode("utf-8", "replace"))
            if raw is None or starts[first] != edit.start or starts[last] != edit.end:
                return None
            lifted.append(Edit(self._raw(first), self._raw(last), raw))
        return lifted

    def _raw(self, character: int) -> int:
        return self.text.raw(self.parent.columns.start[self.leaf], character)


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # as long as the text
    """The text as a document of its own."""
    if _BEGINS.match(text.text) or _ENDS.search(text.text):
        yield Opened(text.text.encode("utf-8", "replace"), Embedded(document, leaf, text), certain=False, whole=True)


LAYER = Kind(
    "text",
    opened,
    About(
        reads="a document written as text within a leaf: JSON in a string, HL7 in JSON, escaped XML",
        writes="each edit, through the escapes of what is around it",
        holds="a document that cannot be trusted",
    ),
)
