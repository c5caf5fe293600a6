"""Seals: what goes in comes out exactly, for reviewers only, and nothing of it can be changed or moved."""

import base64
import json
import struct
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.seal import (
    VERSION,
    About,
    Defect,
    Envelope,
    Public,
    ReviewerKey,
    SealError,
    address,
    attest,
    envelope,
    key_id,
    open_at,
    open_seal,
    read_public,
    readers,
    rewrap,
    seal,
)
from stream.core.values import Coordinate, Record

GOLDEN = Path(__file__).parent.parent / "golden" / "seal" / "v1.json"
MAC_KEY = bytes(range(32))
MORE_WRAPS = 8 * 56  # bytes that stay free in a part
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
    about = About((Reason.FOUND, Reason.NOT_ALLOWED), "critical", "corrected", "00112233aabbccdd")
    return Public("MkU3OEVBNTcwNTJENDM2Qg", record.coordinate, "insurer", "ab" * 32, about, 1_790_000_100)._replace(**changed)


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


@given(RECORDS, st.integers(930, 2500), st.sampled_from((ALICE, BRUNO)), st.randoms())
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
    assert read_public(part).about.reasons == ("found", "not_allowed")


def test_reasons_may_be_none() -> None:
    record = a_record()

    (part,) = seal(record, a_public(record, about=About(())), an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=ROOM)

    assert read_public(part).about.reasons == ()


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

    parts = a_seal(record, max_bytes=1500)

    assert [read_public(part).part for part in parts] == list(range(1, len(parts) + 1))
    assert {read_public(part).parts for part in parts} == {len(parts)}
    assert {len(part) for part in parts[:-1]} == {1500 - MORE_WRAPS}


def test_parts_of_one_record_never_share_a_nonce() -> None:
    parts = a_seal(a_record(value=bytes(5000)), max_bytes=1500)

    bodies = [part[-400:-16] for part in parts[:-1]]

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
    parts = a_seal(a_record(value=b"x" * 5000), max_bytes=1500)

    assert defect(change(parts)) == Defect.PARTS, why


def test_parts_of_two_seals_of_one_record_do_not_mix() -> None:
    record = a_record(value=b"x" * 5000)
    first = a_seal(record, max_bytes=1500)
    other = an_envelope(data_key=b"f" * 32, entropy=b"g" * 32)
    second = seal(record, a_public(record), other, NONCE, mac_key=MAC_KEY, max_bytes=1500)

    assert defect((first[0], *second[1:])) == Defect.PARTS


def test_a_part_that_fills_its_room_may_be_wrapped_anew_for_more_reviewers() -> None:
    parts = a_seal(a_record(value=b"x" * 5000), max_bytes=1500)

    again = rewrap(parts, ALICE, [reviewer(f"r{n}", bytes([n]) * 32) for n in range(1, 11)], b"r" * 32)

    assert max(len(part) for part in again) == 1500


@pytest.mark.parametrize("max_bytes", [0, 100, 300, 700])
def test_a_limit_without_room_for_a_record_is_refused(max_bytes: int) -> None:
    with pytest.raises(ValueError, match="no room"):
        a_seal(a_record(), max_bytes=max_bytes)


def test_a_name_with_a_line_end_cannot_shift_the_names_behind_it() -> None:
    record = a_record()

    with pytest.raises(ValueError, match="line end"):
        seal(record, a_public(record, route="insurer\nother"), an_envelope(), NONCE, mac_key=MAC_KEY, max_bytes=ROOM)


# ---- tampering ------------------------------------------------------------------------------------------------------


class Region(NamedTuple):
    """Some bytes of a seal, and what somebody is told who finds a bit of them changed; None: nothing."""

    name: str
    size: int
    told: set[Defect | None]


BROKEN: set[Defect | None] = {Defect.FORGED}
REGIONS = (
    Region("version", 1, {Defect.VERSION}),
    Region("lengths", 4, {Defect.TORN}),
    Region("time", 8, BROKEN),
    Region("partition", 4, BROKEN),
    Region("offset", 8, BROKEN),
    Region("part", 2, {Defect.PARTS}),
    Region("parts", 2, {Defect.PARTS}),
    Region("cluster", 22, {Defect.FORGED, Defect.TORN}),  # torn: it is no UTF-8, or has another number of lines
    Region("topic", 12, {Defect.FORGED, Defect.TORN}),
    Region("route", 8, {Defect.FORGED, Defect.TORN}),
    Region("policy", 65, {Defect.FORGED, Defect.TORN}),
    Region("reasons", 18, {Defect.FORGED, Defect.TORN}),
    Region("urgency", 9, {Defect.FORGED, Defect.TORN}),
    Region("status", 10, {Defect.FORGED, Defect.TORN}),
    Region("sequence", 17, {Defect.FORGED, Defect.TORN}),
    Region("commitment", 32, BROKEN),
    Region("ephemeral key", 32, BROKEN),
    Region("number of wraps", 1, {Defect.TORN}),
    Region("my id", 8, {Defect.NOT_A_READER}),
    Region("my wrap", 48, BROKEN),
    Region("the id and wrap of another", 56, {None}),
    Region("nonce", 12, BROKEN),
    Region("MAC, record and tag", 32 + 89 + 16, BROKEN),
)


