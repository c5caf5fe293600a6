import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

SITE = Category.PROFESSIONAL_ESTABLISHMENT

_FOUND = [
    ("FINESS «990000010»", SITE, "a number, labelled"),
    ("finess: «2A9990017»", SITE, "of Corsica"),
    ("SIRET «123 456 789 00012»", SITE, "a company's"),
    ("Réalisé au «CHU de Rennes»", SITE, "a teaching hospital"),
    ("«CH de Vannes»", SITE, "a hospital"),
    ("au «CH Vannes»", SITE, "without the small word"),
    ("«Clinique Saint-Yves»", SITE, "a clinic"),
    ("«laboratoire Cerbatest»", SITE, "a laboratory"),
    ("«Laboratoire de biologie médicale des Lices»", SITE, "a laboratory with its kind"),
    ("«Hôpital Kerlaouen»", SITE, "a hospital"),
    ("«HOPITAL SAINT YVES»", SITE, "in capitals, a saint"),
    ("«CENTRE HOSPITALIER DE VANNES»", SITE, "in capitals, a town"),
    ("«Centre Hospitalier Universitaire de Rennes», service de cardiologie", SITE, "the whole title"),
    ("«EHPAD Les Tilleuls»", SITE, "a home"),
    ("«CLINIQUE DU PARC»", SITE, "in capitals, a park"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_place_of_care_is_found(marked: str, category: Category, why: str) -> None:
    check_found("establishment", marked, category)


_OTHERS = [
    ("Examen clinique Rassurant", "an adjective before a capital"),
    ("Laboratoire de biologie médicale", "only a kind"),
    ("hôpital de jour", "a way of care"),
    ("HOPITAL DE JOUR", "the same in capitals"),
    ("EXAMEN CLINIQUE NORMAL", "an adjective"),
    ("Renseignements cliniques : fièvre", "an adjective"),
    ("Contexte clinique Grossesse", "an adjective"),
    ("CH50 : 40", "a test"),
    ("centre de référence", "only a kind"),
    ("FINESS : ***", "already masked"),
    ("Ch. Durandel", "a given name, short"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_words_of_the_ward_are_none(text: str, why: str) -> None:
    assert found("establishment", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("establishment", text)
