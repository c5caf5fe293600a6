"""The leaves of one message: bytes to columns, by the profile. The byte loop of hl7v2, called by its format; the fields of a segment are
read for hprim_sante too. Never raises.

Python runs once per field that is not empty; a field with one meaning is one leaf and is not looked into.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode.hl7v2.charset import charset, reads
from stream.core.decode.hl7v2.datatypes import Composite, Kind
from stream.core.decode.hl7v2.delimiters import ABSENT, LONGEST, Delimiters, declared, pieces
from stream.core.decode.hl7v2.segments import MOST_FIELDS, MOST_PARTS, SEGMENTS, header, named, observation
from stream.core.decode.shapes import shape
from stream.core.roles import INDEX
from stream.core.values import Columns, Incomplete, Limits, Mark

STRANGER = b"---"
"""Stands for the name of a segment that no profile knows: it may be data."""

_UNKNOWN_NAME = INDEX["key.unknown"]
_DELETE = b'""'  # HL7's explicit delete: kept as it is, no leaf
_LINE_FEED, _QUOTE = 10, 34  # numbers, because `in` takes seven times as long with bytes
_PADDING = b" \t\x00\x1a"
_CHARSET = 17  # MSH-18: MSH-1 is the separator itself


class Context(NamedTuple):
    """What paths and writing need: the delimiters, where each segment starts, and the names of the segments, three bytes each."""

    delimiters: Delimiters
    segments: Sequence[int]
    names: bytes


class Walk:
    """The columns in the making. Slots, because they are read faster than the names of a tuple."""

    __slots__ = ("_most", "component", "data", "end", "pieces", "repetition", "role", "start", "subcomponent")

    def __init__(self, data: bytes, delimiters: Delimiters, most: int) -> None:
        self.data = data
        _, self.component, self.repetition, _, self.subcomponent, _ = delimiters
        self.pieces = pieces(delimiters)
        self._most = most
        self.start: list[int] = []
        self.end: list[int] = []
        self.role = bytearray()

    def room(self) -> int:
        """How many leaves there may still be: one more than allowed, so that too many are noticed."""
        return max(self._most + 1 - len(self.start), 0)


def leaves(data: bytes, limits: Limits) -> Columns | Incomplete:
    """The columns of one message, or why not."""
    delimiters = declared(data[:LONGEST])
    if delimiters is None or not legible(delimiters):
        return Incomplete(Reason.UNDECODABLE)
    lines = (data.replace(b"\n", ABSENT) if _LINE_FEED in data else data).split(ABSENT, limits.leaves)
    columns = _segments(data, lines, delimiters, limits.leaves) if len(lines) <= limits.leaves else None
    if columns is None or len(columns.start) > limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    if _QUOTE in data and data.find(_DELETE) >= 0:
        columns = without_deletes(data, columns)
    if delimiters.escape != ABSENT:
        mark_escapes(data, delimiters.escape[0], columns)
    return columns


def legible(delimiters: Delimiters) -> bool:
    """A delimiter that is half a character of UTF-8 would cut every letter that shares it."""
    given = b"".join(delimiters)
    return given.isascii() or not reads(given, "utf-8")


def _segments(data: bytes, lines: Sequence[bytes], delimiters: Delimiters, most: int) -> Columns:
    """Walks each segment, and keeps which leaves form a result and where a further patient starts."""
    separator = delimiters.field
    walk = Walk(data, delimiters, most)
    start = walk.start
    heading = lines[0].split(separator, MOST_FIELDS)
    read_fields(walk, heading[2:], header(heading[0]), len(heading[1]) + 5, len(lines[0]))
    segments, names = [0], [heading[0]]
    scopes: list[int] = []
    groups: list[tuple[int, int]] = []
    result = -1  # the first leaf of the result that is open
    patient = False
    at = len(lines[0]) + 1
    for line in islice(lines, 1, None):
        if line:
            first = len(start)
            if first > most:
                break
            fields = line.split(separator, MOST_FIELDS)
            name = fields[0]
            kinds = SEGMENTS.get(name)
            segments.append(at)
            if result >= 0 and name != b"NTE" and (kinds is not None or named(name)):  # a line that is no segment runs on
                groups.append((result, first))
                result = -1
            names.append(name if kinds is not None else STRANGER)
            if kinds is None:
                read_stranger(walk, line, name if named(name) else b"", at)
                at += len(line) + 1
                continue
            if name == b"OBX":
                result = first
                kinds = observation(fields)
            elif name == b"PID":
                if patient:
                    scopes.append(first)
                patient = True
            del fields[0]
            read_fields(walk, fields, kinds, at + 4, at + len(line))
        at += len(line) + 1
    if result >= 0:
        groups.append((result, len(start)))
    declared_charset = heading[_CHARSET] if len(heading) > _CHARSET else b""
    context = Context(delimiters, segments, b"".join(names))
    return Columns(start, walk.end, walk.role, bytearray(len(start)), scopes, groups, (), charset(data, declared_charset), context)


def read_fields(walk: Walk, fields: Iterable[bytes], kinds: Sequence[Kind], at: int, end: int) -> None:
    """The fields of one segment, from raw offset `at` to `end`."""
    component, start, ends, role = walk.component, walk.start, walk.end, walk.role
    repetition, component_byte = walk.repetition[0], component[0]  # `in` takes a seventh of the time with a number
    for field, kind in zip(fields, kinds):  # noqa: B905  # the shorter one ends it, and a keyword here costs
        if not field:
            at += 1
        elif isinstance(kind, int):
            start.append(at)
            at += len(field)
            ends.append(at)
            role.append(kind)
            at += 1
        elif repetition in field:
            for occurrence in field.split(walk.repetition, walk.room()):
                at = _parts(walk, occurrence, kind, component, at)
        elif kind.alone is None or component_byte in field:
            at = _parts(walk, field, kind, component, at)
        else:
            start.append(at)
            at += len(field)
            ends.append(at)
            role.append(kind.alone)
            at += 1
    if at < end:
        read_pieces(walk, at, end)


def _parts(walk: Walk, whole: bytes, composite: Composite, separator: bytes, at: int) -> int:
    """The components of a field, or the subcomponents of a component. Gives the offset behind the separator that follows."""
    start, ends, role = walk.start, walk.end, walk.role
    end = at + len(whole)
    parts = whole.split(separator, MOST_PARTS)
    for part, kind in zip(parts, composite.kinds if composite.choose is None else composite.choose(parts)):  # noqa: B905  # as above
        if not part:
            at += 1
        elif isinstance(kind, int):
            start.append(at)
            at += len(part)
            ends.append(at)
            role.append(kind)
            at += 1
        elif kind.alone is None or walk.subcomponent[0] in part:
            at = _parts(walk, part, kind, walk.subcomponent, at)
        else:
            start.append(at)
            at += len(part)
            ends.append(at)
            role.append(kind.alone)
            at += 1
    if at < end:
        read_pieces(walk, at, end)
    return end + 1


def read_pieces(walk: Walk, first: int, last: int) -> None:
    """A stretch that no profile knows: every piece of it is a leaf, and shows by itself what it is."""
    data, start, ends, role = walk.data, walk.start, walk.end, walk.role
    for found in islice(walk.pieces.finditer(data, first, last), walk.room()):
        at, end = found.span()
        start.append(at)
        ends.append(end)
        role.append(shape(data[at:end]))


def read_stranger(walk: Walk, line: bytes, name: bytes, at: int) -> None:
    """A line that no profile knows. The name that it begins with, if it has one, is data itself."""
    if not line.strip(_PADDING):
        return
    end = at + len(line)
    if name:
        walk.start.append(at)
        walk.end.append(at + len(name))
        walk.role.append(_UNKNOWN_NAME)
        at += len(name)
    read_pieces(walk, at, end)


def without_deletes(data: bytes, columns: Columns) -> Columns:
    """The columns less the leaves that are an explicit delete."""
    start, end = columns.start, columns.end
    kept = [leaf for leaf in range(len(start)) if end[leaf] - start[leaf] != 2 or data[start[leaf] : end[leaf]] != _DELETE]
    return columns._replace(
        start=[start[leaf] for leaf in kept],
        end=[end[leaf] for leaf in kept],
        role=bytearray(columns.role[leaf] for leaf in kept),
        mark=bytearray(len(kept)),
        scopes=[bisect_left(kept, leaf) for leaf in columns.scopes],
        groups=[(bisect_left(kept, first), bisect_left(kept, last)) for first, last in columns.groups],
    )


def mark_escapes(data: bytes, escape: int, columns: Columns) -> None:
    """Marks each leaf that holds the escape character."""
    start, end, mark = columns.start, columns.end, columns.mark
    at = data.find(escape, start[0]) if start else -1
    while at >= 0:
        leaf = bisect_right(start, at) - 1
        if at < end[leaf]:
            mark[leaf] = Mark.ESCAPED
            at = end[leaf] - 1
        at = data.find(escape, at + 1)
