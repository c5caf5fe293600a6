"""Carries out a decision: writes each place in its own format, and lifts the edits of nested documents up to the record's bytes."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.vocabulary import Action, Reason
from stream.core.act.transform import absence, replacement, swept
from stream.core.kernels.splice import splice
from stream.core.ruleset import RouteRules
from stream.core.values import Act, Decision, Document, Edit, Incomplete, Inspection, Part, PartKind, Record, Sweep


def act(seen: Inspection, decision: Decision, route: RouteRules) -> Record | Incomplete:
    """The record to forward. Bytes outside the edits stay as they are; the same record comes back when nothing changes."""
    pending = _by_document(decision)
    lifted: dict[int, list[Edit] | None] = {}
    roots: dict[Part, bytes] = {}
    for number in range(len(seen.documents) - 1, -1, -1):  # children stand behind their parents
        document = seen.documents[number]
        edits = _edits(document, pending.get(number, _NOTHING), lifted.get(number, []), route)
        if edits == []:
            continue
        if document.origin.parent >= 0:
            parent = seen.documents[document.origin.parent]
            if not _goes_whole(parent, document.origin.leaf, pending.get(document.origin.parent, _NOTHING)):
                lifted[document.origin.parent] = _lift(parent, document, edits, lifted.get(document.origin.parent, []))
        elif edits is None:
            return Incomplete(Reason.CANNOT_REWRITE)
        else:
            roots[document.origin.part] = splice(document.data, edits)
    return _rebuilt(seen.record, roots) if roots else seen.record


class _Pending(NamedTuple):
    """What is to be done in one document: to whole leaves, and to spans and leaves in the order of their places."""

    sweep: Sweep | None
    acts: Sequence[Act]


_NOTHING = _Pending(None, ())


def _by_document(decision: Decision) -> dict[int, _Pending]:
    """The acts of each document; where those of a leaf meet they become one, and the strictest action holds for all of it."""
    found: defaultdict[int, list[Act]] = defaultdict(list)
    for act_ in decision.found:
        found[act_.place.document].append(act_)
    swept = {sweep.number: _apart(sweep, found[sweep.number]) if sweep.number in found else sweep for sweep in decision.swept}
    return {number: _Pending(swept.get(number), _merged(found.get(number, ()))) for number in {*swept, *found}}


def _apart(sweep: Sweep, acts: list[Act]) -> Sweep:
    """The sweep without the leaves in which findings are acted on too; what it would do there joins the acts."""
    met = {act_.place.leaf for act_ in acts if sweep.actions[act_.place.leaf]}
    acts += map(sweep.act, met)
    actions = bytearray(sweep.actions)
    for leaf in met:
        actions[leaf] = Action.KEEP
    return sweep._replace(actions=actions)


def _merged(acts: Iterable[Act]) -> list[Act]:
    spans: list[Act] = []
    for act_ in sorted(acts):
        if spans and act_.place.start < spans[-1].place.end:
            spans[-1] = _joined(spans[-1], act_)
        else:
            spans.append(act_)
    return spans


def _joined(one: Act, other: Act) -> Act:
    stricter = other if other.action > one.action else one
    return stricter._replace(place=one.place._replace(end=max(one.place.end, other.place.end)))


def _edits(document: Document, pending: _Pending, lifted: list[Edit] | None, route: RouteRules) -> list[Edit] | None:
    """The edits of one document, or None when a place cannot be written in its format, or what hangs in it."""
    if lifted is None:
        return None
    edits, data = lifted, document.data
    widened = bool(lifted)
    if pending.sweep is not None:
        whole = swept(document, pending.sweep, route)
        if whole is None:
            return None
        edits += whole
    for act_ in pending.acts:
        new = replacement(document, act_, route)
        if new is None:
            return None
        widened = widened or new.end != act_.place.end or new.start != act_.place.start
        edits.append(new)
    changing = [edit for edit in edits if not edit[2] or data[edit[0] : edit[1]] != edit[2]]  # what is removed was there
    return _outermost(changing) if widened else changing


def _outermost(edits: list[Edit]) -> list[Edit]:
    """The edits without those that lie within another: a leaf that goes whole takes its spans with it. Where two cross, both are written
    in place of both: a name that seems to run on into an encoded document."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=_widest_first):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
        elif edit.end > kept[-1].end:
            kept[-1] = Edit(kept[-1].start, edit.end, kept[-1].new + edit.new)
    return kept


def _widest_first(edit: Edit) -> tuple[int, int]:
    return edit.start, -edit.end


def _goes_whole(parent: Document, leaf: int, pending: _Pending) -> bool:
    """Whether the leaf that a document hangs on is replaced itself."""
    if pending.sweep is not None and pending.sweep.actions[leaf]:
        return True
    start, end = parent.columns.start[leaf], parent.columns.end[leaf]
    at = bisect_left(pending.acts, start, key=_start)
    return at < len(pending.acts) and pending.acts[at].place.start == start and pending.acts[at].place.end == end


def _start(act_: Act) -> int:
    return act_.place.start


def _lift(parent: Document, child: Document, edits: list[Edit] | None, others: list[Edit] | None) -> list[Edit] | None:
    """The edits of the parent with those that carry out the child's; what cannot be written or closed takes the whole leaf with it, and
    where that cannot go, the parent."""
    if others is None:
        return None
    layer, leaf = child.origin.layer, child.origin.leaf
    above = layer.lift(child.data, edits) if layer is not None and edits is not None else None
    if above is not None:
        return [*others, *above]
    gone = absence(parent, leaf)
    return None if gone is None else [*others, gone]


_KEY, _VALUE = Part(PartKind.KEY), Part(PartKind.VALUE)


def _rebuilt(record: Record, roots: Mapping[Part, bytes]) -> Record:
    headers = tuple([(name, roots.get(Part(PartKind.HEADER_VALUE, number), value)) for number, (name, value) in enumerate(record.headers)])
    key, value = roots.get(_KEY, record.key), roots.get(_VALUE, record.value)
    return Record(record.coordinate, key, value, headers, record.timestamp)
