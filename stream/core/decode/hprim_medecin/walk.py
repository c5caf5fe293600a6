"""The leaves of a file: patients one behind the other, each with a header, a report in lines and a block of coded results. Called by the
format; never raises.

A patient ends at `****FIN****`, the file at `****FINFICHIER****`; `****LAB****` opens the coded results. What stands outside of patients
is known to nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode.charset import charset
from stream.core.decode.hprim_medecin import header, results
from stream.core.decode.hprim_medecin.header import LENGTH, Span
from stream.core.decode.text import LINE
from stream.core.roles import INDEX
from stream.core.values import Columns, Incomplete, Limits

HEADER, REPORT = "header", "text"

MARKER = re.compile(rb"\*{3,}[ ]?(LAB|FINFICHIER|FIN)[ ]?\*{3,}", re.IGNORECASE)

_BOM = b"\xef\xbb\xbf"
_PADDING = b"\x00\x1a"  # ends many files of DOS
_END = re.compile(rb"\r\n?|\n")
_MARKED = re.compile(rb"(?:\A|[\r\n])[ \t]*+" + MARKER.pattern + rb"[ \t]*+(?=[\r\n\x1a\x00]|\Z)", re.IGNORECASE)
_SURE = 4  # of six, where nothing marks the end
_TEXT, _UNKNOWN = INDEX["health.text"], INDEX["unknown"]


class Line(NamedTuple):
    """Where a line with leaves starts, in which part of the file it stands, which one of these parts that is, and which line of it this is
    (0: the part is one line)."""

    start: int
    part: str
    ordinal: int
    number: int


class Context(NamedTuple):
    """What paths need: the lines that have leaves, and how many parts of each name there are."""

    lines: Sequence[Line]
    counts: Mapping[str, int]


def tells(data: bytes) -> bool:
    """Whether this is a file of HPRIM Medecin: it has lines before a mark, or lines that look like a header."""
    mark = _MARKED.search(data)
    if mark is not None:
        return len(_END.findall(data, 0, mark.start() + 1)) >= LENGTH
    lines = list(islice(_lines(data), LENGTH + 3))
    return len(lines) > LENGTH and header.begins(data, lines)[1] >= _SURE


def leaves(data: bytes, limits: Limits) -> Columns | Incomplete:
    """The columns of one file, or why not."""
    codec = charset(data.rstrip(_PADDING))
    if codec is None:
        return Incomplete(Reason.UNDECODABLE)
    lines = list(islice(_lines(data), limits.leaves + 1))
    if len(lines) > limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    walk = _Walk(data, limits.leaves)
    for block, ended in _blocks(data, lines):
        walk.block(block, ended)
    if len(walk.start) > limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    context = Context(walk.lines, walk.counts)
    scopes = walk.scopes if len(walk.scopes) > 1 else ()
    return Columns(walk.start, walk.end, walk.role, bytearray(len(walk.start)), scopes, walk.groups, (), codec, context)


def _lines(data: bytes) -> Iterator[Span]:
    """Each line without the blanks around it; an empty one where it stands."""
    at, last = (len(_BOM) if data.startswith(_BOM) else 0), len(data.rstrip(_PADDING))
    for found in _END.finditer(data, at, last):
        yield _trimmed(data, at, found.start())
        at = found.end()
    yield _trimmed(data, at, last)


def _trimmed(data: bytes, start: int, end: int) -> Span:
    raw = data[start:end]
    first = start + len(raw) - len(raw.lstrip())
    return first, max(first, start + len(raw.rstrip()))


def _blocks(data: bytes, lines: Sequence[Span]) -> Iterator[tuple[Sequence[Span], bool]]:
    """The lines of each patient, and whether a mark ends them."""
    first = 0
    for number, (start, end) in enumerate(lines):
        mark = MARKER.fullmatch(data, start, end)
        if mark is not None and mark[1].upper() != b"LAB":
            yield lines[first:number], True
            first = number + 1
    yield lines[first:], False


class _Walk:
    """The columns in the making."""

    def __init__(self, data: bytes, most: int) -> None:
        self.data = data
        self.folded = data.replace(b"\r", b"\n")  # as long as data
        self.most = most
        self.start: list[int] = []
        self.end: list[int] = []
        self.role = bytearray()
        self.scopes: list[int] = []
        self.groups: list[Span] = []
        self.lines: list[Line] = []
        self.counts: Counter[str] = Counter()

    def block(self, lines: Sequence[Span], ended: bool) -> None:
        """A patient, or what is none. Each opens a scope."""
        if not any(start < end for start, end in lines) or len(self.start) > self.most:
            return
        self.scopes.append(len(self.start))
        coded = next((n for n, span in enumerate(lines) if MARKER.fullmatch(self.data, *span)), len(lines))
        first, likeness = header.begins(self.data, lines[:coded]) if coded >= LENGTH else (0, 0)
        if coded < LENGTH or (not ended and self.scopes[1:] and likeness < 1):
            self._strangers(lines)
            return
        self._strangers(lines[:first])
        self.counts.update((HEADER, REPORT))
        self._header(lines[first : first + LENGTH])
        if first + LENGTH < coded:
            self._report(lines[first + LENGTH][0], lines[coded - 1][1])
        self._results(lines[coded + 1 :])

    def _add(self, start: int, end: int, role: int) -> None:
        self.start.append(start)
        self.end.append(end)
        self.role.append(role)

    def _header(self, lines: Sequence[Span]) -> None:
        for number, (start, end) in enumerate(lines):
            if start < end:
                self.lines.append(Line(start, HEADER, self.counts[HEADER], number + 1))
                for leaf in header.read(self.data, number, start, end):
                    self._add(*leaf)

    def _report(self, first: int, last: int) -> None:
        for number, line in enumerate(LINE.finditer(self.folded, first, last), 1):
            self.lines.append(Line(line.start(), REPORT, self.counts[REPORT], number))
            self._add(*line.span(), _TEXT)

    def _results(self, lines: Sequence[Span]) -> None:
        """Coded results. A result goes with the texts that follow it."""
        first = -1
        for start, end in lines:
            if start == end or MARKER.fullmatch(self.data, start, end):
                continue
            name, found = results.read(self.data, start, end)
            if name != results.NOTE:
                self._close(first)
                first = len(self.start) if name else -1
            self.counts[name] += 1
            self.lines.append(Line(start, name, self.counts[name], 0))
            for leaf in found:
                self._add(*leaf)
        self._close(first)

    def _close(self, first: int) -> None:
        if 0 <= first < len(self.start):
            self.groups.append((first, len(self.start)))

    def _strangers(self, lines: Sequence[Span]) -> None:
        for start, end in lines:
            if start < end:
                self.counts[""] += 1
                self.lines.append(Line(start, "", self.counts[""], 0))
                self._add(start, end, _UNKNOWN)
