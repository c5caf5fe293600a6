"""The layer of a file that somebody outside the core reads: PDF and RTF, as the text that is in them. Called by decode for packed data.
Such a file is not written again: what has to change in it takes all of it along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stream.core.decode.charset import charset
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text

_PDF, _NEAR = b"%PDF-", 1024  # bytes within which readers look for it
_RTF = b"{\\rtf"


@dataclass(frozen=True, slots=True)
class Extracted:
    """How its text hangs on a file."""

    @property
    def name(self) -> str:
        return "extracted"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:  # noqa: ARG002  # other layers can
        return None


def is_file(data: bytes) -> bool:
    """Whether data says that it is such a file. A text may speak of one."""
    return data.startswith(_RTF) or (_PDF in data[:_NEAR] and (data.startswith(_PDF) or charset(data) is None))


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """The text of the file, as a document of its own."""
    if document.format.name == "packed" and is_file(document.data):
        found = aids.extract(document.data, aids.room)
        if isinstance(found, Incomplete):
            yield found
        elif found.strip():
            yield Opened(found.encode("utf-8", "replace"), Extracted(), certain=True, whole=True)


LAYER = Kind(
    "file",
    opened,
    About(
        reads="the text of PDF and RTF, read in a bounded child process",
        writes="nothing: a change in it takes the whole attachment",
        holds="scanned pages, drawings without words, files within, a password",
    ),
)
