"""Blood groups and phenotypes with what makes them one; a bare A+ or a hepatitis B is none. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.nearby import LABEL, after_line_end, labelled, lined, strongest
from stream.core.values import Evidence

_SIGN = r"(?:\+|-|pos(?:itif|itive|\.)?(?![a-z])|neg(?:atif|ative|\.)?(?![a-z]))"
_RHESUS = r"(?:rh(?:esus)?(?![a-z])\.?[ \t]*[:=]?[ \t]*(?:\(?d\)?(?![a-z])|1)?[ \t]*[:=]?)"
_ABO = r"(?<![a-z0-9+-])(?:ab|a[12]?|b|o|0)(?![a-z0-9])"
_GROUP = re.compile(rf"{_ABO}[ \t]*[,;:/(]?[ \t]*(?:(?P<rhesus>{_RHESUS})[ \t]*)?(?P<sign>{_SIGN})\)?(?:[ \t]?k[ \t]?[+-])?(?![a-z0-9])")
_LONE = re.compile(
    rf"(?:groupe?(?:age)?(?:[ \t](?:sanguin|abo))|(?<![a-z])(?:abo|gs)|blood[ \t](?:group|type))[ \t]*(?:abo)?[ \t]*[:=][ \t]*({_ABO})"
    rf"(?![ \t]*[+-])"
)
_RHESUS_ONLY = re.compile(rf"(?<![a-z])(?:rhesus(?:[ \t]*\(?d\)?)?|rh[ \t(]{{1,2}}d\)?|facteur rh)[ \t]*[:=]?[ \t]*({_SIGN})")
_PHENOTYPE = re.compile(r"(?<![a-z0-9+-])(?:d[+-][ ,]?)?[ce][+-][ ,]?[ce][+-](?:[ ,]?[cedk][+-]){1,4}(?![a-z0-9])")
_LETTERS = re.compile(r"(?<![a-z0-9])(c{2})(d{0,2})(e{2})(?![a-z0-9])")
_LABELS = re.compile(
    r"groupe?(?:age)?[ _]?(?:sanguin|abo|rh)|sanguin|(?<![a-z])(?:abo|rhesus|rh|gs)(?![a-z])|blood[ _]?(?:group|type)|phenotyp|transfus"
    r"|kell"
)
_GROUP_WORD = re.compile(r"(?<![a-z])groupe[ \t]*[:=]?[ \t]*$")
_GERM = re.compile(r"strepto|coque|coccus|salmonell|shigell|mening|neisseria|virus|grippe|influenza|serogroupe|pathogene")
_OTHER = re.compile(
    r"(?:hepatite|vitamine|virus|streptocoque|strepto|meningocoque|type|provitamine|facteur|ag|ac|antigene|classe|grade|score|grippe"
    r"|influenza|du|serotype|sous-type|lymphocytes?)[ \t]*[:=]?[ \t]*$"
)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    found = [*_groups(around, text), *_phenotypes(around, text)]
    found += [
        Match(*group.span(1), (Evidence("label@near", LABEL),)) for pattern in (_LONE, _RHESUS_ONLY) for group in pattern.finditer(text)
    ]
    yield from strongest(found)


def _groups(around: Around, text: str) -> Iterator[Match]:
    for group in _GROUP.finditer(text):
        start, end = group.span()
        before = after_line_end(text, start - 20, start)
        if _OTHER.search(text, before, start) or not _written_as_group(around.visible[start:end]):
            continue
        evidence = [Evidence("rhesus", 2)] if group["rhesus"] else []
        if _GROUP_WORD.search(text, before, start):
            evidence += [] if _GERM.search(text, max(0, start - 60), start) else [Evidence("label@near", LABEL)]
        else:
            evidence += labelled(around, text, start, _LABELS)
        yield Match(start, end, tuple(evidence))


def _written_as_group(written: str) -> bool:
    """The letter of a group is a capital or a zero; `a positif` is a verb."""
    return written[0].isupper() or written[0] == "0"


def _phenotypes(around: Around, text: str) -> Iterator[Match]:
    for phenotype in _PHENOTYPE.finditer(text):
        yield Match(*phenotype.span(), (Evidence("strict-structure", 3),))
    for letters in _LETTERS.finditer(text):
        labels = labelled(around, text, letters.start(), _LABELS)
        if labels:
            yield Match(*letters.span(), labels)


BLOOD_GROUP = Detector(
    "blood_group",
    Category.PERSON_BLOOD_GROUP,
    (
        r"\brh(?:esus)?\b",
        r"sanguin|\babo\b|\bgs\b|blood (?:group|type)|phenotyp|transfus|\bkell\b|groupe ?[:=]? ?(?:ab?|b|o|0)\b|groupage",
        r"\b(?:ab?|b|o) ?(?:[+-]|pos|neg)",
        r"\b(?:d[+-] ?)?[ce][+-][ ,]?[ce][+-][ ,]?[cedk][+-]",
    ),
    _find,
)
