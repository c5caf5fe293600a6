"""What became of one labelled record on one route, judged by what leaves. Called by `pratique eval` and the gate; pure.

A label is *due* where the policy does not keep its category at its place. A due value that still stands in what is forwarded is a leak.
Text is counted in bytes of letters and digits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.labels import LabelledRecord, PlantedValue
from schemas.vocabulary import Action, Category, Reason, Verdict
from stream.core.decode import decode
from stream.core.decode.layers import packed
from stream.core.judge import inspect, judge
from stream.core.roles import CATEGORY
from stream.core.ruleset import RouteRules, Ruleset
from stream.core.values import Act, Coordinate, Decision, Document, Edit, Inspection, Outcome, Record, Standing
from stream.core.waive import where
from stream.evaluation.traces import Reading, reading, squeezed, times
from stream.synth.label import CLEAN

_AROUND = 40  # bytes shown on either side of a spot
_WORDS = bytes(chr(code).isalnum() or code >= 0x80 for code in range(256))  # every byte of an accented letter


class Spot(NamedTuple):
    """A place to read: what stands there, and where; its text only when it was asked for."""

    category: Category
    path: str
    start: int  # byte of its document
    excerpt: tuple[str, str, str] = ("", "", "")  # before it, there, behind it

    def __repr__(self) -> str:
        return f"Spot({self.category}, {self.path}, {self.start})"


class Measured(NamedTuple):
    """One record: `number` counts from 1. Of a held record nothing leaks and no text is removed."""

    number: int
    name: str  # of the file, and below the damage: empty unless asked for
    format: str
    about_nobody: bool
    dirt: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    due: Counter[Category]  # labels that had to go
    leaks: tuple[Spot, ...]
    results: int  # labels of results that the policy lets pass
    kept: int  # those that left as they came
    lost: tuple[Spot, ...]  # of a forwarded record those that did not
    removed: int  # bytes that went
    needless: int  # bytes of those that need not have gone
    staying: int  # bytes of text that had no need to go
    found: Counter[Category]  # bytes that went for what was found in them, not for their place
    idle: Counter[Category]  # bytes of those that need not have gone
    spots: tuple[Spot, ...]  # where they stood
    needlessly_held: bool

    @property
    def held(self) -> bool:
        return self.verdict in {Verdict.QUARANTINE, Verdict.DROP}

    @property
    def touched(self) -> bool:
        """Whether the record lost something, or its way, for nothing."""
        return self.needless > 0 or self.needlessly_held

    def __repr__(self) -> str:
        return f"Measured({self.number}, {len(self.leaks)} leaks, {self.needless}B removed needlessly)"


class _Span(NamedTuple):
    start: int
    end: int

    def meets(self, label: PlantedValue) -> bool:
        return self.start < label.end and label.start < self.end


class _Due(NamedTuple):
    """The labels of a record, by whether they have to go."""

    going: Sequence[PlantedValue]
    staying: Sequence[PlantedValue]
    forced: bool  # the policy holds or drops a record for one of them


def measure(number: int, labelled: LabelledRecord, data: bytes, ruleset: Ruleset, show: bool) -> Measured:
    """On the first route of the ruleset. `show`: spots carry their text."""
    seen = inspect(Record(Coordinate("evaluation", 0, number), None, data), ruleset)
    route = ruleset.routes[0]
    outcome = judge(seen, ruleset, [Standing()])[0]
    due = _due(labelled.labels, seen, route)
    record = _Measuring(labelled, seen, outcome, due, _acted(seen, outcome), show)
    text = _text(record, route.rules[Category.HEALTH_RESULT].action)
    leaks = _leaks(record, ruleset) if outcome.forward is not None else ()
    results = [label for label in due.staying if label.category is Category.HEALTH_RESULT]
    lost = [label for label in results if not _kept(record, label)]
    return Measured(
        number=number,
        name=labelled.name if show else "",
        format=labelled.format,
        about_nobody=labelled.kind in CLEAN,
        dirt=labelled.dirt if show else "",
        verdict=outcome.decision.verdict,
        reasons=outcome.decision.reasons,
        due=Counter(label.category for label in due.going),
        leaks=tuple(leaks),
        results=len(results),
        kept=len(results) - len(lost),
        lost=() if outcome.forward is None else tuple(map(record.spot, lost)),
        removed=text.removed,
        needless=text.needless,
        staying=text.staying,
        found=text.found,
        idle=text.idle,
        spots=text.spots,
        needlessly_held=outcome.forward is None and not _forced(record),
    )


class _Measuring(NamedTuple):
    """What is known of one record while it is measured."""

    labelled: LabelledRecord
    seen: Inspection
    outcome: Outcome
    due: _Due
    acted: Sequence[_Span]  # of the record's bytes
    show: bool

    def spot(self, label: PlantedValue) -> Spot:
        """Where a label stands, by our own reading: what the labels say of it is theirs."""
        seen = self.seen
        leaf = _leaf(seen.documents[0], label.start) if seen.documents else None
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


# ---- what had to go -------------------------------------------------------------------------------------------------


def _due(labels: Iterable[PlantedValue], seen: Inspection, route: RouteRules) -> _Due:
    acted = [(label, _action(label, place, seen, route)) for label, place in _placed(labels, seen)]
    return _Due(
        [label for label, action in acted if action is not Action.KEEP],
        [label for label, action in acted if action is Action.KEEP],
        any(action >= Action.DROP for _, action in acted),
    )


def _placed(labels: Iterable[PlantedValue], seen: Inspection) -> Iterator[tuple[PlantedValue, tuple[int, int] | None]]:
    """Each label with its document and leaf. Where the record is written anew to be read (in another charset), bytes tell nothing, and
    the labels are taken in their order."""
    anew = len(seen.documents) > 1 and seen.documents[0].format is packed.FORMAT
    at = 0
    for label in labels:
        leaf = _leaf(seen.documents[0], label.start) if seen.documents else None
        if anew:
            document = seen.documents[1]
            texts = (document.format.text(document, each).text for each in range(at, len(document.columns.start)))
            leaf = next((number for number, text in enumerate(texts, at) if label.value in text), None)
            at = at if leaf is None else leaf
        yield label, None if leaf is None else (int(anew), leaf)


def _action(label: PlantedValue, place: tuple[int, int] | None, seen: Inspection, route: RouteRules) -> Action:
    """What the policy says of a planted value where it stands. A topic that it does not name goes with its health leaf."""
    if place is None:
        return route.rules[label.category].action
    document, leaf = seen.documents[place[0]], place[1]
    own, category = CATEGORY[document.columns.role[leaf]], label.category
    if Category.HEALTH_TOPIC in category.lineage and category not in route.topics_named and Category.HEALTH in own.lineage:
        category = own
    return route.rule(category, document, leaf).action


def _leaf(document: Document, start: int) -> int | None:
    leaf = bisect_right(document.columns.start, start) - 1
    return leaf if leaf >= 0 and start < document.columns.end[leaf] else None


def _forced(record: _Measuring) -> bool:
    """Whether a record is held for a value that was planted in it."""
    return record.due.forced or any(_covered(record, label) for label in record.due.going)


# ---- what leaked ----------------------------------------------------------------------------------------------------


def _leaks(record: _Measuring, ruleset: Ruleset) -> Iterator[Spot]:
    """The due labels whose value stands in the outcome more often than it may: as often as beside the due labels of the original."""
    alike: defaultdict[str, list[PlantedValue]] = defaultdict(list)
    for label in record.due.going:
        alike[squeezed(label.value)].append(label)
    data, forward = record.seen.record.value or b"", record.outcome.forward
    written = b"\n".join(data[label.start : label.end] for label in record.due.going).decode(record.labelled.charset, "replace")
    planted = reading(written), reading("\n".join(label.value for label in record.due.going))
    before, after = _readings(record.seen.record, record, ruleset), _readings(forward or record.seen.record, record, ruleset)
    for labels in alike.values():
        left = max(_more(labels[0].value, *views) for views in zip(before, after, planted, strict=True))
        yield from map(record.spot, sorted(labels, key=lambda label: _covered(record, label))[:left])


def _more(value: str, before: Reading, after: Reading, planted: Reading) -> int:
    """How much more often a value stands in the outcome than it did beside the due labels."""
    left = times(value, after)
    return max(0, left - max(0, times(value, before) - times(value, planted))) if left else 0


def _readings(sent: Record, record: _Measuring, ruleset: Ruleset) -> tuple[Reading, Reading]:
    """A record as its bytes, and as whoever decodes it reads it."""
    documents = decode(sent, ruleset.source.limits, ruleset.extract, ruleset.source.overlay).documents
    leaves = (each.format.text(each, leaf).text for each in documents for leaf in range(len(each.columns.start)))
    return reading((sent.value or b"").decode(record.labelled.charset, "replace")), reading("\n".join(leaves))


def _covered(record: _Measuring, label: PlantedValue) -> bool:
    return any(span.meets(label) for span in record.acted)


def _kept(record: _Measuring, label: PlantedValue) -> bool:
    """Whether a result left as it came."""
    data, forward = record.seen.record.value or b"", record.outcome.forward
    there = forward is not None and data[label.start : label.end] in (forward.value or b"")
    return there and not _covered(record, label)


# ---- what was removed -----------------------------------------------------------------------------------------------


class _Text(NamedTuple):
    """Bytes of letters and digits."""

    removed: int
    needless: int
    staying: int
    found: Counter[Category]
    idle: Counter[Category]
    spots: tuple[Spot, ...]


def _acted(seen: Inspection, outcome: Outcome) -> list[_Span]:
    """The bytes of the record that were acted on; of a document within it where its layer can tell."""
    return [span for act in outcome.decision.acts if (span := _lifted(seen, act))]


def _lifted(seen: Inspection, act: Act) -> _Span | None:
    """Where an act stands in the record's bytes; None where a layer writes its leaf anew, so that a part of it stands nowhere."""
    number, _, start, end = act.place
    while (origin := seen.documents[number].origin).parent >= 0:
        data, leaves = seen.documents[number].data, seen.documents[origin.parent].columns
        edits = origin.layer.lift(data, [Edit(start, end, b"")]) if origin.layer else None
        whole = leaves.start[origin.leaf], leaves.end[origin.leaf]
        if not edits or ((edits[0].start, edits[-1].end) == whole and (start, end) != (0, len(data))):
            return None
        number, start, end = origin.parent, edits[0].start, edits[-1].end
    return _Span(start, end)


def _text(record: _Measuring, results: Action) -> _Text:
    """Nothing was removed of what does not leave. What may go: due labels, and leaves whose own place the policy does not keep.
    `results`: what the policy does to results."""
    removed, needless, staying = 0, 0, 0
    found: Counter[Category] = Counter()
    idle: Counter[Category] = Counter()
    spots: list[Spot] = []
    decision = record.outcome.decision
    if record.outcome.forward is None:
        return _Text(removed, needless, staying, found, idle, ())
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
    return _Text(removed, needless, staying, found, idle, tuple(spots))


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


def _planted(document: Document, record: _Measuring, number: int) -> int:
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


def _due_there(record: _Measuring, act: Act, values: Iterable[str]) -> bool:
    span, document = _lifted(record.seen, act), record.seen.documents[act.place.document]
    if span and any(map(span.meets, record.due.going)):
        return True
    there = squeezed(document.data[act.place.start : act.place.end].decode(document.columns.charset, "replace"))
    return any(value in there or there in value for value in values)
