"""The path of a leaf, numbered as HPRIM does: `P.6.1`, `OBX[3].6`, and `#7.3.1` in a segment that no profile knows. Called for hits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from stream.core.decode.hl7v2.datatypes import UNKNOWN_PLACE, Kind
from stream.core.decode.hl7v2.places import segment, within
from stream.core.decode.hl7v2.segments import MOST_FIELDS
from stream.core.decode.hprim_sante.continued import continuation
from stream.core.decode.hprim_sante.segments import RESULT, SEGMENTS, observation
from stream.core.decode.hprim_sante.walk import STRANGER, Context


def path(data: bytes, start: int, context: Context) -> str:
    """The path of the leaf that starts at raw offset `start`."""
    number = bisect_right(context.segments, start) - 1
    before = data[context.segments[number] : start]
    if context.continued:
        before = continuation(context.delimiters.field).sub(b"", before)
    fields = before.split(context.delimiters.field, MOST_FIELDS)
    name = context.names[3 * number : 3 * number + 3]
    parts = within(fields[-1], 0, len(fields[-1]), context.delimiters)
    field = before.count(context.delimiters.field) + 1
    if name == STRANGER:
        return f"#{number + 1}.{field}{parts}"
    return f"{segment(context.names, number)}.{field}{'' if isinstance(_kind(fields), int) else parts}"


def _kind(before: Sequence[bytes]) -> Kind:
    """What the field is that the raw fields lead to, the segment's name first."""
    kinds, index = observation(before) if before[0] == RESULT else SEGMENTS[before[0]], len(before) - 2
    return kinds[index] if index < len(kinds) else UNKNOWN_PLACE
