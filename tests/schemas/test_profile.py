"""A source's own profile is read as people write it, or refused with what to do."""

from pathlib import Path

import pytest

from schemas.bundle import read_bundle
from schemas.faults import ConfigError
from schemas.loader import loads
from schemas.profile import PLACES, Profile
from stream.core.decode.json import FORMAT
from stream.core.decode.overlay import lay, overlay
from stream.core.roles import CATEGORY
from stream.core.values import Columns, Limits

HEAD = "apiVersion: pratique/v1alpha1\nkind: Profile\nmetadata: {name: ours, owner: o, version: 1}\n"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "profile.yaml"


def test_the_example_is_valid() -> None:
    assert loads(EXAMPLE.read_text(), "profile.yaml", Profile).segments["ZLB"]["2"] == "contact.phone"


@pytest.mark.parametrize(
    ("written", "line", "what"),
    [
        ("names: {champ: person}\n", 4, "nothing stands in a place as `person`"),
        ("names: {champ: health.topic.hiv}\n", 4, "nothing stands in a place as `health.topic.hiv`"),
        ("segments:\n  ZLB: {'1': unknown}\n", 5, "nothing stands in a place as `unknown`"),
        ("names: {}\n", 1, "the profile says nothing"),
    ],
)
def test_a_place_that_means_nothing_is_refused_where_it_stands(written: str, line: int, what: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loads(HEAD + written, "profile.yaml", Profile)

    assert [(fault.line, fault.what) for fault in refused.value.faults] == [(line, what)]


@pytest.mark.parametrize(
    "written", ["names: {champ: person.nom}\n", "segments: {zlb: {'1': person.name}}\n", "segments: {ZLB: {x: person.name}}\n"]
)
def test_what_is_no_category_segment_or_field_is_refused(written: str) -> None:
    with pytest.raises(ConfigError):
        loads(HEAD + written, "profile.yaml", Profile)


def test_every_category_that_a_place_may_have_has_a_role_of_that_category() -> None:
    value = b'{"champ": "xx"}'
    for category in PLACES:
        columns = FORMAT.leaves(value, Limits())
        assert isinstance(columns, Columns)
        lay(overlay({"champ": category}, {}), FORMAT, value, columns)
        assert CATEGORY[columns.role[1]] is category


def test_a_profile_that_is_not_there_is_the_fault_of_the_line_that_names_it(tmp_path: Path) -> None:
    written = (EXAMPLE.parent / "pipeline.yaml").read_text().replace("policy: ./research-cardiology.yaml", "policy: research")
    file = tmp_path / "pipeline.yaml"
    file.write_text(written.replace("    from: earliest", "    profile: ours.yaml\n    from: earliest"))

    with pytest.raises(ConfigError) as refused:
        read_bundle(file)

    [fault] = refused.value.faults
    assert (fault.file, "profile: ours.yaml" in file.read_text().splitlines()[fault.line - 1]) == (str(file), True)
