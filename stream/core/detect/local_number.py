"""Numbers that an establishment gave a patient or a visit: known by their label only. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.dates import DATE_IN_DIGITS
from stream.core.detect.nearby import IS, LABEL, NO, lined, strongest
from stream.core.values import Evidence

_NUMBER = rf"(?:{NO}|id(?:entifiant)?|code|#)"
_OF = r"[ \t_.-]*(?:d[eu][ \t_]|d'|du[ \t_])?[ \t]*"
_LABEL = re.compile(
    r"(?<![a-z])(?:(?P<visit>(?:iep|nda)(?![a-z])"
    rf"|{_NUMBER}{_OF}(?:venue|sejour|visite|passage|admission|hospitali[sz]ation|mouvement|iep|nda)(?![a-z])"
    rf"|(?:venue|sejour|visite|passage|admission|hospitalisation)[ \t_]*(?:{NO}|id(?![a-z])|#)"
    r"|(?:visit|encounter|account|admission)[ \t_]*(?:no|nr|num(?:ber)?|id|#)(?![a-z]))"
    r"|(?P<local>(?:ipp|nip|mrn|pid|npi?pp?)(?![a-z])"
    rf"|{_NUMBER}{_OF}(?:patiente?|dossier(?:[ \t](?:patient|medical|administratif|labo(?:ratoire)?))?|malade|permanent|ipp)(?![a-z])"
    rf"|(?:patiente?(?:\(e\))?|malade)[ \t_-]*(?:{NO}|id(?:entifier|entifiant)?(?![a-z])|number|[:=#](?=[ \t]*[0-9]))"
    rf"|dossier(?:[ \t](?:patient|medical|administratif|labo(?:ratoire)?))?(?=[ \t_]*(?:{NO}|num|:|=|#|[0-9]))"
    r"|(?:medical[ \t_]record|chart|hospital)[ \t_]*(?:no|nr|num(?:ber)?|id|#)(?![a-z])))"
)
_VALUE = re.compile(
    rf"{IS}(?:patiente?[ \t]*[:=]?[ \t]*)?(?!{DATE_IN_DIGITS})(?!pq1-)"
    r"((?=[a-z/_.-]{0,12}[0-9][a-z0-9/_.-]*[0-9])[a-z0-9]+(?:[/_.-][a-z0-9]+)*|[0-9]{1,4}(?:[ \t][0-9]{2,4}){1,4})(?![a-z0-9])"
)
_GROUPS = re.compile(r"(?:[ \t][0-9]{2,4}(?![0-9a-z/.,:])){1,4}")
_UNIT = re.compile(r"[ \t]*(?:%|(?:mg|g|ml|l|ug|ui|mmol|gel|cp|ans|jours?|mois|fois|h)(?![a-z])|/j)")
_KEY = re.compile(
    r"(?<![a-z])(?:ipp|nip|mrn|iep|nda)(?![a-z])|(?:patient|dossier|sejour|venue|visit|encounter)[ _-]?(?:id|no|num)|(?:id|no|num)"
    r"[a-z]*[ _-]?(?:patient|dossier|sejour|venue|visit)"
)
_KEYED_VALUE = re.compile(r"[ \t]*((?=[^ \t]*[0-9]{3})[a-z0-9]+(?:[/_.-][a-z0-9]+)*)[ \t]*$")
_VISIT = re.compile(r"iep|nda|sejour|venue|visit|encounter")
_NEAR, _LONG = Evidence("label@near", LABEL), Evidence("strict-structure", 1)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    yield from strongest([*_labelled(text), *_keyed(around, text)])


def _labelled(text: str) -> Iterator[Match]:
    for label in _LABEL.finditer(text):
        value = _VALUE.match(text, label.end())
        if value is None:
            continue
        start, end = value.span(1)
        groups = _GROUPS.match(text, end) if value[1].isdigit() and len(value[1]) < 5 else None
        end = groups.end() if groups else end
        digits = sum(c.isdigit() for c in text[start:end])
        if digits > 2 and not (digits < 5 and _UNIT.match(text, end)):
            evidence = (_NEAR, _LONG) if digits > 5 else (_NEAR,)
            yield Match(start, end, evidence, Category.PERSON_VISIT_NUMBER if label["visit"] else None)


def _keyed(around: Around, text: str) -> Iterator[Match]:
    if around.label and _KEY.search(around.label) and (value := _KEYED_VALUE.match(text)):
        category = Category.PERSON_VISIT_NUMBER if _VISIT.search(around.label) else None
        yield Match(value.start(1), value.end(1), (Evidence("label@key", LABEL),), category)


LOCAL_NUMBER = Detector(
    "local_number",
    Category.PERSON_LOCAL_NUMBER,
    (
        r"\b(?:ipp|nip|mrn|pid|iep|nda|npp|nipp).{0,16}[0-9]",
        (
            r"(?:patiente?|malade|dossier|venue|sejour|visite?|passage|admission|hospitalisation|mouvement|permanent|encounter|account"
            r"|record|chart|hospital)"
            r".{0,30}[0-9]{2}"
        ),
        r"\b[a-z]{0,4}[0-9]{7,14}\b",
    ),
    _find,
)
