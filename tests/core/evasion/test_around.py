"""What stands around a value: keys, names and values of headers, tombstones, the framing of a schema registry."""

import base64
import gzip
import json

import pytest

from schemas.vocabulary import Reason, Verdict
from tests.core.evasion.planted import NIR, POLICIES, STRICT, held, hl7, leaves, outcome

VALUE = b'{"valeur":5.2}'
KEYS = [
    b"DURANDEL_Sidonie",
    b"DURANDEL Sidonie",
    NIR.value.encode(),
    b'{"nom":"DURANDEL","nir":"' + NIR.value.encode() + b'"}',
    b'"DURANDEL"',
    base64.b64encode(b"Mme DURANDEL Sidonie"),
    gzip.compress(b"Mme DURANDEL Sidonie"),
    "DURANDEL".encode("utf-16"),
]


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
@pytest.mark.parametrize("value", [VALUE, None], ids=["value", "tombstone"])
def test_an_identifier_in_a_key_does_not_leave(key: bytes, value: bytes | None) -> None:
    for policy in POLICIES:
        forward = outcome(value, policy, key).forward
        assert forward is None or (forward.key != key and not leaves(forward, "DURANDEL") and not leaves(forward, NIR.value))


@pytest.mark.parametrize("key", [b"8009912345", NIR.value.encode(), b'{"ipp":"8009912345"}', b"DURANDEL_Sidonie"])
def test_a_tombstone_has_the_key_of_the_record_that_it_deletes(key: bytes) -> None:
    record, tombstone = outcome(VALUE, "research", key).forward, outcome(None, "research", key).forward

    assert record is not None
    assert tombstone is not None
    assert record.key == tombstone.key != key
    assert tombstone.value is None


def test_a_tombstone_is_never_dropped() -> None:
    drops = "allow:\n  - {category: health}\nwhen_found: {person.nir: drop}\nunknown_structure: quarantine\ndefault: mask\n"

    assert outcome(None, drops, NIR.value.encode()).decision.verdict is Verdict.QUARANTINE


HEADERS: list[tuple[str, bytes]] = [
    ("x-note", b"Mme DURANDEL"),
    ("baggage", b"patient=DURANDEL"),
    ("x-patient", b"DURANDEL Sidonie"),
    ("patient-name", b"DURANDEL"),
    ("x", gzip.compress(b"DURANDEL")),
    ("x", base64.b64encode(b"DURANDEL Sidonie")),
    ("x", "DURANDEL".encode("utf-16")),
    ("traceparent", b"00-DURANDEL-01"),
]


@pytest.mark.parametrize("header", HEADERS, ids=range(len(HEADERS)))
def test_an_identifier_in_a_header_does_not_leave(header: tuple[str, bytes]) -> None:
    for policy in POLICIES:
        forward = outcome(VALUE, policy, headers=(header,)).forward
        assert forward is None or header not in forward.headers
        assert forward is None or not leaves(forward, "DURANDEL")


@pytest.mark.parametrize("name", ["Mme DURANDEL", "sidonie.durandel@example.org", NIR.value])
def test_an_identifier_in_the_name_of_a_header_holds_the_record(name: str) -> None:
    assert outcome(VALUE, "research", headers=((name, b"x"),)).decision.reasons == (Reason.IDENTITY_IN_STRUCTURE,)
    assert outcome(VALUE, STRICT, headers=((name, b"x"),)).forward is None


PERSON = json.dumps({"patient": {"nom": "DURANDEL"}, "valeur": 5.2}).encode()
FRAMED = [
    ("JSON behind an id", b"\0\0\0\0\7" + PERSON),
    ("HL7 behind an id", b"\0\0\0\0\7" + hl7("Mme DURANDEL")),
    ("text behind an id", b"\0\0\0\0\7Mme DURANDEL"),
    ("an id of letters", b"\0abcd" + PERSON),
    ("a GUID", b"\1" + b"a" * 16 + PERSON),
    ("Avro", b"\0\0\0\0\7\x10DURANDEL\x0eSidonie"),
    ("Protobuf with its indexes", b"\0\0\0\0\7\0\x0a\x08DURANDEL"),
    ("Protobuf without a frame", b"\x0a\x08DURANDEL\x12\x07Sidonie"),
    ("Avro without a frame", b"\x10DURANDEL\x0eSidonie"),
]


@pytest.mark.parametrize(("name", "data"), FRAMED, ids=[case[0] for case in FRAMED])
def test_what_a_schema_registry_frames_is_held_until_it_is_read(name: str, data: bytes) -> None:
    assert held(data) == {(Reason.UNDECODABLE,)}, name
    assert held(VALUE, key=data) == {(Reason.UNDECODABLE,)}, name
    assert held(VALUE, headers=(("x", data),)) == {(Reason.UNDECODABLE,)}, name
