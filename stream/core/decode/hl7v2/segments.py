"""The profile, compiled: what the fields of a segment are. Called by the walk and the paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stream.core.decode.hl7v2.datatypes import UNKNOWN_PLACE, Kind, kind
from stream.core.decode.hl7v2.profile import PROFILE, VALUES

Kinds = tuple[Kind, ...]

MOST_FIELDS = 99
"""More than any segment of the profile has; what is behind them is one more place nobody knows."""

MOST_PARTS = 31
"""The same for the components of a field."""

_HEADERS = ("MSH", "BHS", "FHS")
_VALUE = 5
_SIGNS = b"^~&"  # as nearly all declare them


def named(field: bytes) -> bool:
    """Whether the first field of a line is written like the name of a segment."""
    return len(field) == 3 and field.isupper() and field.isalnum()


def header(name: bytes) -> Kinds:
    """The fields of a first segment, from its third on: the first two declare the delimiters."""
    return _HEADER_KINDS[name]


def observation(fields: Sequence[bytes]) -> Kinds:
    """The fields of an OBX from its first on, told by its raw fields (its name first): OBX-5 is what OBX-2 says. What is left where type
    and value were removed is no value."""
    if len(fields) <= 2 or (not fields[2] and len(fields) > _VALUE and fields[_VALUE] and not fields[_VALUE].strip(_SIGNS)):
        return _OBSERVATION
    return _OBSERVATIONS.get(fields[2], _OBSERVATION)


def numbers(written: str) -> list[int]:
    """`1 4-6` -> 1, 4, 5, 6."""
    spans = [span.partition("-") for span in written.split()]
    return [number for first, _, last in spans for number in range(int(first), int(last or first) + 1)]


def compiled(fields: Mapping[str, str]) -> Kinds:
    """What each field is, from the one that the profile numbers 1 on. Raises KeyError where it names no role and no datatype."""
    kinds = {number: kind(name) for name, written in fields.items() for number in numbers(written)}
    return tuple(kinds.get(number, UNKNOWN_PLACE) for number in range(1, max(kinds) + 1))


def _observation(value: str) -> Kinds:
    return (*_OBSERVATION[: _VALUE - 1], kind(value), *_OBSERVATION[_VALUE:])


_HEADER_KINDS = {name.encode(): compiled(PROFILE[name])[2:] for name in _HEADERS}
SEGMENTS = {name.encode(): compiled(fields) for name, fields in PROFILE.items() if name not in _HEADERS}
"""Per segment, the fields from its first on."""

_OBSERVATION = SEGMENTS[b"OBX"]
_OBSERVATIONS = {type_.encode(): _observation(value) for type_, value in VALUES.items()}
