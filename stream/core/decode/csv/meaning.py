"""What each column of a table means: by its head, by what its cells are written like, or by nothing, so that each cell tells for itself.
Called by the reader."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from stream.core.decode.csv.cells import plain
from stream.core.decode.csv.kinds import Kind, given, in_town, kind, names, titled, words
from stream.core.decode.csv.table import Table
from stream.core.decode.names import DIGITS, ROOT, Entry, unnamed
from stream.core.roles import INDEX

Judge = Callable[[bytes], int]

_UNKNOWN, _NUMBER, _UNIT, _KEY = INDEX["unknown"], INDEX["unknown.number"], INDEX["unknown.unit"], INDEX["key"]
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
    """What is in a column: the role of most of its cells, or who judges each of them; and of its head."""

    role: int
    judge: Judge | None = None
    head: int = _HEAD


def columns(table: Table) -> list[Column]:
    """The meaning of each column."""
    entries = table.heads.entries if table.heads else (None,) * table.width
    found = [entry and _by_head(entry) for entry in entries]
    judged = any(column is None or column.judge for column in found)
    cells = ([*zip(*table.rows(), strict=True)] if judged else []) or [()] * table.width
    told = _by_content(found, cells) if None in found else {}
    other = _HEAD if table.heads and table.heads.trusted else _UNKNOWN
    meant = [
        _mostly(column, cells[number]) if column else _unheaded(cells, number, told.get(number), other)
        for number, column in enumerate(found)
    ]
    lone = found.count(None) == len(found) and sum(column.head == _LABEL for column in meant) == 1
    return [column._replace(head=other) for column in meant] if lone else meant  # one label alone would not show that it is a head


@lru_cache(maxsize=1024)
def _by_head(entry: Entry) -> Column:
    return Column(entry.pair[1], (lambda value: unnamed(entry, value)) if entry.judge else None, _KEY)


def _mostly(column: Column, cells: Sequence[bytes]) -> Column:
    """The column with the role that most of its cells have."""
    shown = Counter(column.judge(cell) for cell in cells if cell) if column.judge else None
    return column._replace(role=shown.most_common(1)[0][0]) if shown else column


# ---- columns without a known head -----------------------------------------------------------------------------------


def _unheaded(every: Sequence[Sequence[bytes]], number: int, told: Told | None, head: int) -> Column:
    cells = [cell for cell in every[number] if cell]
    fallback = _shaped(cells, _measures(every, number + 1))
    if told is not None:
        tells = told.tells
        return Column(told.role, lambda value: tells(value) or fallback(value), head)
    column = _mostly(Column(_UNKNOWN, fallback, head), cells)
    return column._replace(head=_LABEL) if column.role == _NUMBER else column


def _shaped(cells: Sequence[bytes], measured: bool) -> Judge:
    """A cell by its own shape; of numbers that look like numbers of something, none is a measurement."""
    sizes = {len(cell) for cell in cells}
    digits = all(map(bytes.isdigit, cells))
    postcodes = digits and sizes == {5} and not measured
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


def _measures(every: Sequence[Sequence[bytes]], number: int) -> bool:
    """Whether there is a column of that number and it holds units."""
    cells = [cell for cell in every[number] if cell] if number < len(every) else []
    return sum(_judged(cell) == _UNIT for cell in cells) * 2 > len(cells)


# ---- by content -----------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """The role that a column shows, and that of each of its cells; None for a cell that is not like that."""

    role: int
    tells: Callable[[bytes], int | None]


def _told(role: int, fits: Callable[[bytes], bool]) -> Told:
    return Told(role, lambda value: role if fits(value) else None)


def _by_content(found: Sequence[Column | None], every: Sequence[Sequence[bytes]]) -> dict[int, Told]:
    """What the cells of columns without a known head show; more than three in ten must."""
    told: dict[int, Told] = {}
    open_ = [number for number, column in enumerate(found) if column is None]
    for number in open_:
        cells = [cell for cell in every[number] if cell]
        shown = (_by_form(cells) or _by_words(cells)) if cells else None
        if shown:
            told[number] = shown
    _add_families(told, open_, every)
    _add_towns(told, open_, every)
    return told


def _by_form(cells: Sequence[bytes]) -> Told | None:
    counted = Counter(map(kind, cells))
    for each, times in counted.items():
        if each in _BY_KIND and times * 10 > len(cells) * 3:
            return Told(_BY_KIND[each], _identity)
    for each, enough in ((Kind.DATE, 3), (Kind.YEAR, 9)):  # years are what is left of dates
        if counted[each] * 10 > len(cells) * enough and _apart(cells, each) > _GENERATION:
            return _told(_BIRTH, _of_kind(each))
    return None


def _identity(value: bytes) -> int | None:
    return _BY_KIND.get(kind(value))


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


def _add_families(told: dict[int, Told], open_: Sequence[int], every: Sequence[Sequence[bytes]]) -> None:
    """Columns of words beside one of given names: those before it, else the one after it."""
    may = {number for number in open_ if number not in told and _are_words(every[number])}
    for number in [number for number, shown in told.items() if shown.role == _GIVEN]:
        before = number - 1
        while before in may:
            told[before] = _told(_FAMILY, _is_words)
            before -= 1
        if before == number - 1 and number + 1 in may:
            told[number + 1] = _told(_FAMILY, _is_words)


def _are_words(cells: Sequence[bytes]) -> bool:
    return sum(map(_is_words, cells)) * 2 > sum(map(bool, cells))


def _add_towns(told: dict[int, Told], open_: Sequence[int], every: Sequence[Sequence[bytes]]) -> None:
    """Postcodes beside the names of their towns."""
    for number in open_:
        if number not in told and number + 1 < len(every) and any(map(bytes.isdigit, every[number])):
            pairs = [(plain(code), words(plain(town))) for code, town in zip(every[number], every[number + 1], strict=True) if code]
            if sum(in_town(*pair) for pair in pairs) * 10 > len(pairs) * 3:
                told[number] = _told(_POSTCODE, bytes.isdigit)
                if number + 1 in open_:
                    told[number + 1] = _told(_CITY, _is_words)
