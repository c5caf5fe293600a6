"""Birth dates, dates of death, birth places: a date or town whose label says so; a date alone is none. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.capitals import ahead, run, uniform
from stream.core.detect.dates import FULL_DATE, PARTIAL_DATE
from stream.core.detect.nearby import LABEL, line, lined, strongest
from stream.core.values import Evidence

_BORN = r"(?<![a-z])ne(?:\(?e\)?|[.-]e|/e)?s?(?![a-z])\.?(?:[ \t]*\(e\))?"
_PLACE = r"(?:a|au|aux|en|dans|in)[ \t]"
_NAME = r"[a-z][a-z' -]{1,40}?"
_LABEL = (
    rf"(?:{_BORN}[ \t]*(?:{_NAME}[ \t,]+)?(?:{_PLACE}[^0-9\n]{{2,40}}?(?:\([0-9ab]{{2,5}}\)[ \t]*)?,?[ \t]*)?,?[ \t]*(?:le|l|on|en"
    rf"|du)?[ \t]*[:.]?[ \t]*"
    r"|(?<![a-z])(?:date[ _]?(?:de[ _]?)?|d\.?[ _]?)?naiss(?:ance|\.)?(?:[ _]*(?:du|de la|de l'?)?[ _]*(?:patiente?|assuree?"
    r"|beneficiaire|enfant|mere|conjointe?))?"
    r"[ \t]*(?:\([^)\n]{0,20}\))?[ \t]*(?:[:=>-]|le|du|est|en)*[ \t]*(?:le[ \t])?"
    r"|(?<![a-z])(?:d\.?d\.?n\.?|d\.?o\.?b\.?|dnais|dtnaiss?|date of birth|birth[ _-]?da(?:te|y)|born(?: on| in)?)(?![a-z])"
    r"[ \t]*(?:\([^)\n]{0,20}\))?"
    r"[ \t]*(?:[:=>-]|le|is|est|on)*[ \t]*)"
)
_DIED = (
    r"(?<![a-z])(?:decede(?:e|\(e\))?|mort(?:e|\(e\))?|date (?:de|du) deces|deces|died|death|deceased|dod)(?![a-z])[ \t]*"
    r"(?:(?:survenue?|constatee?)[ \t]+)?(?:[:=]|le|du|en|on|est)*[ \t]*(?:le[ \t])?"
)
_BIRTH_DAY = re.compile(rf"{_LABEL}({FULL_DATE})")
_BIRTH_MONTH = re.compile(rf"{_LABEL}({PARTIAL_DATE})")
_DEATH_DAY = re.compile(rf"{_DIED}({FULL_DATE})")
_BIRTH_TOWN = re.compile(
    rf"(?:{_BORN}[ \t](?:(?:le[ \t])?(?:{FULL_DATE}),?[ \t]+)?(?:a|au|aux|in)[ \t]+|lieu (?:de )?naiss(?:ance)?[ \t]*[:=][ \t]*"
    rf"|birth ?place[ \t]*[:=][ \t]*)"
    r"(?=[a-z])"
)
_DEPARTMENT = re.compile(r"[ \t]*\((?:[0-9][0-9ab][0-9]{0,3}|[a-z -]{2,25})\)")
_KEY = re.compile(r"naiss|(?<![a-z])(?:ddn|dob|dnais)(?![a-z])|birth|born")
_WHOLE = re.compile(rf"[ \t]*({FULL_DATE}|{PARTIAL_DATE})[ \t]*$")


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    yield from strongest([*_dates(around, text), *_towns(around, text)])


def _dates(around: Around, text: str) -> Iterator[Match]:
    day = (Evidence("label@near", LABEL), Evidence("date", 1))
    for found in _BIRTH_DAY.finditer(text):
        yield Match(found.start(1), found.end(1), day)
    for found in _BIRTH_MONTH.finditer(text):
        yield Match(found.start(1), found.end(1), day[:1])
    for found in _DEATH_DAY.finditer(text):
        yield Match(found.start(1), found.end(1), day, Category.PERSON_DEATH)
    if around.label and _KEY.search(around.label) and (whole := _WHOLE.match(text)):
        yield Match(whole.start(1), whole.end(1), (Evidence("label@key", LABEL),))


def _towns(around: Around, text: str) -> Iterator[Match]:
    for found in _BIRTH_TOWN.finditer(text):
        start = found.end()
        town = run(ahead(around, text, start), uniform(around, *line(text, start)))
        if town:
            department = _DEPARTMENT.match(text, town[-1].end)
            end = department.end() if department else town[-1].end
            yield Match(start, end, (Evidence("label@near", LABEL),), Category.PERSON_BIRTH_PLACE)


BIRTH_DATE = Detector(
    "birth_date",
    Category.PERSON_BIRTH_DATE,
    (
        r"\bne(?:\(?e\)?|[./-]e)?s?(?:\.|\(e\)| \(e\))? (?:le|l|en|on|a|au|aux|:|[0-9])",
        r"\bnee\b",
        r"naiss|\bddn\b|\bdob\b|\bd\.d\.n|\bd\.o\.b|dnais|dtnais|birth|\bborn\b",
        r"\b(?:deced|deces|died|death|deceased|dod\b|morte? (?:le|en)|mort\(e\))",
    ),
    _find,
)
