"""Whom a record is about, as facts count it."""

import json

import pytest

from stream.core.judge import inspect
from stream.core.subjects import category_counts, subjects, tokens
from stream.core.values import Inspection
from tests.support.rulesets import a_record, ruleset

KEY = b"k" * 32
HEAD = "MSH|^~\\&|SIL|LABO|DPI|CH|20260901||ADT^A01|M1|P|2.5\r"


def seen(value: str | bytes | None) -> Inspection:
    return inspect(a_record(value.encode() if isinstance(value, str) else value), ruleset("research"))


def pid(ipp: str = "", ins: str = "", name: str = "DURANDEL^ELODIE", birth: str = "19840312") -> str:
    numbers = [f"{ipp}^^^LABO^PI"] * bool(ipp) + [f"{ins}^^^ASIP-SANTE-INS-NIR^INS"] * bool(ins)
    return f"PID|1||{'~'.join(numbers)}||{name}||{birth}|F\r"


def test_the_national_number_tells_a_person_before_the_local_one() -> None:
    both, other = seen(HEAD + pid("8009912345", "284039999931123")), seen(HEAD + pid("000777", "284039999931123"))

    assert ["national"] == [subject.identifier.type for subject in both.subjects]
    assert tokens(both, KEY) == tokens(other, KEY)


def test_the_key_of_a_number_does_not_make_another_person() -> None:
    assert tokens(seen(HEAD + pid(ins="284039999931123")), KEY) == tokens(seen(HEAD + pid(ins="2840399999311")), KEY)


def test_a_local_number_belongs_to_its_authority() -> None:
    here, there = seen(HEAD + pid("000777")), seen(HEAD + pid("000777").replace("LABO", "CLINIQUE"))

    assert tokens(here, KEY) != tokens(there, KEY)


def test_name_and_birth_date_tell_a_person_where_no_number_does() -> None:
    one, same, other = seen(HEAD + pid()), seen(HEAD + pid()), seen(HEAD + pid(birth="19840313"))

    assert ["identity"] == [subject.identifier.type for subject in one.subjects]
    assert tokens(one, KEY) == tokens(same, KEY) != tokens(other, KEY)


def test_a_source_may_believe_other_identifiers() -> None:
    record = seen(HEAD + pid("8009912345", "284039999931123"))

    assert ["local"] == [subject.identifier.type for subject in subjects(record.documents, ("local", "national"))]
    assert [] == list(subjects(seen(HEAD + pid()).documents, ("national",)))


def test_what_was_merged_into_a_person_is_noted_beside_it() -> None:
    [merged] = seen(HEAD.replace("A01", "A40") + pid("8009912345") + "MRG|000777^^^LABO^PI\r").subjects

    assert "8009912345" == merged.identifier.value
    assert ["000777"] == [alias.value for alias in merged.aliases]


@pytest.mark.parametrize("count", [2, 50])
def test_several_persons_in_one_record_are_several_subjects(count: int) -> None:
    rows = [{"ipp": f"80099{number:05d}", "nom": "DURANDEL", "glucose": 0.9} for number in range(count)]

    assert count == len(tokens(seen(json.dumps(rows)), KEY))
    assert count == len(tokens(seen(HEAD + "".join(pid(f"80099{number:05d}") for number in range(count))), KEY))


def test_a_row_without_a_number_is_a_subject_beside_rows_that_have_one() -> None:
    rows = [{"ipp": "8009900000", "nom": "DURANDEL"}, {"nom": "LEGALLOIS"}, {"nom": "MARTINEAU"}]

    assert ["local", "identity", "identity"] == [subject.identifier.type for subject in seen(json.dumps(rows)).subjects]


def test_a_number_that_a_spreadsheet_has_rounded_tells_nobody() -> None:
    rows = [{"nir": "2.84034E+14", "nom": "DURANDEL"}, {"nir": "2.84034E+14", "nom": "LEGALLOIS"}]

    assert 2 == len(tokens(seen(json.dumps(rows)), KEY))


def test_a_relative_is_no_subject() -> None:
    [subject] = seen(HEAD + pid("8009912345") + "NK1|1|LEGALLOIS^JEANNE|SPO||||||||||||||||||||||||||||||000777^^^LABO^PI\r").subjects

    assert "8009912345" == subject.identifier.value


def test_health_data_about_nobody_tellable_counts_as_somebody() -> None:
    assert 1 == len(tokens(seen('{"resultats": [{"loinc": "2345-7", "valeur": 0.9}]}'), KEY))
    assert 1 == len(tokens(seen(bytes(range(256))), KEY))
    assert () == tokens(seen(None), KEY)


def test_another_key_gives_other_tokens() -> None:
    record = seen(HEAD + pid("8009912345"))

    assert tokens(record, KEY) != tokens(record, b"x" * 32)
    assert all(8 == len(token) for token in tokens(record, KEY))


def test_categories_are_counted_by_place_and_by_content() -> None:
    counts = category_counts(seen(HEAD + pid("8009912345") + "NTE|1|L|tel 06 39 98 12 34\r"))

    assert 2 == counts["person.name"]  # type: ignore[index]  # a category is its text
    assert 1 == counts["contact.phone"]  # type: ignore[index]  # as above
