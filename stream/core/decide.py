"""Decides one record for one route: what the policy says of every leaf and finding, where it stands. Changes nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, count

from schemas.vocabulary import INCOMPLETE, Action, BreakerState, Category, Reason, Verdict
from stream.core.roles import CATEGORY, INDEX, ROLES
from stream.core.ruleset import PLACED, RouteRules
from stream.core.values import Act, Decision, Document, Finding, Inspection, PartKind, Place, Record, Standing, Sweep, Treat
from stream.core.waive import holds, waivable, waiver

_FRAME = INDEX["frame"]
_UNKNOWN_KEY = ROLES[INDEX["key.unknown"]]
_HEALTH = frozenset(category for category in Category if Category.HEALTH in category.lineage)
_VALUED = _HEALTH | {Category.UNKNOWN}  # a part of a value, or what could not be read of it
_TOPICS = frozenset(category for category in Category if Category.HEALTH_TOPIC in category.lineage)
_RESULT = frozenset({Category.HEALTH_RESULT, Category.HEALTH_TEXT})  # a value and the notes that belong to it
_VALUES = bytes(role.category is Category.HEALTH_RESULT for role in ROLES).ljust(256, b"\0")
_CHANGED = bytes(Action.KEEP < action < Action.DROP for action in range(256))
_KEYED = bytes(Action.PSEUDONYMISE if Action.GENERALISE <= action < Action.DROP else action for action in range(256))
"""What is done in a Kafka key, which is never emptied: partitioning and compaction hang on it."""


def decide(seen: Inspection, route: RouteRules, standing: Standing, waived: frozenset[str] = frozenset()) -> Decision:
    """The verdict, its reasons and what is done where, or for a held record what holds it. Nothing that was not inspected to its end is
    forwarded, but on a route where nothing is forbidden and nothing denied. `waived`: names of what is not to hold it."""
    if standing.breaker is not BreakerState.CLOSED:
        return Decision(Verdict.QUARANTINE, (Reason.BREAKER_OPEN,))
    if _size(seen.record) > route.record_bytes:
        return Decision(Verdict.QUARANTINE, (Reason.TOO_LARGE,))
    if route.nothing_forbidden:
        return _open(seen, route, waived)
    if seen.incomplete:
        return Decision(Verdict.QUARANTINE, seen.incomplete)
    swept = _swept(seen, route)
    found = _found(seen, route, swept)
    if waived:
        return _conclude(seen, _less(seen, _each(swept, found), waived), ())
    return _conclude(seen, found, swept)


def _size(record: Record) -> int:
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


def _open(seen: Inspection, route: RouteRules, waived: frozenset[str]) -> Decision:
    """A route that may receive everything obeys its deny rules only, for which all has to be read."""
    if route.denies and seen.doubts:
        return Decision(Verdict.QUARANTINE, seen.doubts)
    decision = _denied(seen, route, waived) if route.denies else _CLEAR
    return Decision(Verdict.CLEAR, (Reason.NOTHING_FORBIDDEN,)) if decision.verdict is Verdict.CLEAR else decision


def _denied(seen: Inspection, route: RouteRules, waived: frozenset[str]) -> Decision:
    swept = _swept(seen, route)
    return _conclude(seen, _less(seen, _each(swept, _found(seen, route, swept)), waived), ())


def _less(seen: Inspection, acts: Iterable[Act], waived: frozenset[str]) -> list[Act]:
    """The acts without those that would hold the record and are waived."""
    return [act for act in acts if not (waived and waivable(act) and waiver(seen, act) in waived)]


def _each(swept: Iterable[Sweep], found: Iterable[Act]) -> Iterator[Act]:
    return chain(chain.from_iterable(sweep.acts() for sweep in swept), found)


# ---- by place -------------------------------------------------------------------------------------------------------


def _swept(seen: Inspection, route: RouteRules) -> tuple[Sweep, ...]:
    """What becomes of each leaf for what its place means; one table look-up for all leaves of a document."""
    swept: list[Sweep] = []
    for number, document in enumerate(seen.documents):
        columns = document.columns
        actions = columns.role.translate(route.leaf_actions)
        placed = _by_place(document, actions, route) if PLACED in actions else {}
        if document.origin.part.kind is PartKind.KEY:
            actions = actions.translate(_KEYED)
        swept.append(Sweep(number, columns, actions, route.leaf_said, placed))
    return tuple(swept)


def _by_place(document: Document, actions: bytearray, route: RouteRules) -> dict[int, str]:
    """Settles the actions that hang on where a leaf stands; the step that led there, by leaf."""
    steps: dict[int, str] = {}
    leaf = actions.find(PLACED)
    while leaf >= 0:
        actions[leaf], steps[leaf], _ = route.rule(CATEGORY[document.columns.role[leaf]], document, leaf)
        leaf = actions.find(PLACED, leaf + 1)
    return steps


# ---- by content -----------------------------------------------------------------------------------------------------


def _found(seen: Inspection, route: RouteRules, swept: Sequence[Sweep]) -> tuple[Act, ...]:
    """What becomes of the findings, and what must go with a result that goes."""
    acts = [act for finding in seen.findings for act in _by_finding(seen, finding, route)]
    acts += _by_unread(seen, route, swept)
    acts += _whole_results(seen, acts, swept)
    return tuple(acts) if seen.record.key is None else tuple(_keyed(seen.documents[act.place.document], act) for act in acts)


def _by_finding(seen: Inspection, finding: Finding, route: RouteRules) -> Iterator[Act]:
    """What becomes of a finding, decided at each place where it stands."""
    if finding.likelihood < route.at_least[finding.category]:
        return
    topic = finding.category in _TOPICS
    for place in finding.places:
        document = seen.documents[place.document]
        category = CATEGORY[document.columns.role[place.leaf]]
        if topic and finding.category not in route.topics_named and category in _HEALTH:
            continue  # a topic that nobody names follows the health leaf that it stands in
        rule = route.rule(finding.category, document, place.leaf)
        if rule.action is Action.KEEP or _goes_anyway(document, place.leaf, rule.action, route):
            continue
        held = None if topic else _held(document, place.leaf)
        yield Act(_extent(document, place, topic), Action.QUARANTINE if held else rule.action, finding.category, held or rule.step)


def _by_unread(seen: Inspection, route: RouteRules, swept: Sequence[Sweep]) -> Iterator[Act]:
    """What becomes of a leaf that was not read to its end and does not go anyway: what the policy says of unknown structure, but that it
    never stays."""
    action = Action.REMOVE if route.rules[Category.UNKNOWN].action is Action.REMOVE else Action.QUARANTINE
    for reason, *unread in seen.unread:
        number, leaf = _outside_frames(seen, *unread)
        if not any(swept[at].actions[above] >= Action.PSEUDONYMISE for at, above in _ancestry(seen, number, leaf)):
            document, columns = seen.documents[number], seen.documents[number].columns
            place = Place(number, leaf, columns.start[leaf], columns.end[leaf])
            held = _is_all(document, leaf) or _held(document, leaf) == "structure"
            yield Act(place, Action.QUARANTINE if held else action, Category.UNKNOWN, reason.value)


def _outside_frames(seen: Inspection, number: int, leaf: int) -> tuple[int, int]:
    """The leaf itself, or where it is a frame, the one that its document hangs on: a frame has no place of its own."""
    while seen.documents[number].columns.role[leaf] == _FRAME and seen.documents[number].origin.parent >= 0:
        number, leaf = seen.documents[number].origin[1:3]
    return number, leaf


def _is_all(document: Document, leaf: int) -> bool:
    """Whether nothing would be left without the leaf: it is a message of a frame, or the one leaf of a part of the record."""
    return document.columns.role[leaf] == _FRAME or (document.origin.parent < 0 and len(document.columns.start) == 1)


def _ancestry(seen: Inspection, number: int, leaf: int) -> Iterator[tuple[int, int]]:
    """A leaf, the leaf that its document hangs on, and so on up to the record."""
    while number >= 0:
        yield number, leaf
        number, leaf = seen.documents[number].origin[1:3]


def _goes_anyway(document: Document, leaf: int, action: Action, route: RouteRules) -> bool:
    """Whether what the leaf's own place means already does as much to it."""
    role = document.columns.role[leaf]
    own = route.leaf_actions[role]
    if own == PLACED:
        own = route.rule(CATEGORY[role], document, leaf).action
    return own >= action


