"""How much text of a record went, and how much of it had no need to, in bytes of letters and digits. Called by `measure`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.vocabulary import Action, Category
from stream.core.values import Act, Decision, Document
from stream.core.waive import where
from stream.evaluation.case import Case, Spot, lifted
from stream.evaluation.traces import squeezed

_WORDS = bytes(chr(code).isalnum() or code >= 0x80 for code in range(256))  # every byte of an accented letter


class Removed(NamedTuple):
    """Bytes of letters and digits."""

    removed: int
    needless: int
    staying: int
    found: Counter[Category]
    idle: Counter[Category]
    spots: tuple[Spot, ...]


def removed_text(record: Case, results: Action) -> Removed:
    """Nothing was removed of what does not leave. What may go: due labels, and leaves whose own place the policy does not keep.
    `results`: what the policy does to results."""
    removed, needless, staying = 0, 0, 0
    found: Counter[Category] = Counter()
    idle: Counter[Category] = Counter()
    spots: list[Spot] = []
    decision = record.outcome.decision
    if record.outcome.forward is None:
        return Removed(removed, needless, staying, found, idle, ())
    for number, document in enumerate(record.seen.documents):
        words = _mask(document.data.translate(_WORDS))
        denied = _spans(document, [*_by_place(decision, number, results)])
        needed = denied | _planted(document, record, number)
        own = [act for act in decision.found if act.place.document == number]
        gone = denied | _spans(document, own)
        removed += (gone & words).bit_count()
        needless += (gone & words & ~needed).bit_count()
        staying += (_leaves(document) & words & ~needed).bit_count()
        for act in own:
            went = _spans(document, [act]) & words & ~denied
            found[act.category] += went.bit_count()
            for_nothing = (went & ~needed).bit_count()
            if for_nothing:
                idle[act.category] += for_nothing
                excerpt = record.excerpt(document.data, act.place.start, act.place.end, document.columns.charset)
                spots.append(Spot(act.category, where(record.seen, number, act.place.leaf), act.place.start, excerpt))
    return Removed(removed, needless, staying, found, idle, tuple(spots))


def _by_place(decision: Decision, number: int, results: Action) -> Iterator[Act]:
    """What is done in a document for where it stands: also what goes with a result, where the policy keeps none."""
    for sweep in decision.swept:
        if sweep.number == number:
            yield from sweep.acts()
    for act in decision.found:
        if act.place.document == number and act.step == "whole" and results is not Action.KEEP:
            yield act


def _mask(column: bytes | bytearray) -> int:
    """One byte of 0 or 1 for each byte of a document, as one number."""
    return int.from_bytes(column, "little")


def _spans(document: Document, acts: Iterable[Act]) -> int:
    column = bytearray(len(document.data))
    for act in acts:
        column[act.place.start : act.place.end] = b"\1" * (act.place.end - act.place.start)
    return _mask(column)


def _leaves(document: Document) -> int:
    column = bytearray(len(document.data))
    for start, end in zip(document.columns.start, document.columns.end, strict=True):
        column[start:end] = b"\1" * (end - start)
    return _mask(column)


def _planted(document: Document, record: Case, number: int) -> int:
    """The due labels of the record itself; in a document within it, whatever stands where one does, or spells one."""
    column = bytearray(len(document.data))
    if number == 0:
        for label in record.due.going:
            column[label.start : label.end] = b"\1" * (label.end - label.start)
        return _mask(column)
    values = {squeezed(label.value) for label in record.due.going}
    for act in record.outcome.decision.acts:
        if act.place.document == number and _due_there(record, act, values):
            column[act.place.start : act.place.end] = b"\1" * (act.place.end - act.place.start)
    return _mask(column)


def _due_there(record: Case, act: Act, values: Iterable[str]) -> bool:
    span, document = lifted(record.seen, act), record.seen.documents[act.place.document]
    if span and any(map(span.meets, record.due.going)):
        return True
    there = squeezed(document.data[act.place.start : act.place.end].decode(document.columns.charset, "replace"))
    return any(value in there or there in value for value in values)
