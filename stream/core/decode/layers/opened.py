"""What a layer finds in a leaf. Called by the layers and by decode."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from stream.core.values import About, Aids, Document, Incomplete, Layer, Text


class Opened(NamedTuple):
    """The bytes that hang on a leaf, and how."""

    data: bytes
    layer: Layer
    certain: bool  # data for sure, so what cannot be read in it makes the record incomplete; else only what a format other than text reads
    whole: bool  # there is nothing else in the leaf

    def __repr__(self) -> str:
        return f"Opened({len(self.data)}B, {self.layer.name})"


Opener = Callable[[Document, int, Text, Aids], Iterable[Opened | Incomplete]]
"""(document, leaf, its text, what the layer may use) -> what hangs on the leaf. The text of a frame is empty: its bytes count."""


class Kind(NamedTuple):
    """One way in which documents hang in documents, as decode asks it and as people are told of it."""

    name: str
    opened: Opener
    about: About
