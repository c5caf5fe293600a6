"""What a scope teaches of its persons: names, numbers, addresses, dates as they may be written elsewhere. Called by `detect`; searched by
`recall`; never printed.

Learnt from places that hold identity, and from strong findings in text. A needle is the letters and digits of a folded text, without
what stands between them, so that case, accents, hyphens and blanks do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from schemas.vocabulary import Category
from stream.core.kernels.fold import fold
from stream.core.roles import ROLES
from stream.core.values import Document


class Kind(IntEnum):
    """How a term is looked for and what stands for it."""

    NAME = 0  # one word
    FULL = 1  # several words
    SHORT = 2  # a name of two letters: only beside a title or another name
    NUMBER = 3
    PHONE = 4  # without its prefix
    DATE = 5
    SPLIT_DATE = 6  # a date that is one only when something parts its numbers
    EXACT = 7  # an address, an e-mail, a login


Terms = dict[bytes, tuple[Kind, Category]]
"""Per needle how it is looked for and as what it is found."""


def is_person(category: Category) -> bool:
    """Whether a term of this category tells a person that a record may be about."""
    return category.value.startswith("person.")


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
_LEARNS = re.compile(b"[" + b"".join(re.escape(bytes([number])) for number, role in enumerate(ROLES) if role.learn) + b"]")


def learn(documents: Sequence[Document]) -> dict[int, Terms]:
    """The terms of every scope that has any, by the number of the scope."""
    places = [(n, found.start()) for n, document in enumerate(documents) for found in _LEARNS.finditer(document.columns.role)]
    view = fold(documents, places)
    scopes: dict[int, Terms] = {}
    for (number, leaf), line, needle in zip(places, view.text.split(b"\n")[1:], needles(view.text), strict=False):
        document = documents[number]
        terms = scopes.setdefault(document.scope_of(leaf), {})
        kind, category = _LEARNT[document.columns.role[leaf]]
        _remember(terms, kind, category, line, needle)
    return scopes


def needles(text: bytes) -> list[bytes]:
    """One needle per leaf of the text of a view."""
    return text.translate(None, BETWEEN).split(b"\n")[1:]


def remember(terms: Terms, kind: Kind, category: Category, line: bytes) -> None:
    """Adds what one folded text teaches. What is learnt first stays."""
    _remember(terms, kind, category, line, line.translate(None, BETWEEN))


def _remember(terms: Terms, kind: Kind, category: Category, line: bytes, needle: bytes) -> None:
    if kind is Kind.NAME:
        _remember_name(terms, category, line, needle)
    elif kind is Kind.DATE:
        _remember_date(terms, category, line, needle)
    elif kind is Kind.NUMBER:
        _remember_number(terms, category, needle)
    elif kind is Kind.PHONE and b"@" not in needle:
        _remember_phone(terms, category, needle)
    else:
        _remember_exact(terms, category, line, needle)


def _remember_name(terms: Terms, category: Category, line: bytes, needle: bytes) -> None:
    if needle == line:
        words = [needle]
    else:
        words = [word for word in _WORDS.findall(line) if word not in TITLES]
        if len(words) > 1:
            terms.setdefault(b"".join(words), (Kind.FULL, category))
    for word in words:
        if word not in _NEVER_ALONE and len(word) > 1:
            terms.setdefault(word, (Kind.NAME if len(word) > 2 else Kind.SHORT, category))


def _remember_number(terms: Terms, category: Category, needle: bytes) -> None:
    if len(needle) >= 5 and sum(map(len, _DIGITS.findall(needle))) >= 5:
        terms.setdefault(needle, (Kind.NUMBER, category))
        if len(needle) == 15 and category in {Category.PERSON_NIR, Category.PERSON_INS}:
            terms.setdefault(needle[:13], (Kind.NUMBER, category))  # without its key


def _remember_phone(terms: Terms, category: Category, needle: bytes) -> None:
    if needle.isdigit() and len(needle) >= 9:
        terms.setdefault(needle[-9:], (Kind.PHONE, category))
    elif len(needle) >= 9:
        terms.setdefault(needle, (Kind.EXACT, category))


_STREET = re.compile(rb"[0-9]+ ?(?:bis|ter|quater)?[ ,]*")


def _remember_exact(terms: Terms, category: Category, line: bytes, needle: bytes) -> None:
    if len(needle) >= 6:
        terms.setdefault(needle, (Kind.EXACT, category))
    if category is Category.CONTACT_ADDRESS:
        street = line[found.end() :].translate(None, BETWEEN) if (found := _STREET.match(line)) else b""
        if len(street) >= 8:
            terms.setdefault(street, (Kind.EXACT, category))


_YEAR_FIRST = re.compile(rb"((?:18|19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_DAY_FIRST = re.compile(rb"(0?[1-9]|[12][0-9]|3[01])[/. -](0?[1-9]|1[0-2])[/. -]((?:18|19|20)[0-9]{2})")
_FRENCH = b"janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
_ENGLISH = b"january february march april may june july august september october november december".split()


def _remember_date(terms: Terms, category: Category, line: bytes, needle: bytes) -> None:
    if found := _YEAR_FIRST.match(needle):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.match(line):
        day, month, year = found[1].zfill(2), found[2].zfill(2), found[3]
    else:
        return
    d, m = day.lstrip(b"0"), int(month) - 1
    spelled = (d + _FRENCH[m] + year, d + b"er" + _FRENCH[m] + year, d + _ENGLISH[m] + year, _ENGLISH[m] + d + year)
    for written in (year + month + day, day + month + year, *spelled):
        terms.setdefault(written, (Kind.DATE, category))
    for written in (day + month + year[2:], d + month.lstrip(b"0") + year):
        terms.setdefault(written, (Kind.SPLIT_DATE, category))