@pytest.mark.parametrize("number", range(len(REGIONS)), ids=[region.name for region in REGIONS])
def test_a_bit_flipped_anywhere_breaks_the_seal(number: int) -> None:
    """But in the wrap of another reviewer: that is his to find, and the record is what it was."""
    (part,) = a_seal(a_record())
    start, region = sum(region.size for region in REGIONS[:number]), REGIONS[number]

    told: set[Defect | None] = {_flipped(part, bit) for bit in range(start * 8, (start + region.size) * 8)}

    assert sum(region.size for region in REGIONS) == len(part)
    assert told == region.told


def _flipped(part: bytes, bit: int) -> Defect | None:
    """What is wrong with a seal of which one bit was changed; None: it opens, as what it was."""
    changed = bytearray(part)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        assert open_seal([bytes(changed)], ALICE).record == a_record()
    except SealError as error:
        return error.defect
    return None


def test_a_bit_flipped_in_one_part_of_many_breaks_the_seal() -> None:
    parts = a_seal(a_record(value=b"x" * 5000), max_bytes=1500)

    for number, part in enumerate(parts):
        for bit in range(0, len(part) * 8, 1001):
            changed = bytearray(part)
            changed[bit // 8] ^= 1 << bit % 8
            assert defect((*parts[:number], bytes(changed), *parts[number + 1 :])) in Defect


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"cluster": "another"}, "moved to another cluster"),
        ({"coordinate": Coordinate("lis.results", 3, 1235)}, "to another offset"),
        ({"coordinate": Coordinate("lis.results", 2, 1234)}, "to another partition"),
        ({"coordinate": Coordinate("lis.orders", 3, 1234)}, "to another topic"),
        ({"route": "research"}, "to another route"),
        ({"policy": "cd" * 32}, "to another policy"),
        ({"about": About((Reason.FOUND,))}, "to other reasons"),
        ({"about": About((Reason.FOUND, Reason.NOT_ALLOWED), "routine", "corrected", "00112233aabbccdd")}, "to another urgency"),
        ({"about": About((Reason.FOUND, Reason.NOT_ALLOWED), "critical", "final", "00112233aabbccdd")}, "to another status"),
        ({"about": About((Reason.FOUND, Reason.NOT_ALLOWED), "critical", "corrected", "")}, "to another sequence"),
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
        bound = bytes([VERSION]) + head[5 : 5 + int.from_bytes(head[1:3]) + 32]  # public part and commitment
        forged = head + nonce + AESGCM(b"d" * 32).encrypt(nonce, body, bound)

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


def _about(told: dict[str, Any]) -> About:
    reasons, urgency, status, sequence = told["about"]
    return About(tuple(reasons), urgency, status, sequence)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_seal_of_version_1_opens_for_ever(case: dict[str, Any]) -> None:
    for private in case["reviewers"].values():
        opened = open_seal([base64.b64decode(part) for part in case["seal"]], bytes.fromhex(private))

        assert opened.record == _record(case)
        assert opened.mac.hex() == case["mac"]
        assert json.loads(json.dumps(opened.public._asdict())) == case["public"]


