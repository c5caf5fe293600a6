import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.decode.shapes import bare, shape
from stream.core.roles import ROLES, TREAT
from stream.core.values import Treat

_SHAPES = [
    ("5.2", "number", "decimal point"),
    ("14,2", "number", "decimal comma"),
    ("< 5", "number", "below what is measured"),
    (">=200", "number", "above what is measured"),
    ("2024", "number", "a year reads like a number and says little"),
    ("18250", "", "five digits alone could be a postcode"),
    ("35000", "", "a postcode"),
    ("<18250", "number", "compared: no postcode"),
    ("18250,5", "number", "decimals: no postcode"),
    ("18250 UI/L", "number", "a unit: no postcode"),
    ("000777", "", "padded: a patient number"),
    ("19840312", "", "a date"),
    ("0199001234", "", "a phone number"),
    ("639981234", "", "a phone number that lost its zero"),
    ("1.61046E+14", "", "a NIR that went through a spreadsheet"),
    ("284033599931111", "", "a NIR"),
    ("284033.599931111", "", "a NIR with a point in it"),
    ("5.2 mmol/L", "number", "number and unit in one"),
    ("123451012", "", "five digits before a power of ten are no number"),
    ("10E12", "", "a number a spreadsheet has damaged"),
    ("10^9", "unit", "a power of ten"),
    ("12 ans", "", "an age"),
    ("-2.5", "number", "base excess"),
    ("Négatif", "word", "a result in a word"),
    ("POSITIVE", "word", "the same, written otherwise"),
    ("Absence de germe", "word", "in some words"),
    ("Non détectée", "word", "denied"),
    ("Blanc", "", "a name"),
    ("Positif Elodie", "", "a word and a name"),
    ("g/L", "unit", "grams"),
    ("mmol/L", "unit", "moles"),
    ("UI/L", "unit", "units"),
    ("mUI/mL", "unit", "units"),
    ("%", "unit", "share"),
    ("G/L", "unit", "giga"),
    ("T/L", "unit", "tera"),
    ("fL", "unit", "volume"),
    ("pg", "unit", "mass"),
    ("µmol/L", "unit", "micro sign"),
    ("μmol/L", "unit", "Greek mu"),
    ("/mm3", "unit", "count"),
    ("10*9/L", "unit", "UCUM power"),
    ("mL/min/1,73m²", "unit", "filtration"),
    ("s", "unit", "seconds"),
    ("ratio", "unit", "no dimension"),
    ("Ma", "", "a short surname is no unit"),
    ("Le", "", "a short surname is no unit"),
    ("H", "flag", "high"),
    ("LL", "flag", "very low"),
    ("R", "flag", "resistant"),
    ("F", "", "a sex"),
    ("M", "", "a sex"),
    ("A+", "", "a blood group"),
    ("0 - 5", "range", "with blanks"),
    ("3,5-5,0", "range", "with commas"),
    ("(150 - 400)", "range", "in brackets"),
    ("1984-12", "", "a month of a year goes down"),
    ("21198-7", "code", "LOINC"),
    ("21198-6", "", "LOINC with a wrong check digit"),
    ("true", "literal", "true"),
    ("null", "literal", "null"),
    ("DURANDEL", "", "a name"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("written", "expected", "why"), _SHAPES)
def test_a_value_shows_what_it_is_written_like(written: str, expected: str, why: str) -> None:
    assert ROLES[shape(written.encode())].name == (f"unknown.{expected}" if expected else "unknown"), why


def test_the_micro_sign_is_read_in_cp1252_too() -> None:
    assert ROLES[shape("µmol/L".encode("cp1252"))].name == "unknown.unit"


@pytest.mark.parametrize(
    ("token", "number", "why"),
    [
        (b"18250", True, "a JSON number is no postcode"),
        (b"-1.5", True, "signed"),
        (b"639981234", False, "a phone number"),
        (b"20240312", False, "a date"),
        (b"2.84E+14", False, "a NIR that went through a spreadsheet"),
        (b"1" * 5000, False, "five thousand digits"),
    ],
)
def test_a_bare_number_of_up_to_six_digits_is_a_measurement(token: bytes, number: bool, why: str) -> None:
    assert (ROLES[bare(token)].name == "unknown.number") is number, why


@given(st.binary(max_size=64))
def test_any_bytes_have_a_shape_or_none(raw: bytes) -> None:
    assert ROLES[shape(raw)].name.startswith("unknown")


@given(st.from_regex(r"[0-9]{7,40}", fullmatch=True))
def test_a_long_run_of_digits_is_always_scanned(digits: str) -> None:
    assert TREAT[shape(digits.encode())] == Treat.UNKNOWN


@given(st.from_regex(r"[A-Za-z]{5,30}", fullmatch=True).filter(lambda word: word.lower() not in {"ratio", "index", "copies", "false"}))
def test_a_word_is_never_a_result(word: str) -> None:
    assert TREAT[shape(word.encode())] == Treat.UNKNOWN
