"""One record while it is measured: what was seen and done, what had to go, and places in it to read. Called by `measure`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from schemas.labels import LabelledRecord, PlantedValue
from schemas.vocabulary import Category
from stream.core.values import Act, Edit, Inspection, Outcome
from stream.core.waive import where
from stream.evaluation.due import Due, leaf_at

_AROUND = 40  # bytes shown on either side of a spot


class Spot(NamedTuple):
    """A place to read: what stands there, and where; its text only when it was asked for."""

    category: Category
    path: str
    start: int  # byte of its document
    excerpt: tuple[str, str, str] = ("", "", "")  # before it, there, behind it

    def __repr__(self) -> str:
        return f"Spot({self.category}, {self.path}, {self.start})"


class Span(NamedTuple):
    """Bytes of the record."""

    start: int
    end: int

    def meets(self, label: PlantedValue) -> bool:
        return self.start < label.end and label.start < self.end


class Case(NamedTuple):
    """What is known of one record while it is measured."""

    labelled: LabelledRecord
    seen: Inspection
    outcome: Outcome
    due: Due
    acted: Sequence[Span]  # of the record's bytes
    show: bool

    def covered(self, label: PlantedValue) -> bool:
        """Whether something was done where a label stands."""
        return any(span.meets(label) for span in self.acted)

    def spot(self, label: PlantedValue) -> Spot:
        """Where a label stands, by our own reading: what the labels say of it is theirs."""
        seen = self.seen
        leaf = leaf_at(seen.documents[0], label.start) if seen.documents else None
        path = "" if leaf is None else where(seen, 0, leaf)
        return Spot(
            label.category, path, label.start, self.excerpt(seen.record.value or b"", label.start, label.end, self.labelled.charset)
        )

    def excerpt(self, data: bytes, start: int, end: int, charset: str) -> tuple[str, str, str]:
        if not self.show:
            return "", "", ""
        parts = data[max(0, start - _AROUND) : start], data[start:end], data[end : end + _AROUND]
        before, there, behind = (part.decode(charset, "replace") for part in parts)
        return before, there, behind


def acted(seen: Inspection, outcome: Outcome) -> list[Span]:
    """The bytes of the record that were acted on; of a document within it where its layer can tell."""
    return [span for act in outcome.decision.acts if (span := lifted(seen, act))]


def lifted(seen: Inspection, act: Act) -> Span | None:
    """Where an act stands in the record's bytes; None where a layer writes its leaf anew, so that a part of it stands nowhere."""
    number, _, start, end = act.place
    while (origin := seen.documents[number].origin).parent >= 0:
        data, leaves = seen.documents[number].data, seen.documents[origin.parent].columns
        edits = origin.layer.lift(data, [Edit(start, end, b"")]) if origin.layer else None
        whole = leaves.start[origin.leaf], leaves.end[origin.leaf]
        if not edits or ((edits[0].start, edits[-1].end) == whole and (start, end) != (0, len(data))):
            return None
        number, start, end = origin.parent, edits[0].start, edits[-1].end
    return Span(start, end)
