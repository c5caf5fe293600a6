"""Where edits meet: spans and whole leaves, parents and what hangs on them."""

import base64
import json

import pytest

from stream.core.act import _outermost
from stream.core.values import Edit
from tests.support.rulesets import forwarded

LETTER = "Mme DURANDEL Elodie, tel 06 39 98 12 34, suite au prochain courrier du laboratoire."


@pytest.mark.parametrize(
    ("edits", "kept"),
    [
        ([Edit(0, 4, b"a"), Edit(4, 8, b"b")], [Edit(0, 4, b"a"), Edit(4, 8, b"b")]),  # neighbours
        ([Edit(2, 4, b"a"), Edit(0, 8, b"")], [Edit(0, 8, b"")]),  # a span of a leaf that goes whole
        ([Edit(0, 8, b""), Edit(0, 8, b"")], [Edit(0, 8, b"")]),  # the same leaf twice
        ([Edit(0, 5, b"a"), Edit(4, 8, b"b")], [Edit(0, 8, b"ab")]),  # they cross
    ],
)
def test_the_widest_edit_holds(edits: list[Edit], kept: list[Edit]) -> None:
    assert kept == _outermost(edits)


def test_two_identifiers_in_a_number_take_it_once() -> None:
    value = forwarded(
        b'{"xq": 184037599904226, "nom": "DURANDEL"}', "unknown_structure: inspect\nallow:\n  - {category: health}\ndefault: remove\n"
    )

    assert {"xq": None, "nom": ""} == json.loads(value)


@pytest.mark.parametrize("wrap", ["{}", "avant {} apres", "Mme DURANDEL Elodie {} Mme DURANDEL Elodie"])
def test_a_text_around_a_document_and_the_document_are_both_rewritten(wrap: str) -> None:
    hidden = base64.b64encode(LETTER.encode()).decode()
    value = json.loads(
        forwarded(json.dumps({"nom": "DURANDEL", "prenom": "Elodie", "commentaire": wrap.format(hidden)}).encode(), "research")
    )

    text = value["commentaire"]
    decoded = "".join(base64.b64decode(run).decode() for run in text.split() if len(run) > 40)
    assert "DURANDEL" not in text + decoded
    assert "06 39" not in decoded
    assert "prochain courrier" in decoded


@pytest.mark.parametrize("written", [b"\\H\\8864548086\\N\\", b"\\X3838\\64548086"], ids=["highlighted", "two characters in one escape"])
def test_a_number_that_begins_with_an_escape_has_the_pseudonym_of_all_of_it(written: bytes) -> None:
    """The characters of one escape share a place, and what formats shares one with what follows: a place alone does not tell the text."""
    policy = "transform:\n  person.local_number: pseudonymise\nunknown_structure: remove\ndefault: remove\n"
    message = b"MSH|^~\\&|LAB|X|Y|Z|20260101||ORU^R01|1|P|2.5\rPID|1||%b^^^LAB^PI\r"

    assert forwarded(message % b"8864548086", policy) == forwarded(message % written, policy)
