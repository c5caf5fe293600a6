"""Insurance: numbers of members and contracts with their label, carte Vitale serials, names of insurers. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect import checks
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.capitals import ahead, run, uniform
from stream.core.detect.dates import DATE_IN_DIGITS
from stream.core.detect.nearby import IS, LABEL, NO, labelled, line, lined, strongest
from stream.core.values import Evidence

_WHO = (
    r"(?:adherente?|assuree?(?! sociale? maladie)|contrat|mutuelle|mutualiste|amc|police|affilie(?:e)?|affiliation|allocataire"
    r"|beneficiaire|teletransmission|concert|complementaire|prefectoral|member|policy|subscriber)"
)
_MEMBER = re.compile(
    rf"(?<![a-z])(?:(?:{NO}|id|code)[ \t_]*(?:d[e'u]?[ \t_]*|l[a'e]?[ \t_]*){{0,2}}{_WHO}(?:[ \t]+(?:amc|mutuelle))?|{_WHO}[ \t_]*(?:{NO}"
    rf"|id|number|[:=#]|(?=[a-z]{{0,3}}[0-9]{{6}})))"
    rf"{IS}(?:[a-z'-]{{2,20}}[ \t]+{NO}{IS})?(?!{DATE_IN_DIGITS})((?=[a-z0-9/-]*[0-9][a-z0-9/-]*[0-9][a-z0-9/-]*[0-9])"
    rf"[a-z0-9]+(?:[/-][a-z0-9]+)*)(?![a-z0-9])"
)
_VITALE = re.compile(r"(?<![0-9])8[ ]?0[ ]?2[ ]?5[ ]?0(?:[ ]?[0-9]){15}(?![0-9])")
_VITALE_LABEL = re.compile(r"vitale|carte|serie")
_FUND = re.compile(
    rf"(?<![a-z])(?:caisse|cpam|centre|(?:code )?regime|organisme|msa|rattachement)(?:[ \t](?:de|d'|du|gestionnaire|rattachement"
    rf"|affiliation))*{IS}([0-9]{{2}}[ .-]?[0-9]{{3}}[ .-]?[0-9]{{4}})(?![0-9])"
)
_INSURER = re.compile(
    r"(?<![a-z])(?:mutuelle|assurance|assureur|complementaire|amc|insurer|insurance)[ \t]*[:=][ \t]*(?=[a-z])|(?<![a-z])(?:cpam|msa"
    r"|carsat|mutuelle)[ \t]+(?:de |du |des |d')?(?=[a-z])"
)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    found = [Match(*number.span(1), (Evidence("label@near", LABEL),)) for number in _MEMBER.finditer(text)]
    found += _serials(around, text)
    found += _insurers(around, text)
    yield from strongest(found)


def _serials(around: Around, text: str) -> Iterator[Match]:
    """20 digits that begin with health (80) and France (250)."""
    for serial in _VITALE.finditer(text):
        checked = (Evidence("checksum", 1),) if checks.luhn(serial[0].replace(" ", "")) else ()
        yield Match(*serial.span(), (Evidence("prefix", 2), *checked, *labelled(around, text, serial.start(), _VITALE_LABEL)))


def _insurers(around: Around, text: str) -> Iterator[Match]:
    for fund in _FUND.finditer(text):
        yield Match(*fund.span(1), (Evidence("label@near", LABEL),), Category.INSURANCE_INSURER)
    for insurer in _INSURER.finditer(text):
        words = run(ahead(around, text, insurer.end()), uniform(around, *line(text, insurer.end())))
        if words and len(words[0].folded) > 2:
            named = text[insurer.end() - 1] in ":= \t" and insurer[0].rstrip()[-1:] in ":="
            start = insurer.end() if named else insurer.start()
            yield Match(start, words[-1].end, (Evidence("label@near", LABEL),), Category.INSURANCE_INSURER)


INSURANCE = Detector(
    "insurance",
    Category.INSURANCE_MEMBER,
    (
        (
            r"adherent|assure|contrat|mutue?l|mutualiste|\bamc\b|\bpolice\b|affili|allocataire|beneficiaire|teletransmission|complementaire"
            r"|prefectoral|\bmember\b"
            r"|policy|subscriber|insur|assurance|assureur"
        ),
        r"\b8 ?0 ?2 ?5 ?0(?: ?[0-9]){15}",
        r"\b(?:caisse|cpam|msa|carsat|regime|organisme|rattachement)\b",
    ),
    _find,
)
