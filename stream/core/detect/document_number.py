"""Numbers of identity documents with their label, machine readable zones, number plates. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect import checks
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.dates import DATE_IN_DIGITS
from stream.core.detect.nearby import IS, LABEL, labelled, lined, strongest
from stream.core.values import Evidence

_DOCUMENT = (
    r"(?:passeport|passport|cni(?:e)?|carte (?:nationale )?d'identite|carte d identite|piece d'identite|identity card|national id"
    r"|titre de sejour|carte de (?:sejour|resident)"
    r"|recepisse|visa|permis(?: de conduire)?|driving licen[cs]e|driver'?s licen[cs]e|agdref)"
)
_NAMED = re.compile(
    rf"(?<![a-z]){_DOCUMENT}(?![a-z])(?:[ \t](?:francaise?|fr|europeen(?:ne)?))?(?:[ \t]?\([^)\n]{{0,20}}\))?{IS}(?!{DATE_IN_DIGITS})"
    r"((?=[a-z0-9 ]{0,14}[0-9][a-z0-9 ]{0,6}[0-9])[a-z0-9]{1,9}(?:[ -]?(?=[a-z0-9]*[0-9])[a-z0-9]{2,12}){0,4})(?![a-z0-9])"
)
_PASSPORT = re.compile(r"(?<![a-z0-9])[0-9]{2}[a-z]{2}[0-9]{5}(?![a-z0-9])")
_PASSPORT_LABEL = re.compile(r"passe?port")
_ZONE = re.compile(r"(?<![a-z0-9<])(?:[pviac][a-z<][a-z]{3}[a-z0-9<]{25,39}|[a-z0-9<]{30,44})(?![a-z0-9<])")
_SECOND = re.compile(r"([a-z0-9<]{9})([0-9])[a-z]{3}([0-9]{6})([0-9])[mfx<]([0-9]{6})([0-9])")
_PLATE = re.compile(r"(?<![a-z0-9])[a-hj-np-tv-z]{2}([- ]?)[0-9]{3}\1[a-hj-np-tv-z]{2}(?![a-z0-9])")
_PLATE_LABEL = re.compile(r"immatricul|plaque|vehicule|voiture|licen[cs]e plate")


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    found = [*_named(text), *_zones(text)]
    found += [
        Match(*p.span(), (Evidence("form", 1), *labelled(around, text, p.start(), _PASSPORT_LABEL))) for p in _PASSPORT.finditer(text)
    ]
    for plate in _PLATE.finditer(text):
        label = labelled(around, text, plate.start(), _PLATE_LABEL)
        if label:
            found.append(Match(*plate.span(), label))
    yield from strongest(found)


def _named(text: str) -> Iterator[Match]:
    for number in _NAMED.finditer(text):
        written = sum(c.isalnum() for c in number[1])
        if 5 <= written <= 16 and (written == 9 or sum(c.isdigit() for c in number[1]) > 2):
            yield Match(*number.span(1), (Evidence("label@near", LABEL),))


def _zones(text: str) -> Iterator[Match]:
    """The lines of a machine readable zone: filled up with `<`, or with the check digits of a second line."""
    for zone in _ZONE.finditer(text):
        second = _SECOND.search(zone[0])
        checked = second and checks.mrz(second[1], second[2]) and checks.mrz(second[3], second[4])
        filled = zone[0].count("<") > 1 and "<<" in zone[0]
        yield Match(*zone.span(), (*((Evidence("form", 3),) if filled else ()), *((Evidence("checksum", 3),) if checked else ())))


DOCUMENT_NUMBER = Detector(
    "document_number",
    Category.PERSON_DOCUMENT,
    (
        r"passe?port|\bcnie?\b|identite|identity|national id|titre de sejour|carte de|recepisse|\bvisa\b|permis|driving|driver|agdref",
        r"\b[0-9]{2}[a-z]{2}[0-9]{5}\b",
        r"<<[a-z0-9<]{4}",
        r"[a-z0-9<]{9}[0-9][a-z]{3}[0-9]{7}[mfx<][0-9]{7}",
        r"immatricul|plaque d|vehicule|voiture|licen[cs]e plate",
    ),
    _find,
)
