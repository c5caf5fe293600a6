"""JSON that is read in two ways: by us and by a receiver."""

import json

import pytest

from schemas.vocabulary import Reason
from tests.core.evasion.planted import NIR, POLICIES, held, leaves, outcome

PERSON = {"patient": {"nom": "DURANDEL", "prenom": "Sidonie"}, "valeur": 5.2}
WRITTEN = json.dumps(PERSON)
UNDECODABLE, DUPLICATE_KEY, TOO_DEEP = (Reason.UNDECODABLE,), (Reason.DUPLICATE_KEY,), (Reason.TOO_DEEP,)

HELD = [
    ("the same key twice", '{"commentaire":"ras","commentaire":"Mme DURANDEL"}', DUPLICATE_KEY),
    ("the same key twice, the other order", '{"commentaire":"Mme DURANDEL","commentaire":"ras"}', DUPLICATE_KEY),
    ("the same key, escaped", '{"commentaire":"ras","\\u0063ommentaire":"Mme DURANDEL"}', DUPLICATE_KEY),
    ("the same key, escaped, the other order", '{"\\u0063ommentaire":"Mme DURANDEL","commentaire":"ras"}', DUPLICATE_KEY),
    ("100,000 brackets", "[" * 100_000, TOO_DEEP),
    ("100,000 objects", '{"a":' * 100_000 + "1" + "}" * 100_000, TOO_DEEP),
    ("no end", WRITTEN[:-1], UNDECODABLE),
    ("a comma too many", WRITTEN[:-1] + ",}", UNDECODABLE),
    ("a comment", WRITTEN[:-1] + "/* x */}", UNDECODABLE),
    ("single quotes", WRITTEN.replace('"', "'"), UNDECODABLE),
    ("keys without quotes", "{patient:{nom:'DURANDEL'}}", UNDECODABLE),
    ("Python's True", WRITTEN.replace("5.2", "True"), UNDECODABLE),
    ("a number with a sign", WRITTEN.replace("5.2", "+5"), UNDECODABLE),
    ("a number in hexadecimal", WRITTEN.replace("5.2", "0x10"), UNDECODABLE),
    ("something behind", WRITTEN + "x", UNDECODABLE),
    ("another document behind", WRITTEN + WRITTEN, UNDECODABLE),
    ("a zero byte behind", WRITTEN + "\0", UNDECODABLE),
    ("a tab in a string", WRITTEN.replace("Sidonie", "Sid\tonie"), UNDECODABLE),
]


@pytest.mark.parametrize(("name", "data", "reasons"), HELD, ids=[case[0] for case in HELD])
def test_what_receivers_read_in_different_ways_is_held(name: str, data: str, reasons: tuple[Reason, ...]) -> None:
    assert held(data.encode()) == {reasons}, name


@pytest.mark.parametrize("number", ["9" * 5000, "1e400", "-1e400", "1E-400", "0." + "3" * 5000, "NaN", "Infinity", "-Infinity"])
def test_a_number_that_no_machine_holds_is_text(number: str) -> None:
    for policy in POLICIES:
        forward = outcome(WRITTEN.replace("5.2", number).encode(), policy).forward
        assert forward is not None
        assert not leaves(forward, "DURANDEL")


@pytest.mark.parametrize("number", [NIR.value, f"-{NIR.value}", f"{NIR.value}.0", f"{NIR.value[0]}.{NIR.value[1:]}e14"])
def test_an_identifier_as_a_number_does_not_leave(number: str) -> None:
    for policy in POLICIES:
        forward = outcome(WRITTEN.replace("5.2", number).encode(), policy).forward
        assert forward is None or not leaves(forward, number)


@pytest.mark.parametrize("log", ['INFO record={"nom":"DURANDEL","id":1}', "x{'nom': 'DURANDEL'}", 'nom="DURANDEL"'])
def test_a_text_that_quotes_a_record_is_searched_by_its_labels(log: str) -> None:
    forward = outcome(log.encode(), "research").forward

    assert forward is None or not leaves(forward, "DURANDEL")


def test_keys_and_values_in_escapes_mean_what_they_say() -> None:
    escaped = "".join(f"\\u{ord(c):04x}" for c in "nom")
    value = "".join(f"\\u{ord(c):04x}" for c in "DURANDEL")

    for policy in POLICIES:
        forward = outcome(f'{{"patient":{{"{escaped}":"{value}"}},"valeur":5.2}}'.encode(), policy).forward
        assert forward is None or not leaves(forward, "DURANDEL")
