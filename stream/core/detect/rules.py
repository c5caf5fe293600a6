"""Detectors and lists -> one database and the tables to read its hits. Called once per ruleset; holds no state between records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from stream.core.detect.around import Detector
from stream.core.detect.topics import Coded, code_reader, term_detectors
from stream.core.kernels.scan import Database, build

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


class Rules(NamedTuple):
    """What detection knows, compiled."""

    database: Database
    detectors: tuple[Detector, ...]  # the given ones, then one per term
    given: int
    owners: tuple[tuple[int, ...], ...]  # per number of a hit: the detectors that look at the leaf
    coded: Coded
    common: frozenset[bytes]  # words that are also names

    def __repr__(self) -> str:
        return f"Rules({len(self.detectors)} detectors)"


def compile_rules(detectors: Iterable[Detector], lists: Lists) -> Rules:
    """Raises ValueError when a pattern is refused."""
    looking: list[Detector] = list(detectors)
    given = len(looking)
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
        given=given,
        owners=(*((owner,) for _, owner in patterns), *map(tuple, words.values())),
        coded=code_reader(lists.loinc, lists.codes, lists.icd),
        common=frozenset(word.encode() for word in common),
    )


def _patterns(detectors: Sequence[Detector]) -> list[tuple[str, int]]:
    """Every pattern with the number of its detector."""
    return [(pattern, number) for number, detector in enumerate(detectors) for pattern in detector.patterns]
