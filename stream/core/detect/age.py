"""Ages of 90 and more, which tell a person in a small population. Called through the catalogue; younger ages are no finding."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.nearby import LABEL, lined, strongest
from stream.core.values import Evidence

_AGE = r"(?:9[0-9]|1[0-2][0-9])"
_WORDS = (
    r"(?:quatre[ -]vingts?[ -](?:dix(?:[ -](?:sept|huit|neuf))?|onze|douze|treize|quatorze|quinze|seize)"
    r"|nonante(?:[ -](?:et[ -])?[a-z]{2,6})?|cent(?:[ -](?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix))?)"
)
_YEARS = re.compile(
    rf"(?<![0-9.,/])(?P<age>{_AGE}|(?<![a-z])(?:{_WORDS}))[ \t]?-?(?:ans?(?![a-z])|a(?![a-z0-9/+-])|y(?:ears?|r"
    rf"|rs)?(?:[ -]?old)?(?![a-z])|y\.?o\.?(?![a-z]))"
)
_LABELLED = re.compile(rf"(?<![a-z])age[ \t]*(?:du patient|de la patiente)?[ \t]*[:=(]?[ \t]*(?P<age>{_AGE})(?![0-9.,%/])")
_LIMIT = re.compile(
    r"(?:[<>=]|(?:plus|moins|superieur|inferieur|partir|avant|apres|depuis|pendant|jusqu'?a?|over|under|above|below|(?<![a-z])il y a)"
    r"(?:[ ](?:de|a|que))?|[0-9][ ]?(?:-|a|et|to)|hommes?|femmes?|adultes?|sujets?(?: ages?)?)[ \t]*$"
)
_PERSON = re.compile(r"(?:agee?(?: de)?|aged|patiente?|mr|mme|monsieur|madame|homme de|femme de|dame de|mere|pere|,|\()[ \t]*$")


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    yield from strongest([*_years(text), *(Match(*age.span("age"), (Evidence("label@near", LABEL),)) for age in _LABELLED.finditer(text))])


def _years(text: str) -> Iterator[Match]:
    for age in _YEARS.finditer(text):
        before = max(0, age.start() - 24)
        if _LIMIT.search(text, before, age.start()):
            continue
        person = (Evidence("person", 1),) if _PERSON.search(text, before, age.start()) else ()
        yield Match(*age.span("age"), (Evidence("years", 2), *person))


AGE = Detector(
    "age",
    Category.PERSON_AGE,
    (
        r"\b(?:9[0-9]|1[0-2][0-9])[ -]?(?:ans?\b|a\b|y)",
        r"\bage\b.{0,20}(?:9[0-9]|1[0-2][0-9])",
        r"(?:vingts?[ -](?:dix|onze|douze|trei|quat|quin|sei)|nonante|\bcent\b).{0,12} ans",
    ),
    _find,
)
