"""Compiles the policies of one source into one immutable ruleset. The only part of the core that knows the policy language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.pipeline import Source
from schemas.policy import Generalise, Policy, Transform, Where, action
from schemas.profile import Profile
from schemas.vocabulary import Action, Category, Generalisation, Likelihood, Reason, UnknownStructure
from stream.core.decode.overlay import Overlay, overlay
from stream.core.detect import Rules
from stream.core.pseudonym import Pseudonymiser
from stream.core.roles import ROLES
from stream.core.values import Document, Extract, Incomplete, Limits

PLACED = 255
"""In `RouteRules.leaf_actions`: a rule for a place may apply, so the leaf's path decides."""

_ORDINAL = re.compile(r"\[[^\]]*\]")
_STRUCTURE = frozenset({"key", "key.unknown", "frame", "structure.code", "structure.control"})


class SourceRules(NamedTuple):
    """What belongs to the source and not to a recipient."""

    name: str
    limits: Limits = Limits()
    subjects: tuple[str, ...] = ("national", "local", "identity")  # types of identifier, the most telling first
    overlay: Overlay | None = None  # its own profile


def source_rules(source: Source, profile: Profile | None) -> SourceRules:
    """As the pipeline and the source's own profile write them."""
    limits = Limits()._replace(**source.limits.model_dump(exclude_none=True))
    own = None if profile is None else overlay(profile.names, profile.segments)
    return SourceRules(source.name, limits, source.subjects, own)


class Rule(NamedTuple):
    """What a policy says of a category, at a place or anywhere."""

    action: Action
    step: str  # deny | place | category | default | unknown
    generalisation: Generalisation | None = None


class PlacedRule(NamedTuple):
    """A rule that holds for a category at a place only."""

    category: Category
    where: Where
    rule: Rule

    def covers(self, category: Category, format_name: str, path: str) -> bool:
        """Whether the rule speaks of this category at this path (ordinals left out)."""
        place, spoken = self.where.place, self.where.format
        return (
            self.category in category.lineage
            and (spoken is None or spoken == format_name)
            and (place is None or (path.startswith(place) and path[len(place) :][:1] in ("", ".", "-")))
        )


class RouteRules(NamedTuple):
    """One route: a recipient, a purpose, a policy, ready to decide with."""

    number: int
    name: str
    recipient: str
    policy: str
    version: int
    digest: str
    care: bool
    nothing_forbidden: bool
    expires: str | None  # ISO date after which a route that is not for care stands still
    subjects_per_hour: int | None
    record_bytes: int
    rules: Mapping[Category, Rule]
    placed: tuple[PlacedRule, ...]  # most specific first
    at_least: Mapping[Category, Likelihood]
    leaf_actions: bytes  # per role number: an Action, or PLACED
    leaf_said: tuple[tuple[Category, str], ...]  # per role number: its category, and the step that leads to the action
    topics_named: frozenset[Category]  # topics that the policy speaks of
    pseudonymiser: Pseudonymiser

    def rule(self, category: Category, document: Document, leaf: int) -> Rule:
        """The rule for a category where it stands: explicit deny, then place, then category and its parents, then the default."""
        rule = self.rules[category]
        if rule.step == "deny" or not self.placed:
            return rule
        path = _ORDINAL.sub("", document.format.path(document, leaf))
        name = document.format.name
        return next((placed.rule for placed in self.placed if placed.covers(category, name, path)), rule)

    @property
    def denies(self) -> bool:
        """Whether the policy has explicit denies, which need a complete inspection."""
        return any(rule.step == "deny" for rule in self.rules.values())


class RoutePlan(NamedTuple):
    """What a route is compiled from."""

    name: str
    policy: Policy
    pseudonymiser: Pseudonymiser


class Ruleset(NamedTuple):
    """All policies of one source, compiled together: one scan serves all routes. `extract`: reads files that the core cannot."""

    source: SourceRules
    detection: Rules
    routes: tuple[RouteRules, ...]
    digest: str
    extract: Extract


def nothing_extracted(data: bytes, most: int) -> Incomplete:  # noqa: ARG001  # nothing is read
    """For whoever has no reader of files."""
    return Incomplete(Reason.UNDECODABLE)