def _extent(document: Document, place: Place, topic: bool) -> Place:
    """A topic takes its whole leaf with it, since masking the one word would leave the meaning; so does anything within a code."""
    if not topic and ROLES[document.columns.role[place.leaf]].treat is not Treat.SHAPED:
        return place
    return place._replace(start=document.columns.start[place.leaf], end=document.columns.end[place.leaf])


def _held(document: Document, leaf: int) -> str | None:
    """Names of structure cannot be changed, and a result with an identifier in it is no result: both hold the record."""
    role = ROLES[document.columns.role[leaf]]
    if role is _UNKNOWN_KEY or document.origin.part.kind is PartKind.HEADER_NAME:
        return "structure"
    return "value" if role.treat is Treat.SHAPED and role.category in _HEALTH else None


def _whole_results(seen: Inspection, acts: Iterable[Act], swept: Iterable[Sweep]) -> Iterator[Act]:
    """A result is whole or absent: where a value or a topic of a group goes, its value, unit, range, flag, status and notes go, and what
    hangs on it."""
    gone: dict[tuple[int, int, int], bool] = {}
    for number, leaf, topic in chain(_values(swept), _in_results(seen, acts)):
        groups = seen.documents[number].columns.groups
        at = bisect_right(groups, leaf, key=_first) - 1
        if at >= 0 and leaf < groups[at][1]:
            group = (number, *groups[at])
            gone[group] = topic or gone.get(group, False)
    for (number, first, last), topic in gone.items():
        columns = seen.documents[number].columns
        for leaf in range(first, last):
            role = columns.role[leaf]
            if role == _FRAME or CATEGORY[role] in (_HEALTH if topic else _RESULT):
                yield Act(Place(number, leaf, columns.start[leaf], columns.end[leaf]), Action.REMOVE, CATEGORY[role], "whole")


