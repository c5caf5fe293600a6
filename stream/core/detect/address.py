"""Postal addresses: a number with a street, a postcode with its town, boxes and hamlets, towns and postcodes with their label.

Made by the catalogue from the list of postcodes; a bare postcode is no finding.
"""

import re
from collections.abc import Iterator, Mapping

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.capitals import Shape, Word, ahead, run, uniform
from stream.core.detect.nearby import LABEL, line, lined, strongest
from stream.core.detect.ordinary import ORDINARY, PARTICLES
from stream.core.values import Evidence

_SURE = (
    r"(?:rue|avenue|ave?|boulevard|boul|bld|bd|allees?|impasse|imp|chemin|che?m|quai|route|rte|square|sq|faubourg|fbg|sentier|ruelle"
    r"|venelle|esplanade"
    r"|promenade|rond[- ]point|lotissement|hameau|lieu[- ]?dit|residence|res|mail|traverse|montee|zac|za|zi)"
)
_UNSURE = r"(?:place|pl|cours|passage|cite|villa|voie|parc|clos|galerie|pont|port|cour|all|domaine|r(?=\.? (?:de|du|des|d')))"
_NUMBER = r"[0-9](?<![0-9.,/][0-9])[0-9]{0,3}(?:[ ]?[-/][ ]?[0-9]{1,4})?[ ]?(?:bis|ter|quater|[a-d])?(?![a-z0-9])[ \t]?,?[ \t]{0,2}"
_STREET = re.compile(rf"{_NUMBER}(?:(?P<sure>{_SURE})|(?P<unsure>{_UNSURE}))(?![a-z])\.?[ \t]+(?!j\.?[ -]{{0,2}}c\.)(?=[a-z0-9])")
_NO_NUMBER = re.compile(r"(?<![a-z])(?:rue|avenue|boulevard|allees?|impasse|quai|lieu[- ]?dit|hameau|lotissement|residence)[ \t]+(?=[a-z])")
_ENGLISH = re.compile(
    r"[0-9](?<![0-9.,/][0-9])[0-9]{0,4},?[ ](?:[a-z]+[ ]){1,3}(?:street|st|road|rd|lane|ln|drive|court|terrace|crescent|gardens|strasse"
    r"|straat)"
    r"(?![a-z])"
)
_BOX = re.compile(r"(?<![a-z0-9])(?:b\.?p\.?|c\.?s\.?|t\.?s\.?a\.?|boite postale)[ \t]{0,2}(?:n°[ ]?)?[0-9]{1,5}(?![0-9.,]|[ ]?[a-z/%])")
_TOWN = re.compile(
    r"(?<![0-9a-z.,/+<>=-])(?:f[ -]{1,3})?(?P<code>(?:0[1-9]|[1-8][0-9]|9[0-578])[ ]?[0-9]{3})(?![0-9.,/%])"
    r"[ \t]{0,3}[-,]?[ \t]{0,3}(?=[a-z])"
)
_CEDEX = re.compile(r"[ \t]cedex(?:[ \t][0-9]{1,2})?(?![0-9a-z])")
_MORE = re.compile(
    r"[ \t]*[,;-]?[ \t]*(?:(?:bat(?:iment|\.)?|esc(?:alier|\.)?|app?t?(?:artement|\.)?|etage|porte|hall|entree|interphone|bp|cs)"
    r"[ \t]+[a-z0-9]{1,5}(?![a-z0-9])"
    r"|[0-9]{1,2}(?:er|e|eme)[ ]etage|lieu[- ]?dit[ \t]+[a-z'-]{2,30}|(?:residence|hameau)"
    r"(?:[ \t][a-z'-]{2,20}){1,3}?(?=[ \t]*(?:[,;\n0-9]|$)))"
)
_YEAR = re.compile(r"[ ](?:18|19|20)[0-9]{2}(?![0-9])")
_CITY = re.compile(r"[ \t]*(?:,|[ ]-|\n)[ \t]*(?:a[ ])?(?=[a-z])")
_CLOSED = re.compile(r"[ \t]*(?:[.,;)\n]|$)")
_JOIN = re.compile(r"[ \t]*(?:[,;–-]|\n)?[ \t]*(?:\n[ \t]*)?")
_CODE_LABEL = re.compile(
    r"(?<![a-z])(?:c\.?p\.?|code[ _]?postal|zip(?:[ _]?code)?|post(?:al)?[ _]?code)[ \t]*[:=]?[ \t]*([0-9]{5})(?![0-9])"
)
_CITY_LABEL = re.compile(
    r"(?<![a-z])(?:(?:ville|commune|city|town)[ \t]*[:=][ \t]*|(?:demeurant|domiciliee?|habit(?:e|ant)|resid(?:e|ant|ence)|vit|lives)"
    r"[ \t]+(?:a|au|aux|sur|in)[ \t]+)(?=[a-z])"
)
_ADDRESS_LABEL = re.compile(r"(?:adresse|domicil|demeur|habit|resid|address|lives|coordonnees)")
_STOPS = (
    ORDINARY
    - PARTICLES
    - {
        "quatre",
        "trois",
        "deux",
        "cinq",
        "premier",
        "grand",
        "septembre",
        "novembre",
        "mai",
        "juillet",
        "aout",
        "mars",
        "gauche",
        "general",
    }
)
_NUMBERED, _NAMED = Evidence("number-and-street", 3), Evidence("street", 2)


