"""Seals: what goes in comes out exactly, for reviewers only, and nothing of it can be changed or moved."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.seal import (
    VERSION,
    Defect,
    Envelope,
    Public,
    ReviewerKey,
    SealError,
    address,
    attest,
    envelope,
    key_id,
    open_seal,
    read_public,
    seal,
)
from stream.core.values import Coordinate, Record

GOLDEN = Path(__file__).parent.parent / "golden" / "seal" / "v1.json"
MAC_KEY = bytes(range(32))
NONCE = bytes(range(12))
ROOM = 1_000_000
ALICE, BRUNO, STRANGER = (bytes([n]) * 32 for n in (11, 22, 33))  # invented private keys


def reviewer(name: str, private: bytes) -> ReviewerKey:
    return ReviewerKey(name, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def an_envelope(data_key: bytes = b"d" * 32, entropy: bytes = b"e" * 32) -> Envelope:
    return envelope((reviewer("alice", ALICE), reviewer("bruno", BRUNO)), data_key, entropy)


def a_record(value: bytes | None = b"MSH|^~\\&|...", key: bytes | None = b"24000777") -> Record:
    headers = (("trace", b"1"), ("trace", None), ("", b""), ("trace", b"1"))
    return Record(Coordinate("lis.results", 3, 1234), key, value, headers, 1_790_000_000_123)


def a_public(record: Record, **changed: Any) -> Public:
    reasons = (Reason.FOUND, Reason.NOT_ALLOWED)
    return Public("MkU3OEVBNTcwNTJENDM2Qg", record.coordinate, "insurer", "ab" * 32, reasons, 1_790_000_100)._replace(**changed)


def a_seal(record: Record, max_bytes: int = ROOM) -> tuple[bytes, ...]:
    return seal(record, a_public(record), an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=max_bytes)


def defect(parts: tuple[bytes, ...], private: bytes = ALICE) -> Defect:
    with pytest.raises(SealError) as caught:
        open_seal(parts, private)
    return caught.value.defect


# ---- round trips ----------------------------------------------------------------------------------------------------

BYTES = st.none() | st.binary(max_size=300)
RECORDS = st.builds(
    Record,
    st.builds(Coordinate, st.text("abc.-_", min_size=1), st.integers(0, 2**31 - 1), st.integers(0, 2**63 - 1)),
    BYTES,
    BYTES,
    st.lists(st.tuples(st.text(st.characters(), max_size=8), BYTES), max_size=6).map(tuple),
    st.integers(-(2**63), 2**63 - 1),
)


@given(RECORDS, st.integers(380, 2000), st.sampled_from((ALICE, BRUNO)), st.randoms())
def test_each_reviewer_reads_exactly_the_record_that_was_held(record: Record, max_bytes: int, private: bytes, random: Any) -> None:
    public = a_public(record)

    parts = list(seal(record, public, an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=max_bytes))
    random.shuffle(parts)
    opened = open_seal(parts, private)

    assert opened.record == record
    assert opened.public == public._replace(parts=len(parts))
    assert opened.mac == attest(record, public.cluster, public.route, MAC_KEY)
    assert all(len(part) <= max_bytes for part in parts)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (a_record(value=None), "a tombstone"),
        (a_record(value=b""), "an empty value is no tombstone"),
        (a_record(key=None), "no key"),
        (a_record(key=b""), "an empty key is a key"),
        (Record(Coordinate("t", 0, 0), None, None), "nothing at all"),
        (Record(Coordinate("t", 0, 0), None, None, (("\udcff", b""),)), "a header name that was not UTF-8"),
    ],
)
def test_what_is_absent_stays_absent_and_what_is_empty_stays_empty(record: Record, why: str) -> None:
    assert open_seal(a_seal(record), BRUNO).record == record, why


def test_the_public_part_is_read_without_a_key() -> None:
    record = a_record()

    (part,) = a_seal(record)

    assert read_public(part) == a_public(record)
    assert read_public(part).reasons == ("found", "not_allowed")


def test_reasons_may_be_none() -> None:
    record = a_record()

    (part,) = seal(record, a_public(record, reasons=()), an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=ROOM)

    assert read_public(part).reasons == ()


@given(st.binary(min_size=32, max_size=200))
def test_no_run_of_the_record_stands_in_its_seal(secret: bytes) -> None:
    record = a_record(value=secret, key=secret)

    (part,) = a_seal(record)

    assert not any(secret[start : start + 8] in part for start in range(len(secret) - 8)) or len(set(secret)) < 4


def test_neither_the_envelope_nor_an_error_prints_a_key() -> None:
    assert "dddd" not in repr(an_envelope())
    assert str(SealError(Defect.FORGED)) == "the seal does not open: forged"


# ---- parts ----------------------------------------------------------------------------------------------------------


def test_a_record_too_large_is_sealed_in_parts_that_fill_their_room() -> None:
    record = a_record(value=b"x" * 5000)

    parts = a_seal(record, max_bytes=1000)

    assert [read_public(part).part for part in parts] == list(range(1, len(parts) + 1))
    assert {read_public(part).parts for part in parts} == {len(parts)}
    assert {len(part) for part in parts[:-1]} == {1000}


def test_parts_of_one_record_never_share_a_nonce() -> None:
    parts = a_seal(a_record(value=bytes(5000)), max_bytes=1000)

    bodies = [part[-500:-16] for part in parts[:-1]]

    assert len(bodies) == len(set(bodies))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda p: p[:-1], "the last is missing"),
        (lambda p: p[1:], "the first is missing"),
        (lambda p: (p[0], p[0], *p[2:]), "one stands twice"),
        (lambda p: (*p, p[-1]), "one too many"),
        (lambda _: (), "none"),
    ],
)
def test_a_seal_opens_only_with_each_of_its_parts_once(change: Any, why: str) -> None:
    parts = a_seal(a_record(value=b"x" * 5000), max_bytes=1000)

    assert defect(change(parts)) == Defect.PARTS, why


def test_parts_of_two_seals_of_one_record_do_not_mix() -> None:
    record = a_record(value=b"x" * 5000)
    first = a_seal(record, max_bytes=1000)
    other = an_envelope(data_key=b"f" * 32, entropy=b"g" * 32)
    second = seal(record, a_public(record), other, NONCE, mac_key=MAC_KEY, max_bytes=1000)

    assert defect((first[0], *second[1:])) == Defect.PARTS


@pytest.mark.parametrize("max_bytes", [0, 100, 300])
def test_a_limit_without_room_for_a_record_is_refused(max_bytes: int) -> None:
    with pytest.raises(ValueError, match="no room"):
        a_seal(a_record(), max_bytes=max_bytes)


def test_a_name_with_a_line_end_cannot_shift_the_names_behind_it() -> None:
    record = a_record()

    with pytest.raises(ValueError, match="line end"):
        seal(record, a_public(record, route="insurer\nother"), an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=ROOM)


# ---- tampering ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [ALICE, BRUNO])
def test_a_bit_flipped_anywhere_breaks_the_seal_for_each_reviewer(private: bytes) -> None:
    (part,) = a_seal(a_record())

    for bit in range(0, len(part) * 8, 3):
        flipped = bytearray(part)
        flipped[bit // 8] ^= 1 << bit % 8

        assert defect((bytes(flipped),), private) in Defect


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"cluster": "another"}, "moved to another cluster"),
        ({"coordinate": Coordinate("lis.results", 3, 1235)}, "to another offset"),
        ({"coordinate": Coordinate("lis.results", 2, 1234)}, "to another partition"),
        ({"coordinate": Coordinate("lis.orders", 3, 1234)}, "to another topic"),
        ({"route": "research"}, "to another route"),
        ({"policy": "cd" * 32}, "to another policy"),
        ({"reasons": (Reason.FOUND,)}, "to other reasons"),
        ({"sealed_at": 0}, "to another time"),
    ],
)
def test_a_seal_moved_does_not_open(changed: dict[str, Any], why: str) -> None:
    record = a_record()
    (part,) = a_seal(record)
    elsewhere, *_ = seal(record, a_public(record, **changed), an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=ROOM)

    moved = elsewhere[: -_cipher_size(record)] + part[-_cipher_size(record) :]

    assert defect((moved,)) == Defect.FORGED, why


def _cipher_size(record: Record) -> int:
    """Bytes of the encrypted body at the end of a seal in one part: MAC, packed record and tag."""
    (long,) = a_seal(record)
    head = seal(Record(record.coordinate, None, None), a_public(record), an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=ROOM)[0]
    return len(long) - len(head) + 32 + 20 + 16


@given(st.binary(max_size=400))
def test_bytes_that_are_no_seal_are_told_as_a_defect(data: bytes) -> None:
    for text in (data, bytes([VERSION]) + data):
        assert defect((text,)) in Defect


def test_a_seal_cut_short_anywhere_does_not_open() -> None:
    (part,) = a_seal(a_record())

    assert {defect((part[:size],)) for size in range(len(part))} == {Defect.TORN, Defect.FORGED}


def test_a_later_version_is_told_apart_from_damage() -> None:
    (part,) = a_seal(a_record())

    assert defect((b"\x02" + part[1:],)) == Defect.VERSION


def test_who_is_no_reviewer_cannot_open() -> None:
    assert defect(a_seal(a_record()), STRANGER) == Defect.NOT_A_READER


def test_whoever_seals_badly_is_told_as_a_defect_not_as_a_crash() -> None:
    record = a_record()
    (part,) = a_seal(record)
    head, nonce = part[: -_cipher_size(record) - 12], part[-_cipher_size(record) - 12 : -_cipher_size(record)]

    key_of_five_bytes_that_are_not_there = bytes(8) + b"\x00\x00\x00\x05" + bytes(8)
    for body in (b"", b"m" * 32, b"m" * 32 + b"\x7f" * 20, b"m" * 32 + key_of_five_bytes_that_are_not_there):
        forged = head + nonce + AESGCM(b"d" * 32).encrypt(nonce, body, head)

        assert defect((forged,)) == Defect.TORN


# ---- the guard's word -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "cluster", "route", "key", "why"),
    [
        (a_record(b"other"), "c", "insurer", MAC_KEY, "another value"),
        (a_record(key=None), "c", "insurer", MAC_KEY, "another key"),
        (Record(Coordinate("t", 0, 0), b"24000777", b"MSH|^~\\&|..."), "c", "insurer", MAC_KEY, "another coordinate"),
        (a_record(), "d", "insurer", MAC_KEY, "another cluster"),
        (a_record(), "c", "research", MAC_KEY, "another route"),
        (a_record(), "c", "insurer", bytes(32), "another guard"),
    ],
)
def test_the_mac_fits_one_record_at_one_place_on_one_route(record: Record, cluster: str, route: str, key: bytes, why: str) -> None:
    assert attest(record, cluster, route, key) != attest(a_record(), "c", "insurer", MAC_KEY), why


def test_names_cannot_be_shifted_into_each_other_under_the_mac() -> None:
    record = Record(Coordinate("t", 0, 0), None, None)

    assert attest(record, "a", "bc", MAC_KEY) != attest(record, "ab", "c", MAC_KEY)


# ---- addresses and key ids ------------------------------------------------------------------------------------------


def test_each_part_has_its_own_address() -> None:
    public = a_public(a_record())

    assert address(public) == b"insurer/lis.results/3/1234"
    assert address(public._replace(part=2, parts=2)) == b"insurer/lis.results/3/1234/2"


def test_a_key_id_is_eight_characters_of_the_fingerprint() -> None:
    assert key_id(b"some public key") == "ovz46flh"


# ---- golden ---------------------------------------------------------------------------------------------------------

CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text())


def _raw(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _record(case: dict[str, Any]) -> Record:
    told = case["record"]
    headers = tuple((name, _raw(value)) for name, value in told["headers"])
    return Record(Coordinate(*told["coordinate"]), _raw(told["key"]), _raw(told["value"]), headers, told["timestamp"])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_seal_of_version_1_opens_for_ever(case: dict[str, Any]) -> None:
    for private in case["reviewers"].values():
        opened = open_seal([base64.b64decode(part) for part in case["seal"]], bytes.fromhex(private))

        assert opened.record == _record(case)
        assert opened.mac.hex() == case["mac"]
        assert json.loads(json.dumps(opened.public._asdict())) == case["public"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_same_entropy_makes_the_same_seal(case: dict[str, Any]) -> None:
    told, record = case["public"], _record(case)
    public = Public(**told | {"coordinate": record.coordinate, "reasons": tuple(told["reasons"]), "part": 1, "parts": 1})
    keys = [reviewer(name, bytes.fromhex(private)) for name, private in case["reviewers"].items()]
    wrapped = envelope(keys, bytes.fromhex(case["data_key"]), bytes.fromhex(case["entropy"]))

    made = seal(record, public, wrapped, bytes.fromhex(case["nonce"]), mac_key=bytes.fromhex(case["mac_key"]), max_bytes=case["max_bytes"])

    assert [base64.b64encode(part).decode() for part in made] == case["seal"]
