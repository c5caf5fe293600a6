"""What the content of a record gives away: findings with a likelihood and the evidence. Called by `judge`; never decides what is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.vocabulary import Category, Likelihood, Reason
from stream.core.detect.across import across
from stream.core.detect.around import NOTHING, Around, Facts
from stream.core.detect.choose import choose
from stream.core.detect.facts import facts
from stream.core.detect.found import Found, outside_pseudonyms
from stream.core.detect.likelihood import likelihood
from stream.core.detect.memory import Kind, Terms, learn, remember
from stream.core.detect.merge import merge
from stream.core.detect.recall import recall
from stream.core.detect.rules import Lists, Rules, compile_rules
from stream.core.detect.topics import CODE
from stream.core.kernels.fold import View, fold, read
from stream.core.kernels.scan import Hit, scan
from stream.core.roles import ROLES
from stream.core.values import Document, Finding, Incomplete, Limits, Place

__all__ = ["Detected", "Lists", "Rules", "compile_rules", "detect"]


class Detected(NamedTuple):
    """What was found, in the order of the places, and why the record was not inspected to its end, if so."""

    findings: tuple[Finding, ...]
    incomplete: tuple[Reason, ...] = ()


def detect(documents: Sequence[Document], rules: Rules, limits: Limits) -> Detected:
    """1. chooses what to scan, 2. folds it, 3. scans once, 4. lets detectors look where they were hit, 5. searches what the scopes taught,
    6. merges."""
    chosen = choose(documents, rules.coded)
    coded = [_coded(documents, number, leaf, category) for number, leaf, category in chosen.coded]
    if not chosen.leaves:
        return Detected(merge(coded))
    view = fold(documents, chosen.leaves)
    hits = scan(view.text, rules.database, limits.hits)
    if isinstance(hits, Incomplete):
        return Detected((), (hits.reason,))
    matched = _matched(view, rules, hits) if hits else []
    recalled = recall(view, _memory(view, matched), rules.common, limits.hits)
    if recalled is None:
        return Detected((), (Reason.OVER_BUDGET,))
    found = outside_pseudonyms(view, [*matched, *recalled])
    return Detected(merge([*coded, *[_finding(view, one) for one in found], *across(view)]))


def _coded(documents: Sequence[Document], number: int, leaf: int, category: Category) -> Finding:
    columns = documents[number].columns
    place = Place(number, leaf, columns.start[leaf], columns.end[leaf])
    return Finding(category, Likelihood.VERY_LIKELY, (place,), "code", (CODE,))


def _finding(view: View, found: Found) -> Finding:
    place = view.place(found.number, found.start, found.end)
    return Finding(found.category, likelihood(found.evidence), (place,), found.detector, found.evidence)


def _matched(view: View, rules: Rules, hits: Iterable[Hit]) -> list[Found]:
    """What the detectors say of the leaves in which they were hit."""
    looks: defaultdict[int, set[int]] = defaultdict(set)
    for number, end in hits:
        looks[view.at(end - 1)].update(rules.owners[number])
    known = facts(view.documents) if any(not rules.personal.isdisjoint(owners) for owners in looks.values()) else {}
    return [
        Found(number, *told) for number, owners in looks.items() for told in rules.look(_around(view, number, known), frozenset(owners))
    ]


def _around(view: View, number: int, known: Mapping[int, Facts]) -> Around:
    text = view.leaf(number)
    document = view.documents[text.document]
    columns = document.columns
    name = columns.labels[text.leaf] if columns.labels else -1
    label = read(document, text.document, name).folded if name >= 0 else ""
    told = known.get(document.scope_of(text.leaf), NOTHING) if known else NOTHING
    return Around(text.folded, text.visible, label, ROLES[columns.role[text.leaf]], told)


_TAUGHT = {
    Category.PERSON_NAME: Kind.NAME,
    Category.PROFESSIONAL_NAME: Kind.NAME,
    Category.PERSON_NIR: Kind.NUMBER,
    Category.PERSON_INS: Kind.NUMBER,
    Category.PERSON_LOCAL_NUMBER: Kind.NUMBER,
    Category.CONTACT_PHONE: Kind.PHONE,
    Category.CONTACT_EMAIL: Kind.EXACT,
}


def _memory(view: View, matched: Iterable[Found]) -> dict[int, Terms]:
    """What the places of the record teach, and what was surely found in its text."""
    memory = learn(view.documents)
    for found in sorted(matched):  # two detectors may teach one needle: their order must not tell which is first
        kind = _TAUGHT.get(found.category)
        if kind is not None and likelihood(found.evidence) >= Likelihood.LIKELY:
            text = view.leaf(found.number)
            scope = view.documents[text.document].scope_of(text.leaf)
            remember(memory.setdefault(scope, Terms({}, {})), kind, found.category, text.folded[found.start : found.end].encode())
    return memory