def address(postcodes: Mapping[str, str]) -> Detector:
    """The detector of addresses that knows how the towns of these postcodes begin (blank between several)."""

    def find(around: Around) -> Iterator[Match]:
        text = lined(around)
        towns = {town.start: town for town in _towns(around, text, postcodes)}
        found = [_with_town(around, text, match, towns) for match in (*_streets(around, text), *_boxes(text))]
        yield from strongest([*found, *towns.values(), *_labels(around, text)])

    return Detector("address", Category.CONTACT_ADDRESS, _PATTERNS, find)


def _streets(around: Around, text: str) -> Iterator[Match]:
    for street in _STREET.finditer(text):
        end = _street_end(around, text, street.end())
        if end and (street["sure"] or _capital(around, text, street.end()) or _city_end(around, text, end)):
            yield Match(street.start(), end, (_NUMBERED,))
    for street in _NO_NUMBER.finditer(text):
        end = _street_end(around, text, street.end())
        if end and _capital(around, text, street.end()) and not uniform(around, *line(text, street.start())):
            yield Match(street.start(), end, (_NAMED,))
    for street in _ENGLISH.finditer(text):
        if around.visible[street.start() : street.end()].rsplit(" ", 1)[1][0].isupper():
            yield Match(*street.span(), (_NUMBERED,))


def _capital(around: Around, text: str, start: int) -> bool:
    """Whether the first word of a name that is no particle has a capital: rue des Lices."""
    name = next((word for word in ahead(around, text, start, 5) if word.folded.split("'")[0] not in PARTICLES or "'" in word.folded), None)
    return name is not None and name.shape is not Shape.LOWER


def _street_end(around: Around, text: str, start: int) -> int | None:
    """Where the name of a street ends: at a sign, a number, a line's end, or a word that is no part of it."""
    date = _DATED.match(text, start)
    words = list(ahead(around, text, date.end() if date else start, 8))
    taken = _lower_name(words) if all(word.shape is Shape.LOWER for word in words[:4]) else _name(words)
    end = taken[-1].end if taken else None
    if end and date and (year := _YEAR.match(text, end)):
        end = year.end()
    while end and (more := _MORE.match(text, end)):
        end = more.end()
    return end


_DATED = re.compile(r"(?:du |de la |des )?[0-9]{1,2}(?:er|eme|e)?[ ](?=[a-z])")


def _name(words: list[Word]) -> list[Word]:
    """The words up to the last with a capital; in lower case only particles and the head of the name (rue du moulin Blanc)."""
    taken = 0
    for number, word in enumerate(words):
        if word.folded in PARTICLES:
            continue
        if word.folded in _STOPS or (word.shape is Shape.LOWER and taken):
            break
        taken = number + 1
    return words[:taken]


def _lower_name(words: list[Word]) -> list[Word]:
    """rue des quatre vents: two words, and what particles tie to them."""
    taken = solid = 0
    for number, word in enumerate(words):
        if word.folded in PARTICLES:
            continue
        if word.folded in _STOPS or (solid > 1 and words[number - 1].folded not in PARTICLES):
            break
        solid, taken = solid + 1, number + 1
    return words[:taken]


def _boxes(text: str) -> Iterator[Match]:
    for box in _BOX.finditer(text):
        yield Match(*box.span(), (Evidence("box", 1),))


