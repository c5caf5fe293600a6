"""The twelve lines that stand before each report, by position, and whether lines are such a header at all. Called by the walk.

Positions are what HPRIM Medecin has instead of names, so that a header is told by what its lines look like, and a line that does not look
like what should stand there is a place nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stream.core.roles import INDEX

LENGTH = 12
"""Lines of a header."""

Span = tuple[int, int]


class Leaf(NamedTuple):
    """Where a value stands, and its role."""

    start: int
    end: int
    role: int


_UNKNOWN = INDEX["unknown"]
_POSTCODE, _CITY = INDEX["contact.postcode"], INDEX["contact.city"]
_SENDER = INDEX["establishment.sender"], INDEX["establishment.name"]
_AUTHOR = INDEX["establishment.sender"], INDEX["professional.name.full"]
_RECEIVER = INDEX["professional.number"], INDEX["professional.name.full"]

_ROLES = [  # of the lines with one value
    INDEX[name]
    for name in (
        *("person.local_number", "person.name.family", "person.name.given", "contact.address", "contact.address", "unknown"),
        *("person.birth_date", "person.nir", "order.filler", "admin.date"),
    )
]
_TOWN = re.compile(rb"(\d{5}|\d{2}|2[AB]|9[78]\d)(?:[ \t]+(\S.*))?")  # a department is what is left of a postcode
_DAY = re.compile(rb"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{2}){1,2}|(?:18|19|20)\d{2}(?:-?\d{2}-?\d{2})?")
_NIR = re.compile(rb"[1-8](?:[ .]?[\dAB]){12}(?:[ ./-]*\d{2})?")
_NUMBER = re.compile(rb"(?=\D*\d)[\w./ -]{1,40}")
_CODED = re.compile(rb"(\S{1,10})(?:[ \t]+(\S.*))?")
_APART = re.compile(rb"[ \t]{2}")
_OURS = re.compile(rb"\*\*\*|pq1-[\w-]+")  # what stands where a value was
_FORMS = {8: _NUMBER, 9: _DAY}  # what other lines hold is identity, whatever it looks like
_TITLED = re.compile(rb"(?:DR|PR|DOCTEUR|PROFESSEUR|M|MME|MLLE|MR)\b", re.IGNORECASE)

_ALIGNED = (10, 11)  # the column in which a code ends that is aligned to the right

WITH_PARTS = (6, 11, 12)
"""The lines, counted from 1, that have two parts."""
SECOND = frozenset({_CITY, _SENDER[1], _AUTHOR[1]})
"""The roles of the second part."""

_SKIPPED = 2  # lines that may stand before a header
_SHOWS = ((5, _TOWN, 1), (6, _DAY, 2), (7, _NIR, 2), (9, _DAY, 1))
"""Which lines tell a header, by what form, and how much it says."""


def begins(data: bytes, lines: Sequence[Span]) -> tuple[int, int]:
    """Which of the first lines begins what looks most like a header, and how much it does: from -6 for not at all to 6. What is empty says
    nothing."""
    likeness, first = max((_likeness(data, lines[at : at + LENGTH]), -at) for at in range(min(_SKIPPED, len(lines) - LENGTH) + 1))
    return -first, likeness


def _likeness(data: bytes, lines: Sequence[Span]) -> int:
    score = 0
    for number, form, weight in _SHOWS:
        start, end = lines[number]
        if start < end and not _OURS.fullmatch(data, start, end):
            score += weight if form.fullmatch(data, start, end) else -weight
    return score


def read(data: bytes, number: int, start: int, end: int) -> Iterator[Leaf]:
    """The leaves of a line, counted from 0, that is not empty."""
    match number:
        case 5:
            return _town(data, start, end)
        case 10 | 11:
            return _correspondent(data, number, start, end)
        case _:
            return _one(data, number, start, end)


def _one(data: bytes, number: int, start: int, end: int) -> Iterator[Leaf]:
    form = _FORMS.get(number)
    yield Leaf(start, end, _ROLES[number] if form is None or form.fullmatch(data, start, end) else _UNKNOWN)


def _town(data: bytes, start: int, end: int) -> Iterator[Leaf]:
    found = _TOWN.fullmatch(data, start, end)
    if found is None:
        yield Leaf(start, end, _CITY)
        return
    yield Leaf(*found.span(1), _POSTCODE)
    if found[2]:
        yield Leaf(*found.span(2), _CITY)


def _correspondent(data: bytes, number: int, start: int, end: int) -> Iterator[Leaf]:
    """A code in ten columns and a name. Many write one of them only, or align the code to the right."""
    found = _CODED.fullmatch(data, start, end)
    if found is None or not _is_code(data, found):
        roles, first = _roles(number, titled=_TITLED.match(data, start, end) is not None), start
    else:
        first = found.start(2) if found[2] else end
        roles = _roles(number, titled=_TITLED.match(data, first, end) is not None)
        yield Leaf(*found.span(1), roles[0])
    if first < end:
        yield Leaf(first, end, roles[1])


def _is_code(data: bytes, found: re.Match[bytes]) -> bool:
    """Whether the first word is a code: it has a digit or a dot, or stands in columns of its own."""
    if _TITLED.match(found[1]):
        return False
    before = data[max(found.start() - LENGTH, 0) : found.start()]
    column = len(before) - len(before.rstrip(b" \t")) + len(found[1])  # where it ends
    aligned = column in _ALIGNED and column > len(found[1])
    return aligned or not found[1].isalpha() or _APART.match(data, found.end(1)) is not None


def _roles(number: int, titled: bool) -> tuple[int, int]:
    return _RECEIVER if number == LENGTH - 1 else _AUTHOR if titled else _SENDER
