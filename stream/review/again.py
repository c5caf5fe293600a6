"""Judges an opened record by the policies of now, as the guard would, to tell a person what holds it. Sends nothing, keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from schemas.bundle import Bundle
from schemas.lists import lists
from schemas.policy import ReleaseRules
from schemas.vocabulary import Category
from stream.core.detect import compile_rules
from stream.core.detect.catalogue import detectors
from stream.core.judge import inspect, judge
from stream.core.pseudonym import pseudonymiser
from stream.core.ruleset import RoutePlan, compile_ruleset, source_rules
from stream.core.values import Decision, Inspection, Record, Standing
from stream.core.waive import waivable, waiver
from stream.extract import Extractor


class Hold(NamedTuple):
    """A name for what holds the record, who may waive it, and whether a second person has to agree."""

    name: str
    by: tuple[str, ...]
    second: bool


class Judged(NamedTuple):
    """A record as the policy of now sees it."""

    seen: Inspection
    decision: Decision
    holds: tuple[Hold, ...]


def judged(bundle: Bundle, route: str, record: Record, entropy: bytes) -> Judged:
    """`entropy`: 32 bytes for pseudonyms that nobody sees. Raises ConfigError."""
    named = next(each for each in bundle.pipeline.routes if each.name == route)
    source = next(each for each in bundle.pipeline.sources if each.name == named.source)
    policy, known = bundle.policies[route], lists()
    plan = RoutePlan(route, policy, pseudonymiser(entropy, policy.recipient.name))
    rules = source_rules(source, bundle.profiles.get(source.name))
    ruleset = compile_ruleset(rules, [plan], compile_rules(detectors(known), known), Extractor())
    seen = inspect(record, ruleset)
    decision = judge(seen, ruleset, [Standing()])[0].decision
    return Judged(seen, decision, tuple(_holds(seen, decision, policy.release)))


def _holds(seen: Inspection, decision: Decision, release: ReleaseRules) -> Iterator[Hold]:
    names = dict.fromkeys((waiver(seen, act), act.category) for act in decision.acts if waivable(act))
    return (_hold(name, category, release) for name, category in names)


def _hold(name: str, category: Category, release: ReleaseRules) -> Hold:
    rules = [rule for rule in release.waive if rule.category in category.lineage]
    by = tuple(dict.fromkeys(name for rule in rules for name in rule.by))
    return Hold(name, by, release.second_person or any(rule.second_person for rule in rules))
