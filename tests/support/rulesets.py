"""Rulesets for tests: a policy's text or a shipped name, and the record around a value."""

from functools import cache

from schemas.lists import lists
from schemas.loader import loads
from schemas.policy import Policy
from schemas.shipped import read_policy
from stream.core.detect import Rules, compile_rules
from stream.core.detect.catalogue import detectors
from stream.core.judge import inspect, judge
from stream.core.pseudonym import pseudonymiser
from stream.core.ruleset import RoutePlan, Ruleset, SourceRules, compile_ruleset
from stream.core.values import Coordinate, Outcome, Record, Standing

HEAD = """\
apiVersion: pratique/v1alpha1
kind: Policy
metadata: {name: trial, owner: privacy@laboratory.example, version: 1}
recipient: {name: somebody, kind: research, purpose: a trial}
legal: {article_6: a, article_9: b, secrecy: c, nir_basis: d, controller: e}
expires: 2099-01-01
"""


@cache
def detection() -> Rules:
    """Every detector with every list; compiled once for all tests."""
    known = lists()
    return compile_rules(detectors(known), known)


def policy(body: str) -> Policy:
    """A research policy with these rules."""
    return loads(HEAD + body, "trial.yaml", Policy)


@cache
def ruleset(*written: str) -> Ruleset:
    """One route per policy: a shipped name, or the body of a trial policy."""
    read = [read_policy(text) if text.isalpha() else policy(text) for text in written]
    plans = [RoutePlan(f"r{number}", one, pseudonymiser(b"p" * 32, one.recipient.name)) for number, one in enumerate(read)]
    return compile_ruleset(SourceRules("lis"), plans, detection())


def a_record(value: bytes | None, key: bytes | None = None, headers: tuple[tuple[str, bytes | None], ...] = ()) -> Record:
    """A record of the topic `lis`."""
    return Record(Coordinate("lis", 0, 7), key, value, headers, 1_700_000_000_000)


def outcomes(record: Record, rules: Ruleset) -> tuple[Outcome, ...]:
    """The whole way of a record, on routes that stand open."""
    return judge(inspect(record, rules), rules, [Standing()] * len(rules.routes))


def forwarded(value: bytes, *written: str) -> bytes:
    """The value that one policy lets through; fails the test when the record is held."""
    outcome = outcomes(a_record(value), ruleset(*written))[0]
    assert outcome.forward is not None, outcome.decision
    assert outcome.forward.value is not None
    return outcome.forward.value
