"""What each column of a table means: by its head, by what its cells are written like, or by nothing, so that each cell tells for itself.
Called by the reader."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from stream.core.decode.csv.kinds import Kind, given, in_town, kind, names, titled, words
from stream.core.decode.csv.table import Table, known, plain
from stream.core.decode.names import DIGITS, ROOT, Entry, unnamed
from stream.core.roles import INDEX

Judge = Callable[[bytes], int]

_UNKNOWN, _NUMBER, _KEY = INDEX["unknown"], INDEX["unknown.number"], INDEX["key"]
_HEAD, _LABEL = INDEX["key.unknown"], INDEX["test.label"]
_NOTHING = ROOT.entry("")  # what no head says
_BY_KIND = {
    Kind.EMAIL: INDEX["contact.email"],
    Kind.NIR: INDEX["person.nir"],
    Kind.PHONE: INDEX["contact.phone"],
    Kind.BLOOD: INDEX["person.blood_group"],
    Kind.SEX: INDEX["person.sex"],
    Kind.STREET: INDEX["contact.address"],
}
_BIRTH = INDEX["person.birth_date"]
_GIVEN, _FAMILY, _FULL = INDEX["person.name.given"], INDEX["person.name.family"], INDEX["person.name.full"]
_PHYSICIAN = INDEX["professional.name.full"]
_POSTCODE, _CITY = INDEX["contact.postcode"], INDEX["contact.city"]
_GENERATION = 15  # years between birth dates, but hardly between samples of one export
_YEAR = re.compile(rb"(?:18|19|20)\d\d")
_NUMBERED = 5  # rows in which numbers that never come twice are numbers of something


class Column(NamedTuple):
    """What is in a column: the role of its cells, or who judges each of them; and of its head."""

    role: int
    judge: Judge | None = None
    head: int = _HEAD


def columns(table: Table) -> list[Column]:
    """The meaning of each column."""
    whole = [*zip(*table.rows, strict=False)] or [()] * table.width
    cells = [[cell for cell in column if cell] for column in whole]
    entries = table.heads or [_NOTHING] * table.width
    unknown = [] if all(map(known, entries)) else _by_content(entries, cells, whole)
    return [
        _by_head(entry) if known(entry) else _unheaded(column, role, _followed(cells, number), table.trusted)
        for number, (entry, column, role) in enumerate(zip(entries, cells, unknown or [None] * table.width, strict=True))
    ]


def _by_head(entry: Entry) -> Column:
    return Column(entry.pair[1], (lambda value: unnamed(entry, value)) if entry.judge else None, _KEY)


# ---- columns without a known head -----------------------------------------------------------------------------------


def _unheaded(cells: Sequence[bytes], told: Told | None, followed: bool, trusted: bool) -> Column:
    fallback = _shaped(cells, followed)
    if told is not None:
        tells = told.tells
        return Column(told.role, lambda value: tells(value) or fallback(value), _HEAD if trusted else _UNKNOWN)
    measured = sum(fallback(cell) == _NUMBER for cell in cells) * 2 > len(cells)
    return Column(_UNKNOWN, fallback, _LABEL if measured else _HEAD if trusted else _UNKNOWN)


def _shaped(cells: Sequence[bytes], followed: bool) -> Judge:
    """A cell by its own shape; of numbers that look like numbers of something, none is a measurement."""
    sizes = {len(cell) for cell in cells}
    digits = all(map(bytes.isdigit, cells))
    postcodes = digits and sizes == {5} and not followed
    serial = (
        digits and sizes == {6} and len(cells) >= _NUMBERED and len({*cells}) == len(cells) and not all(c.endswith(b"00") for c in cells)
    )
    five = _UNKNOWN if postcodes else _NUMBER

    def judge(value: bytes) -> int:
        role = _judged(value)
        if role == DIGITS:
            return five
        return _UNKNOWN if serial and role == _NUMBER else role

    return judge


def _judged(value: bytes) -> int:
    return _NOTHING.judge(value, False) if _NOTHING.judge else _UNKNOWN


def _followed(cells: Sequence[Sequence[bytes]], number: int) -> bool:
    """Whether units stand in the next column."""
    following = cells[number + 1] if number + 1 < len(cells) else ()
    units = INDEX["unknown.unit"]
    return sum(_judged(cell) == units for cell in following) * 2 > len(following)


# ---- by content -----------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """The role that a column shows, and that of each of its cells; None for a cell that is not like that."""

    role: int
    tells: Callable[[bytes], int | None]


def _told(role: int, fits: Callable[[bytes], bool]) -> Told:
    return Told(role, lambda value: role if fits(value) else None)


def _by_content(entries: Sequence[Entry], cells: Sequence[Sequence[bytes]], whole: Sequence[Sequence[bytes]]) -> list[Told | None]:
    """What the cells of columns without a known head show; more than three in ten must."""
    told: list[Told | None] = [None if known(entry) else _by_form(column) for entry, column in zip(entries, cells, strict=True)]
    for number, column in enumerate(cells):
        if told[number] is None and not known(entries[number]):
            told[number] = _by_words(column)
    _add_families(told, entries, cells)
    _add_towns(told, entries, whole)
    return told


def _by_form(cells: Sequence[bytes]) -> Told | None:
    counted = Counter(map(kind, cells))
    counted.pop(Kind.OURS, None)
    for each, role in _BY_KIND.items():
        if counted[each] * 10 > len(cells) * 3:
            return Told(role, lambda value: _BY_KIND.get(kind(value)))
    for each, enough in ((Kind.DATE, 3), (Kind.YEAR, 9)):  # years are what is left of dates
        if counted[each] * 10 > len(cells) * enough and _apart(cells, each) > _GENERATION:
            return _told(_BIRTH, _of_kind(each))
    return None


def _of_kind(wanted: Kind) -> Callable[[bytes], bool]:
    return lambda value: kind(value) is wanted


def _apart(cells: Iterable[bytes], wanted: Kind) -> int:
    """The years between the first and the last date."""
    years = [int(year[0]) for cell in cells if kind(cell) is wanted and (year := _YEAR.search(cell))]
    return max(years) - min(years) if years else 0


def _by_words(cells: Sequence[bytes]) -> Told | None:
    said = [words(plain(cell)) for cell in cells]
    if sum(map(given, said)) * 10 > len(said) * 3:
        return _told(_GIVEN, _is_words)
    if sum(1 < len(each) < 5 and names(each) > 0 for each in said) * 10 > len(said) * 3:
        physicians = sum(titled(plain(cell)) for cell in cells) * 2 > len(cells)
        return _told(_PHYSICIAN if physicians else _FULL, _is_words)
    return _told(_PHYSICIAN, _is_titled) if sum(titled(plain(cell)) for cell in cells) * 10 > len(said) * 3 else None


def _is_words(value: bytes) -> bool:
    return bool(words(plain(value)))


def _is_titled(value: bytes) -> bool:
    return titled(plain(value))


def _add_families(told: list[Told | None], entries: Sequence[Entry], cells: Sequence[Sequence[bytes]]) -> None:
    """Columns of words beside one of given names: those before it, else the one after it."""
    for number, each in enumerate(told):
        if each is None or each.role != _GIVEN:
            continue
        before = number - 1
        while before >= 0 and _may_be_families(told, entries, cells, before):
            told[before] = _told(_FAMILY, _is_words)
            before -= 1
        if before == number - 1 and number + 1 < len(cells) and _may_be_families(told, entries, cells, number + 1):
            told[number + 1] = _told(_FAMILY, _is_words)


def _may_be_families(told: Sequence[Told | None], entries: Sequence[Entry], cells: Sequence[Sequence[bytes]], number: int) -> bool:
    return told[number] is None and not known(entries[number]) and sum(map(_is_words, cells[number])) * 2 > len(cells[number])


def _add_towns(told: list[Told | None], entries: Sequence[Entry], whole: Sequence[Sequence[bytes]]) -> None:
    """Postcodes beside the names of their towns."""
    for number, (codes, towns) in enumerate(pairwise(whole)):
        if told[number] is None and not known(entries[number]) and any(map(bytes.isdigit, codes)):
            pairs = [(plain(code), words(plain(town))) for code, town in zip(codes, towns, strict=True) if code]
            if sum(in_town(*pair) for pair in pairs) * 10 > len(pairs) * 3:
                told[number] = _told(_POSTCODE, bytes.isdigit)
                if not known(entries[number + 1]):
                    told[number + 1] = _told(_CITY, _is_words)