def _towns(around: Around, text: str, postcodes: Mapping[str, str]) -> Iterator[Match]:
    """35000 RENNES: a postcode and a town. Known to belong together, or with CEDEX, it is one; else a place that says so must help."""
    for town in _TOWN.finditer(text):
        begin, end = line(text, town.start())
        words = _town_name(around, text, town.end(), uniform(around, begin, end))
        if not words:
            continue
        cedex = _CEDEX.match(text, words[-1].end)
        known = _belongs(town["code"].replace(" ", ""), words, postcodes)
        evidence = [Evidence("in-a-list", 2)] * known + [Evidence("cedex", 2)] * bool(cedex)
        if words[0].shape is not Shape.LOWER:
            whole = text[begin : town.start()].strip() == "" and text[cedex.end() if cedex else words[-1].end : end].strip(" .,") == ""
            evidence += [Evidence("whole-line", 1)] * whole + [Evidence("capitals", 1)] * (not uniform(around, begin, end))
        if _ADDRESS_LABEL.search(text, max(begin, town.start() - 60), town.start()) or _ADDRESS_LABEL.search(around.label):
            evidence.append(Evidence("label@near", LABEL))
        yield Match(town.start(), cedex.end() if cedex else words[-1].end, tuple(evidence))


def _town_name(around: Around, text: str, start: int, upper: bool) -> list[Word]:
    words = list(ahead(around, text, start, 5))
    taken = list(run(words, upper))
    if taken or not words or words[0].shape is not Shape.LOWER:
        return taken
    return words[:2] if words[0].folded in PARTICLES else words[:1]


def _belongs(code: str, words: list[Word], postcodes: Mapping[str, str]) -> bool:
    name = next((word.folded for word in words if word.folded not in {"l", "la", "le", "les"}), "").removeprefix("l'").split("-")[0]
    name = {"st": "saint", "ste": "saint"}.get(name, name)
    return bool(name) and any(name.startswith(beginning) for beginning in postcodes.get(code, "").split())


def _with_town(around: Around, text: str, street: Match, towns: Mapping[int, Match]) -> Match:
    """One span for a street and the town that follows it, with its postcode or after a comma."""
    join = _JOIN.match(text, street.end)
    if join and (town := towns.get(join.end())):
        return Match(street.start, town.end, (*street.evidence, *town.evidence, Evidence("town", 1)))
    end = _city_end(around, text, street.end)
    return street._replace(end=end) if end else street


def _city_end(around: Around, text: str, street_end: int) -> int | None:
    """Where a town ends that follows a street after a comma and closes what is said."""
    city = _CITY.match(text, street_end)
    words = run(ahead(around, text, city.end(), 4), uniform(around, *line(text, city.end()))) if city else ()
    return words[-1].end if words and _CLOSED.match(text, words[-1].end) else None


def _labels(around: Around, text: str) -> Iterator[Match]:
    for code in _CODE_LABEL.finditer(text):
        yield Match(*code.span(1), (Evidence("label@near", LABEL),), Category.CONTACT_POSTCODE)
    for city in _CITY_LABEL.finditer(text):
        words = run(ahead(around, text, city.end()), uniform(around, *line(text, city.end())))
        if words:
            yield Match(words[0].start, words[-1].end, (Evidence("label@near", LABEL),), Category.CONTACT_CITY)


_PATTERNS = (
    rf"[0-9](?: ?(?:bis|ter|quater|[a-d])\b)?,? {{0,2}}(?:{_SURE}|{_UNSURE.replace('(?=', '(?:')})\b",
    r"\b(?:rue|avenue|boulevard|allees?|impasse|quai|lieu[- ]?dit|hameau|lotissement|residence) ",
    r"[0-9] (?:[a-z]+ ){1,3}(?:street|st|road|rd|lane|ln|drive|court|terrace|crescent|gardens|strasse|straat)\b",
    r"\b(?:b\.?p\.?|c\.?s\.?|t\.?s\.?a\.?|boite postale) {0,2}(?:no ?)?[0-9]",
    r"\b[0-9]{2} ?[0-9]{3} ?[-,]? {0,3}[a-z]{2}",
    r"\bc\.?p\.? ?[:=]? ?[0-9]{5}|postal|\bzip\b|postcode",
    r"\b(?:ville|commune|city|town) ?[:=]|demeurant|domicili|\bhabit|\bresid|\bvit a|\blives in",
)
