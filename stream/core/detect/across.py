"""What stands across leaves: in an array of characters, in the lines of a note, in repetitions of a field. Called by `detect`, which looks
into each leaf by itself."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category, Likelihood
from stream.core.detect import checks
from stream.core.kernels.fold import View
from stream.core.roles import ROLES
from stream.core.values import Evidence, Finding, Place, Treat

_SEAM = re.compile(
    rb"\n(?:(?P<digits>(?<=[0-9][ ./_\n-])(?=[0-9])|(?<=[0-9]\n)(?=[ ./_-]?[0-9]))|(?P<sign>(?<=@\n)|(?=@))|(?<=\n[a-z]\n)(?=[a-z]\n))"
)
_NEAR = 60  # bytes
_DIGITS = re.compile(rb"(?<![0-9])[0-9](?:[ ./_\n-]{0,3}[0-9ab]){9,14}(?![0-9]|[.,][0-9])")
_NIR = re.compile(rb"[12][0-9]{4}[0-9][0-9ab][0-9]{8}")
_DATE = re.compile(rb"[0-9]{2}[ ./_-][0-9]{2}[ ./_-](?:19|20)[0-9]{2}\n")
_PHONE = re.compile(rb"0[1-9][0-9]{8}")
_EMAIL = re.compile(
    rb"(?<![a-z0-9._%+-])[a-z0-9](?:[a-z0-9._%+-]{0,40}[a-z0-9])?\n?@\n?[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){0,3}\.[a-z]{2,10}(?![a-z0-9])"
)
_LETTERS = re.compile(rb"(?<=\n)[a-z](?:\n[a-z]){4,40}(?=\n)")  # one a leaf
_SAYING = {Category.HEALTH_TEXT, Category.HEALTH_RESULT, Category.UNKNOWN}
_PARTS = bytes(
    role.category in _SAYING and not role.name.startswith("key") and (role.treat >= Treat.TEXT or role.name.endswith(".number"))
    for role in ROLES
).ljust(256, b"\0")
_APART = b" ./_\n-"
_EVIDENCE = (Evidence("across", 3),)


def across(view: View) -> Iterator[Finding]:
    """Numbers, addresses and spelled names of which no leaf holds all; one place for each leaf."""
    done = 0
    for seam in _SEAM.finditer(view.text):
        if seam.start() >= done:
            found = _over({"digits": _DIGITS, "sign": _EMAIL}.get(seam.lastgroup or "", _LETTERS), view.text, seam.start())
            category = _category(found) if found else None
            if found and category:
                places = tuple(_places(view, *found.span()))
                if len({place.document for place in places}) == 1 < len(places) and all(_may_be_part(view, place) for place in places):
                    done = found.end()
                    yield Finding(category, Likelihood.LIKELY, places, "across", _EVIDENCE)


def _may_be_part(view: View, place: Place) -> bool:
    """Whether what stands in a place may go on in the next: texts and numbers may, codes, acts and names do not."""
    return _PARTS[view.documents[place.document].columns.role[place.leaf]] == 1


def _over(pattern: re.Pattern[bytes], text: bytes, seam: int) -> re.Match[bytes] | None:
    """The match that holds the seam."""
    for found in pattern.finditer(text, max(0, seam - _NEAR), seam + _NEAR):
        if found.start() < seam < found.end():
            return found
    return None


def _category(found: re.Match[bytes]) -> Category | None:
    """What was found, if it is anything."""
    if found.re is not _DIGITS:
        return Category.CONTACT_EMAIL if found.re is _EMAIL else Category.PERSON_NAME
    digits = found[0].translate(None, _APART)
    if _PHONE.fullmatch(digits) and not _DATE.match(found[0]):
        return Category.CONTACT_PHONE
    return Category.PERSON_NIR if _NIR.fullmatch(digits) and _checks(digits.decode("ascii")) else None


def _checks(digits: str) -> bool:
    """Whether a NIR agrees with its key."""
    return (
        "01" <= digits[3:5] <= "42"
        and (digits[:13].isdigit() or digits[5:7] in {"2a", "2b"})
        and int(digits[13:]) == checks.nir(digits[:13])
    )


def _places(view: View, start: int, end: int) -> Iterator[Place]:
    """The pieces of a stretch of the view, leaf by leaf."""
    at = start
    for piece in view.text[start:end].split(b"\n"):
        if piece.strip():
            number = view.at(at)
            first = at - view.cuts[number]
            yield view.place(number, first, first + len(piece))
        at += len(piece) + 1
