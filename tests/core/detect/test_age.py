import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

AGE = Category.PERSON_AGE

_FOUND = [
    ("patiente de «92» ans", AGE, "in a sentence"),
    ("«92» ans", AGE, "alone"),
    ("Âgé de «101» ans", AGE, "a hundred and more"),
    ("Femme, «95» ans", AGE, "after a comma"),
    ("âge : «93»", AGE, "labelled"),
    ("«97»ans", AGE, "glued"),
    ("«95» a", AGE, "the unit short"),
    ("«92»-year-old woman", AGE, "English"),
    ("«quatre-vingt-douze» ans", AGE, "in words"),
    ("«nonante-deux» ans", AGE, "in Belgian words"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_an_age_of_ninety_and_more_is_found(marked: str, category: Category, why: str) -> None:
    check_found("age", marked, category)


_OTHERS = [
    ("45 ans", "younger"),
    ("sujet > 90 ans", "a limit"),
    ("60-95 ans", "a range"),
    ("de 60 à 95 ans", "a range in words"),
    ("depuis 90 ans", "a duration"),
    ("adultes de 18 à 90 ans", "reference values"),
    ("Hommes 90 ans", "reference values"),
    ("92 %", "a share"),
    ("190 ans", "nobody"),
    ("120 mg", "a dose"),
    ("quatre vingt ans", "eighty"),
    ("92 A/G", "a ratio"),
    ("Âge : ***", "already masked"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_ages_and_numbers_are_none(text: str, why: str) -> None:
    assert found("age", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("age", text)
