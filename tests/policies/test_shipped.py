"""Every `policy.test.yaml` beside a shipped policy."""

from pathlib import Path

import pytest

from schemas.cases import Case, PolicyTest
from schemas.loader import load
from schemas.shipped import shipped
from tests.support.rulesets import a_record, outcomes, ruleset

FOLDER = Path(__file__).parents[2] / "schemas" / "policies"
TESTS = {name: load(FOLDER / name / "policy.test.yaml", PolicyTest) for name in shipped()}
CASES = [pytest.param(test.policy, case, id=f"{name}: {case.name}") for name, test in TESTS.items() for case in test.cases]


@pytest.mark.parametrize(("policy", "case"), CASES)
def test_a_case_of_a_shipped_policy(policy: str, case: Case) -> None:
    outcome = outcomes(a_record(case.value), ruleset(policy))[0]

    assert case.verdict is outcome.decision.verdict
    text = (outcome.forward.value or b"").decode() if outcome.forward else ""
    assert [] == [kept for kept in case.keeps if kept not in text], text
    assert [] == [lost for lost in case.loses if lost in text], text
