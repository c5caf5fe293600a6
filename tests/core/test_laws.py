"""Laws of the core that hold for every record and every policy."""

import re
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Action, Category, Reason, Verdict
from stream.core import judge as judging
from stream.core.decide import decide
from stream.core.judge import inspect
from stream.core.ruleset import Ruleset
from stream.core.values import Edit, Inspection, PartKind, Place, Standing
from stream.synth.traffic import Mix, traffic
from tests.support.rulesets import a_record, outcomes, ruleset

_EXPORTS, _XML = Mix(formats=("csv",)), Mix(formats=("cda", "fhir_xml", "fhir"))
SAMPLES = [
    *(sample.data for sample in islice(traffic(7), 40)),
    *(sample.data for sample in islice(traffic(8, drift=True), 20)),
    *(sample.data for sample in islice(traffic(9, mix=_EXPORTS), 20)),
    *(sample.data for sample in islice(traffic(10, drift=True, mix=_EXPORTS), 10)),
    *(sample.data for sample in islice(traffic(11, mix=_XML), 20)),
    *(sample.data for sample in islice(traffic(12, drift=True, mix=_XML), 10)),
]
FAMILIES = ["person", "contact", "insurance", "professional", "health.test", "health.result", "health.text", "sample", "admin"]
STEPS = ["decode", "detect", "subjects", "decide", "act"]


def allowing(families: list[str], default: str = "remove") -> Ruleset:
    allow = "".join(f"  - {{category: {family}}}\n" for family in families)
    return ruleset(
        f"allow:\n{allow}unknown_structure: remove\ndefault: {default}\n" if allow else f"default: {default}\nunknown_structure: remove\n"
    )


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(SAMPLES), st.lists(st.sampled_from(FAMILIES), unique=True, max_size=6))
def test_bytes_outside_the_places_acted_on_stay_as_they_were(data: bytes, families: list[str]) -> None:
    rules = allowing(families)
    seen = inspect(a_record(data), rules)
    decision = decide(seen, rules.routes[0], Standing())
    outcome = outcomes(a_record(data), rules)[0]
    if decision.verdict is not Verdict.REDACT:
        return

    spans = sorted(_span(seen, act.place) for act in decision.acts if _in_value(seen, act.place.document))
    kept, at = [], 0
    for start, end in spans:
        if start >= at:
            kept.append(data[at:start])
        at = max(at, end)
    kept.append(data[at:])
    assert outcome.forward is not None
    assert re.fullmatch(b".*?".join(map(re.escape, kept)), outcome.forward.value or b"", re.DOTALL)


def _span(seen: Inspection, place: Place) -> tuple[int, int]:
    """Of the place, or of the format's word for absent where that takes more; of what a nested document hangs on, all of it."""
    document = seen.documents[place.document]
    if document.origin.parent >= 0:
        columns = seen.documents[document.origin.parent].columns
        parent, leaf = document.origin.parent, document.origin.leaf
        return _span(seen, Place(parent, leaf, columns.start[leaf], columns.end[leaf]))
    absent = document.format.write(document, place.leaf, None)
    return (min(place.start, absent.start), max(place.end, absent.end)) if isinstance(absent, Edit) else (place.start, place.end)


def _in_value(seen: Inspection, document: int) -> bool:
    return seen.documents[document].origin.part.kind is PartKind.VALUE


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(SAMPLES), st.lists(st.sampled_from(FAMILIES), unique=True, min_size=1, max_size=6), st.sampled_from(["mask", "remove"])
)
def test_a_policy_that_allows_less_is_never_laxer(data: bytes, families: list[str], default: str) -> None:
    lax, strict = _strictness(data, allowing(families, default)), _strictness(data, allowing(families[1:], default))

    assert all(strict.get(leaf, Action.KEEP) >= action for leaf, action in lax.items())


def _strictness(data: bytes, rules: Ruleset) -> dict[tuple[int, int], Action]:
    """The strictest thing done within each leaf; a held record counts as held in all of them."""
    seen = inspect(a_record(data), rules)
    decision = decide(seen, rules.routes[0], Standing())
    leaves = [(number, leaf) for number, document in enumerate(seen.documents) for leaf in range(len(document.columns.start))]
    if decision.verdict is Verdict.QUARANTINE:
        return dict.fromkeys(leaves, Action.QUARANTINE)
    done: dict[tuple[int, int], Action] = dict.fromkeys(leaves, Action.KEEP)
    for act in decision.acts:
        done[act.place.document, act.place.leaf] = max(done[act.place.document, act.place.leaf], act.action)
    return done


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.sampled_from(FAMILIES), unique=True, max_size=6),
    st.sampled_from(["mask", "remove", "quarantine"]),
)
def test_what_is_done_is_counted_as_if_one_by_one(data: bytes, families: list[str], default: str) -> None:
    rules = allowing(families, default)
    decision = decide(inspect(a_record(data), rules), rules.routes[0], Standing())

    assert decision.counts == Counter((act.category, act.action) for act in decision.acts)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(SAMPLES), st.sampled_from(["research", "insurer"]))
def test_acting_twice_changes_nothing_more(data: bytes, policy: str) -> None:
    once = outcomes(a_record(data), ruleset(policy))[0].forward
    assert once is not None

    again = outcomes(a_record(once.value), ruleset(policy))[0]

    assert again.forward is not None
    assert once.value == again.forward.value


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400), st.binary(max_size=40) | st.none())
def test_no_bytes_make_the_core_raise(value: bytes, key: bytes | None) -> None:
    for outcome in outcomes(a_record(value, key, (("h", value[:20]),)), ruleset("care", "research", "insurer")):
        assert Reason.EXCEPTION not in outcome.decision.reasons


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(SAMPLES), st.integers(0, 2000), st.integers(0, 30), st.binary(max_size=10))
def test_no_mutation_makes_the_core_raise(data: bytes, at: int, cut: int, new: bytes) -> None:
    mutated = data[:at] + new + data[at + cut :]

    for outcome in outcomes(a_record(mutated), ruleset("care", "research", "insurer")):
        assert Reason.EXCEPTION not in outcome.decision.reasons


@pytest.mark.parametrize("step", STEPS)
def test_an_exception_in_any_step_holds_the_record(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(judging, step, breaks)

    outcome = outcomes(a_record(SAMPLES[0]), ruleset("research"))[0]

    assert outcome.forward is None
    assert outcome.decision[:2] == (Verdict.QUARANTINE, (Reason.EXCEPTION,))


def test_every_category_has_a_rule_in_every_shipped_policy() -> None:
    for route in ruleset("care", "research", "insurer").routes:
        assert set(Category) == set(route.rules)