def _values(swept: Iterable[Sweep]) -> Iterator[tuple[int, int, bool]]:
    """The leaves with values of results that are changed: document, leaf, and that no topic is why."""
    for sweep in swept:
        if sweep.columns.groups:
            for leaf in compress(count(), sweep.columns.role.translate(_VALUES)):
                if _CHANGED[sweep.actions[leaf]]:
                    yield sweep.number, leaf, False


def _in_results(seen: Inspection, acts: Iterable[Act]) -> Iterator[tuple[int, int, bool]]:
    """The leaves in which a topic or a part of a value goes: document, leaf, and whether it is a topic."""
    for act in acts:
        topic = act.category in _TOPICS
        role = seen.documents[act.place.document].columns.role[act.place.leaf]
        if act.action < Action.DROP and (topic or (act.category in _VALUED and CATEGORY[role] is Category.HEALTH_RESULT)):
            yield act.place.document, act.place.leaf, topic


def _first(group: tuple[int, int]) -> int:
    return group[0]


def _keyed(document: Document, act: Act) -> Act:
    return act._replace(action=Action(_KEYED[act.action])) if document.origin.part.kind is PartKind.KEY else act


def _conclude(seen: Inspection, found: Sequence[Act], swept: tuple[Sweep, ...]) -> Decision:
    strict = [sweep for sweep in swept if Action.DROP in sweep.actions or Action.QUARANTINE in sweep.actions]
    holding = tuple(filter(holds, _each(strict, found)))
    if holding:
        strictest = max(act.action for act in holding)
        held = strictest is Action.QUARANTINE or seen.record.value is None  # a tombstone is never dropped
        return Decision(Verdict.QUARANTINE if held else Verdict.DROP, _reasons(holding, strictest), holding)
    if found or any(any(sweep.actions) for sweep in swept):
        return Decision(Verdict.REDACT, (Reason.TRANSFORMED,), tuple(found), swept)
    return _CLEAR


_CLEAR = Decision(Verdict.CLEAR, ())
_REASON_OF_STEP = {
    **{reason.value: reason for reason in INCOMPLETE},
    "deny": Reason.FOUND,
    "unknown": Reason.UNKNOWN_STRUCTURE,
    "structure": Reason.IDENTITY_IN_STRUCTURE,
    "value": Reason.IDENTITY_IN_RESULT,
}


def _reasons(acts: Iterable[Act], strictest: Action) -> tuple[Reason, ...]:
    return tuple(sorted({_REASON_OF_STEP.get(act.step, Reason.NOT_ALLOWED) for act in acts if act.action is strictest}))
