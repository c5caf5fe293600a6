"""The French social security number (NIR, and NIA, NNP, MIG built like it), also as INS: 13 characters and a key of 2, however written."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect import checks
from stream.core.detect.around import Around, Detector, Facts, Match
from stream.core.detect.nearby import labelled, lined, strongest
from stream.core.values import Evidence

_GAP = r"[ \t._/|^~&-]{0,3}"
_D = rf"{_GAP}[0-9o]"  # o: a zero that was read by a machine
_BODY = rf"[1-8](?:{_D}){{5}}{_GAP}[0-9oab](?:{_D}){{6}}"
_KEY = rf"{_GAP}(?:cle|key)?[ :.=]{{0,3}}([0-9o]{_GAP}[0-9o])"
_STARTS = re.compile(r"[1-8](?<![0-9][1-8])(?=[ \t._/|^~&-]{0,3}[0-9o])")
_SHORT = re.compile(rf"{_BODY}(?![0-9])")
_LONG = re.compile(rf"({_BODY}){_KEY}(?![0-9])")
_ALIKE = re.compile(
    r"(?<![0-9])([12])([^a-z0-9\n]{1,3})([0-9]{2})\2([0-9]{2})\2([0-9]{2})\2([0-9]{3})\2([0-9]{3})\2([0-9]{2})(?![0-9])"
    r"|(?<![0-9])[12]([^a-z0-9\n]{1,3})[0-9](?:\9[0-9]){13}(?![0-9])"
)
_EXCEL = re.compile(r"(?<![0-9.,])[1-8](?:[.,][0-9]{1,14})?e\+?1[234](?![0-9])")

_LABELS = re.compile(
    r"(?<![a-z])(?:nir|ins|nia|nnp|nss|ssn|num ?ss)(?![a-z])|secu|securite soc|social security|matricul|assure(?!r)|vitale"
    r"|1\.2\.250\.1\.213\.1\.4\."
)
_INS = re.compile(r"(?<![a-z])(?:ins|nia)(?![a-z])|identite nationale|1\.2\.250\.1\.213\.1\.4\.")
_MSSANTE = re.compile(r"@[a-z.-]{0,40}mssante")
_NAMED = re.compile(
    r"(?:(?<![a-z])(?:nir|ins|nia|nnp|nss|ssn)(?![a-z])|secu(?:rite soc[a-z.]*)?(?![a-z])|1\.2\.250\.1\.213\.1\.4\.[0-9]+)[^0-9\n]{0,20}?"
    r"(?![0-3]?[0-9][/.-][01]?[0-9][/.-])([0-9](?:[ ._/-]?[0-9oab]){8,24}[0-9])(?![0-9])"
)
_CX = re.compile(r"(?<![0-9])([0-9]{10,22})\^\^\^[^\n]{0,40}?(?:ins-|1\.2\.250\.1\.213\.1\.4\.)")
_BOUNDS = frozenset({1, 3, 5, 7, 10, 13})  # after how many characters a writer separates
_FULL = frozenset({1, 3, 5, 7, 10})
_CHECKED, _STRICT, _FORM = Evidence("checksum", 3), Evidence("strict-structure", 1), Evidence("form", 1)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    yield from strongest([*_structured(around, text), *_alike(text), *_named(text), *_excel(around, text)])


def _structured(around: Around, text: str) -> Iterator[Match]:
    done = 0
    for begin in _STARTS.finditer(text):
        start = begin.start()
        if start < done:
            continue
        if long := _LONG.match(text, start):
            match = _judged(around, text, start, long.end(), long[1], long[2])
            yield match
            if _CHECKED in match.evidence and _STRICT in match.evidence:
                done = match.end
        if start >= done and (short := _SHORT.match(text, start)):
            yield _judged(around, text, start, short.end(), short[0], None)


def _alike(text: str) -> Iterator[Match]:
    """Groups or digits that one and the same sign parts, whatever it is."""
    for number in _ALIKE.finditer(text):
        digits = "".join(filter(str.isdigit, number[0]))
        if int(digits[13:]) == checks.nir(digits[:13]):
            yield Match(*number.span(), (_CHECKED, _FORM))


def _judged(around: Around, text: str, start: int, end: int, written: str, key: str | None) -> Match:
    body, cuts = _digits(written)
    evidence = [
        *_structure(body, key is not None),
        *_form(body, cuts, key is not None),
        *_agreement(body, around.facts),
    ]
    if key is not None and _computable(body) and int(_digits(key)[0]) == checks.nir(body):
        evidence.append(_CHECKED)
    if text[start - 1 : start].isalpha() and _CHECKED not in evidence:
        evidence.append(Evidence("glued", -2))
    mssante = _MSSANTE.match(text, end)
    evidence += (Evidence("mssante", 3),) if mssante else _label(around, text, start, end)
    return Match(start, end, tuple(evidence), Category.PERSON_INS if mssante or _is_ins(around, text, start, end) else None)


def _digits(written: str) -> tuple[str, frozenset[int]]:
    """The characters of a number as written, and after how many of them something separates."""
    characters, cuts = [], set()
    for c in written:
        if c.isalnum():
            characters.append("0" if c == "o" else c)
        else:
            cuts.add(len(characters))
    return "".join(characters), frozenset(cuts)


def _computable(body: str) -> bool:
    return body.isdigit() or body[5:7] in {"2a", "2b"}


def _structure(body: str, keyed: bool) -> tuple[Evidence, ...]:
    month, department = body[3:5], body[5:7]
    known = _computable(body) and department != "00"
    serial = body[7:10] != "000" and body[10:13] != "000"
    if body[0] in "12" and "01" <= month <= "12" and known and serial:
        return (_STRICT,)
    wide = "01" <= month <= "12" or "20" <= month <= "42" or "50" <= month <= "99" or (body[0] in "5678" and body[1] in "12")
    return () if wide and known else (Evidence("odd-structure", -4 if keyed else -3),)


def _form(body: str, cuts: frozenset[int], keyed: bool) -> tuple[Evidence, ...]:
    spread = len(cuts) >= len(body) - 1
    if not (spread or cuts <= _BOUNDS):
        return (Evidence("irregular", -2),)
    return (_FORM,) if keyed or spread or cuts >= _FULL else ()


def _agreement(body: str, facts: Facts) -> Iterator[Evidence]:
    if facts.sex in {"M", "F"} and body[0] in "12" and (facts.sex == "M") != (body[0] == "1"):
        yield Evidence("sex-disagrees", -2)
    if len(facts.birth) >= 6 and body[1:5] == facts.birth[2:6]:
        yield Evidence("birth-agrees", 2)


def _label(around: Around, text: str, start: int, end: int) -> tuple[Evidence, ...]:
    before = labelled(around, text, start, _LABELS)
    if before:
        return before
    after = _LABELS.search(text, end, min(end + 20, len(text)))
    return (Evidence("label-after", 2),) if after else ()


def _is_ins(around: Around, text: str, start: int, end: int) -> bool:
    authority = text.startswith("^^^", end) and _INS.search(text, end, min(end + 60, len(text)))
    return bool(authority or _INS.search(around.label) or _INS.search(text, max(0, start - 40), start))


def _named(text: str) -> Iterator[Match]:
    """A number of any length that its label or object identifier says to be one: typing errors are identity too."""
    for pattern in (_NAMED, _CX):
        for found in pattern.finditer(text):
            if sum(c.isdigit() for c in found[1]) >= 10:
                ins = _INS.search(found[0])
                yield Match(found.start(1), found.end(1), (Evidence("label@near", 2),), Category.PERSON_INS if ins else None)


def _excel(around: Around, text: str) -> Iterator[Match]:
    """What a spreadsheet made of it: `1.84038E+14`. Only with a label: a viral load is written so too."""
    for found in _EXCEL.finditer(text):
        yield Match(found.start(), found.end(), labelled(around, text, found.start(), _LABELS))


NIR = Detector(
    "nir",
    Category.PERSON_NIR,
    (
        r"[1-8](?:[ ._/|^~&-]{0,3}[0-9oab]){12}",
        r"[12](?:[^a-z0-9]{1,3}[0-9]{2}){3}(?:[^a-z0-9]{1,3}[0-9]{3}){2}[^a-z0-9]{1,3}[0-9]{2}|[12](?:[^a-z0-9]{1,3}[0-9]){14}",
        r"[1-8][.,]?[0-9]{0,14}e\+?1[234]",
        r"(?:\b(?:nir|ins|nia|nnp|nss|ssn)|secu|\.213\.1\.4).{0,30}[0-9](?:[ ._/-]?[0-9oab]){9}",
        r"[0-9]{10}\^\^\^",
    ),
    _find,
    personal=True,
)
