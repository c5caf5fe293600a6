import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

MEMBER = Category.INSURANCE_MEMBER
INSURER = Category.INSURANCE_INSURER

_FOUND = [
    ("n° adhérent : «AB123456»", MEMBER, "a member"),
    ("adherent «12345678»", MEMBER, "no sign"),
    ("Mutuelle : MGEN n° «12345678»", MEMBER, "after the insurer"),
    ("N° contrat : «99-887766»", MEMBER, "a contract"),
    ("contrat n°«123456»", MEMBER, "the sign glued"),
    ("n° assuré «123456789»", MEMBER, "an insured"),
    ("AMC: «99999999»", MEMBER, "the insurer's code"),
    ("carte vitale «80250000011234567890»", MEMBER, "the card"),
    ("«80250000011234567890»", MEMBER, "the card, unlabelled"),
    ("«CPAM de Rennes»", INSURER, "a fund"),
    ("Caisse : «01 351 0001»", INSURER, "the code of a fund"),
    ("Mutuelle : «MGEN»", INSURER, "an insurer"),
    ("«Mutuelle Harmonie»", INSURER, "an insurer without a colon"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_an_insurance_is_found(marked: str, category: Category, why: str) -> None:
    check_found("insurance", marked, category)


_OTHERS = [
    ("mutuelle", "only a word"),
    ("contrat de soins 2024", "a year"),
    ("beneficiaire: 1", "a rank"),
    ("police n° 12/03/2024", "a date"),
    ("adherent : ***", "already masked"),
    ("20240912083000123456", "twenty other digits"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_words_and_numbers_are_none(text: str, why: str) -> None:
    assert found("insurance", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("insurance", text)
