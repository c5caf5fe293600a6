"""Values of which no leaf holds all."""

import json

import pytest

from schemas.vocabulary import Reason
from tests.core.evasion.planted import EMAIL, NIR, PHONE, POLICIES, as_it_stands, hl7, in_json, leaves, outcome

PAIRS = ["06", "39", "98", "12", "34"]
SPLIT: list[tuple[str, bytes, str]] = [
    ("characters in an array", in_json([*NIR.value]), NIR.value),
    ("characters in an array that nobody knows", json.dumps({"xx": [*PHONE.value]}).encode(), PHONE.value),
    ("digits as numbers", json.dumps({"xx": [int(c) for c in NIR.value]}).encode(), NIR.value),
    ("pairs in an array", in_json(PAIRS), PHONE.value),
    ("letters in an array", in_json(["Mme", *"DURANDEL"]), "DURANDEL"),
    ("siblings", json.dumps({"commentaire": "06 39 98", "note": "12 34"}).encode(), PHONE.value),
    ("siblings of words", json.dumps({"commentaire": "joindre au 06 39", "note": "98 12 34 ce soir"}).encode(), PHONE.value),
    ("an address in two", in_json(["sidonie.durandel@", "example.org"]), EMAIL.value),
    ("an address in two, the sign behind", in_json(["sidonie.durandel", "@example.org"]), EMAIL.value),
    ("two notes", hl7("RAS", "NTE|1||06 39 98", "NTE|2||12 34"), PHONE.value),
    ("two notes, a NIR", hl7("RAS", f"NTE|1||{NIR.value[:7]}", f"NTE|2||{NIR.value[7:]}"), NIR.value),
    ("repetitions", as_it_stands("06 39~98 12 34"), PHONE.value),
    ("components", as_it_stands("06 39^98 12 34"), PHONE.value),
    ("subcomponents", as_it_stands("06 39&98 12 34"), PHONE.value),
    ("components of a NIR", as_it_stands(f"{NIR.value[:7]}^{NIR.value[7:]}"), NIR.value),
    ("fields of a segment that nobody knows", hl7("RAS", f"ZZZ|1|{NIR.value[:7]}|{NIR.value[7:]}"), NIR.value),
    ("lines of a text", b"joindre au 06 39\n98 12 34 ce soir", PHONE.value),
    ("lines within a comment", in_json("joindre au 06 39 98\n12 34 ce soir"), PHONE.value),
    (
        "a name in two places of a person",
        json.dumps({"nom": "DURANDEL", "prenom": "Sidonie", "commentaire": "Sidonie Durandel, vue"}).encode(),
        "DURANDEL",
    ),
]


@pytest.mark.parametrize(("name", "data", "value"), SPLIT, ids=[case[0] for case in SPLIT])
def test_a_value_in_pieces_does_not_leave(name: str, data: bytes, value: str) -> None:
    for policy in POLICIES:
        forward = outcome(data, policy).forward
        assert forward is None or not leaves(forward, value), (name, policy)


def test_a_number_in_the_digits_of_results_holds_the_record() -> None:
    assert outcome(json.dumps({"xx": [int(c) for c in NIR.value]}).encode(), "research").decision.reasons == (Reason.IDENTITY_IN_RESULT,)


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"valeurs": [4, 5, 6, 5, 4, 5, 6, 7, 8, 9, 4]}).encode(),
        json.dumps({"valeurs": [0.1, 0.5, 0.6, 0.5, 0.4, 1.5, 2.6, 7.1, 8.4, 9.2, 4.0]}).encode(),
        in_json(["RAS", "à 8h30", "12 jours", "06 au matin"]),
        hl7("prélevé le 12", "NTE|1||05 mg le soir", "NTE|2||2 jours"),
        in_json(["A", "B", "C"]),
    ],
)
def test_what_stands_side_by_side_is_not_one_number(data: bytes) -> None:
    forward = outcome(data, "research").forward
    assert forward is not None
    texts = [part for part in (b"RAS", b"8h30", b"12", b"05 mg", b"9.2", b"4, 5, 6", b'"B"') if part in data]
    assert all(text in (forward.value or b"") for text in texts)
