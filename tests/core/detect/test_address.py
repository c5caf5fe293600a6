import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

ADDRESS = Category.CONTACT_ADDRESS
CITY = Category.CONTACT_CITY
POSTCODE = Category.CONTACT_POSTCODE

_FOUND = [
    ("«12 rue des Lices»", ADDRESS, "a number and a street"),
    ("«12, rue des Lices 35000 RENNES»", ADDRESS, "with postcode and town"),
    ("«12 rue des lices, Rennes»", ADDRESS, "in lower case, a town after the comma"),
    ("«12 RUE DES LICES»", ADDRESS, "in capitals"),
    ("«3 bis allée des Tilleuls»", ADDRESS, "bis"),
    ("«45 av. du Moulin Blanc, bât B, apt 12, 22000 Saint-Brieuc»", ADDRESS, "building and flat"),
    ("Adresse : «12 rue des Lices\n35000 Rennes»", ADDRESS, "two lines"),
    ("«12 rue du 8 mai 1945»", ADDRESS, "a date as name"),
    ("«12 boulevard Voltaire» Tel 0199001234", ADDRESS, "a phone after it"),
    ("«10 place de l'Eglise»", ADDRESS, "a place"),
    ("copie au «51 place de l'eglise, Blois».", ADDRESS, "a place in lower case, a town after the comma"),
    ("«5 r. de la Paix»", ADDRESS, "the street in one letter"),
    ("«1 PL DE LA MAIRIE 29200 BREST»", ADDRESS, "short words in capitals"),
    ("«12 chemin des quatre vents» est absent", ADDRESS, "words after it"),
    ("«rue Victor Hugo»", ADDRESS, "no number"),
    ("«lieu-dit Kertest»", ADDRESS, "a hamlet"),
    ("«résidence Les Ormes bat C»", ADDRESS, "a residence"),
    ("«12 Baker Street»", ADDRESS, "English"),
    ("«BP 123 35000 Rennes»", ADDRESS, "a box"),
    ("«35000 RENNES»", ADDRESS, "postcode and town"),
    ("«35000 rennes»", ADDRESS, "in lower case"),
    ("«75001 PARIS»", ADDRESS, "a district"),
    ("«97400 SAINT-DENIS»", ADDRESS, "overseas"),
    ("«35042 RENNES CEDEX 9»", ADDRESS, "CEDEX"),
    ("«F-35000 Rennes»", ADDRESS, "the country before it"),
    ("«35000 Bruzac»", ADDRESS, "a town of no list, alone on its line"),
    ("CP : 35000 Ville : «Rennes»", CITY, "labelled"),
    ("demeurant à «Saint-Malo»", CITY, "in a sentence"),
    ("CP : «35000» Ville : Rennes", POSTCODE, "labelled"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_an_address_is_found(marked: str, category: Category, why: str) -> None:
    check_found("address", marked, category)


_OTHERS = [
    ("35000", "a postcode alone"),
    ("LEUCOCYTES 12000 POLYNUCLEAIRES 75", "a count"),
    ("12000 copies/mL", "a viral load"),
    ("Plaquettes : 25000 Contrôlé", "a count and a remark"),
    ("15000 UFC/ml Escherichia coli", "a culture"),
    ("18250 UI/l", "a hormone"),
    ("2 place", "a number and a word"),
    ("1 voie veineuse", "a way of giving"),
    ("5 cours de chimiothérapie", "treatments"),
    ("1 passage de sonde, contrôlé.", "an act and a remark"),
    ("8 mai 1945", "a date"),
    ("1 av J.-C.", "an era"),
    ("10 ml de sang", "a volume"),
    ("TA 120 BP 80", "a blood pressure"),
    ("Adresse : ***", "already masked"),
    ("12 h 30 route", "a time"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_numbers_and_words_of_the_laboratory_are_none(text: str, why: str) -> None:
    assert found("address", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("address", text)
