"""The layer of text in a charset of old systems, or in UTF-8 and one of these mixed, where a format reads UTF-8 only; mapped, each
character to its bytes. Called by decode for packed data."""

from collections.abc import Iterator

from stream.core.decode.layers.embedded import Embedded
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.decode.layers.packed import is_western
from stream.core.values import About, Aids, Document, Incomplete, Text


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # at most twice as long
    """The same text in UTF-8."""
    if document.format.name == "packed" and is_western(document.data):
        read = document.format.text(document, leaf)
        yield Opened(read.text.encode("utf-8"), Embedded(document, leaf, read), certain=True, whole=True)


LAYER = Kind(
    "western",
    opened,
    About(
        reads="JSON in Windows-1252, Latin-1, MacRoman or code page 850, or in UTF-8 mixed with these",
        writes="each edit, in the same charset",
        holds="what is no JSON all the same",
    ),
)
