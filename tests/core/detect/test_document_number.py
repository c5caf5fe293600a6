import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

DOCUMENT = Category.PERSON_DOCUMENT

_FOUND = [
    ("passeport «12AB34567»", DOCUMENT, "a passport"),
    ("Passeport n° : «12AB34567»", DOCUMENT, "with its sign"),
    ("CNI «991234567890»", DOCUMENT, "an old identity card"),
    ("carte d'identité n° «X4RTBPFW4»", DOCUMENT, "a new identity card"),
    ("titre de séjour «9912345678»", DOCUMENT, "a permit"),
    ("permis de conduire «123456789012»", DOCUMENT, "a licence"),
    ("«P<FRADURANDEL<<ELODIE<<<<<<<<<<<<<<<<<<<<<<<»", DOCUMENT, "the first line of a passport"),
    ("«12AB345674FRA8403125F3001018<<<<<<<<<<<<<<02»", DOCUMENT, "the second line"),
    ("immatriculation «AB-123-CD»", DOCUMENT, "a number plate"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_number_of_a_document_is_found(marked: str, category: Category, why: str) -> None:
    check_found("document_number", marked, category)


_OTHERS = [
    ("12AB34567", "nine characters alone"),
    ("visa du médecin", "a signature"),
    ("visa: Dr K le 12/03/2024", "a signature and a date"),
    ("AB-123-CD", "letters and digits alone"),
    ("identité vérifiée", "only a word"),
    ("passeport vaccinal", "only a word"),
    ("---------------- <<<<<<<<<<<<", "a line drawn"),
    ("passeport : ***", "already masked"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_words_and_numbers_are_none(text: str, why: str) -> None:
    assert found("document_number", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("document_number", text)
