"""How often a value stands in a text, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.evaluation.traces import reading, times

CASES = [
    ("DURANDEL", "Mme Durandel, née DURANDEL", 2, "in any case"),
    ("Élodie", "elodie", 1, "without its accent"),
    ("Jean-Pierre", "jean pierre ou JEANPIERRE", 2, "with another separator, or none"),
    ("0639981234", "au 06 39 98 12 34, ou 06.39.98.12.34", 2, "a number in pairs"),
    ("DURANDEL", "MmeDURANDEL", 1, "glued to the word before"),
    ("DURANDEL", "DURANDEListe", 1, "glued to the word behind"),
    ("inès", "alcalines", 1, "at the end of another word: a coincidence that is counted before and after"),
    ("inès", "machines à laver", 1, "the same"),
    ("inès", "alinesse", 0, "in the midst of another word"),
    ("Léa", "cléa, léance, Léa", 1, "a short one stands alone"),
    ("M", "sexe M, Mme", 1, "a letter"),
    ("DURANDEL", "DURAN\nDEL", 0, "not across lines"),
    ("DURANDEL", "DURANDE", 0, "not a part of it"),
    ("aaaa", "pq1-aaaaaaaa-aaaaaaaaaaaaaaaaaaaaaaaaaa", 0, "not in a pseudonym"),
    (".", "a.b", 0, "a sign within a word"),
]


@pytest.mark.parametrize(("value", "text", "expected", "reason"), CASES, ids=[case[3] for case in CASES])
def test_a_value_is_found_as_people_write_it(value: str, text: str, expected: int, reason: str) -> None:
    assert expected == times(value, reading(text))


@given(st.text(min_size=1), st.text())
def test_any_text_is_searched(value: str, text: str) -> None:
    assert times(value, reading(text)) >= 0


@given(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1))
def test_a_word_stands_in_itself(value: str) -> None:
    assert times(value, reading(f"le {value} !")) >= 1
