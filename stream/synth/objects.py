"""Objects of JSON as pieces, for the formats that are written in it. Called by `json` and `fhir`."""

import json
from collections.abc import Iterable, Mapping

from stream.synth.label import Piece, Rename, escaped, joined

Written = list[Piece]


def string(*pieces: Piece) -> Written:
    """A text between its quotes."""
    return ['"', *escaped(pieces, lambda text: json.dumps(text, ensure_ascii=False)[1:-1]), '"']


def members(values: Mapping[str, Written], rename: Rename) -> Written:
    """An object; every key as `rename` gives it."""
    return ["{", *joined([[f'"{rename(key)}": ', *value] for key, value in values.items()], ", "), "}"]


def array(items: Iterable[Written]) -> Written:
    """An array."""
    return ["[", *joined(list(items), ", "), "]"]
