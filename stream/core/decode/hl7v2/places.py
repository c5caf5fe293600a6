"""The path of a leaf: `PID-5.1`, `OBX[3]-5`, `PID-3[2].1`, and `#7-3.1` in a segment that no profile knows. Called for hits only.

The ordinal of a segment is shown where its name occurs more than once, that of a repetition or a subcomponent from the second one on,
the component where the field has components by the profile.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from stream.core.decode.hl7v2.datatypes import UNKNOWN_PLACE, Kind
from stream.core.decode.hl7v2.delimiters import Delimiters
from stream.core.decode.hl7v2.segments import MOST_FIELDS, SEGMENTS, header, observation
from stream.core.decode.hl7v2.walk import STRANGER, Context


def path(data: bytes, start: int, context: Context) -> str:
    """The path of the leaf that starts at raw offset `start`."""
    number = bisect_right(context.segments, start) - 1
    at = context.segments[number]
    name = context.names[3 * number : 3 * number + 3]
    separator = context.delimiters.field
    field = data.count(separator, at, start)
    first = data.rfind(separator, at, start) + 1 or at
    if name == STRANGER:
        return f"#{number + 1}-{field}{within(data, first, start, context.delimiters)}"
    kind = _kind(name, data[at:start].split(separator, MOST_FIELDS), heading=number == 0)
    parts = "" if isinstance(kind, int) else within(data, first, start, context.delimiters)
    return f"{segment(context.names, number)}-{field + 1 if number == 0 else field}{parts}"


def place(data: bytes, start: int, context: Context) -> tuple[str, int, int]:
    """Segment, field and component of the leaf that starts at raw offset `start`, whatever the segment is called."""
    number = bisect_right(context.segments, start) - 1
    at, separator = context.segments[number], context.delimiters.field
    field = data.count(separator, at, start) + (number == 0)
    first = data.rfind(separator, at, start) + 1 or at
    first = data.rfind(context.delimiters.repetition, first, start) + 1 or first
    return data[at : at + 3].decode("latin-1"), field, data.count(context.delimiters.component, first, start) + 1


def _kind(name: bytes, before: Sequence[bytes], *, heading: bool) -> Kind:
    """What the field is that the raw fields lead to, the segment's name first."""
    if heading:
        kinds, index = header(name), len(before) - 3  # the name and the declaration are no fields there
    else:
        kinds, index = observation(before) if name == b"OBX" else SEGMENTS[name], len(before) - 2
    return kinds[index] if index < len(kinds) else UNKNOWN_PLACE


def within(data: bytes, first: int, start: int, delimiters: Delimiters) -> str:
    """Repetition, component and subcomponent within the field that starts at `first`."""
    repetition = data.count(delimiters.repetition, first, start) + 1
    first = data.rfind(delimiters.repetition, first, start) + 1 or first
    component = data.count(delimiters.component, first, start) + 1
    first = data.rfind(delimiters.component, first, start) + 1 or first
    subcomponent = data.count(delimiters.subcomponent, first, start) + 1
    return f"{f'[{repetition}]' if repetition > 1 else ''}.{component}{f'.{subcomponent}' if subcomponent > 1 else ''}"


def segment(names: bytes, number: int) -> str:
    """The name of a segment, with its ordinal where it is not the only one. `names`: three bytes each, padded with blanks."""
    ordinals, counts = _ordinals(names)
    name = names[3 * number : 3 * number + 3]
    known = name.decode("ascii").rstrip()
    return f"{known}[{ordinals[number]}]" if counts[name] > 1 else known


@lru_cache(maxsize=8)
def _ordinals(names: bytes) -> tuple[Sequence[int], Counter[bytes]]:
    """Which one of its name each segment is, and how often each name occurs. Names of the profile only, so it keeps no data."""
    counts: Counter[bytes] = Counter()
    ordinals = []
    for at in range(0, len(names), 3):
        name = names[at : at + 3]
        counts[name] += 1
        ordinals.append(counts[name])
    return ordinals, counts
