"""Reading YAML: what stays a text, what is refused, and where faults are laid."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.faults import ConfigError, Fault
from schemas.manuscript import DEPTH, SIZE, Spot, parse, read


def faults(text: str) -> list[Fault]:
    with pytest.raises(ConfigError) as refused:
        parse(text, "policy.yaml")
    return list(refused.value.faults)


@pytest.mark.parametrize(
    ("written", "read_as", "reason"),
    [
        ("true", True, "the one spelling of truth"),
        ("false", False, "the one spelling of falsehood"),
        ("null", None, "the one spelling of nothing"),
        ("", None, "nothing written is nothing"),
        ("12", 12, "a number"),
        ("-3", -3, "a number below zero"),
        ("0", 0, "zero"),
        ("1.5", 1.5, "a number with decimals"),
        ("2e3", 2000.0, "a number with an exponent"),
        ("on", "on", "YAML 1.1 would say true"),
        ("no", "no", "YAML 1.1 would say false; it is also a country"),
        ("off", "off", "YAML 1.1 would say false"),
        ("yes", "yes", "YAML 1.1 would say true"),
        ("True", "True", "one spelling is enough"),
        ("~", "~", "one spelling is enough"),
        ("0123456", "0123456", "a postcode or a number with its leading zero, not octal"),
        ("0o7", "0o7", "not octal"),
        ("0x1F", "0x1F", "not hexadecimal"),
        ("1_000", "1_000", "not a thousand"),
        ("12:30:00", "12:30:00", "not a sexagesimal number"),
        ("2027-06-30", "2027-06-30", "a date is a text until a model reads it"),
        ("+1", "+1", "JSON writes no plus"),
        (".5", ".5", "JSON writes a zero before the point"),
        (".inf", ".inf", "infinity is no number of ours"),
        ('"12"', "12", "quotes make a text"),
        ("'true'", "true", "quotes make a text"),
    ],
)
def test_unquoted_scalars_are_read_as_yaml_1_2_and_no_further(written: str, read_as: object, reason: str) -> None:
    value = parse(f"key: {written}\n", "policy.yaml").data

    assert value == {"key": read_as}, reason
    assert isinstance(value, dict)
    assert type(value["key"]) is type(read_as), reason


@pytest.mark.parametrize(
    ("text", "line", "column", "about"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "twice"),
        ("a: {b: 1, 'b': 2}\n", 1, 11, "twice"),
        ("a: &x 1\n", 1, 4, "anchor"),
        ("a: *x\n", 1, 4, "alias"),
        ("<<: {a: 1}\n", 1, 1, "merge key"),
        ("a: !!str 1\n", 1, 4, "tag"),
        ("a: !secret x\n", 1, 4, "tag"),
        ("1: a\n", 1, 1, "no text"),
        ("true: a\n", 1, 1, "no text"),
        ("? [a]\n: b\n", 1, 3, "no text"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second document"),
        ("%YAML 1.1\n---\na: 1\n", 1, 1, "directive"),
        ("a: 9999999999999999999\n", 1, 4, "too large"),
        ("a: 1e999\n", 1, 4, "too large"),
        ('a: "\\ud800"\n', 1, 4, "no character"),
        ("a: b: c\n", 1, 5, "second `:`"),
        ("a:\n\t- b\n", 2, 1, "tab"),
        ("a: 'b\n", 2, 1, "quotes"),
        ("a: @b\n", 1, 4, "cannot begin"),
        ('a: "\\U00200000"\n', 0, 0, "out of range"),
        ("a: b\u2028c\n", 1, 5, "control character"),
        ("", 1, 1, "empty"),
        ("# only a comment\n", 1, 1, "empty"),
    ],
)
def test_what_is_not_taken_is_refused_where_it_stands(text: str, line: int, column: int, about: str) -> None:
    found = faults(text)

    assert [(fault.line, fault.column) for fault in found] == [(line, column)]
    assert about in found[0].what
    assert found[0].remedy


def test_every_fault_of_structure_is_listed_at_once() -> None:
    assert [fault.line for fault in faults("a: 1\na: 2\nb: &x 3\n4: !t 5\n")] == [2, 3, 4, 4]


def test_depth_is_bounded() -> None:
    assert "levels" in faults("[" * (DEPTH + 2))[0].what
    assert parse("[" * DEPTH + "]" * DEPTH, "policy.yaml")


def test_every_value_and_key_knows_its_place() -> None:
    manuscript = parse("a:\n  - b: 1\n    c: 2\n", "policy.yaml")

    assert manuscript.values["a", 0, "c"] == Spot(3, 8)
    assert manuscript.keys["a", 0, "c"] == Spot(3, 5)


def test_a_fault_at_something_missing_is_laid_above_it() -> None:
    manuscript = parse("a:\n  b: 1\n", "policy.yaml")

    assert str(manuscript.fault(("a", "c", 0), "`c` is missing", "Add it.")) == "policy.yaml:2:3: `c` is missing. Add it."


def test_unreadable_files_are_faults(tmp_path: Path) -> None:
    latin, large = tmp_path / "latin.yaml", tmp_path / "large.yaml"
    latin.write_bytes(b"a: 1\nb: \xe9\n")
    large.write_bytes(b"#" * (SIZE + 1))

    for path, about in ((latin, "UTF-8"), (large, "larger"), (tmp_path / "absent.yaml", "cannot be read"), (tmp_path, "cannot be read")):
        with pytest.raises(ConfigError, match=about):
            read(path)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes("a: é\n".encode("utf-8-sig"))

    assert read(path).data == {"a": "é"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(st.characters(codec="utf-8", exclude_characters="\u2028\u2029")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_json_is_read_as_json(value: object) -> None:
    text = json.dumps(value)

    assert parse(text, "policy.yaml").data == value


@given(st.text(max_size=80) | st.text("-:{}[]&*!|>'\"%@`#,? \n\tab01.~\\xuU", max_size=80))
def test_any_text_is_read_or_refused_and_no_fault_is_without_a_remedy(text: str) -> None:
    found: tuple[Fault, ...] = ()
    try:
        parse(text, "policy.yaml")
    except ConfigError as refused:
        found = refused.faults

    assert all(fault.what and fault.remedy for fault in found)


def shape(value: object) -> object:
    """Lists and mappings with their keys; any scalar is None."""
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items()}
        case list():
            return [shape(inner) for inner in value]
        case _:
            return None


@given(st.text("-:{}[]'\"# \nab", max_size=60))
def test_what_is_taken_has_the_structure_that_pyyaml_sees(text: str) -> None:
    try:
        read_here = parse(text, "policy.yaml").data
    except ConfigError:
        return

    assert shape(read_here) == shape(yaml.load(text, Loader=yaml.BaseLoader))
