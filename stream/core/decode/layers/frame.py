"""The slice layer: one of several messages, as it stands in its record. Called by decode for frames."""

from collections.abc import Iterator

from stream.core.decode.frames import Slice
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Incomplete, Text


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """The bytes of the frame."""
    if document.format.name == "frames":
        start = document.columns.start[leaf]
        yield Opened(document.data[start : document.columns.end[leaf]], Slice(start), certain=True, whole=True)


LAYER = Kind(
    "message",
    opened,
    About(
        reads="one of several messages",
        writes="the message, in its place",
        holds="nothing",
    ),
)
