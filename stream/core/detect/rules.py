"""Detectors and lists -> one database and the tables to read its hits. Called once per ruleset; remembers what was said of short leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector
from stream.core.detect.topics import Coded, code_reader, term_detectors
from stream.core.kernels.scan import Database, build
from stream.core.values import Evidence

Rows = tuple[tuple[str, ...], ...]


class Lists(Protocol):
    """The lists that every ruleset needs, as they were read; the columns are told in the files."""

    @property
    def topics(self) -> Rows: ...
    @property
    def drugs(self) -> Rows: ...
    @property
    def codes(self) -> Rows: ...
    @property
    def loinc(self) -> Rows: ...
    @property
    def icd(self) -> Rows: ...
    @property
    def common(self) -> Rows: ...


Told = tuple[int, int, Category, str, tuple[Evidence, ...]]
"""Where in the text of a leaf something was found, what, by which detector, and why."""

Look = Callable[[Around, frozenset[int]], Sequence[Told]]
"""A leaf and the numbers of the detectors that look at it -> all that they find."""


class Rules(NamedTuple):
    """What detection knows, compiled."""

    database: Database
    detectors: tuple[Detector, ...]  # those that were given, then one per term
    owners: tuple[tuple[int, ...], ...]  # per number of a hit: the detectors that look at the leaf
    personal: frozenset[int]  # the detectors that read the facts
    look: Look
    coded: Coded
    common: frozenset[bytes]  # words that are also names

    def __repr__(self) -> str:
        return f"Rules({len(self.detectors)} detectors)"


def compile_rules(detectors: Iterable[Detector], lists: Lists) -> Rules:
    """Raises ValueError when a pattern is refused."""
    looking: list[Detector] = list(detectors)
    words: dict[str, list[int]] = {}
    common = frozenset(row[0] for row in lists.common)
    for word, detector in term_detectors((*lists.topics, *lists.drugs), common):
        if word is not None:
            words.setdefault(word, []).append(len(looking))
        looking.append(detector)
    patterns = _patterns(looking)
    return Rules(
        database=build([pattern for pattern, _ in patterns], list(words)),
        detectors=tuple(looking),
        owners=(*((owner,) for _, owner in patterns), *map(tuple, words.values())),
        personal=frozenset(number for number, detector in enumerate(looking) if detector.personal),
        look=_looker(tuple(looking)),
        coded=code_reader(lists.loinc, lists.codes, lists.icd),
        common=frozenset(word.encode() for word in common),
    )


_SHORT = 64  # characters; a label or a phrase that comes again and again


def _looker(detectors: Sequence[Detector]) -> Look:
    """What detectors say hangs on nothing but the leaf, so that of short ones it is remembered for a while."""

    def look(around: Around, owners: frozenset[int]) -> tuple[Told, ...]:
        return tuple(
            (start, end, category or detectors[owner].category, detectors[owner].name, evidence)
            for owner in sorted(owners)
            for start, end, evidence, category in detectors[owner].find(around)
        )

    remembered = lru_cache(maxsize=4096)(look)
    return lambda around, owners: (remembered if len(around.folded) <= _SHORT else look)(around, owners)


def _patterns(detectors: Sequence[Detector]) -> list[tuple[str, int]]:
    """Every pattern with the number of its detector."""
    return [(pattern, number) for number, detector in enumerate(detectors) for pattern in detector.patterns]
