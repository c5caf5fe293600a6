"""What stands across the leaves of a record: the pieces of one number, and what only looks like them."""

import json

import pytest

from stream.core.judge import inspect
from tests.support.rulesets import a_record, ruleset

CASES = [
    (["06 39 98", "12 34 pour le résultat"], True, "a phone number on two lines"),
    (["06 39", "98 12", "34"], True, "on three"),
    (["Demande du 04/03/2026", "25-OH vitamine D3"], False, "a date, and the name of a test below it"),
    (["du 04/03/2026", "25"], False, "a date, and a count below it"),
]


@pytest.mark.parametrize(("lines", "expected", "why"), CASES, ids=[case[2] for case in CASES])
def test_a_phone_number_is_read_across_lines_and_a_date_begins_none(lines: list[str], expected: bool, why: str) -> None:
    found = inspect(a_record(json.dumps({"commentaires": lines}).encode()), ruleset("research")).findings

    assert expected is any(finding.detector == "across" for finding in found)
