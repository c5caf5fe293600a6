"""What became of one labelled record on one route, judged by what leaves. Called by `pratique eval` and the gate; pure.

A label is *due* where the policy does not keep its category at its place. A due value that still stands in what is forwarded is a leak.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from schemas.labels import LabelledRecord, PlantedValue
from schemas.vocabulary import Category, Reason, Verdict
from stream.core.judge import inspect, judge
from stream.core.ruleset import Ruleset
from stream.core.values import Coordinate, Record, Standing
from stream.evaluation.case import Case, Spot, acted
from stream.evaluation.due import due
from stream.evaluation.leaks import leaks
from stream.evaluation.removed import removed_text
from stream.synth.label import CLEAN


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


def measure(number: int, labelled: LabelledRecord, data: bytes, ruleset: Ruleset, show: bool) -> Measured:
    """On the first route of the ruleset. `show`: spots carry their text."""
    seen = inspect(Record(Coordinate("evaluation", 0, number), None, data), ruleset)
    route = ruleset.routes[0]
    outcome = judge(seen, ruleset, [Standing()])[0]
    had_to_go = due(labelled.labels, seen, route)
    record = Case(labelled, seen, outcome, had_to_go, acted(seen, outcome), show)
    text = removed_text(record, route.rules[Category.HEALTH_RESULT].action)
    leaked = leaks(record, ruleset) if outcome.forward is not None else ()
    results = [label for label in had_to_go.staying if label.category is Category.HEALTH_RESULT]
    lost = [label for label in results if not _kept(record, label)]
    return Measured(
        number=number,
        name=labelled.name if show else "",
        format=labelled.format,
        about_nobody=labelled.kind in CLEAN,
        dirt=labelled.dirt if show else "",
        verdict=outcome.decision.verdict,
        reasons=outcome.decision.reasons,
        due=Counter(label.category for label in had_to_go.going),
        leaks=tuple(leaked),
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


def _forced(record: Case) -> bool:
    """Whether a record is held for a value that was planted in it."""
    return record.due.forced or any(map(record.covered, record.due.going))


def _kept(record: Case, label: PlantedValue) -> bool:
    """Whether a result left as it came."""
    data, forward = record.seen.record.value or b"", record.outcome.forward
    there = forward is not None and data[label.start : label.end] in (forward.value or b"")
    return there and not record.covered(label)
