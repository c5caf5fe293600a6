"""HL7 v2 that hides a value in its escapes, delimiters or framing."""

import pytest

from schemas.vocabulary import Reason
from tests.core.evasion.planted import PHONE, POLICIES, as_it_stands, held, hl7, leaves, outcome

KNOWN = "PID|1||8009912345^^^LABO^PI||DURANDEL^SIDONIE||19840312|F"
MESSAGE = hl7("RAS")
NAMED = as_it_stands("Mme DURANDEL, 06 39 98 12 34")

ESCAPED = [
    ("hexadecimal", r"Mme \X4455\RANDEL"),
    ("hexadecimal one by one", "Mme " + "".join(f"\\X{ord(c):02X}\\" for c in "DURANDEL")),
    ("highlighting", r"Mme DUR\H\AN\N\DEL"),
    ("a charset switch", r"Mme DUR\C2842\ANDEL"),
    ("a charset switch of several bytes", r"Mme DUR\M2442\ANDEL"),
    ("a local escape", r"Mme DUR\Z\ANDEL"),
    ("a local escape with a code", r"Mme DUR\Zxy\ANDEL"),
    ("an indent", r"Mme DUR\.in+4\ANDEL"),
    ("subcomponents escaped", r"Mme D\T\#85;RANDEL"),
]


@pytest.mark.parametrize(("name", "field"), ESCAPED, ids=[case[0] for case in ESCAPED])
def test_an_escape_hides_no_name(name: str, field: str) -> None:
    for policy in POLICIES:
        forward = outcome(as_it_stands(field), policy).forward
        assert forward is None or not _rest(forward.value), name


def _rest(value: bytes | None) -> bool:
    return b"ANDEL" in (value or b"") or b"RANDEL" in (value or b"") or b"\\X41\\" in (value or b"")


@pytest.mark.parametrize("separators", ["|^~\\&", "#^~\\&", "|$~\\&", "|^*\\&", "|^~!&", "|:;/?", "*|~\\&"])
def test_changed_delimiters_hide_nothing(separators: str) -> None:
    field, component, repetition, escape, subcomponent = (*separators,)
    data = NAMED.decode().translate({ord("|"): "\0", ord("^"): "\1", ord("~"): "\2", ord("\\"): "\3", ord("&"): "\4"})
    data = data.translate({0: field, 1: component, 2: repetition, 3: escape, 4: subcomponent})

    for policy in POLICIES:
        forward = outcome(data.encode(), policy).forward
        assert forward is None or not leaves(forward, "DURANDEL")
        assert forward is None or not leaves(forward, PHONE.value)


FRAMES = [
    ("MLLP", b"\x0b" + NAMED + b"\x1c\r"),
    ("two in MLLP", b"\x0b" + MESSAGE + b"\x1c\r\x0b" + NAMED + b"\x1c\r"),
    ("two one after the other", MESSAGE + NAMED),
    ("with line feeds", NAMED.replace(b"\r", b"\n")),
    ("with both", NAMED.replace(b"\r", b"\r\n")),
    ("a batch", b"FHS|^~\\&|A\rBHS|^~\\&|A\r" + MESSAGE + NAMED + b"BTS|2\rFTS|1\r"),
    ("behind the end block", b"\x0b" + MESSAGE + b"\x1c\rMme DURANDEL, 06 39 98 12 34"),
    ("before the start block", b"Mme DURANDEL, 06 39 98 12 34\r\x0b" + MESSAGE + b"\x1c\r"),
    ("behind the last segment", MESSAGE + b"Mme DURANDEL, 06 39 98 12 34"),
    ("behind zero bytes", MESSAGE + b"\0\0Mme DURANDEL, 06 39 98 12 34"),
    ("a line without a segment", MESSAGE.replace(b"OBX", b"Mme DURANDEL, 06 39 98 12 34\rOBX")),
    ("a mark before", b"\xef\xbb\xbf" + NAMED),
]


@pytest.mark.parametrize(("name", "data"), FRAMES, ids=[case[0] for case in FRAMES])
def test_no_framing_hides_a_message_or_what_stands_beside_it(name: str, data: bytes) -> None:
    for policy in POLICIES:
        forward = outcome(data, policy).forward
        for value in ("DURANDEL", PHONE.value):
            assert forward is None or not leaves(forward, value), (name, policy)


def test_a_message_whose_delimiters_say_nothing_is_held() -> None:
    assert held(NAMED.replace(b"MSH|^~\\&|", b"MSH||||||")) == {(Reason.UNDECODABLE,)}
    assert held(NAMED.replace(b"MSH|^~\\&|", b"MSH|^^^^|")) == {(Reason.UNDECODABLE,)}
