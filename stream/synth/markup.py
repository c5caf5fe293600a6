"""Elements of XML as pieces, for the formats that are written in it. Called by `cda` and `fhir_xml`."""

from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from stream.synth.label import Piece, Planted, Rename, escaped

Written = list[Piece]
Element = Callable[..., Written]

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_QUOTE = {'"': "&quot;"}


def text(*pieces: Piece) -> Written:
    """Characters as they stand between tags, or between double quotes."""
    return escaped(pieces, lambda piece: escape(piece, _QUOTE))


def elements(rename: Rename) -> Element:
    """What writes an element by its name, its attributes and what stands in it; every name as `rename` gives it."""

    def element(name: str, attributes: Mapping[str, Piece | Sequence[Piece]] | None = None, *content: Written) -> Written:
        tag = rename(name)
        values = [piece for key, value in (attributes or {}).items() for piece in (f' {key}="', *text(*_pieces(value)), '"')]
        within = [piece for written in content for piece in written]
        return [f"<{tag}", *values, *([">", *within, f"</{tag}>"] if within else ["/>"])]

    return element


def _pieces(value: Piece | Sequence[Piece]) -> Sequence[Piece]:
    return (value,) if isinstance(value, str | Planted) else value
