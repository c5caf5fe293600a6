"""What the identity places of a scope say of its person, so that a number can be held against it. Called by `detect`, on hits only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stream.core.detect.around import Facts
from stream.core.roles import INDEX
from stream.core.values import Document

_SEX, _BIRTH = INDEX["person.sex"], INDEX["person.birth_date"]
_SEXES = {
    "m": "M",
    "h": "M",
    "1": "M",
    "male": "M",
    "masculin": "M",
    "homme": "M",
    "f": "F",
    "2": "F",
    "female": "F",
    "feminin": "F",
    "femme": "F",
}
_YEAR_FIRST = re.compile(r"((?:18|19|20)\d\d)-?(\d\d)?-?(\d\d)?")
_DAY_FIRST = re.compile(r"(\d\d)[/.-](\d\d)[/.-]((?:18|19|20)\d\d)")


def facts(documents: Sequence[Document]) -> dict[int, Facts]:
    """Per scope the first sex and the first birth date that can be read."""
    sexes = {scope: _SEXES[text] for scope, text in _first_last(documents, _SEX) if text in _SEXES}
    births = {scope: date for scope, text in _first_last(documents, _BIRTH) if (date := _date(text))}
    return {scope: Facts(sexes.get(scope, ""), births.get(scope, "")) for scope in sexes.keys() | births.keys()}


def _first_last(documents: Sequence[Document], role: int) -> list[tuple[int, str]]:
    """The scope and the text of every leaf of a role, the last one first. Sex and date are ASCII; what is not is not understood."""
    found: list[tuple[int, str]] = []
    for document in documents:
        columns = document.columns
        leaf = columns.role.find(role)
        while leaf >= 0:
            text = document.data[columns.start[leaf] : columns.end[leaf]].decode("ascii", "replace")
            found.append((document.scope_of(leaf), text.strip().lower()))
            leaf = columns.role.find(role, leaf + 1)
    return found[::-1]


def _date(text: str) -> str:
    """yyyymmdd, or as much of it as is there."""
    if found := _DAY_FIRST.match(text):
        return found[3] + found[2] + found[1]
    found = _YEAR_FIRST.match(text)
    return "".join(part or "" for part in found.groups()) if found else ""
