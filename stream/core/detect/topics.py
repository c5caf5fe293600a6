"""Terms, drug names and codes -> what a leaf is about. Called by `rules` to compile the lists and by `detect` for coded leaves.

Whether a result is negative, denied or a relative's changes nothing: that the question was asked is the sensitive part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, partial
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.words import bounded, parts
from stream.core.roles import INDEX
from stream.core.values import Evidence

_TERM, _WEAK, _CONTEXT = Evidence("term", 3), Evidence("term", 1), Evidence("context", 3)
_REACH = 48  # characters on each side of a term in which its context stands
_WORD = re.compile(r"[a-z0-9]+")
_GAP = r"[ '_/.,-]{1,3}"
_PLURAL = ("s", "x", "es")


class Term(NamedTuple):
    """A row of the lists: a word or words, a stem (`*`), or a pattern (`/.../`), and what must and must not stand near it."""

    text: str
    category: Category
    only: str
    never: str


def term_detectors(rows: Iterable[tuple[str, ...]], common: frozenset[str]) -> Iterator[tuple[str | None, Detector]]:
    """A detector per row, and the plain word that makes it look; None where a pattern of its own does."""
    for text, category, only, never in rows:
        term = Term(text, Category(category), only, never)
        word = _word(term, common)
        patterns = () if word else (text[1:-1],) if text.startswith("/") else (f"[^a-z]{text}s?[^a-z]",)
        yield word, Detector("term", term.category, patterns, partial(_find, term))


def _word(term: Term, common: frozenset[str]) -> str | None:
    """What to look for: the longest rare word of a term, the whole term where it has none; None for patterns, and for abbreviations that
    stand inside half of all words."""
    if term.text.startswith("/") or len(term.text) < (4 if term.only else 3):
        return None
    words = [word for word in _WORD.findall(term.text) if len(word) > 3 and word not in common]
    return max(words, key=len, default=term.text.rstrip("*"))


def _find(term: Term, around: Around) -> Iterator[Match]:
    for found in _spelling(term.text).finditer(around.folded):
        start, end = found.start(), _word_end(around, found.end())
        if end and bounded(around.visible, start, end):
            evidence = _evidence(term, around, start, end)
            if evidence:
                yield Match(start, end, evidence)


def _word_end(around: Around, end: int) -> int:
    """Where the word ends that a term ends in: there, or after the mark of a plural; 0 where the word goes on."""
    if parts(around.visible, end):
        return end
    for mark in _PLURAL:
        if around.folded.startswith(mark, end) and parts(around.visible, end + len(mark)):
            return end + len(mark)
    return 0


@cache
def _spelling(text: str) -> re.Pattern[str]:
    if text.startswith("/"):
        return re.compile(text[1:-1])
    if text.endswith("*"):
        return re.compile(re.escape(text[:-1]) + "[a-z]*")
    return re.compile(rf"(?:s|x|es)?{_GAP}".join(_WORD.findall(text)))


def _evidence(term: Term, around: Around, start: int, end: int) -> tuple[Evidence, ...]:
    """An ambiguous term without its context stays weak in text and is nothing in the name of an analyte."""
    near = around.folded[max(0, start - _REACH) : end + _REACH]
    if term.never and _context(term.never).search(near):
        return ()
    if not term.only:
        return (_TERM,)
    if _context(term.only).search(near):
        return (_WEAK, _CONTEXT)
    return () if around.role.name == "test.label" else (_WEAK,)


@cache
def _context(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


# ---- codes ----------------------------------------------------------------------------------------------------------

CODE = Evidence("code", 5)

Coded = Callable[[int, bytes], tuple[Category, ...]]
"""A role's number and a leaf's bytes -> what the code is about; nothing for a role that holds no such code."""

_TEST_ROLES = frozenset({INDEX["test.code"], INDEX["unknown.code"]})
_DIAGNOSIS = INDEX["diagnosis.code"]
CODED = _TEST_ROLES | {_DIAGNOSIS}
"""The roles whose leaves hold codes that tell a topic."""

_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())
_ICD = re.compile(r"([A-Z][0-9]{2})\.?([0-9]{0,3})[+*]?")


def code_reader(loinc: Iterable[tuple[str, ...]], local: Iterable[tuple[str, ...]], icd: Iterable[tuple[str, ...]]) -> Coded:
    """Compiles the code lists into one look-up."""
    exact = {row[0].encode(): (Category(row[1]),) for row in loinc}
    exact.update({row[0].encode(): (Category(row[1]),) for row in local if not row[0].endswith("*")})
    stems = {row[0][:-1].encode(): (Category(row[1]),) for row in local if row[0].endswith("*")}
    lengths = tuple(sorted({len(stem) for stem in stems}, reverse=True))
    ranges = tuple((first.replace(".", ""), last.replace(".", ""), Category(category)) for first, last, category in icd)

    def test(raw: bytes) -> tuple[Category, ...]:
        known = exact.get(raw)
        if known:
            return known
        code = raw.lower().translate(None, _SIGNS)
        return exact.get(code) or next((stems[code[:n]] for n in lengths if code[:n] in stems), ())

    def diagnosis(raw: bytes) -> tuple[Category, ...]:
        found = _ICD.fullmatch(raw.decode("ascii", "replace").strip().upper())
        code = found[1] + found[2] if found else ""
        return tuple(dict.fromkeys(c for first, last, c in ranges if first <= code[: len(first)] <= last))

    @lru_cache(maxsize=4096)
    def coded(role: int, raw: bytes) -> tuple[Category, ...]:
        return diagnosis(raw) if role == _DIAGNOSIS else test(raw) if role in _TEST_ROLES else ()

    return coded
