"""Where a JSON leaf stands, in known key names and ordinals. Called by the JSON format, for hits only.

Never shows a key that the dictionary does not know.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter

from stream.core.roles import INDEX
from stream.core.values import Document

_KEY = INDEX["key"]
_UNDERSCORED = re.compile(rb'"_([A-Za-z0-9]++)"[ \t\r\n]*+:')
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*+)"([ \t\r\n]*+:)?|([{\[])|([}\]])|[^"{}\[\], \t\r\n:]++', re.DOTALL)


class Outline:
    """The paths of one document, found when the first is asked for, and which of its leaves stand in resources of FHIR."""

    __slots__ = ("lines", "paths", "resources", "underscored")

    def __init__(self, lines: bool, resources: Sequence[tuple[int, int]] = ()) -> None:
        self.lines = lines  # several documents, one a line
        self.resources = resources  # leaf ranges [first, last), ascending
        self.underscored: frozenset[bytes] | None = None
        self.paths: list[str] = []

    def path(self, document: Document, leaf: int) -> str:
        """The path of a leaf: `patients[1].#3.birthDate`; ordinals count from 1."""
        if not self.paths:
            self.paths.extend(_paths(document, self.lines))
        return self.paths[leaf]

    def extended(self, document: Document, name: bytes) -> bool:
        """Whether some element of that name has extensions."""
        if self.underscored is None:
            self.underscored = frozenset(_UNDERSCORED.findall(document.data))
        return name in self.underscored

    def in_resource(self, leaf: int) -> bool:
        """Whether a leaf stands in a resource of FHIR."""
        at = bisect_right(self.resources, leaf, key=itemgetter(0)) - 1
        return at >= 0 and leaf < self.resources[at][1]


class _Level:
    """An open object or array: its own path, and how many members it has had."""

    __slots__ = ("array", "count", "member", "path")

    def __init__(self, path: str, array: bool) -> None:
        self.path = path
        self.array = array
        self.count = 0
        self.member = path

    def step(self, name: str) -> str:
        """The path of its next member."""
        self.count += 1
        if self.array:
            self.member = f"{self.path}[{self.count}]"
        else:
            self.member = f"{self.path}.{name or f'#{self.count}'}".lstrip(".")
        return self.member


def _paths(document: Document, lines: bool) -> Iterator[str]:
    """One path per leaf; a key has the path of its member. A word of a format is no leaf."""
    starts = [*document.columns.start, len(document.data)]
    leaf = 0
    for first, last, path in _values(document, lines):
        if first <= starts[leaf] < last:
            leaf += 1
            yield path


def _values(document: Document, lines: bool) -> Iterator[tuple[int, int, str]]:
    """The span of each key and value, and its path."""
    levels = [_Level("", array=lines)]
    for token in _TOKEN.finditer(document.data):
        text, colon, opening, closing = token.groups()
        level = levels[-1]
        if colon is not None:
            path = level.step(_name(document, token.start(1)))
            yield *token.span(1), path
        elif closing:
            levels.pop()
        else:
            path = level.step("") if level.array else level.member
            if opening:
                levels.append(_Level(path, opening == b"["))
            else:
                yield *token.span(0 if text is None else 1), path


def _name(document: Document, start: int) -> str:
    """The key that begins there, if the dictionary knows it."""
    columns = document.columns
    leaf = bisect_left(columns.start, start)
    known = leaf < len(columns.start) and columns.start[leaf] == start and columns.role[leaf] == _KEY
    return document.data[start : columns.end[leaf]].decode("utf-8", "replace") if known else ""
