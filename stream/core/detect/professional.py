"""Numbers of professionals: RPPS, ADELI, number of the Assurance Maladie; names are `person_name`'s. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect import checks
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.nearby import IS, LABEL, NO, labelled, lined, strongest
from stream.core.values import Evidence

_RPPS = re.compile(r"(?<![0-9.,])(?P<register>8[ ]?)?(?P<number>[0-9](?:[ .]?[0-9]){10})(?![0-9]|[.,][0-9])")
_RPPS_LABEL = re.compile(r"(?<![a-z])rpps|ps_?idnat|1\.2\.250\.1\.71\.4\.2\.1")
_NEAR_NAME = re.compile(r"(?<![a-z])(?:drs?|docteure?|pr|prof(?:esseur)?|medecin|prescripteur|biologiste)(?![a-z])")
_ADELI = re.compile(rf"(?<![a-z])adeli(?![a-z]){IS}([0-9][0-9ab](?:[ .]?[0-9]){{7}})(?![0-9])")
_BILLING = re.compile(
    rf"(?<![a-z])(?:{NO}[ \t]?(?:d[e']?[ \t]?)?(?:am|assurance maladie|facturation|prescripteur|executant|praticien|ps)|(?:am"
    rf"|facturation)[ \t]?{NO})(?![a-z])"
    rf"{IS}([0-9][0-9ab](?:[ .]?[0-9]){{7}})(?![0-9])"
)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    found = [*_rpps(around, text)]
    for pattern in (_ADELI, _BILLING):
        found += [
            Match(*number.span(1), (Evidence("label@near", LABEL), Evidence("strict-structure", 1))) for number in pattern.finditer(text)
        ]
    yield from strongest(found)


def _rpps(around: Around, text: str) -> Iterator[Match]:
    """Of eleven digits one in ten passes the check: alone it says little."""
    for found in _RPPS.finditer(text):
        number = found["number"].replace(" ", "").replace(".", "")
        label = labelled(around, text, found.start(), _RPPS_LABEL)
        evidence = [Evidence("checksum", 1)] if checks.luhn(number) else []
        if evidence and number.startswith("10") and not label:
            label = labelled(around, text, found.start(), _NEAR_NAME)
            evidence += [Evidence("register", 1)] if found["register"] else []
        yield Match(*found.span(), (*label, *evidence))


PROFESSIONAL = Detector(
    "professional",
    Category.PROFESSIONAL_NUMBER,
    (
        r"rpps|adeli|idnat|\.71\.4\.2\.1",
        r"\b8?10[0-9]{9}\b",
        r"\b(?:am|assurance maladie|facturation|prescripteur|executant|praticien|ps)\b.{0,16}[0-9](?:[ .]?[0-9]){7}",
    ),
    _find,
)
