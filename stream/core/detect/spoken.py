"""Telephone numbers and NIR in words: `zero six trente-neuf quatre-vingt-dix-huit ...`, digit by digit or as they are said in French.
Called through the catalogue."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.detect import checks
from stream.core.detect.around import Around, Detector, Match
from stream.core.values import Evidence

_UNITS = (
    dict(
        zip(
            "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split(),
            range(17),
            strict=True,
        )
    )
    | dict(zip("one two three four five seven eight nine".split(), (1, 2, 3, 4, 5, 7, 8, 9), strict=True))
    | {"une": 1}
)
_TENS = dict(
    zip(
        "vingt trente quarante cinquante soixante septante huitante octante nonante".split(),
        (20, 30, 40, 50, 60, 70, 80, 80, 90),
        strict=True,
    )
)
_WORDS = "|".join(sorted((*_UNITS, *_TENS, "vingts", "cents?"), key=len, reverse=True))
_RUN = re.compile(rf"(?<![a-z])(?:{_WORDS})(?:(?:[ ,.;/-]{{1,3}}(?:et[ -])?)(?:{_WORDS})){{4,60}}(?![a-z])")
_WORD = re.compile("[a-z]+")
_PHONE = re.compile(r"(?:0|33|0033)[1-9][0-9]{8}")
_NIR = re.compile(r"[12][0-9]{2}(?:0[1-9]|1[0-2]|[2-4][0-9])[0-9]{10}")
_LONGEST = 15  # digits


class _Said(NamedTuple):
    """Digits, and where they are said."""

    digits: str
    start: int
    end: int


def _find(around: Around) -> Iterator[Match]:
    for run in _RUN.finditer(around.folded):
        said = list(_numbers([*_WORD.finditer(around.folded, *run.span())]))
        done = 0
        for first in range(len(said)):
            if said[first].start >= done and (found := _number(said, first)):
                done = found.end
                yield found


def _number(said: Sequence[_Said], first: int) -> Match | None:
    """The number that begins with what was said first, the longest that is one."""
    digits, best = "", None
    for each in said[first:]:
        digits += each.digits
        if len(digits) > _LONGEST:
            break
        if _PHONE.fullmatch(digits) and [*digits] != sorted(digits):  # who counts up, counts
            best = Match(said[first].start, each.end, (Evidence("said", 3),), Category.CONTACT_PHONE)
        elif _NIR.fullmatch(digits) and int(digits[13:]) == checks.nir(digits[:13]):
            best = Match(said[first].start, each.end, (Evidence("said", 3), Evidence("checksum", 3)))
    return best


def _numbers(words: Sequence[re.Match[str]]) -> Iterator[_Said]:
    """What is said, number by number: `quatre vingt dix huit` is one."""
    at = 0
    while at < len(words):
        value, last = _hundreds([word[0] for word in words[at : at + 8]])
        if last:
            yield _Said(str(value), words[at].start(), words[at + last - 1].end())
        at += last or 1


def _hundreds(words: Sequence[str]) -> tuple[int, int]:
    """A number below a thousand at the head of some words, and how many of them it takes."""
    value, taken = _tens(words)
    if words[:1] == ["cent"] or (taken == 1 and 1 < value < 10 and words[1:2] in (["cent"], ["cents"])):
        taken = 1 if words[0] == "cent" else 2
        rest, more = _tens(words[taken:])
        return (1 if words[0] == "cent" else value) * 100 + rest, taken + (more if rest else 0)
    return value, taken


def _tens(words: Sequence[str]) -> tuple[int, int]:
    """The same below a hundred."""
    if not words:
        return 0, 0
    if words[0] == "quatre" and words[1:2] in (["vingt"], ["vingts"]):
        return _added(80, 2, words)
    if words[0] in _TENS:
        return _added(_TENS[words[0]], 1, words)
    if words[0] == "dix" and words[1:2] and words[1] in {"sept", "huit", "neuf"}:
        return 10 + _UNITS[words[1]], 2
    return (_UNITS[words[0]], 1) if words[0] in _UNITS else (0, 0)


def _added(tens: int, taken: int, words: Sequence[str]) -> tuple[int, int]:
    """`soixante et onze`, `quatre vingt dix huit`: tens with what is added to them."""
    also = taken + (words[taken : taken + 1] == ["et"])
    unit, more = _tens(words[also:]) if words[also : also + 1] and words[also] in _UNITS else (0, 0)
    if 0 < unit < (20 if tens in {60, 80} else 10):
        return tens + unit, also + more
    return tens, taken


SPOKEN = Detector(
    "spoken",
    Category.PERSON_NIR,
    (rf"(?:\b(?:{_WORDS})[ ,.;/-]{{1,3}}){{5}}",),
    _find,
)
