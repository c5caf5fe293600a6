"""What stands across the leaves of a record: the pieces of one number, and what only looks like them."""

import pytest

from schemas.vocabulary import Category
from stream.core.judge import inspect
from tests.support.rulesets import a_record, ruleset

PHONE, NIR = Category.CONTACT_PHONE, Category.PERSON_NIR
CASES = [
    ("06 39 98~12 34 pour le résultat", {PHONE}, "in pairs, with words behind it"),
    ("Prélèvement du 04/03/2026~25-OH vitamine D3", set(), "a date, and a number below it"),
    ("le 04/03/2026~12", set(), "a date, and a count below it"),
    ("INR 2.30~0.90 1.20", set(), "results"),
]


@pytest.mark.parametrize(("note", "expected", "why"), CASES, ids=[case[2] for case in CASES])
def test_a_number_is_read_across_the_lines_of_a_note(note: str, expected: set[Category], why: str) -> None:
    message = f"MSH|^~\\&|LIS|LABO|DPI|CH|20260901||ORU^R01|1|P|2.5\rOBX|1|TX|C^Commentaire^L||{note}||||||F\r"

    found = inspect(a_record(message.encode()), ruleset("research")).findings

    assert expected == {finding.category for finding in found if finding.category in {PHONE, NIR}}
