"""Runs of capitalised words: what a name of a person, a town or a site is written like. Called by the detectors of names."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from stream.core.detect.around import Around
from stream.core.detect.nearby import after_line_end
from stream.core.detect.ordinary import NEVER_FIRST, ORDINARY, PARTICLES, looks_ordinary


class Shape(IntEnum):
    """How a word is written."""

    LOWER = 0
    TITLE = 1
    CAPS = 2
    INITIAL = 3


class Word(NamedTuple):
    """A word of a leaf, with the dot of an initial."""

    start: int
    end: int
    folded: str
    shape: Shape


_WORD = re.compile(r"[a-z\x1a]+(?:['-][a-z\x1a]+)*")
_GAP = re.compile(r"[ \t]{1,3}|[_^~]")
_AFTER_INITIAL = re.compile(r"[ \t]{0,3}-?")


def ahead(around: Around, text: str, start: int, count: int = 6) -> Iterator[Word]:
    """The words from `start` on that are apart by nothing but blanks, underscores, carets, or the dot of an initial."""
    while count and (written := _WORD.match(text, start)):
        word = _word(around.visible, text, written)
        yield word
        gap = (_AFTER_INITIAL if text[word.end - 1] == "." else _GAP).match(text, word.end)
        if gap is None:
            return
        start = gap.end()
        count -= 1


def behind(around: Around, text: str, end: int, count: int = 4) -> list[Word]:
    """The words before `end`, the nearest last, apart in the same way."""
    begin = after_line_end(text, end - 24 * count, end)
    found: list[Word] = []
    for written in reversed(list(_WORD.finditer(text, begin, end))):
        word = _word(around.visible, text, written)
        gap = _AFTER_INITIAL if text[word.end - 1] == "." else _GAP
        if len(found) == count or not (word.end == end or gap.fullmatch(text, word.end, end)):
            break
        found.append(word)
        end = word.start
    return found[::-1]


def _word(visible: str, text: str, written: re.Match[str]) -> Word:
    start, end = written.span()
    folded = written[0]
    shape = _shape(visible[start + 2 : end] if folded[1:2] == "'" and len(folded) > 3 else visible[start:end])
    return Word(start, end + 1 if shape is Shape.INITIAL and text[end : end + 1] == "." else end, folded, shape)


def _shape(written: str) -> Shape:
    if not written[:1].isupper():
        return Shape.LOWER
    if len(written) == 1:
        return Shape.INITIAL
    return Shape.CAPS if written.isupper() else Shape.TITLE


def uniform(around: Around, start: int, end: int) -> bool:
    """Whether the line [start, end) is all capitals, so that capitals say nothing."""
    return around.visible[start:end].isupper()


def _unknown(_word: Word) -> bool:
    return False


def run(words: Iterable[Word], upper: bool, known: Callable[[Word], bool] = _unknown, titled: bool = False) -> Sequence[Word]:
    """The first words that are written like one name; in a line of capitals its first word, given names (`known`) and what follows
    one, and what particles tie. After a title a word of the laboratory is a name as well: Mme FER."""
    every = list(words) if upper else ()
    seen: list[Word] = []
    taken = solid = 0
    tied = given_only = True
    for number, word in enumerate(every or words):
        seen.append(word)
        initial = word.shape is Shape.INITIAL
        if word.folded in PARTICLES and not initial:
            tied = True
            continue
        common = NEVER_FIRST if titled and not solid else ORDINARY
        if word.shape is Shape.LOWER or (word.folded in common and not initial):
            break
        if upper and solid and not (tied or known(word) or (given_only and not looks_ordinary(word.folded)) or _closes(every, number)):
            break
        given_only = given_only and (initial or known(word))
        solid += not initial
        tied = initial
        taken = number + 1
    return seen[:taken] if solid else ()


def _closes(words: Sequence[Word], number: int) -> bool:
    """A second and last word of a line of capitals: DURANDEL SIDONIE."""
    return number == len(words) - 1 and number <= 2 and len(words[number].folded) > 2 and not looks_ordinary(words[number].folded)
