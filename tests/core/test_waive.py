"""Waivers: what holds a record has a name, and goes by that name only."""

import pytest

from schemas.vocabulary import Verdict
from stream.core.judge import inspect, judge_again
from stream.core.values import Decision, Standing
from stream.core.waive import waiver
from tests.support.rulesets import a_record, ruleset

POLICY = "allow: [{category: health}]\nwhen_found: {health.topic.hiv: quarantine, person.name: quarantine}\n"
VALUE = b'{"resultats": [{"libelle": "VIH 1-2 Ag p24", "valeur": 3}], "patient": {"nom": "DURANDEL"}}'


def decided(waived: frozenset[str], value: bytes = VALUE, policy: str = POLICY) -> tuple[Decision, set[str]]:
    rules = ruleset(policy)
    seen = inspect(a_record(value), rules)
    decision = judge_again(seen, rules.routes[0], Standing(), waived).decision
    return decision, {waiver(seen, act) for act in decision.acts}


def test_a_held_record_names_what_holds_it() -> None:
    decision, names = decided(frozenset())

    assert decision.verdict is Verdict.QUARANTINE
    assert names == {"health.topic.hiv@resultats[1].libelle", "person.name@patient.nom"}


def test_it_is_held_until_everything_that_holds_it_is_waived() -> None:
    _, names = decided(frozenset())

    assert {decided(frozenset(names - {each}))[0].verdict for each in names} == {Verdict.QUARANTINE}
    assert decided(frozenset(names))[0].verdict is Verdict.CLEAR


def test_a_name_of_another_place_waives_nothing() -> None:
    assert decided(frozenset({"person.name@patient.prenom", "person@patient.nom"}))[0] == decided(frozenset())[0]


def test_a_transform_is_never_waived() -> None:
    policy = "allow: [{category: health}]\ntransform: {person.name: mask}\n"

    decision, names = decided(frozenset({"person.name@patient.nom"}), policy=policy)

    assert decision.verdict is Verdict.REDACT
    assert "person.name@patient.nom" in names


@pytest.mark.parametrize("name", ["undecodable@", "unknown@"])
def test_an_inspection_that_is_not_complete_cannot_be_waived(name: str) -> None:
    assert decided(frozenset({name}), b"\xff\xfe\x00")[0].verdict is Verdict.QUARANTINE


def test_the_name_of_a_nested_place_leads_there_from_the_record() -> None:
    inner = '{\\"patient\\": {\\"nom\\": \\"DURANDEL\\"}}'
    _, names = decided(frozenset(), f'{{"resultats": [], "message": "{inner}"}}'.encode())

    assert names == {"person.name@message/patient.nom"}
