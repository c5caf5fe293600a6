"""One pass of many patterns and words over a text. Called by `detect`; the only place that knows hyperscan, and loads it only when used.

A hit of a word is exact; a hit of a pattern says only that it ends there. Never keeps anything of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from schemas.vocabulary import Reason
from stream.core.values import Incomplete

Hit: TypeAlias = tuple[int, int]
"""The number of the pattern, or of the word plus the number of patterns, and where it ends."""


_NOTHING = r"\xff\xff"
"""Stands in no folded text: the engine refuses to compile nothing."""


@dataclass(frozen=True, slots=True)
class Database:
    """Compiled patterns and words. `idle` holds the engine's work spaces: each scan takes one out, so threads never share."""

    engine: Any
    terminated: type[Exception]
    idle: list[Any]
    spare: Callable[[], Any]


def build(patterns: Sequence[str], words: Sequence[str]) -> Database:
    """Compiles. Patterns are hyperscan syntax, words are plain; all are searched in folded text. Raises ValueError when one is refused."""
    import hyperscan  # noqa: PLC0415  # a large library: loaded when a ruleset is compiled, not when a command prints its help

    engine = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions = [*patterns, *map(re.escape, words)] or [_NOTHING]
    try:
        engine.compile(expressions=[e.encode() for e in expressions], ids=range(len(expressions)), flags=0)
    except hyperscan.error as refused:
        raise ValueError(f"a pattern is refused: {refused}") from None
    return Database(engine, hyperscan.ScanTerminated, [], lambda: hyperscan.Scratch(engine))


def scan(text: bytes, database: Database, limit: int) -> list[Hit] | Incomplete:
    """All hits by their end, or OVER_BUDGET when there are more than `limit`."""
    hits: list[Hit] = []

    def note(number: int, _start: int, end: int, _flags: int, _context: object) -> bool | None:
        hits.append((number, end))
        return len(hits) > limit or None

    scratch = _scratch(database)
    try:
        database.engine.scan(text, match_event_handler=note, scratch=scratch)
    except database.terminated:
        return Incomplete(Reason.OVER_BUDGET)
    finally:
        database.idle.append(scratch)
    return hits


def _scratch(database: Database) -> Any:
    try:
        return database.idle.pop()
    except IndexError:
        return database.spare()
