"""What the identity places of a scope say of its person, so that a number can be held against it. Called by `detect`, on hits only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from stream.core.detect.around import NOTHING, Facts
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
    known: dict[int, Facts] = {}
    for document in documents:
        for scope, text in _texts(document, _SEX):
            fact = known.get(scope, NOTHING)
            known[scope] = fact if fact.sex else Facts(_SEXES.get(text.lower(), ""), fact.birth)
        for scope, text in _texts(document, _BIRTH):
            fact = known.get(scope, NOTHING)
            known[scope] = fact if fact.birth else Facts(fact.sex, _date(text))
    return known


def _texts(document: Document, role: int) -> Iterator[tuple[int, str]]:
    """The scope and the text of every leaf of a role. Sex and date are ASCII; what is not is not understood."""
    columns = document.columns
    leaf = columns.role.find(role)
    while leaf >= 0:
        yield document.scope_of(leaf), document.data[columns.start[leaf] : columns.end[leaf]].decode("ascii", "replace").strip()
        leaf = columns.role.find(role, leaf + 1)


def _date(text: str) -> str:
    """yyyymmdd, or as much of it as is there."""
    if found := _YEAR_FIRST.match(text):
        return "".join(found.groups(""))
    found = _DAY_FIRST.match(text)
    return found[3] + found[2] + found[1] if found else ""
