"""Loading models: strict types, faults in plain words at the right place, folders whole, and never a value repeated."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, Field

from schemas.faults import Complaint, ConfigError, Fault
from schemas.loader import load, load_all, loads
from schemas.policy import Name, Written
from schemas.vocabulary import Category


class Window(Written):
    opens: int
    closes: int = 24


class Ship(Written):
    kind: Literal["Ship"] = "Ship"
    name: Name
    masts: Annotated[int, Field(ge=1, le=7)] = 3
    length: float = 30.0
    sails: bool = True
    built: date | None = None
    sighted: AwareDatetime | None = None
    motto: Annotated[str, Field(min_length=2, max_length=20)] | None = None
    port: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["BRE"])] | None = None
    cargo: tuple[Category, ...] = ()
    crew: Annotated[tuple[Name, ...], Field(min_length=1)] = ("cook",)
    windows: Annotated[dict[Category, Window | Literal["always", "never"]], Field(default_factory=dict)]
    pair: tuple[Name, Name] | None = None

    def complaints(self) -> Iterator[Complaint]:
        if self.name == "titanic":
            yield Complaint(("name",), "this ship has sunk", "Name another.")
            yield Complaint(("masts",), "masts do not float", "Write none.")


class Harbour(Written):
    kind: Literal["Harbour"]
    berths: int


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        loads(text, "ship.yaml", Ship)
    return list(map(str, refused.value.faults))


def test_what_is_written_well_is_read_whole() -> None:
    ship = loads(
        """\
