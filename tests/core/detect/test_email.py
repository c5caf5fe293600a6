import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

EMAIL = Category.CONTACT_EMAIL

_FOUND = [
    ("«elodie.d@example.org»", EMAIL, "plain"),
    ("Adresser à «elodie.d@example.org».", EMAIL, "a full stop after it"),
    ("«Elodie.D@EXAMPLE.ORG»", EMAIL, "capitals"),
    ("«elodie.d @ example . org»", EMAIL, "blanks around the signs"),
    ("«elodie.d(at)example.org»", EMAIL, "the sign in words"),
    ("«elodie.d [at] example [dot] org»", EMAIL, "both signs in words"),
    ("«elodie.durandel arobase example point org»", EMAIL, "spelled out"),
    ("«elodie point durandel arobase example point org»", EMAIL, "spelled out whole"),
    ("«elodie at example dot org»", EMAIL, "English"),
    ("<«184037599904226@patient.mssante.fr»>", EMAIL, "a secure address that holds the INS"),
    ("mailto:«a@b.fr»", EMAIL, "a link"),
    ("«élodie@exemple.fr»", EMAIL, "an accent"),
    ("«elodie%40example.org»", EMAIL, "within an address of a page"),
    ("«elodie＠example.org»", EMAIL, "a full-width sign"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_an_address_is_found_however_it_is_written(marked: str, category: Category, why: str) -> None:
    check_found("email", marked, category)


_OTHERS = [
    ("résultat @ 37°C", "a temperature"),
    ("pH mesuré @ 3.5", "a value"),
    ("seen at noon dot", "English words"),
    ("@handle", "a handle"),
    ("x@y", "no top domain"),
    ("a@b.c", "a top domain of one letter"),
    ("E-mail : ***", "already masked"),
    ("5 UI (at) 37", "no domain"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_signs_are_no_address(text: str, why: str) -> None:
    assert found("email", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("email", text)
