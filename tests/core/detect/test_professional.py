import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

NUMBER = Category.PROFESSIONAL_NUMBER

_FOUND = [
    ("RPPS «99900000011»", NUMBER, "labelled"),
    ("RPPS : «99900000012»", NUMBER, "labelled, a wrong check digit"),
    ("n° RPPS: «10 00 34 56 789»", NUMBER, "in groups"),
    ("Dr KERVELLA «10003456786»", NUMBER, "after the name, the check digit right"),
    ("«810003456786»", NUMBER, "the form of the national identifier"),
    ("ADELI «35 1 00123 4»", NUMBER, "an ADELI"),
    ("n° AM «351001234»", NUMBER, "the number for billing"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_number_of_a_professional_is_found(marked: str, category: Category, why: str) -> None:
    check_found("professional", marked, category)


_OTHERS = [
    ("Dr KERVELLA, échantillon 20240912004", "eleven digits that pass by chance, of no register"),
    ("10003456786", "eleven digits alone: one in ten passes"),
    ("20240912001", "a sample"),
    ("RPPS : ***", "already masked"),
    ("ADELI inconnu", "no number"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_numbers_are_none(text: str, why: str) -> None:
    assert found("professional", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("professional", text)