def compile_ruleset(source: SourceRules, plans: Sequence[RoutePlan], detection: Rules, extract: Extract = nothing_extracted) -> Ruleset:
    """Compiles; the policies were validated when they were read."""
    routes = tuple(_route(number, plan) for number, plan in enumerate(plans))
    digest = hashlib.sha256("\n".join([repr(source), *(f"{r.name}={r.digest}" for r in routes)]).encode())
    return Ruleset(source, detection, routes, digest.hexdigest(), extract)


def _route(number: int, plan: RoutePlan) -> RouteRules:
    policy = plan.policy
    rules = {category: _anywhere(policy, category) for category in Category}
    placed = tuple(sorted(_placed(policy), key=_specificity, reverse=True))
    return RouteRules(
        number=number,
        name=plan.name,
        recipient=policy.recipient.name,
        policy=policy.metadata.name,
        version=policy.metadata.version,
        digest=hashlib.sha256(policy.model_dump_json().encode()).hexdigest(),
        care=policy.care,
        nothing_forbidden=policy.nothing_forbidden is not None,
        expires=policy.expires.isoformat() if policy.expires else None,
        subjects_per_hour=policy.limits.subjects_per_hour,
        record_bytes=policy.limits.record_bytes,
        rules=rules,
        placed=placed,
        at_least={category: policy.threshold(category) for category in Category},
        leaf_actions=bytes(_leaf_action(role.name, role.category, rules, placed) for role in ROLES).ljust(256, b"\0"),
        leaf_said=tuple((role.category, rules[role.category].step) for role in ROLES),
        topics_named=frozenset(c for c in Category if Category.HEALTH_TOPIC in c.lineage and rules[c].step != "default"),
        pseudonymiser=plan.pseudonymiser,
    )


def _anywhere(policy: Policy, category: Category) -> Rule:
    """The rule for a category where no place is considered."""
    for named in category.lineage:
        if named in policy.when_found:
            return Rule(action(policy.when_found[named]), "deny")
    if policy.nothing_forbidden is not None:
        return Rule(Action.KEEP, "default")  # everything in every place, but for what is denied
    allowed = {rule.category for rule in policy.allow if rule.where is None}
    transforms = {rule.category: rule.to for rule in policy.transforms if rule.where is None}
    for named in category.lineage:
        if named in transforms:
            return _transform(transforms[named], "category")
        if named in allowed:
            return Rule(Action.KEEP, "category")
    if category is Category.UNKNOWN:
        return Rule(_UNKNOWN[policy.unknown_structure], "unknown")
    return Rule(action(policy.default), "default")


_UNKNOWN = {
    UnknownStructure.INSPECT: Action.KEEP,
    UnknownStructure.REMOVE: Action.REMOVE,
    UnknownStructure.QUARANTINE: Action.QUARANTINE,
}


def _transform(to: Transform, step: str) -> Rule:
    return Rule(action(to), step, to.generalise if isinstance(to, Generalise) else None)


def _placed(policy: Policy) -> Iterable[PlacedRule]:
    for allow in policy.allow:
        if allow.where is not None:
            yield PlacedRule(allow.category, allow.where, Rule(Action.KEEP, "place"))
    for transform in policy.transforms:
        if transform.where is not None:
            yield PlacedRule(transform.category, transform.where, _transform(transform.to, "place"))


def _specificity(placed: PlacedRule) -> tuple[int, int, int, int]:
    """Longer place, then a named format, then a deeper category; at a tie the stricter action."""
    where = placed.where
    return (len(where.place or ""), where.format is not None, len(placed.category.lineage), placed.rule.action)


def _leaf_action(name: str, category: Category, rules: Mapping[Category, Rule], placed: Sequence[PlacedRule]) -> int:
    if name in _STRUCTURE:
        return Action.KEEP
    if name.startswith("unknown") and name != "unknown.literal" and rules[Category.UNKNOWN].action is Action.QUARANTINE:
        return Action.QUARANTINE
    rule = rules[category]
    if rule.step != "deny" and any(p.category in category.lineage for p in placed):
        return PLACED
    return rule.action
