"""What docs/limits.md says is not found: these are no wishes but what happens, and what changes here changes there."""

import base64
import codecs

import pytest

from tests.core.evasion.planted import BIRTH, EMAIL, FULL_NAME, NIR, PHONE, leaves, outcome

NOT_FOUND = [
    ("small letters", f"Appel de {FULL_NAME.value.lower()} ce jour"),
    ("a name in single letters", "vu D U R A N D E L ce jour"),
    ("an address in single characters", " ".join(EMAIL.value)),
    ("a date in single characters", "née le " + " ".join(BIRTH.value)),
    ("l for one", PHONE.value.replace("1", "l")),
    ("backwards", PHONE.value[::-1]),
    ("ROT13", codecs.encode("vu DURANDEL", "rot13")),
    ("short base64", base64.b64encode(NIR.value.encode()).decode()),
    ("short hexadecimal", NIR.value.encode().hex()),
    ("hexadecimal with blanks", PHONE.value.encode().hex(" ")),
    ("within digits", f"77{NIR.value}77"),
]


@pytest.mark.parametrize(("name", "text"), NOT_FOUND, ids=[case[0] for case in NOT_FOUND])
def test_what_is_said_not_to_be_found_is_not(name: str, text: str) -> None:
    forward = outcome(f"{text} RAS".encode(), "research").forward

    assert forward is not None
    assert forward.value == f"{text} RAS".encode(), name


@pytest.mark.parametrize(("name", "text"), NOT_FOUND, ids=[case[0] for case in NOT_FOUND])
def test_none_of_it_leaves_where_free_text_may_not(name: str, text: str) -> None:
    forward = outcome(f"{text} RAS".encode(), "allow:\n  - {category: health.result}\nunknown_structure: remove\ndefault: remove\n").forward

    assert forward is None or text.encode() not in (forward.value or b""), name


@pytest.mark.parametrize("data", [b"\x82\xa3nom\xa8DURANDEL\xa3age\x22", b"\xa1cnomhDURANDEL"], ids=["MessagePack", "CBOR"])
def test_binary_forms_without_control_bytes_are_read_as_text(data: bytes) -> None:
    forward = outcome(data, "research").forward

    assert forward is not None
    assert forward.value == data


def test_a_name_in_two_components_loses_what_its_title_tells() -> None:
    forward = outcome(b"MSH|^~\\&|A\rOBX|1|TX|a||Mme DURAN^DEL\r", "research").forward

    assert forward is not None
    assert b"Mme ***^DEL" in (forward.value or b"")


def test_the_name_of_a_header_that_nothing_tells_stays() -> None:
    forward = outcome(b'{"valeur":5.2}', "research", headers=(("DURANDEL", b"x"),)).forward

    assert forward is not None
    assert leaves(forward, "DURANDEL")
    assert forward.headers == (("DURANDEL", b""),)
