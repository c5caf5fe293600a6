import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

BIRTH = Category.PERSON_BIRTH_DATE
PLACE = Category.PERSON_BIRTH_PLACE
DEATH = Category.PERSON_DEATH

_FOUND = [
    ("né le «12/03/1984»", BIRTH, "plain"),
    ("Né(e) le «12/03/1984», identité vérifiée", BIRTH, "both genders"),
    ("né·e le «12.03.84»", BIRTH, "inclusive"),
    ("NEE LE «12-03-1984»", BIRTH, "in capitals"),
    ("née «12/03/1984»", BIRTH, "no article"),
    ("DDN : «12/03/1984»", BIRTH, "short"),
    ("D.D.N. «12/03/1984»", BIRTH, "dots"),
    ("DDN «19840312»", BIRTH, "glued"),
    ("DDN : «12|3|1984»", BIRTH, "bars"),
    ("DDN: «00/00/1950»", BIRTH, "unknown day"),
    ("Date de naissance : «12 mars 1984»", BIRTH, "a month's name"),
    ("date de naissance du patient: «12/03/84»", BIRTH, "whose"),
    ("Date de naissance (JJ/MM/AAAA) : «12/03/1984»", BIRTH, "the form told"),
    ("Née DURANDEL le «12/03/1984»", BIRTH, "a name between"),
    ("née à Rennes le «12/03/1984»", BIRTH, "a town between"),
    ("née le «douze mars mille neuf cent quatre-vingt-quatre»", BIRTH, "in words"),
    ("né le «trente et un décembre deux mille douze»", BIRTH, "in words, this century"),
    ("née le «1 2 0 3 1 9 8 4»", BIRTH, "boxes of a form"),
    ("née le : «12 / 03 / 1984»", BIRTH, "blanks"),
    ("né le «1er janvier 1950»", BIRTH, "the first"),
    ("DOB: «1984-03-12»", BIRTH, "ISO"),
    ("born «March 12, 1984»", BIRTH, "English"),
    ("born on «12 March 1984»", BIRTH, "English, the day first"),
    ("né en «03/1984»", BIRTH, "no day"),
    ("née en «mars 1984»", BIRTH, "no day, in words"),
    ("naissance le «31/12/»", BIRTH, "no year"),
    ("nouveau-né le «12/09/2024»", BIRTH, "a newborn"),
    ("patiente née le «12/03/1984», vue le 12/09/2024", BIRTH, "another date after it"),
    ("née à «Rennes» le 12/03/1984", PLACE, "a town before the date"),
    ("né le 12/03/1984 à «Rennes (35)»", PLACE, "a town after it"),
    ("Lieu de naissance : «Saint-Malo»", PLACE, "labelled"),
    ("NÉ À «LE MANS» LE 12/03/1984", PLACE, "in capitals"),
    ("Décédé le «12/09/2024»", DEATH, "a death"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_date_that_says_what_it_is_is_found(marked: str, category: Category, why: str) -> None:
    check_found("birth_date", marked, category)


_OTHERS = [
    ("12/03/1984", "a date alone"),
    ("DURANDEL ELODIE 12/03/1984", "a date after a name"),
    ("Prélevé le 12/09/2024", "a sampling"),
    ("né en 1984", "a lone year"),
    ("le patient ne le prend plus depuis le 12/03/2020", "a negation"),
    ("Contrôle le 12/03", "an appointment"),
    ("DDR 20/07", "a last period"),
    ("ne le", "no date"),
    ("DDN : ***", "already masked"),
    ("2024-09-12T08:30:00", "a timestamp"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_dates_are_none(text: str, why: str) -> None:
    assert found("birth_date", around(text)) == []


def test_a_key_of_a_json_object_labels_its_value() -> None:
    assert found("birth_date", around("1984-03-12", label="datenaiss")) == [("1984-03-12", BIRTH)]


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("birth_date", text)
