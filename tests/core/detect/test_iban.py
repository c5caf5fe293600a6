import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

ACCOUNT = Category.INSURANCE_ACCOUNT

_FOUND = [
    ("«FR14 2004 1010 0505 0001 3M02 606»", ACCOUNT, "grouped"),
    ("«FR1420041010050500013M02606»", ACCOUNT, "glued"),
    ("IBAN : «FR76 1450 8000 0500 0123 4567 865»", ACCOUNT, "labelled"),
    ("«FR76 1450 8000 0500 0123 4567 866»", ACCOUNT, "a wrong key"),
    ("IBAN«FR1420041010050500013M02606»", ACCOUNT, "glued to its label"),
    ("«14508 00005 00012345678 65»", ACCOUNT, "a RIB"),
    ("RIB: «20041 01005 0500013M026 06»", ACCOUNT, "a RIB with a letter"),
    ("RIB «20041 01005 0500013M026 07»", ACCOUNT, "a RIB with a wrong key, labelled"),
    ("«DE89 3704 0044 0532 0130 00»", ACCOUNT, "another country"),
    ("CB «4970 1012 3456 7893»", ACCOUNT, "a card, labelled"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_an_account_is_found(marked: str, category: Category, why: str) -> None:
    check_found("iban", marked, category)


_OTHERS = [
    ("DE89 3704 0044 0532 0130 01", "another country, a wrong key"),
    ("fr14 2004", "too short"),
    ("de 37 à 42 ans mesuré le 3", "words"),
    ("4111111111111112", "sixteen digits"),
    ("IBAN : ***", "already masked"),
    ("14508 00005 00012345678 66", "no key, no label"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_groups_of_digits_are_no_account(text: str, why: str) -> None:
    assert found("iban", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("iban", text)
