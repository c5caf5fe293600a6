"""Decides one record for one route: what the policy says of every leaf and finding, where it stands. Changes nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import compress, count

from schemas.vocabulary import Action, BreakerState, Category, Reason, Verdict
from stream.core.roles import CATEGORY, INDEX, ROLES
from stream.core.ruleset import PLACED, RouteRules
from stream.core.values import Act, Decision, Document, Finding, Inspection, PartKind, Place, Record, Standing, Treat
from stream.core.waive import holds, waiver

_ACTIONS = tuple(Action)
_UNKNOWN = INDEX["unknown"]
_UNKNOWN_KEY = ROLES[INDEX["key.unknown"]]
_HEALTH = frozenset(category for category in Category if Category.HEALTH in category.lineage)
_TOPICS = frozenset(category for category in Category if Category.HEALTH_TOPIC in category.lineage)
_RESULT = frozenset({Category.HEALTH_RESULT, Category.HEALTH_TEXT})  # a value and the notes that belong to it


def decide(seen: Inspection, route: RouteRules, standing: Standing, waived: frozenset[str] = frozenset()) -> Decision:
    """The verdict, its reasons and what is done where, or for a held record what holds it. Nothing that was not inspected to its end is
    forwarded, but on a route where nothing is forbidden and nothing denied. `waived`: names of what is not to hold it."""
    if standing.breaker is not BreakerState.CLOSED:
        return Decision(Verdict.QUARANTINE, (Reason.BREAKER_OPEN,))
    if _size(seen.record) > route.record_bytes:
        return Decision(Verdict.QUARANTINE, (Reason.TOO_LARGE,))
    if seen.incomplete and (route.denies or not route.nothing_forbidden):
        return Decision(Verdict.QUARANTINE, seen.incomplete)
    if route.nothing_forbidden:
        return _open(seen, route, waived)
    return _conclude(seen, _acts(seen, route), waived)


def _size(record: Record) -> int:
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


def _open(seen: Inspection, route: RouteRules, waived: frozenset[str]) -> Decision:
    """A route that may receive everything obeys its deny rules only."""
    acts = [act for act in _acts(seen, route) if act.step == "deny"] if route.denies else []
    decision = _conclude(seen, acts, waived)
    return Decision(Verdict.CLEAR, (Reason.NOTHING_FORBIDDEN,)) if decision.verdict is Verdict.CLEAR else decision


def _acts(seen: Inspection, route: RouteRules) -> list[Act]:
    """All acts: by leaf, by finding, and what must go with a result that goes."""
    hosts = {(d.origin.parent, d.origin.leaf) for d in seen.documents if d.origin.parent >= 0}
    acts: list[Act] = []
    for number, document in enumerate(seen.documents):
        acts += _by_leaf(number, document, route, hosts)
    acts.extend(act for finding in seen.findings for act in _by_finding(seen, finding, route))
    acts.extend(_whole_results(seen, acts))
    return acts if seen.record.key is None else [_keyed(seen.documents[act.place.document], act) for act in acts]


def _by_leaf(number: int, document: Document, route: RouteRules, hosts: set[tuple[int, int]]) -> list[Act]:
    """What becomes of each leaf for what its place means; one table look-up for all leaves of a document."""
    starts, ends, roles, *_ = document.columns
    actions = roles.translate(route.leaf_actions)
    acts: list[Act] = []
    for leaf in compress(count(), actions):
        role, action = roles[leaf], actions[leaf]
        if role == _UNKNOWN and (number, leaf) in hosts:
            continue  # what hangs on it is known: it is decided there
        category, step = CATEGORY[role], route.leaf_rules[role].step
        if action == PLACED:
            action, step, _ = route.rule(category, document, leaf)
            if action is Action.KEEP:
                continue
        acts.append(Act(Place(number, leaf, starts[leaf], ends[leaf]), _ACTIONS[action], category, step))
    return acts


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


def _whole_results(seen: Inspection, acts: Iterable[Act]) -> Iterator[Act]:
    """A result is whole or absent: where a value or a topic of a group goes, its value, unit, range, flag, status and notes go."""
    gone: dict[tuple[int, int, int], bool] = {}
    for act in acts:
        if act.category not in _HEALTH or act.action >= Action.DROP:
            continue
        columns = seen.documents[act.place.document].columns
        topic = act.category in _TOPICS
        at = bisect_right(columns.groups, act.place.leaf, key=_first) - 1
        if at < 0 or act.place.leaf >= columns.groups[at][1]:
            continue
        if topic or CATEGORY[columns.role[act.place.leaf]] is Category.HEALTH_RESULT:
            group = (act.place.document, *columns.groups[at])
            gone[group] = topic or gone.get(group, False)
    for (number, first, last), topic in gone.items():
        columns = seen.documents[number].columns
        for leaf in range(first, last):
            if CATEGORY[columns.role[leaf]] in (_HEALTH if topic else _RESULT):
                yield Act(Place(number, leaf, columns.start[leaf], columns.end[leaf]), Action.REMOVE, CATEGORY[columns.role[leaf]], "whole")


def _first(group: tuple[int, int]) -> int:
    return group[0]


def _keyed(document: Document, act: Act) -> Act:
    """A Kafka key is never emptied (partitioning and compaction hang on it): what must go there is pseudonymised."""
    if document.origin.part.kind is PartKind.KEY and Action.GENERALISE <= act.action < Action.DROP:
        return act._replace(action=Action.PSEUDONYMISE)
    return act


def _conclude(seen: Inspection, acts: list[Act], waived: frozenset[str]) -> Decision:
    if waived:
        acts = [act for act in acts if not (holds(act) and waiver(seen, act) in waived)]
    if not acts:
        return Decision(Verdict.CLEAR, ())
    strictest = max([act.action for act in acts])
    if strictest >= Action.DROP:
        held = strictest is Action.QUARANTINE or seen.record.value is None  # a tombstone is never dropped
        return Decision(Verdict.QUARANTINE if held else Verdict.DROP, _reasons(acts, strictest), tuple(filter(holds, acts)))
    return Decision(Verdict.REDACT, (Reason.TRANSFORMED,), tuple(acts))


_REASON_OF_STEP = {
    "deny": Reason.FOUND,
    "unknown": Reason.UNKNOWN_STRUCTURE,
    "structure": Reason.IDENTITY_IN_STRUCTURE,
    "value": Reason.IDENTITY_IN_RESULT,
}


def _reasons(acts: list[Act], strictest: Action) -> tuple[Reason, ...]:
    return tuple(sorted({_REASON_OF_STEP.get(act.step, Reason.NOT_ALLOWED) for act in acts if act.action is strictest}))
