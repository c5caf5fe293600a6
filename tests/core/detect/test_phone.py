import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

PHONE = Category.CONTACT_PHONE

_FOUND = [
    ("«06 39 98 12 34»", PHONE, "pairs"),
    ("«06.39.98.12.34»", PHONE, "dots"),
    ("«06-39-98-12-34»", PHONE, "hyphens"),
    ("«06/39/98/12/34»", PHONE, "slashes"),
    ("«06·39·98·12·34»", PHONE, "middle dots"),
    ("«06  39  98  12  34»", PHONE, "wide blanks"),
    ("«06\xa039\xa098\xa012\xa034»", PHONE, "no-break spaces"),
    ("«06 39 98 1234»", PHONE, "the last four together"),
    ("«0639981234»", PHONE, "a mobile, glued"),
    ("«O6 39 98 12 34»", PHONE, "an O for the zero"),
    ("«0 6 3 9 9 8 1 2 3 4»", PHONE, "one digit per box of a form"),
    ("«(0)6 39 98 12 34»", PHONE, "the zero in brackets"),
    ("«+33 6 39 98 12 34»", PHONE, "international"),
    ("«+33639981234»", PHONE, "international, glued"),
    ("«+33(0)6 39 98 12 34»", PHONE, "international with the zero"),
    ("«+33 (0) 1 99 00 12 34»", PHONE, "the same with blanks"),
    ("«0033 6 39 98 12 34»", PHONE, "two zeros"),
    ("«33639981234»", PHONE, "no plus, a mobile"),
    ("«0692 12 34 56»", PHONE, "overseas"),
    ("«+262 692 12 34 56»", PHONE, "overseas, international"),
    ("«+32 475 12 34 56»", PHONE, "another country"),
    ("Tél : «0199001234»", PHONE, "a landline, glued, labelled"),
    ("tél. n° «0199001234»", PHONE, "the sign between label and number"),
    ("tel«0639981234»", PHONE, "glued to its label"),
    ("tel «639981234»", PHONE, "the zero lost, labelled"),
    ("Tel: «0475/12.34.56»", PHONE, "Belgian, labelled"),
    ("Phone: «(555) 123-4567» ext", PHONE, "American, labelled"),
    ("contacter au «0261911234»", PHONE, "a verb as label"),
    ("Rappeler au «06 39 98 12 34» pour le résultat.", PHONE, "in a sentence"),
    ("Rappeler Mme DURANDEL au«06 39 98 12 34» pour", PHONE, "glued to the word before it"),
    ("tel «01 99 00 12 34» / «06 39 98 12 34»", PHONE, "two"),
    ("«01 99 00 12 34» «06 39 98 12 34»", PHONE, "two, only a blank between"),
    ("DURANDEL ELODIE 12/03/1984 «06 39 98 12 34»", PHONE, "after a date"),
    ("35000 Rennes «02 61 91 12 34»", PHONE, "after a town"),
    ("Fax «02.61.91.12.34».", PHONE, "a full stop after it"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_phone_number_is_found_however_it_is_written(marked: str, category: Category, why: str) -> None:
    check_found("phone", marked, category)


_OTHERS = [
    ("0199001234", "a landline, glued, without a label"),
    ("639981234", "nine digits"),
    ("LOT 0612345678", "a lot"),
    ("échantillon 0612345678", "a sample"),
    ("LAB0612345678", "letters before it"),
    ("n°0612345678", "some number"),
    ("Réf 01.02.03.04.05", "a reference"),
    ("Valeur 0612345678 copies", "a quantity"),
    ("12/09/2024 08:30", "a date and a time"),
    ("2024-09-12 08:30:00", "the same, ISO"),
    ("20240912083000", "a timestamp"),
    ("résultat 05 10 15 20 25 30", "a list of numbers"),
    ("0.123456789", "a decimal number"),
    ("1 84 03 75 999 042 26", "a NIR"),
    ("tel 12/03/1984 10:30", "a date"),
    ("1.2.250.1.213.1.4.8", "an object identifier"),
    ("00 00 00 00 00", "zeros"),
    ("192.168.10.25", "an IP address"),
    ("06 39 98 12", "too short"),
    ("Tél : ***", "already masked"),
    ("Temps : 01:02:03 04:05", "clock times"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_numbers_are_no_phone(text: str, why: str) -> None:
    assert found("phone", around(text)) == []


def test_a_key_of_a_json_object_labels_its_value() -> None:
    assert found("phone", around("0199001234", label="contactphone")) == [("0199001234", PHONE)]


_SEPARATORS = st.sampled_from([" ", ".", "-", "/", "\u00a0", " . "])


@given(st.sampled_from("1234567"), st.lists(st.integers(0, 99), min_size=4, max_size=4), _SEPARATORS)
def test_any_french_number_in_pairs_is_found(area: str, pairs: list[int], separator: str) -> None:
    written = separator.join([f"0{area}", *(f"{pair:02}" for pair in pairs)])

    assert found("phone", around(f"rappeler au {written} demain")) == [(written, PHONE)]


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("phone", text)
