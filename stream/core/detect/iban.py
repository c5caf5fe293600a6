"""Payment accounts: IBAN, the French RIB, card numbers. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect import checks
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.nearby import IS, LABEL, labelled, lined, strongest
from stream.core.values import Evidence

_LENGTHS = {
    "fr": 27,
    "mc": 27,
    "be": 16,
    "de": 22,
    "ch": 21,
    "lu": 20,
    "es": 24,
    "it": 27,
    "pt": 25,
    "nl": 18,
    "gb": 22,
    "ie": 22,
    "at": 20,
    "pl": 28,
}
_COUNTRIES = "|".join(_LENGTHS)
_STARTS = re.compile(rf"(?<![a-z0-9])(?:{_COUNTRIES})[ ]?[0-9]{{2}}(?=[ .-]?[0-9a-z])|(?<=iban)(?:{_COUNTRIES})[0-9]{{2}}")
_NEXT = re.compile(r"[ .-]?([0-9a-z])")
_RIB = re.compile(r"(?<![a-z0-9])([0-9]{5})[ .|/-]{0,3}([0-9]{5})[ .|/-]{0,3}([0-9a-z]{11})[ .|/-]{0,3}([0-9]{2})(?![a-z0-9])")
_RIB_LABEL = re.compile(r"(?<![a-z])(?:rib|iban|compte|bancaire|banque|virement)(?![a-z])")
_CARD = re.compile(r"(?<![0-9])([3-6][0-9]{3})([ -]?)([0-9]{4})\2([0-9]{4})\2([0-9]{4})(?![0-9])")
_CARD_LABEL = re.compile(r"(?<![a-z])(?:carte (?:bancaire|bleue|de credit)|cb|visa|mastercard|card)(?![a-z])")
_NAMED = re.compile(rf"(?<![a-z])iban{IS}([a-z]{{2}}[0-9]{{2}}(?:[ .-]?[0-9a-z]{{2,5}}){{3,8}})(?![a-z0-9])")


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    found = [*_ibans(text), *_ribs(around, text), *_cards(around, text)]
    found += [Match(*named.span(1), (Evidence("label@near", LABEL),)) for named in _NAMED.finditer(text)]
    yield from strongest(found)


def _ibans(text: str) -> Iterator[Match]:
    """Characters are taken up to the country's length, however they are grouped."""
    for begin in _STARTS.finditer(text):
        account, end = begin[0].replace(" ", ""), begin.end()
        while len(account) < _LENGTHS[account[:2]] and (more := _NEXT.match(text, end)):
            account, end = account + more[1], more.end()
        if len(account) == _LENGTHS[account[:2]] and not text[end : end + 1].isalnum():
            checked = (Evidence("checksum", 3),) if checks.iban(account) else ()
            structure = (Evidence("strict-structure", 1 if checked or account[4:14].isdigit() else 0),)
            yield Match(begin.start(), end, (*checked, *structure, *((Evidence("country", 1),) if account[:2] == "fr" else ())))


def _ribs(around: Around, text: str) -> Iterator[Match]:
    for rib in _RIB.finditer(text):
        grouped = len(rib[0]) > 23
        checked = (Evidence("checksum", 2 + grouped),) if checks.rib("".join(rib.groups())) else ()
        yield Match(*rib.span(), (*checked, *labelled(around, text, rib.start(), _RIB_LABEL)))


def _cards(around: Around, text: str) -> Iterator[Match]:
    for card in _CARD.finditer(text):
        if checks.luhn("".join(card.group(1, 3, 4, 5))):
            grouped = (Evidence("separators", 1),) if card[2] else ()
            yield Match(*card.span(), (Evidence("checksum", 1), *grouped, *labelled(around, text, card.start(), _CARD_LABEL)))


IBAN = Detector(
    "iban",
    Category.INSURANCE_ACCOUNT,
    (
        rf"(?:{_COUNTRIES}) ?[0-9]{{2}}(?:[ .-]?[0-9a-z]){{12}}",
        r"[0-9]{5}[ .|/-]{0,3}[0-9]{5}[ .|/-]{0,3}[0-9a-z]{11}[ .|/-]{0,3}[0-9]{2}",
        r"[3-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}",
        r"\biban\b",
    ),
    _find,
)
