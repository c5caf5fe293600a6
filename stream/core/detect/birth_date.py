"""Birth dates, dates of death, birth places: a date or town whose label says so; a date alone is none. Called through the catalogue."""

import re
from collections.abc import Iterable, Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.capitals import ahead, run, uniform
from stream.core.detect.dates import FULL_DATE, PARTIAL_DATE
from stream.core.detect.nearby import LABEL, line, lined, strongest
from stream.core.values import Evidence

_BORN = r"(?<![a-z])ne(?:\(?e\)?|[.-]e|/e)?s?(?![a-z])\.?(?:[ \t]*\(e\))?"
_IN = r"(?:a|au|aux|en|dans|in)[ \t]"
_OF = r"(?:[ \t_]*(?:du|de la|de l'?)?[ \t_]*(?:patiente?|assuree?|beneficiaire|enfant|mere|conjointe?))?"
_CUE = re.compile(
    r"(?<![a-z])(?:nees?(?![a-z])|ne(?:\(e\)|[.-]e|/e)|nes?(?=\.?[ \t](?:\(e\)|(?:le|l|en|on|a|au|aux)(?![a-z])|[:0-9]))|naiss|date|ddn"
    r"|d\.d\.n|dob|d\.o\.b|dnais|dtnais|birth|born|deced|deces|morte?(?![a-z])|died|death"
    r"|deceased|dod(?![a-z]))"
)
_BEFORE_BIRTH = re.compile(
    rf"(?:{_BORN}[ \t]*(?:(?P<name>[a-z][a-z' -]{{1,40}}?)[ \t,]+)??"
    rf"(?:{_IN}[^0-9\n]{{2,40}}?(?:\([0-9ab]{{2,5}}\)[ \t]*)?,?[ \t]*)?,?[ \t]*(?:le|l|on|en|du)?[ \t]*[:.]?"
    rf"|(?:date[ _]?(?:de[ _]?)?|d\.?[ _]?)?naiss(?:ance|\.)?{_OF}[ \t]*"
    r"(?:\([^)\n]{0,20}\))?[ \t]*(?:(?:[:=>-]|le|du|est|en)[ \t]*)*"
    r"|(?:d\.?d\.?n\.?|d\.?o\.?b\.?|dnais|dtnaiss?|date of birth|birth[ _-]?da(?:te|y)|born(?: on| in)?)(?![a-z])"
    r"[ \t]*(?:\([^)\n]{0,20}\))?[ \t]*(?:(?:[:=>-]|le|is|est|on)[ \t]*)*)[ \t]*"
)
_BEFORE_DEATH = re.compile(
    r"(?:decede(?:e|\(e\))?|mort(?:e|\(e\))?|date (?:de|du) deces|deces|died|death|deceased|dod)(?![a-z])[ \t]*"
    r"(?:(?:survenue?|constatee?)[ \t]+)?(?:(?:[:=]|le|du|en|on|est)[ \t]*)*"
)
_DAY, _PART = re.compile(FULL_DATE), re.compile(PARTIAL_DATE)
_TOWN_LABEL = re.compile(
    rf"(?:{_BORN}[ \t]+(?:a|au|aux|in)[ \t]+|lieu (?:de )?naiss(?:ance)?[ \t]*[:=][ \t]*|birth ?place[ \t]*[:=][ \t]*)(?=[a-z])"
)
_TOWN_AFTER = re.compile(r",?[ \t]+(?:a|au|aux)[ \t]+(?=[a-z])")
_DEPARTMENT = re.compile(r"[ \t]*\((?:[0-9][0-9ab][0-9]{0,3}|[a-z -]{2,25})\)")
_KEY = re.compile(r"naiss|(?<![a-z])(?:ddn|dob|dnais)(?![a-z])|birth|born")
_REACH = 90
_LABELLED, _WHOLE_DAY = Evidence("label@near", LABEL), Evidence("date", 1)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    days = [*_dates(around, text), *_keyed(around, text)]
    yield from strongest([*days, *_towns(around, text, days)])


def _dates(around: Around, text: str) -> Iterator[Match]:
    for cue in _CUE.finditer(text):
        end = min(line(text, cue.end())[1], cue.end() + _REACH)
        for pattern, evidence in ((_DAY, (_LABELLED, _WHOLE_DAY)), (_PART, (_LABELLED,))):
            date = pattern.search(text, cue.end(), end)
            if date and _is_birth(around, text, cue.start(), date.start()):
                yield Match(*date.span(), evidence)
            elif date and _BEFORE_DEATH.fullmatch(text, cue.start(), date.start()):
                yield Match(*date.span(), evidence, Category.PERSON_DEATH)


def _is_birth(around: Around, text: str, start: int, end: int) -> bool:
    """Whether what stands before a date says birth. A name between is capitalised: `ne le prend plus depuis le` denies."""
    before = _BEFORE_BIRTH.fullmatch(text, start, end)
    return before is not None and (before["name"] is None or around.visible[before.start("name")].isupper())


def _keyed(around: Around, text: str) -> Iterator[Match]:
    """A date under a key that says birth."""
    if around.label and _KEY.search(around.label):
        for pattern in (_DAY, _PART):
            if date := pattern.fullmatch(text.strip()):
                start = text.index(date[0])
                yield Match(start, start + len(date[0]), (Evidence("label@key", LABEL),))


def _towns(around: Around, text: str, days: Iterable[Match]) -> Iterator[Match]:
    """The town right after `ne a` or after a birth date."""
    starts = [label.end() for label in _TOWN_LABEL.finditer(text)]
    starts += [town.end() for day in days if day.category is None and (town := _TOWN_AFTER.match(text, day.end))]
    for start in starts:
        words = run(ahead(around, text, start), uniform(around, *line(text, start)))
        if words:
            department = _DEPARTMENT.match(text, words[-1].end)
            yield Match(start, department.end() if department else words[-1].end, (_LABELLED,), Category.PERSON_BIRTH_PLACE)


BIRTH_DATE = Detector(
    "birth_date",
    Category.PERSON_BIRTH_DATE,
    (
        r"\bne(?:\(?e\)?|[./-]e)?s?(?:\.|\(e\)| \(e\))? (?:le|l|en|on|a|au|aux|:|[0-9])",
        r"\bnee\b",
        r"naiss|\bddn\b|\bdob\b|\bd\.d\.n|\bd\.o\.b|dnais|dtnais|birth|\bborn\b",
        r"(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]|[0-3][0-9]/[01][0-9]/[0-9]{2}",
        r"\b(?:deced|deces|died|death|deceased|dod\b|morte? (?:le|en)|mort\(e\))",
    ),
    _find,
)
