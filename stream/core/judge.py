"""The whole way of a record through the core, once to see and once per route to judge. Called by the guard and the offline commands;
never raises of a record: what cannot be judged is held."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.vocabulary import Reason, Verdict
from stream.core.act import act
from stream.core.decide import decide
from stream.core.decode import decode
from stream.core.detect import detect
from stream.core.ruleset import RouteRules, Ruleset
from stream.core.subjects import subjects
from stream.core.values import Decision, Incomplete, Inspection, Outcome, Record, Standing
from stream.errors import Unavailable


def inspect(record: Record, ruleset: Ruleset) -> Inspection:
    """Decodes the record and finds what is in it. An exception anywhere is an inspection that is not complete. Raises Unavailable where the
    reader of files cannot be had, which is not the record's fault."""
    try:
        documents, undecoded, unread = decode(record, ruleset.source.limits, ruleset.extract, ruleset.source.overlay)
        findings, unscanned = detect(documents, ruleset.detection, ruleset.source.limits)
        about = subjects(documents, ruleset.source.subjects)
        return Inspection(record, documents, findings, about, (*undecoded, *unscanned), unread)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001  # the one place: whatever breaks on a record holds that record
        return Inspection(record, (), (), (), (Reason.EXCEPTION,))


def judge(seen: Inspection, ruleset: Ruleset, standings: Sequence[Standing]) -> tuple[Outcome, ...]:
    """One outcome per route, in the order of the routes; `standings` likewise."""
    return tuple(_judge(seen, route, standing) for route, standing in zip(ruleset.routes, standings, strict=True))


def judge_again(seen: Inspection, route: RouteRules, standing: Standing, waived: frozenset[str]) -> Outcome:
    """The outcome on one route for a record that a person asks to release; `waived`: names of what is not to hold it."""
    return _judge(seen, route, standing, waived)


def _judge(seen: Inspection, route: RouteRules, standing: Standing, waived: frozenset[str] = frozenset()) -> Outcome:
    try:
        decision = decide(seen, route, standing, waived)
        if decision.verdict is Verdict.CLEAR:
            return Outcome(route.number, decision, seen.record)
        if decision.verdict is not Verdict.REDACT:
            return Outcome(route.number, decision, None)
        written = act(seen, decision, route)
    except Exception:  # noqa: BLE001  # its twin for the second half of the way
        return hold(route, Reason.EXCEPTION)
    if isinstance(written, Incomplete):
        return hold(route, written.reason)
    if written is seen.record:  # every place already is what the policy makes of it
        return Outcome(route.number, Decision(Verdict.CLEAR, ()), written)
    return Outcome(route.number, decision, written)


def hold(route: RouteRules, reason: Reason) -> Outcome:
    """The outcome of a record that is held for one reason."""
    return Outcome(route.number, Decision(Verdict.QUARANTINE, (reason,)), None)
