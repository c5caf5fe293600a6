"""The UTF-16 and UTF-32 layer: opaque, to UTF-8, so that the kernels see supersets of ASCII. Called by decode for packed data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.vocabulary import Reason
from stream.core.decode.charset import wide
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.kernels.splice import splice
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text


@dataclass(frozen=True, slots=True)
class Wide:
    """How the document hangs on the packed bytes: `size` of them, in that codec. A byte order mark is its first character."""

    size: int
    codec: str

    @property
    def name(self) -> str:
        return self.codec

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """One edit: everything in the codec again."""
        return [Edit(0, self.size, splice(child, edits).decode("utf-8", "replace").encode(self.codec))]


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """The same text in UTF-8."""
    codec = wide(document.data) if document.format.name == "packed" else None
    if codec is not None:
        try:
            yield Opened(document.data.decode(codec).encode("utf-8"), Wide(len(document.data), codec), certain=True, whole=True)
        except UnicodeError:
            yield Incomplete(Reason.UNDECODABLE)


LAYER = Kind(
    "wide",
    opened,
    About(
        reads="UTF-16 and UTF-32, with or without a mark",
        writes="everything in the same set again",
        holds="half a character",
    ),
)
