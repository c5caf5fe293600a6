import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

LOCAL = Category.PERSON_LOCAL_NUMBER
VISIT = Category.PERSON_VISIT_NUMBER

_FOUND = [
    ("IPP : «8009912345»", LOCAL, "the usual label"),
    ("ipp=«8009912345»", LOCAL, "no blanks"),
    ("IPP «8009 912 345» vu", LOCAL, "written in groups"),
    ("n° patient «24000777»", LOCAL, "the number of the patient"),
    ("N° de dossier : «24000777»", LOCAL, "the number of the file"),
    ("Dossier n°«LAB2409120042»", LOCAL, "letters before it, glued to the sign"),
    ("dossier «24000777»", LOCAL, "the file, no sign"),
    ("MRN: «A-123456»", LOCAL, "English"),
    ("patient id: «998877»", LOCAL, "English, two words"),
    ("Patient n° «1234»", LOCAL, "short"),
    ("Patient(e) n°: «24000777»", LOCAL, "both genders"),
    ("PATIENT : «24000777»", LOCAL, "only a colon"),
    ("NIP «0012345»", LOCAL, "another label"),
    ("dossier patient : «DUR-1984-03»", LOCAL, "initials and year"),
    ("identifiant patient : «12345»", LOCAL, "the identifier of the patient"),
    ("IEP : «V240912001»", VISIT, "a stay"),
    ("NDA «123456789»", VISIT, "an admission"),
    ("n° venue : «2409120042»", VISIT, "a coming"),
    ("séjour n°«123456»", VISIT, "a stay, the sign glued"),
    ("numéro de séjour «12 345 678»", VISIT, "a stay in groups"),
    ("visit number «556677»", VISIT, "English"),
    ("IPP:8009912345, NDA:«99887766»", VISIT, "beside another number"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_labelled_number_of_a_patient_or_visit_is_found(marked: str, category: Category, why: str) -> None:
    check_found("local_number", marked, category)


_OTHERS = [
    ("dossier : 12/09/2024", "a date right after the word"),
    ("dossier du 12/09/2024", "a date"),
    ("dossier complet", "no number"),
    ("patient 45 ans", "an age"),
    ("sous IPP 20 mg", "a drug of the stomach and its dose"),
    ("IPP 40mg/j", "the same"),
    ("LOT n° 123456", "a lot of reagent"),
    ("n° échantillon 2409120042", "a sample"),
    ("passage aux urgences le 12/09/2024", "a date after the word"),
    ("hospitalisation 3 jours", "a length"),
    ("IPP : ***", "already masked"),
    ("admission le 12", "a day"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_numbers_are_none(text: str, why: str) -> None:
    assert found("local_number", around(text)) == []


def test_a_key_of_a_json_object_labels_its_value() -> None:
    assert found("local_number", around("7788990", label="patient_id")) == [("7788990", LOCAL)]


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("local_number", text)
