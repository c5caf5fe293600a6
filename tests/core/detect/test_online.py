import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

ONLINE = Category.CONTACT_ONLINE

_FOUND = [
    ("«192.168.10.25»", ONLINE, "an address"),
    ("IP: «10.0.0.1»", ONLINE, "small numbers, labelled"),
    ("«2001:db8:85a3::8a2e:370:7334»", ONLINE, "the sixth version"),
    ("«00:1B:44:11:3A:B7»", ONLINE, "a network card"),
    ("«https://portail.example.org/resultats?patient=24000777»", ONLINE, "a page that names a patient"),
    ("Voir «https://labo.example.org/r/2409120042».", ONLINE, "a page with a number"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_trace_of_a_device_or_page_is_found(marked: str, category: Category, why: str) -> None:
    check_found("online", marked, category)


_OTHERS = [
    ("version 10.12.13.14", "a version with large numbers"),
    ("10.0.0.1", "small numbers read like a version"),
    ("version 1.2.3.4", "a version"),
    ("1.2.250.1.213", "an object identifier"),
    ("10:30:45", "a time"),
    ("12:03:19:84:10:30", "numbers"),
    ("https://loinc.org/21198-7", "a code system"),
    ("https://example.org/", "a page of nobody"),
    ("http://hl7.org/fhir/sid/us-ssn", "a code system"),
    ("127.0.0.1", "this machine"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_dotted_numbers_and_pages_are_none(text: str, why: str) -> None:
    assert found("online", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("online", text)
