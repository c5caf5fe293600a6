"""The leaves of one file: bytes to columns, by the profile. Called by the format; never raises. Fields are read as those of hl7v2."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode.charset import western
from stream.core.decode.hl7v2.charset import reads
from stream.core.decode.hl7v2.delimiters import ABSENT, Delimiters
from stream.core.decode.hl7v2.segments import MOST_FIELDS
from stream.core.decode.hl7v2.walk import Walk, mark_escapes, read_fields, read_stranger, without_deletes
from stream.core.decode.hprim_sante.continued import Seams, joined
from stream.core.decode.hprim_sante.delimiters import LONGEST, declared, lead
from stream.core.decode.hprim_sante.segments import HEAD, NOTE, PATIENT, RESULT, SEGMENTS, named, observation
from stream.core.values import Columns, Incomplete, Limits, Mark

STRANGER = b"---"
"""Stands for the name of a segment that no profile knows: it may be data."""

_DELETE = b'""'
_PADDING = b" \t\x00\x1a\x1c"  # ends a file of DOS, or a block of MLLP


class Context(NamedTuple):
    """What paths and writing need: the delimiters, where each segment starts, the names of the segments, three bytes each, and whether a
    line is continued."""

    delimiters: Delimiters
    segments: Sequence[int]
    names: bytes
    continued: bool


def leaves(data: bytes, limits: Limits) -> Columns | Incomplete:
    """The columns of one file, or why not."""
    first = lead(data)
    head = data[first : first + LONGEST]
    delimiters = declared(head)
    if delimiters is None:
        return Incomplete(Reason.UNDECODABLE)
    whole, seams = joined(data, delimiters)
    lines = whole[first:].replace(b"\n", ABSENT).split(ABSENT, limits.leaves)
    declaration = head[: head.index(delimiters.field, 2) + 1]
    if any(line.startswith(HEAD + delimiters.field) and not line.startswith(declaration) for line in lines):
        return Incomplete(Reason.UNDECODABLE)  # several files that do not agree on their delimiters
    columns = _segments(whole, lines, first, len(declaration), delimiters, limits.leaves) if len(lines) <= limits.leaves else None
    if columns is None or len(columns.start) > limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    if _DELETE in whole:
        columns = without_deletes(whole, columns)
    if delimiters.escape != ABSENT:
        mark_escapes(whole, delimiters.escape[0], columns)
    return columns if seams is None else _raw(columns, seams)


def _segments(data: bytes, lines: Sequence[bytes], first: int, heading: int, delimiters: Delimiters, most: int) -> Columns:
    """Walks each segment, and keeps which leaves form a result. Each patient opens a scope, so that the envelope is nobody's own.
    `heading`: bytes of H.1 and H.2 with their separators."""
    walk = Walk(data, delimiters, most)
    start = walk.start
    segments, names = [], []
    scopes: list[int] = []
    groups: list[tuple[int, int]] = []
    result = -1  # the first leaf of the result that is open
    at = first
    for line in lines:
        if line.strip(_PADDING) and len(start) <= most:
            fields = line.split(delimiters.field, MOST_FIELDS)
            name = fields[0]
            kinds = SEGMENTS.get(name)
            segments.append(at)
            names.append(name.ljust(3) if kinds is not None else STRANGER)
            if result >= 0 and name != NOTE and named(name):  # a line that is no segment runs on
                groups.append((result, len(start)))
                result = -1
            if name == RESULT:
                result = len(start)
                kinds = observation(fields)
            elif name in (PATIENT, HEAD) and start:
                scopes.append(len(start))
            if kinds is None:
                read_stranger(walk, line, name if named(name) else b"", at)
            elif name == HEAD:
                read_fields(walk, islice(fields, 2, None), kinds[1:], at + heading, at + len(line))
            else:
                read_fields(walk, islice(fields, 1, None), kinds, at + len(name) + 1, at + len(line))
        at += len(line) + 1
    if result >= 0:
        groups.append((result, len(start)))
    codec = "utf-8" if reads(data, "utf-8") else western(data)
    context = Context(delimiters, segments, b"".join(names), continued=False)
    return Columns(start, walk.end, walk.role, bytearray(len(start)), scopes, groups, (), codec, context)


def _raw(columns: Columns, seams: Seams) -> Columns:
    """The columns of the joined data where they stand in the data itself. A leaf that was cut is marked, so that nobody reads its bytes as
    they stand."""
    context = columns.context
    start = list(map(seams.first, columns.start))
    end = list(map(seams.last, columns.end))
    for leaf, (first, last) in enumerate(zip(columns.start, columns.end, strict=True)):
        if end[leaf] - start[leaf] > last - first:
            columns.mark[leaf] = Mark.ESCAPED
    if isinstance(context, Context):
        context = context._replace(segments=list(map(seams.first, context.segments)), continued=True)
    return columns._replace(start=start, end=end, context=context)