name: pratique
masts: 2
length: 12
sails: false
built: 2027-06-30
sighted: 2027-06-30T12:00:00+02:00
cargo: [person.name]
windows: {person: always, health: {opens: 6}}
""",
        "ship.yaml",
        Ship,
    )

    assert (ship.masts, ship.length, ship.sails, ship.built) == (2, 12.0, False, date(2027, 6, 30))
    assert ship.cargo == (Category.PERSON_NAME,)
    assert ship.windows == {Category.PERSON: "always", Category.HEALTH: Window(opens=6)}


@pytest.mark.parametrize(
    ("line", "fault", "reason"),
    [
        ("mast: 3", "ship.yaml:2:1: an unknown key. Did you mean `masts`?", "a near key is named"),
        ("masts: three", "ship.yaml:2:8: a whole number is expected. Write digits only, without quotes.", "a word is no number"),
        ("masts: '3'", "ship.yaml:2:8: a whole number is expected. Write digits only, without quotes.", "a text is no number"),
        ("masts: 1.5", "ship.yaml:2:8: a whole number is expected. Write digits only, without quotes.", "half a mast"),
        ("masts: 0", "ship.yaml:2:8: is too small. Write at least 1.", "the bound is named"),
        ("masts: 9", "ship.yaml:2:8: is too large. Write at most 7.", "the bound is named"),
        ("length: long", "ship.yaml:2:9: a number is expected.", "a word is no number"),
        ("sails: on", "ship.yaml:2:8: `true` or `false` is expected.", "`on` is a text"),
        ("sails: 1", "ship.yaml:2:8: `true` or `false` is expected.", "a number is no truth"),
        ("motto: 12", "ship.yaml:2:8: a text is expected. Put it in quotes.", "a number is no text"),
        ("motto: x", "ship.yaml:2:8: is too short. Write at least 2 characters.", "the bound is named"),
        ("built: 30/06/2027", "ship.yaml:2:8: a date is expected. Write it as 2027-06-30.", "one way to write a date"),
        ("built: 20270630", "ship.yaml:2:8: a date is expected. Write it as 2027-06-30.", "a number is no date"),
        (
            "sighted: 2027-06-30T12:00:00",
            "ship.yaml:2:10: a date and time with its offset is expected. Write it as 2027-06-30T12:00:00Z.",
            "a time without its zone is no moment",
        ),
        ("port: brest", "ship.yaml:2:7: is not written as it must be. Write it like `BRE`.", "an example says more than a pattern"),
        ("cargo: person", "ship.yaml:2:8: a list is expected.", "one is not a list"),
        ("cargo: [person.nmae]", "ship.yaml:2:9: a word that is not known here. Did you mean `person.name`?", "a near word is named"),
        ("crew: []", "ship.yaml:2:7: holds too few entries. Write at least 1.", "somebody has to cook"),
        ("crew: [Cook]", "ship.yaml:2:8: is not written as it must be. It must match `^[a-z0-9][a-z0-9-]{0,62}$`.", "not also too few"),
        ("windows: {persn: always}", "ship.yaml:2:11: a word that is not known here. Did you mean `person`?", "a key from a list"),
        ("windows: {person: alwys}", "ship.yaml:2:19: a word that is not known here. Did you mean `always`?", "not also a mapping"),
        (
            "windows: {person: {opens: six}}",
            "ship.yaml:2:27: a whole number is expected. Write digits only, without quotes.",
            "the form meant",
        ),
        ("windows: {person: {opns: 6, opens: 6}}", "ship.yaml:2:20: an unknown key. Did you mean `opens`?", "keys of the form meant"),
        ("windows: {person: {}}", "ship.yaml:2:19: `opens` is missing. Add it here.", "laid at what lacks it"),
        ("pair: [fore]", "ship.yaml:2:7: an entry is missing. Add it here.", "entries have no names"),
    ],
)
def test_a_fault_says_where_what_and_what_to_do(line: str, fault: str, reason: str) -> None:
    assert [fault] == faults(f"name: pratique\n{line}\n"), reason


def test_all_faults_of_a_file_come_at_once_in_its_order() -> None:
    assert [fault.split(":", 1)[1].split(": ")[0] for fault in faults("masts: x\nsails: x\nxxxx: 1\n")] == ["1:1", "1:8", "2:8", "3:1"]


def test_faults_of_meaning_come_once_the_shape_is_right() -> None:
    assert faults("name: titanic\nmasts: 3\n") == [
        "ship.yaml:1:7: this ship has sunk. Name another.",
        "ship.yaml:2:8: masts do not float. Write none.",
    ]


def test_a_file_that_is_no_mapping_is_refused() -> None:
    assert faults("- a\n") == ["ship.yaml:1:1: a mapping (`key: value`) is expected."]


SECRET = "zq7Xcanary"


FORMS = ("{0}", "[{0}]", "{{{0}: {0}}}", "[[{0}]]", "{{person: {0}}}", "'{0}: {0}'")


@given(
    st.sampled_from(sorted(Ship.model_fields)),
    st.sampled_from(FORMS),
)
def test_no_fault_repeats_what_was_written(field: str, form: str) -> None:
    found: tuple[Fault, ...] = ()
    try:
        loads(f"{field}: {form.format(SECRET)}\n{SECRET}: 1\n", "ship.yaml", Ship)
    except ConfigError as refused:
        found = refused.faults

    assert found
    assert SECRET not in str(found)


def test_the_refusal_carries_no_cause_that_could_be_printed() -> None:
    with pytest.raises(ConfigError) as refused:
        loads(f"masts: {SECRET}\n", "ship.yaml", Ship)

    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


# ---- folders ----------------------------------------------------------------------------------------------------------


def test_a_folder_is_read_by_kind_in_the_order_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.yaml").write_text("kind: Ship\nname: second\n")
    (tmp_path / "a.yml").write_text("kind: Harbour\nberths: 3\n")
    (tmp_path / "deep" / "c.yaml").write_text("kind: Ship\nname: third\n")
    (tmp_path / "notes.txt").write_text("not: yaml: at all\n")

    loaded = load_all([tmp_path], {"Ship": Ship, "Harbour": Harbour})

    assert [(path.name, type(value)) for path, value in loaded] == [("a.yml", Harbour), ("b.yaml", Ship), ("c.yaml", Ship)]


def test_a_folder_is_refused_whole_with_every_fault_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: Ship\nname: fine\n")
    (tmp_path / "b.yaml").write_text("kind: Ship\nname: Bad\nmasts: 0\n")
    (tmp_path / "c.yaml").write_text("kind: Shp\n")
    (tmp_path / "d.yaml").write_text("a: 1\n")
    (tmp_path / "e.yaml").write_text("a: [\n")
    (tmp_path / "f.yaml").write_text("- kind\n")

    with pytest.raises(ConfigError) as refused:
        load_all([tmp_path], {"Ship": Ship})

    assert [(Path(fault.file).name, fault.line) for fault in refused.value.faults] == [
        ("b.yaml", 2),
        ("b.yaml", 3),
        ("c.yaml", 1),
        ("d.yaml", 1),
        ("e.yaml", 2),
        ("f.yaml", 1),
    ]
    assert "Did you mean `Ship`?" in str(refused.value)


def test_a_file_that_is_named_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "ship.conf"
    path.write_text("name: pratique\n")

    assert load(path, Ship).name == "pratique"
