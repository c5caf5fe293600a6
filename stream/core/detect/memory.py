"""What a scope teaches of its persons: names, numbers, addresses, dates as they may be written elsewhere. Called by `detect`; searched by
`recall`; never printed.

Learnt from places that hold identity, and from strong findings in text. A needle is the letters and digits of a folded text, without
what stands between them, so that case, accents, hyphens and blanks do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from itertools import compress, count
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.kernels.fold import fold
from stream.core.roles import ROLES
from stream.core.values import Document


class Kind(IntEnum):
    """How a term is looked for and what stands for it; names come first."""

    NAME = 0  # one word
    FULL = 1  # several words
    SHORT = 2  # a name of two letters: only beside a title or another name
    NUMBER = 3
    PHONE = 4  # without its prefix
    DATE = 5
    SPLIT_DATE = 6  # a date that is one only when something parts its numbers
    EXACT = 7  # an address, an e-mail, a login


NUMBER, DATE = Kind.NUMBER, Kind.DATE

How = tuple[Kind, Category]
"""How a needle is looked for, and as what it is found."""


class Terms(NamedTuple):
    """What a scope taught."""

    needles: dict[bytes, How]
    dates: dict[bytes, Category]  # as yyyymmdd


def is_person(how: How) -> bool:
    """Whether a needle tells a person that a record may be about."""
    return how[1].value.startswith("person.")


BETWEEN = bytes(code for code in range(256) if chr(code) not in "abcdefghijklmnopqrstuvwxyz0123456789@\n")
_WORDS = re.compile(rb"[a-z]+")
_DIGITS = re.compile(rb"[0-9]+")

# ---- learn ----------------------------------------------------------------------------------------------------------

_TITLE_WORDS = b"m mr mme mlle mrs ms miss mademoiselle madame monsieur dr pr docteur professeur doctor prof me maitre enfant bebe nee"
_PARTICLES = (
    b"de du des da di do la le les lo el al van von der den del della dos das ter ten ben bin ibn abd abu mac fitz saint sainte san"
)
_NEVER_ALONE = frozenset((_TITLE_WORDS + b" " + _PARTICLES).split())
TITLES = frozenset(_TITLE_WORDS.split())

_KINDS = {
    "name": Kind.NAME,
    "birth_date": Kind.DATE,
    "phone": Kind.PHONE,
    "email": Kind.EXACT,
    "address": Kind.EXACT,
    "online": Kind.EXACT,
    "login": Kind.EXACT,
    "password": Kind.EXACT,
    "token": Kind.EXACT,
    "contact": Kind.PHONE,
}
_LEARNT = [(next((kind for word, kind in _KINDS.items() if word in role.name.split(".")), Kind.NUMBER), role.category) for role in ROLES]
_LEARNS = bytes(role.learn for role in ROLES).ljust(256, b"\0")


_MASKED = re.compile(rb"\*\*\*|^pq1-")


def learn(documents: Sequence[Document]) -> dict[int, Terms]:
    """The terms of every scope that has any, by the number of the scope."""
    places = [(n, leaf) for n, document in enumerate(documents) for leaf in compress(count(), document.columns.role.translate(_LEARNS))]
    text = fold(documents, places).text
    lines, needles = text.split(b"\n"), text.translate(None, BETWEEN).split(b"\n")
    masked = b"***" in text or b"pq1-" in text  # nobody is called so
    scopes: dict[int, Terms] = {}
    for (number, leaf), line, needle in zip(places, lines[1:], needles[1:], strict=False):
        document = documents[number]
        scope = document.scope_of(leaf) if document.columns.scopes else document.scope
        terms = scopes.get(scope)
        if terms is None:
            terms = scopes[scope] = Terms({}, {})
        if needle not in terms.needles and not (masked and _MASKED.search(line)):
            how = _LEARNT[document.columns.role[leaf]]
            _REMEMBER[how[0]](terms, how, line, needle)
    return scopes


def remember(terms: Terms, kind: Kind, category: Category, line: bytes) -> None:
    """Adds what one folded text teaches. What is learnt first stays."""
    _REMEMBER[kind](terms, (kind, category), line, line.translate(None, BETWEEN))


def _remember_name(terms: Terms, how: How, line: bytes, needle: bytes) -> None:
    if needle == line and needle.isalpha():
        words = [needle]
    elif needle.isdigit():
        _remember_number(terms, (NUMBER, how[1]), line, needle)  # a number in the place of a name
        return
    else:
        words = [word for word in _WORDS.findall(line) if word not in TITLES]
        if len(words) > 1:
            terms.needles.setdefault(b"".join(words), (Kind.FULL, how[1]))
    for word in words:
        if len(word) > 2 and word not in _NEVER_ALONE:
            terms.needles.setdefault(word, how)
        elif len(word) == 2 and word not in _NEVER_ALONE:
            terms.needles.setdefault(word, (Kind.SHORT, how[1]))


def _remember_number(terms: Terms, how: How, _line: bytes, needle: bytes) -> None:
    if len(needle) < 5 or (not needle.isdigit() and sum(map(len, _DIGITS.findall(needle))) < 5):
        return
    terms.needles[needle] = how
    if len(needle) == 15 and how[1] in _NATIONAL:
        terms.needles.setdefault(needle[:13], how)  # without its key


_NATIONAL = frozenset({Category.PERSON_NIR, Category.PERSON_INS})


def _remember_phone(terms: Terms, how: How, line: bytes, needle: bytes) -> None:
    if b"@" in needle:
        _remember_exact(terms, how, line, needle)
    elif needle.isdigit() and len(needle) >= 9:
        terms.needles.setdefault(needle[-9:], how)
    elif len(needle) >= 9:
        terms.needles.setdefault(needle, (Kind.EXACT, how[1]))


_STREET = re.compile(rb"[0-9]+ ?(?:bis|ter|quater)?[ ,]*")


def _remember_exact(terms: Terms, how: How, line: bytes, needle: bytes) -> None:
    exact = (Kind.EXACT, how[1])
    if len(needle) >= 6:
        terms.needles.setdefault(needle, exact)
    if exact[1] is Category.CONTACT_ADDRESS:
        street = line[found.end() :].translate(None, BETWEEN) if (found := _STREET.match(line)) else b""
        if len(street) >= 8:
            terms.needles.setdefault(street, exact)


_YEAR_FIRST = re.compile(rb"((?:18|19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_DAY_FIRST = re.compile(rb"(0?[1-9]|[12][0-9]|3[01])[/. -](0?[1-9]|1[0-2])[/. -]((?:18|19|20)[0-9]{2})")
_FRENCH = b"janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
_ENGLISH = b"january february march april may june july august september october november december".split()


def _remember_date(terms: Terms, how: How, line: bytes, needle: bytes) -> None:
    if found := _YEAR_FIRST.match(needle):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.match(line):
        day, month, year = found[1].zfill(2), found[2].zfill(2), found[3]
    else:
        return
    terms.dates.setdefault(year + month + day, how[1])


_REMEMBER = {
    Kind.NAME: _remember_name,
    Kind.NUMBER: _remember_number,
    Kind.PHONE: _remember_phone,
    Kind.DATE: _remember_date,
    Kind.EXACT: _remember_exact,
}
"""How a text is learnt that was taught as this kind."""


def spelled(date: bytes) -> tuple[tuple[bytes, Kind], ...]:
    """The needles of a date (yyyymmdd) in the ways it is written."""
    year, month, day = date[:4], date[4:6], date[6:]
    d, m = day.lstrip(b"0"), int(month) - 1
    said = (d + _FRENCH[m] + year, d + b"er" + _FRENCH[m] + year, d + _ENGLISH[m] + year, _ENGLISH[m] + d + year)
    whole = (date, day + month + year, *said)
    return (*((w, DATE) for w in whole), *((w, Kind.SPLIT_DATE) for w in (day + month + year[2:], d + month.lstrip(b"0") + year)))
