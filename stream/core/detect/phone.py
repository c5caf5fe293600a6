"""Telephone and fax numbers: French with every separator, overseas, international; others by their label. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.dates import DATE_IN_DIGITS
from stream.core.detect.nearby import IS, LABEL, NO, labelled, lined, strongest
from stream.core.values import Evidence

_GAP = r"(?:[ \t]{1,2}|[ \t]?[./_|^~&-][ \t]?)?"
_NATIONAL = re.compile(rf"[0o](?<![0-9][0o])(?<![a-z]o)\)?{_GAP}[1-9](?:{_GAP}[0-9o]){{8}}(?![0-9]|[.,][0-9])")
_FRENCH_ABROAD = re.compile(
    rf"(?<![0-9])(?:\(?(?:\+|00){_GAP}33\)?|(?<![0-9a-z])33(?=[67])){_GAP}(?:\([ \t]?0[ \t]?\)|0)?{_GAP}[1-9](?:{_GAP}[0-9]){{8}}(?![0-9])"
)
_ABROAD = re.compile(rf"(?<![0-9a-z+])(?:\+[ \t]?|00{_GAP})(?:[1-9][0-9]{{0,2}})\)?{_GAP}(?:\(0\))?(?:{_GAP}\(?[0-9]\)?){{6,12}}(?![0-9])")
_NO_ZERO = re.compile(rf"(?<![0-9a-z])[1-9](?:{_GAP}[0-9]){{8}}(?![0-9])")
_LABEL_WORDS = (
    r"(?:telephone|telecopie|tel|phone|portable|port|mobile|mob|gsm|fax|cell(?:ulaire)?|domicile|dom|bureau|joignable|joindre|rappele[rz]?"
    r"|appele[rz]?|contact(?:er|ez)?|coordonnees|call|whatsapp|sms|standard|poste|prevenir)"
)
_LABELS = re.compile(rf"(?<![a-z]){_LABEL_WORDS}(?![a-z])|(?:telephone|phone|portable|mobile|gsm|(?<![a-z])tel|fax)")
_OTHER_NUMBER = re.compile(
    r"(?:(?<![a-z])(?:lot|ref(?:erence)?|echantillon|ech|tube|code[ -]?barres?|dossier|demande|facture|prelevement|sample|order|version"
    r"|v|siret|siren|finess"
    rf"|adeli|rpps|iban|rib|compte|ipp|nip|iep|nda|serie|oid|id|an|appareil|automate|{NO})(?:[ \t]*{NO})?)[ \t]*[:=#]?[ \t]*$"
)
_CALLED = re.compile(
    rf"(?:telephone|telecopie|tel|phone|portable|port|mobile|mob|gsm|fax|cell)[ \t.]*(?:{NO}|pro|perso|dom)?[ \t]*[:=.]?[ \t]*$"
)
_LITTLE_WORD = re.compile(r"(?<![a-z])(?:au|le|sur|est|ou|et)$")
_QUANTITY = re.compile(r"[ \t]*(?:copies|cp(?![a-z])|ui(?![a-z])|ufc|u/|/m?l|log|mg|ml|elements|cellules)")
_NAMED = re.compile(
    rf"(?<![a-z])(?:telephone|telecopie|tel|phone|portable|mobile|gsm|fax)(?![a-z])\.?{IS}(?!{DATE_IN_DIGITS})"
    r"([+(]?[0-9](?:[ \t./()_-]{0,2}[0-9]){6,14})(?![0-9])"
)
_PAIRS = re.compile(
    r"[0-9]{2}([^0-9]{1,3})[0-9]{2}(\1[0-9]{2}){3}|[0-9]{2}([^0-9]{1,3})[0-9]{2}\3[0-9]{2}\3[0-9]{4}|[0-9]{4}([^0-9]{1,3})"
    r"[0-9]{2}\4[0-9]{2}\4[0-9]{2}"
)
_SIGN = r"(?![ \t./_|-])([^a-z0-9\n+]{1,3})"
_ALIKE = re.compile(rf"(?<![0-9])(?:0[1-9]{_SIGN}[0-9]{{2}}(?:\1[0-9]{{2}}){{3}}|0{_SIGN}[1-9](?:\2[0-9]){{8}})(?![0-9])")
_BARE = str.maketrans("^~&", "   ", "()")  # what a format parts a text with is a blank
_HINTS = "tel phone port mob gsm fax cell dom bureau joi appel contact coord call what sms standard poste preven".split()
_SHAPE, _SEPARATED = Evidence("strict-structure", 1), Evidence("separators", 1)
_MOBILE, _IRREGULAR = Evidence("mobile-prefix", 1), Evidence("irregular", -1)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    found = [*_national(around, text), *_alike(around, text)]
    if "+" in text or "00" in text or "33" in text:
        found += _international(text)
    if around.label or any(map(text.__contains__, _HINTS)):
        found += [*_named(text), *_without_zero(around, text)]
    yield from strongest(found)


def _alike(around: Around, text: str) -> Iterator[Match]:
    """Pairs or digits that one and the same sign parts, whatever else it is; a scale of numbers counts up."""
    for number in _ALIKE.finditer(text):
        digits = [c for c in number[0] if c.isdigit()]
        goes_on = (number[1] or number[2]) in {text[number.start() - 1 : number.start()], text[number.end() : number.end() + 1]}
        if digits != sorted(digits) and not goes_on:
            yield Match(*number.span(), (_SHAPE, _SEPARATED, *_context(around, text, *number.span())))


def _international(text: str) -> Iterator[Match]:
    for number in _FRENCH_ABROAD.finditer(text):
        plus = number[0].lstrip("(").startswith(("+", "00"))
        yield Match(*number.span(), (Evidence("country", 3 if plus else 2),))
    for number in _ABROAD.finditer(text):
        plain = number[0].startswith("+")
        yield Match(*number.span(), (Evidence("country", 2 if plain else 1),))


def _national(around: Around, text: str) -> Iterator[Match]:
    position = 0
    while number := _NATIONAL.search(text, position):
        position = number.start() + 1
        start, end = number.span()
        start -= text[start - 1 : start] == "(" and ")" in number[0]
        written = text[start:end].replace("o", "0")
        if _runs_on(text, start, end, written):
            continue
        position = end
        yield Match(start, end, (_SHAPE, *_writing(written), *_context(around, text, start, end)))


def _runs_on(text: str, start: int, end: int, written: str) -> bool:
    """Whether digits go on before or after in the same way, so that this is a piece of something longer."""
    if written.isdigit():
        return False
    gap = next((c for c in written if not c.isalnum() and c not in "()"), "")
    if not gap:
        return False
    before = text[start - 1 : start] == gap and text[start - 2 : start - 1].isdigit()
    after = text[end : end + 1] == gap and text[end + 1 : end + 2].isdigit() and not _NATIONAL.match(text, end + 1)
    return (before and gap != " ") or after or (before and not _after_phone_or_date(text, start))


_BEFORE = re.compile(rf"(?:(?<![0-9])0[1-9](?:[ .-]?[0-9]{{2}}){{4}}|{DATE_IN_DIGITS}|(?<![0-9 ])[0-9]{{5}}|[a-z]{{2,}}[ ][0-9]) $")


def _after_phone_or_date(text: str, start: int) -> bool:
    return _BEFORE.search(text, max(0, start - 30), start) is not None


def _writing(written: str) -> tuple[Evidence, ...]:
    if written.isdigit():
        return (_MOBILE,) if written[1] in "67" and len(set(written)) > 3 else ()
    digits = sum(map(str.isdigit, written))
    in_pairs = _PAIRS.fullmatch(written.translate(_BARE)) is not None
    return (_SEPARATED,) if in_pairs or len(written) >= 2 * digits - 1 else (_IRREGULAR,)  # or one digit per blank


def _context(around: Around, text: str, start: int, end: int) -> tuple[Evidence, ...]:
    """What the words around a number say it is: a telephone, something else that is numbered, a quantity."""
    before = max(0, start - 24)
    if _CALLED.search(text, before, start):
        return (Evidence("label@near", LABEL),)
    glued = text[start - 1 : start].isalpha() and not _LITTLE_WORD.search(text, before, start)
    if glued or _OTHER_NUMBER.search(text, before, start) or _QUANTITY.match(text, end):
        return (Evidence("other-number", -2),)
    return labelled(around, text, start, _LABELS)


def _without_zero(around: Around, text: str) -> Iterator[Match]:
    """612345678: a spreadsheet lost the zero. Only with a label."""
    for number in _NO_ZERO.finditer(text):
        context = _context(around, text, *number.span())
        if context:
            yield Match(*number.span(), context)


def _named(text: str) -> Iterator[Match]:
    """Any number of some length right after a label: other countries write as they like."""
    for number in _NAMED.finditer(text):
        if sum(c.isdigit() for c in number[1]) >= 8:
            yield Match(*number.span(1), (Evidence("label@near", LABEL),))


PHONE = Detector(
    "phone",
    Category.CONTACT_PHONE,
    (
        r"[0o]\)?[ ./_|^~&-]{0,3}[1-9](?:[ ./_|^~&-]{0,3}[0-9o]){8}",
        r"(?:\+|00)[ ]?[1-9](?:[ ./()_|-]{0,3}[0-9]){7}",
        r"0[1-9](?:[^a-z0-9]{1,3}[0-9]{2}){4}|0[^a-z0-9]{1,3}[1-9](?:[^a-z0-9]{1,3}[0-9]){8}",
        r"\b33[67](?:[ ./_|-]{0,3}[0-9]){8}",
        (
            r"(?:phone|tel\b|telec|portable|port\b|mobile|mob\b|gsm|fax|cell|domicile|dom\b|bureau|joi[gn]|rappele|appele|contact"
            r"|coordonnees|call|whatsapp|sms"
            r"|standard|poste|prevenir).{0,30}[0-9](?:[ ./()_|-]{0,3}[0-9]){7}"
        ),
    ),
    _find,
)
