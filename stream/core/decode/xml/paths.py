"""Where an XML leaf stands, in known names and ordinals. Called by the XML format, for hits only.

Never shows a name that no profile and no dictionary knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from stream.core.decode.xml.nodes import TOP, Node, Step
from stream.core.decode.xml.rows import Rows, rows
from stream.core.values import Columns, Document


class Outline:
    """The paths of one document, found when the first is asked for."""

    __slots__ = ("paths",)

    def __init__(self) -> None:
        self.paths: list[str] = []

    def path(self, document: Document, leaf: int) -> str:
        """The path of a leaf: `ClinicalDocument.recordTarget.patientRole.id[2].@extension`; the second of a name has an ordinal."""
        if not self.paths:
            found = rows(document.data)
            self.paths.extend(_paths(found, document.columns) if isinstance(found, Rows) else ())
        return self.paths[leaf]


class Context(NamedTuple):
    """What paths and writing need: where leaves stand, and whose word for absent is understood."""

    outline: Outline
    cda: bool
    fhir: bool


def context(document: Document) -> Context:
    """The context that the reader made for a document."""
    return cast("Context", document.columns.context)


class _Level:
    """An open element: its path, what stands in it, and how many elements of each name it has had."""

    __slots__ = ("counts", "elements", "node", "path")

    def __init__(self, path: str, node: Node) -> None:
        self.path = path
        self.node = node
        self.counts: dict[bytes, int] = {}
        self.elements = 0

    def element(self, name: bytes) -> _Level:
        """The next element in it."""
        step = self.node.element(name)
        self.elements += 1
        self.counts[name] = count = self.counts.get(name, 0) + 1
        shown = _local(name) + (f"[{count}]" if count > 1 else "") if step.known else f"#{self.elements}"
        return _Level(f"{self.path}.{shown}".lstrip("."), step.below)

    def attribute(self, name: bytes, number: int) -> str:
        """The path of an attribute; of one that holds the element's own value, the element's."""
        step: Step = self.node.attribute(name)
        return self.path if step.own else f"{self.path}.@{_local(name) if step.known else f'#{number}'}"


def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode("utf-8", "replace")


def _paths(found: Rows, columns: Columns) -> Iterator[str]:
    """One path per leaf."""
    starts, leaf = columns.start, 0
    for end, path in _spans(found):
        while leaf < len(starts) and starts[leaf] < end:
            yield path
            leaf += 1


def _spans(found: Rows) -> Iterator[tuple[int, str]]:
    """Up to where which path holds, in the order of the bytes."""
    levels = [_Level("", TOP)]
    attributes = 0
    for (_, lead, name, mid, value, tail), _, name_at, value_at in found.placed():
        yield name_at, levels[-1].path  # the text before
        if mid:
            attributes += 1
            path = levels[-1].attribute(name, attributes)
            yield value_at + len(value), path
        elif lead == b"<":
            levels.append(levels[-1].element(name))
            attributes = 0
            yield value_at, levels[-1].path
        elif lead == b"</":
            levels.pop()
        else:
            yield value_at + len(value), levels[-1].path
        if tail[-2:] == b"/>":
            levels.pop()
