"""Requests: only the guard opens the record that one brings, only at the place where it was held; only a person signs."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from stream.core.request import RequestError, close, open_request, sign, verify
from stream.core.values import Coordinate, Record

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "request" / "v1.json").read_text())
CLOSED: list[dict[str, Any]] = GOLDEN["closed"]
SIGNED: list[dict[str, str]] = GOLDEN["signed"]
RELEASE, FORMER, ALICE = (bytes([n]) * 32 for n in (44, 55, 66))  # invented private keys
MAC = bytes(range(32))
PLACE = Coordinate("lis.results", 3, 1234)
RECORD = Record(PLACE, b"24000777", b"MSH|^~\\&|...", (("trace", b"1"), ("trace", None)), 1_790_000_000_123)


def public(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def closed(record: Record = RECORD, mac: bytes = MAC) -> bytes:
    return close(record, mac, "cluster", "insurer", public(RELEASE), b"e" * 32)


def opens(data: bytes, cluster: str = "cluster", route: str = "insurer", place: Coordinate = PLACE, private: bytes = RELEASE) -> bool:
    try:
        return open_request(data, cluster, route, place, private) == (RECORD, MAC)
    except RequestError:
        return False


# ---- the record -----------------------------------------------------------------------------------------------------

BYTES = st.none() | st.binary(max_size=300)


@given(
    BYTES,
    BYTES,
    st.lists(st.tuples(st.text(st.characters(), max_size=8), BYTES), max_size=4).map(tuple),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_the_guard_reads_exactly_the_record_that_a_reviewer_closed(
    key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes | None], ...], timestamp: int, mac: bytes
) -> None:
    record = Record(PLACE, key, value, headers, timestamp)

    assert open_request(closed(record, mac), "cluster", "insurer", PLACE, RELEASE) == (record, mac)


@given(st.binary(min_size=32, max_size=200))
def test_no_run_of_the_record_stands_in_what_travels(secret: bytes) -> None:
    data = closed(Record(PLACE, secret, secret))

    assert not any(secret[start : start + 8] in data for start in range(len(secret) - 8)) or len(set(secret)) < 4


@pytest.mark.parametrize(
    ("elsewhere", "why"),
    [
        ({"cluster": "another"}, "another cluster"),
        ({"route": "research"}, "another route"),
        ({"place": Coordinate("lis.orders", 3, 1234)}, "another topic"),
        ({"place": Coordinate("lis.results", 2, 1234)}, "another partition"),
        ({"place": Coordinate("lis.results", 3, 1235)}, "another offset"),
        ({"cluster": "clusteri", "route": "nsurer"}, "names shifted into each other"),
        ({"place": Coordinate("lis.results", 31, 234)}, "numbers shifted into each other"),
        ({"private": FORMER}, "another guard"),
        ({"private": ALICE}, "a reviewer"),
    ],
)
def test_a_closed_record_opens_nowhere_else_and_for_nobody_else(elsewhere: dict[str, Any], why: str) -> None:
    assert opens(closed())
    assert not opens(closed(), **elsewhere), why


def test_a_bit_flipped_anywhere_keeps_it_closed() -> None:
    data = closed()

    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not opens(bytes(flipped)), bit


def test_a_record_cut_short_anywhere_does_not_open() -> None:
    data = closed()

    assert not any(opens(data[:size]) for size in range(len(data)))
    assert not opens(data + b"\x00")


@given(st.binary(max_size=200))
def test_bytes_that_are_no_closed_record_are_refused_not_a_crash(data: bytes) -> None:
    for text in (data, b"\x01" + data, b"\x01" + bytes(32) + data):
        assert not opens(text)


@pytest.mark.parametrize("inner", [b"", b"m" * 32, b"m" * 32 + b"\x7f" * 20])
def test_whoever_closes_badly_is_refused_not_a_crash(inner: bytes) -> None:
    head = closed()[:33]  # version and ephemeral key
    shared = X25519PrivateKey.from_private_bytes(b"e" * 32).exchange(X25519PublicKey.from_public_bytes(public(RELEASE)))
    cipher = AESGCM(HKDF(SHA256(), 32, head[1:] + public(RELEASE), b"pratique request 1 record").derive(shared))
    place = b"7 cluster7 insurer11 lis.results1 34 1234"

    assert cipher.decrypt(bytes(12), closed()[33:], place)[:32] == MAC
    assert not opens(head + cipher.encrypt(bytes(12), inner, place))


def test_what_does_not_open_says_nothing_of_what_it_holds() -> None:
    with pytest.raises(RequestError) as caught:
        open_request(closed(), "cluster", "insurer", PLACE, FORMER)

    assert str(caught.value) == "the record of the request does not open"
    assert caught.value.__suppress_context__


# ---- the signature --------------------------------------------------------------------------------------------------


def signer(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_is_good_for_its_body_and_its_person_alone(body: bytes, other: bytes) -> None:
    signature = sign(body, ALICE)

    assert verify(body, signature, signer(ALICE))
    assert not verify(body, signature, signer(FORMER))
    assert verify(other, signature, signer(ALICE)) == (other == body)


def test_a_bit_flipped_in_a_signature_spoils_it() -> None:
    signature = sign(b"body", ALICE)

    for bit in range(len(signature) * 8):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not verify(b"body", bytes(flipped), signer(ALICE)), bit


def test_what_was_signed_for_another_purpose_is_no_request() -> None:
    """And no request is good for anything else that the same key may sign."""
    elsewhere = Ed25519PrivateKey.from_private_bytes(ALICE)

    assert not verify(b"body", elsewhere.sign(b"body"), signer(ALICE))
    with pytest.raises(InvalidSignature):
        elsewhere.public_key().verify(sign(b"body", ALICE), b"body")


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65])
def test_keys_and_signatures_of_another_length_are_refused_not_a_crash(length: int) -> None:
    assert not verify(b"body", bytes(length), signer(ALICE))
    assert not verify(b"body", sign(b"body", ALICE), bytes(length))


# ---- golden ---------------------------------------------------------------------------------------------------------


def _raw(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _record(told: dict[str, Any]) -> Record:
    headers = tuple((name, _raw(value)) for name, value in told["headers"])
    return Record(Coordinate(*told["coordinate"]), _raw(told["key"]), _raw(told["value"]), headers, told["timestamp"])


@pytest.mark.parametrize("case", CLOSED, ids=[case["name"] for case in CLOSED])
def test_every_record_closed_by_version_1_opens_for_ever(case: dict[str, Any]) -> None:
    record, mac, key = _record(case["record"]), bytes.fromhex(case["mac"]), bytes.fromhex(case["release_key"])
    data = base64.b64decode(case["closed"])

    assert open_request(data, case["cluster"], case["route"], record.coordinate, key) == (record, mac)
    assert close(record, mac, case["cluster"], case["route"], public(key), bytes.fromhex(case["entropy"])) == data


@pytest.mark.parametrize("case", SIGNED, ids=[case["name"] for case in SIGNED])
def test_every_signature_of_version_1_is_good_for_ever(case: dict[str, str]) -> None:
    body, signature = base64.b64decode(case["body"]), base64.b64decode(case["signature"])

    assert sign(body, bytes.fromhex(case["signing_key"])) == signature
    assert verify(body, signature, bytes.fromhex(case["public"]))