def test_a_seal_is_what_is_written_of_its_bytes() -> None:
    """Opened by hand, as `SECURITY.md` tells it."""
    case = CASES[0]
    part, private = base64.b64decode(case["seal"][0]), X25519PrivateKey.from_private_bytes(bytes.fromhex(case["reviewers"]["alice"]))
    version, size, wraps = struct.unpack(">BHH", part[:5])
    public, commitment, rest = part[5 : 5 + size], part[5 + size : 37 + size], part[37 + size :]
    ephemeral, wrapped, nonce, cipher = rest[:32], rest[41:89], rest[wraps : wraps + 12], rest[wraps + 12 :]

    shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    salt = ephemeral + private.public_key().public_bytes_raw()
    data_key = AESGCM(HKDF(SHA256(), 32, salt, b"pratique seal 1 wrap").derive(shared)).decrypt(bytes(12), wrapped, None)
    plain = AESGCM(data_key).decrypt(nonce, cipher, bytes([version]) + public + commitment)

    assert commitment == HKDF(SHA256(), 32, None, b"pratique seal 1 commit").derive(data_key)
    assert plain[:32].hex() == case["mac"]
    value = base64.b64decode(case["record"]["value"])
    assert plain[32:52] == struct.pack(">qiii", 1_790_000_000_123, 8, len(value), 4)
    assert plain[52:].startswith(b"24000777" + value)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_same_entropy_makes_the_same_seal(case: dict[str, Any]) -> None:
    told, record = case["public"], _record(case)
    public = Public(**told | {"coordinate": record.coordinate, "about": _about(told), "part": 1, "parts": 1})
    keys = [reviewer(name, bytes.fromhex(private)) for name, private in case["reviewers"].items()]
    wrapped = envelope(keys, bytes.fromhex(case["data_key"]), bytes.fromhex(case["entropy"]))

    made = seal(record, public, wrapped, bytes.fromhex(case["nonce"]), mac_key=bytes.fromhex(case["mac_key"]), max_bytes=case["max_bytes"])

    assert [base64.b64encode(part).decode() for part in made] == case["seal"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_seal_that_was_wrapped_anew_opens_for_ever(case: dict[str, Any]) -> None:
    told, parts = case["rewrapped"], [base64.b64decode(part) for part in case["seal"]]
    keys = [reviewer(name, bytes.fromhex(private)) for name, private in told["reviewers"].items()]

    again = rewrap(parts, bytes.fromhex(told["by"]), keys, bytes.fromhex(told["entropy"]))

    assert [base64.b64encode(part).decode() for part in again] == told["seal"]
    assert {open_seal(again, bytes.fromhex(private)) for private in told["reviewers"].values()} == {
        open_seal(parts, bytes.fromhex(told["by"]))
    }


# ---- wrapped anew ---------------------------------------------------------------------------------------------------


def test_a_seal_wrapped_anew_opens_for_the_new_reviewers_and_no_longer_for_the_old() -> None:
    parts = a_seal(a_record(value=b"x" * 5000), max_bytes=1500)

    again = rewrap(parts[::-1], ALICE, [reviewer("clara", STRANGER)], b"r" * 32)

    assert open_seal(again, STRANGER) == open_seal(parts, ALICE)
    assert {defect(again, old) for old in (ALICE, BRUNO)} == {Defect.NOT_A_READER}
    assert [read_public(part) for part in again] == [read_public(part) for part in parts]
    assert readers(again[0]) == (reviewer("clara", STRANGER).id,)


def test_nothing_but_the_wraps_changes_when_a_seal_is_wrapped_anew() -> None:
    (part,) = a_seal(a_record())

    (again,) = rewrap([part], ALICE, [reviewer("alice", ALICE), reviewer("bruno", BRUNO)], b"r" * 32)

    start = sum(region.size for region in REGIONS[:16])
    assert (again[:start], again[start + 145 :]) == (part[:start], part[start + 145 :])
    assert again != part


def test_with_the_keys_of_an_epoch_goes_all_that_was_sealed_to_it_and_not_wrapped_anew() -> None:
    left, moved = (a_seal(a_record(value=value)) for value in (b"left", b"moved"))
    moved = rewrap(moved, BRUNO, [reviewer("clara", STRANGER)], b"r" * 32)

    kept = [STRANGER]  # Alice's and Bruno's keys are destroyed

    assert {defect(left, private) for private in kept} == {Defect.NOT_A_READER}
    assert {open_seal(moved, private).record.value for private in kept} == {b"moved"}
    assert {defect(moved, destroyed) for destroyed in (ALICE, BRUNO)} == {Defect.NOT_A_READER}


def test_only_a_reviewer_wraps_anew() -> None:
    with pytest.raises(SealError, match="not_a_reader"):
        rewrap(a_seal(a_record()), STRANGER, [reviewer("clara", STRANGER)], b"r" * 32)


def test_a_wrap_of_another_key_is_found_out() -> None:
    """AES-GCM alone would let whoever seals make one ciphertext that opens differently for each reviewer."""
    (part,) = a_seal(a_record())
    (other,) = seal(a_record(), a_public(a_record()), an_envelope(b"f" * 32), NONCE, mac_key=MAC_KEY, max_bytes=ROOM)
    start = sum(region.size for region in REGIONS[:16])
    assert REGIONS[16].name == "ephemeral key"

    swapped = part[:start] + other[start : start + 145] + part[start + 145 :]

    assert defect((swapped,)) == Defect.FORGED


def test_a_commitment_to_another_key_is_found_out_even_by_one_who_wrote_the_seal() -> None:
    made = an_envelope()
    crooked = Envelope(made.wraps, bytes(32), made.cipher)

    parts = seal(a_record(), a_public(a_record()), crooked, NONCE, mac_key=MAC_KEY, max_bytes=ROOM)

    assert defect(parts) == Defect.FORGED


def test_a_seal_opens_only_where_it_stands() -> None:
    (part,) = a_seal(a_record())
    cluster = a_public(a_record()).cluster

    assert open_at({b"insurer/lis.results/3/1234": part}, cluster, ALICE).record == a_record()
    for key, where in ((b"insurer/lis.results/3/1235", cluster), (b"insurer/lis.results/3/1234", "another")):
        with pytest.raises(SealError, match="moved"):
            open_at({key: part}, where, ALICE)
