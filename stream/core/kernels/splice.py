"""Edits -> bytes. Called by `act` and by the layers; never looks at what it moves."""

from collections.abc import Iterable

from stream.core.values import Edit

_APART = "edits overlap or leave the data"


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """`data` with each span replaced, in any order of the edits; every byte outside them is unchanged. Raises ValueError where edits
    overlap or leave the data."""
    parts: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits):
        if not at <= start <= end:
            raise ValueError(_APART)
        parts.append(data[at:start])
        parts.append(new)
        at = end
    if at > len(data):
        raise ValueError(_APART)
    parts.append(data[at:])
    return b"".join(parts)
