"""What was ever written to a topic is read for ever: one golden file of each version of each event."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.events import (
    PUBLISHED,
    BreakerRow,
    Disposition,
    Event,
    Fact,
    HeldRow,
    RequestsRow,
    Row,
    StandingHead,
    StandingSlice,
    read_subjects,
    write_subjects,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "events"
FILES: list[tuple[str, type[Event]]] = [
    ("fact-1.json", Fact),
    ("breaker-1.json", BreakerRow),
    ("head-1.json", StandingHead),
    ("slice-1.json", StandingSlice),
    ("held-1.json", HeldRow),
    ("requests-1.json", RequestsRow),
    ("disposition-1.json", Disposition),
]


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes().strip()


def test_every_published_event_has_a_golden_file() -> None:
    assert {event for _, event in FILES} == set(PUBLISHED)
    assert {path.name for path in GOLDEN.iterdir()} == {name for name, _ in FILES}


@pytest.mark.parametrize(("name", "event"), FILES)
def test_an_event_is_written_as_it_was_read(name: str, event: type[Event]) -> None:
    assert event.model_validate_json(golden(name)).write() == golden(name)


@pytest.mark.parametrize(("name", "event"), FILES)
def test_what_a_later_version_adds_is_ignored(name: str, event: type[Event]) -> None:
    newer = json.loads(golden(name)) | {"added": {"later": 1}}

    assert event.model_validate_json(json.dumps(newer)).write() == golden(name)


@pytest.mark.parametrize(("name", "event"), FILES)
def test_another_major_version_is_refused(name: str, event: type[Event]) -> None:
    newer = json.loads(golden(name)) | {"schema": 2}

    with pytest.raises(ValidationError):
        event.model_validate_json(json.dumps(newer))


@pytest.mark.parametrize(("name", "event"), FILES)
def test_a_refusal_quotes_nothing(name: str, event: type[Event]) -> None:
    broken = {key: {"SECRET": "SECRET"} for key in json.loads(golden(name))}

    with pytest.raises(ValidationError) as refusal:
        event.model_validate_json(json.dumps(broken))

    assert "SECRET" not in str(refusal.value)


def test_the_rows_of_a_fact_are_spelled_out() -> None:
    one, two = (1).to_bytes(8), (2).to_bytes(8)

    assert [*Fact.model_validate_json(golden("fact-1.json")).each()] == [
        Row(100, "clear", (), {"health.result": 12}, "00ff", frozenset({one}), 1, "routine", ""),
        Row(
            102,
            "quarantine",
            ("found", "not_allowed"),
            {"person.name": 2, "health.result": 1},
            "",
            frozenset({one, two}),
            2,
            "urgent",
            "00112233aabbccdd",
        ),
    ]


def test_a_reason_that_this_version_does_not_know_is_read() -> None:
    newer = golden("fact-1.json").replace(b'"found"', b'"not_yet_invented"')

    assert [*Fact.model_validate_json(newer).each()][1].reasons == ("not_yet_invented", "not_allowed")


def test_columns_of_different_length_are_refused() -> None:
    torn = golden("fact-1.json").replace(b'"persons":[1,2]', b'"persons":[1]')

    with pytest.raises(ValidationError, match="columns of different length"):
        Fact.model_validate_json(torn)


@given(st.sets(st.binary(min_size=8, max_size=8)))
def test_subjects_are_read_as_they_were_written_in_whatever_order(subjects: set[bytes]) -> None:
    assert read_subjects(write_subjects(subjects)) == subjects
    assert write_subjects(sorted(subjects)) == write_subjects(sorted(subjects, reverse=True))


@pytest.mark.parametrize("written", ["****", "YWJj", "A"])
def test_what_is_no_list_of_subjects_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_subjects(written)
