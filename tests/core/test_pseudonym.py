"""Pseudonyms: stable for one recipient, useless across two, and never made twice over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Category as C
from stream.core import pseudonym
from stream.core.pseudonym import is_pseudonym, master_id, pseudonymiser

MASTER = bytes(range(32))
CATEGORIES = st.sampled_from(list(C))
TEXTS = st.text(st.characters(), max_size=30)


@given(CATEGORIES, TEXTS)
def test_the_same_value_has_the_same_pseudonym_in_each_process(category: C, text: str) -> None:
    first, second = pseudonymiser(MASTER, "insurer"), pseudonymiser(MASTER, "insurer")

    assert first.pseudonym(category, text) == second.pseudonym(category, text)


@given(CATEGORIES, TEXTS)
def test_two_recipients_never_get_the_same(category: C, text: str) -> None:
    insurer, research = pseudonymiser(MASTER, "insurer"), pseudonymiser(MASTER, "research")

    assert insurer.pseudonym(category, text) != research.pseudonym(category, text)


@given(CATEGORIES, TEXTS)
def test_two_pipelines_never_get_the_same(category: C, text: str) -> None:
    ours, theirs = pseudonymiser(MASTER, "insurer"), pseudonymiser(bytes(32), "insurer")

    assert ours.pseudonym(category, text) != theirs.pseudonym(category, text)


@given(CATEGORIES, TEXTS)
def test_acting_twice_changes_nothing(category: C, text: str) -> None:
    made = pseudonymiser(MASTER, "insurer")

    once = made.pseudonym(category, text)

    assert is_pseudonym(once)
    assert made.pseudonym(category, once) == once
    assert pseudonymiser(bytes(32), "research").pseudonym(category, once) == once


@given(CATEGORIES, TEXTS)
def test_the_memo_answers_what_would_have_been_made(category: C, text: str) -> None:
    made = pseudonymiser(MASTER, "insurer")

    first, again = made.pseudonym(category, text), made.pseudonym(category, text)
    made.forget()

    assert first == again == made.pseudonym(category, text)


@pytest.mark.parametrize(
    ("category", "one", "other", "why"),
    [
        (C.PERSON_NIR, "2 84 03 35 999 311 11", "284033599931111", "blanks are layout"),
        (C.PERSON_NAME, "Éléonore-Marie", "ELEONORE MARIE", "case, accents and hyphens are spelling"),
        (C.PERSON_BIRTH_DATE, "1984-03-12", "19840312", "separators of a date"),
        (C.CONTACT_PHONE, "01.99.00.12.34", "01 99 00 12 34", "separators of a number"),
        (C.CONTACT_EMAIL, "Elodie.D@example.org", "elodie.d@EXAMPLE.org", "case of an address"),
        (C.PERSON_NAME, "\uff24\uff35\uff32\uff21\uff2e", "Duran", "full-width letters"),
    ],
)
def test_spellings_of_one_value_join(category: C, one: str, other: str, why: str) -> None:
    made = pseudonymiser(MASTER, "insurer")

    assert made.pseudonym(category, one) == made.pseudonym(category, other), why


@pytest.mark.parametrize(
    ("category", "one", "other", "why"),
    [
        (C.PERSON_NAME, "DURANDEL", "DURANDEAU", "two names"),
        (C.CONTACT_EMAIL, "a.b@example.org", "ab@example.org", "two mailboxes"),
        (C.CREDENTIAL_LOGIN, "a-b", "ab", "two logins"),
        (C.UNKNOWN, "--", "-", "only separators: they are the value"),
        (C.UNKNOWN, "", " ", "nothing and a blank"),
    ],
)
def test_two_values_do_not_join(category: C, one: str, other: str, why: str) -> None:
    made = pseudonymiser(MASTER, "insurer")

    assert made.pseudonym(category, one) != made.pseudonym(category, other), why


@pytest.mark.parametrize(
    ("one", "other", "joins", "why"),
    [
        (C.PERSON_NIR, C.PERSON_INS, False, "a child's INS may differ from the NIR it is billed under"),
        (C.PERSON_NIR, C.PERSON_LOCAL_NUMBER, False, "numbers of two registers"),
        (C.HEALTH_TOPIC_HIV, C.HEALTH_TOPIC, True, "one family"),
    ],
)
def test_values_join_within_a_family_of_categories(one: C, other: C, joins: bool, why: str) -> None:
    made = pseudonymiser(MASTER, "insurer")

    assert (made.pseudonym(one, "284033599931111") == made.pseudonym(other, "284033599931111")) is joins, why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pq1-abcdefgh-abcdefghijklmnopqrstuvwxy", "25 characters"),
        ("pq1-abcdefgh-abcdefghijklmnopqrstuvwxyz", "no pseudonym ends in z: the last character holds three bits"),
        ("pq2-abcdefgh-abcdefghijklmnopqrstuvwxya", "a version that is not ours"),
        ("PQ1-ABCDEFGH-ABCDEFGHIJKLMNOPQRSTUVWXYA", "upper case"),
        (" pq1-abcdefgh-abcdefghijklmnopqrstuvwxya", "a blank before"),
        ("pq1-abcdefgh-abcdefghijklmnopqrstuvwxya\n", "a line end behind"),
        ("pq1-abcdefg1-abcdefghijklmnopqrstuvwxya", "1 is no base32"),
        ("", "nothing"),
    ],
)
def test_what_only_resembles_a_pseudonym_is_none(text: str, why: str) -> None:
    assert not is_pseudonym(text), why


def test_a_pseudonym_names_its_key_and_its_version() -> None:
    made = pseudonymiser(MASTER, "insurer").pseudonym(C.PERSON_NAME, "Durandel")

    assert made.startswith(f"pq1-{master_id(MASTER)}-")
    assert is_pseudonym("pq1-abcdefgh-abcdefghijklmnopqrstuvwxya")


def test_version_1_stays_what_it_is() -> None:
    made = pseudonymiser(MASTER, "insurer")

    assert made.pseudonym(C.PERSON_NAME, "Durandel") == "pq1-zxrolbxf-w3bdqccn6uwigtgsdu7ralo5ty"
    assert made.pseudonym(C.CONTACT_EMAIL, "elodie.d@example.org") == "pq1-zxrolbxf-sznjeltlok6gdpb7exwpwjz5ra"


def test_the_memo_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonym, "MEMO_SIZE", 3)
    made = pseudonymiser(MASTER, "insurer")

    for number in range(10):
        made.pseudonym(C.PERSON_NIR, str(number))

    assert len(made.memo) == 3


def test_neither_key_nor_value_is_printed() -> None:
    made = pseudonymiser(MASTER, "insurer")
    made.pseudonym(C.PERSON_NAME, "Durandel")

    assert "Durandel" not in repr(made)
    assert repr(made.key) not in repr(made)


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_plain_text_is_normalised_as_any_other(text: str) -> None:
    for category in (C.PERSON_NAME, C.CONTACT_EMAIL):
        assert pseudonym.normalised(category, text + "É") == pseudonym.normalised(category, text + "E")
