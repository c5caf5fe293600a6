import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

GROUP = Category.PERSON_BLOOD_GROUP

_FOUND = [
    ("GROUPE SANGUIN : «A RH POS»", GROUP, "the whole"),
    ("Groupe sanguin: «O+»", GROUP, "short"),
    ("Groupe : «AB -»", GROUP, "a label of one word"),
    ("«O RH POS»", GROUP, "the rhesus says it"),
    ("«AB Rh neg»", GROUP, "the rhesus, short"),
    ("«A rhésus positif»", GROUP, "in words"),
    ("Rhésus : «négatif»", GROUP, "the rhesus alone"),
    ("Groupe ABO : «B  Rhésus D : positif»", GROUP, "two lines of a form"),
    ("GS : «O»", GROUP, "no sign"),
    ("Phénotype «C+c+E-e+K-»", GROUP, "a phenotype"),
    ("«D+C+E-c+e+K-»", GROUP, "a phenotype, unlabelled"),
    ("phénotype «CCDee»", GROUP, "a phenotype in letters"),
    ("Mère : groupe «O Rh négatif»", GROUP, "of a relative"),
    ("groupe sanguin «O+ K-»", GROUP, "with Kell"),
    ("blood group: «B pos»", GROUP, "English"),
    ("groupe «A+»", GROUP, "the word before it"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_blood_group_is_found_with_what_makes_it_one(marked: str, category: Category, why: str) -> None:
    check_found("blood_group", marked, category)


_OTHERS = [
    ("groupe sanguin fait, elle a positif", "a verb after the label"),
    ("A+", "alone"),
    ("hépatite B -", "a hepatitis"),
    ("Hépatite B négatif", "a hepatitis"),
    ("Vitamine B positif", "a vitamin"),
    ("streptocoque du groupe B : positif", "a germ"),
    ("Streptocoque B positif", "a germ"),
    ("meningocoque groupe B +", "a germ"),
    ("Salmonella groupe O +", "a germ"),
    ("Antigène HBs négatif", "an antigen"),
    ("Il a positif", "a verb"),
    ("Facteur rhumatoïde positif", "a factor"),
    ("RH positifs (hormonal)", "receptors"),
    ("Résultat A +", "a flag"),
    ("Hémocultures: B négatif", "a bottle"),
    ("groupe sanguin : ***", "already masked"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_letters_and_signs_are_none(text: str, why: str) -> None:
    assert found("blood_group", around(text)) == []


def test_a_key_of_a_json_object_labels_its_value() -> None:
    assert found("blood_group", around("O-", label="groupe_sanguin")) == [("O-", GROUP)]


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("blood_group", text)
