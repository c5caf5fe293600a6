import pytest
from hypothesis import given

from schemas.vocabulary import Category
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

PASSWORD = Category.CREDENTIAL_PASSWORD
LOGIN = Category.CREDENTIAL_LOGIN
TOKEN = Category.CREDENTIAL_TOKEN

_FOUND = [
    ("identifiant «edurandel» mot de passe : Azerty!12", LOGIN, "a login without a colon before its password"),
    ("Mot de passe : «Azerty12»", PASSWORD, "labelled"),
    ("mdp «Azerty12»", PASSWORD, "short, no colon"),
    ("mdp: «azerty»", PASSWORD, "letters only, a colon"),
    ("Votre mot de passe est «Azerty12!»", PASSWORD, "in a sentence"),
    ("password=«hunter2»", PASSWORD, "English"),
    ("code PIN «1234»", PASSWORD, "a PIN"),
    ("code d'accès : «77AB12»", PASSWORD, "the code of a portal"),
    ("login/mdp : edurandel / «Azerty12»", PASSWORD, "a pair"),
    ("https://user:«pa55»@example.org/x", PASSWORD, "within an address"),
    ("login: «edurandel»", LOGIN, "a login"),
    ("Identifiant : «24000777» Mot de passe : xK9-22", LOGIN, "a number as login"),
    ("login/mdp : «edurandel» / Azerty12", LOGIN, "the login of a pair"),
    ("https://«user»:pa55@example.org/x", LOGIN, "within an address"),
    ("Authorization: Bearer «abcdefghijklmnop1234»", TOKEN, "a bearer"),
    ("«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123»", TOKEN, "three parts"),
    ("api_key=«9f8e7d6c5b4a»", TOKEN, "a key"),
    ("«-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----»", TOKEN, "a key over lines"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_credential_is_found(marked: str, category: Category, why: str) -> None:
    check_found("credential", marked, category)


_OTHERS = [
    ("mot de passe oublié", "a complaint"),
    ("mot de passe envoyé par mail", "how it was sent"),
    ("mot de passe : voir courrier", "where it is"),
    ("mot de passe : ***", "already masked"),
    ("identifiant patient : 12345", "the patient's number"),
    ("compte rendu : normal", "a report"),
    ("secret médical : oui", "a duty"),
    ("basic metabolic panel", "a test"),
    ("pin", "only a word"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_words_about_credentials_are_none(text: str, why: str) -> None:
    assert found("credential", around(text)) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("credential", text)
