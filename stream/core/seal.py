"""Seals: a held record, encrypted to the reviewers of its data controller. The guard seals, a reviewer opens.

Pure: entropy, nonces and keys come in as arguments. What the guard keeps cannot open a seal. Version 1; every version ever written opens.

A seal is: version and lengths | public part | commitment | wraps | nonce | encrypted MAC and record. The record is bound to the public
part and to a commitment to its data key, since AES-GCM alone lets one ciphertext open under several keys. It is not bound to the wraps, so
that a reviewer can wrap the data key for others without touching the record. That loses nothing: a wrap is worth what comes out of it, and
anything but the one data key fails at the commitment. Whoever spoils a wrap hides the record from that reviewer, as if the seal were gone;
nobody can make it open as something else.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stream.core.packed import pack, unpack
from stream.core.values import Coordinate, Record

VERSION = 1
KEY_SIZE = 32
NONCE_SIZE = 12
_TAG = 16
_MAC = 32
_MOST_PARTS = 0xFFFF
_ID = 8
_WRAP = _ID + KEY_SIZE + _TAG
_WRAPS = KEY_SIZE + 1  # the first wrap stands behind the ephemeral key and the number of wraps
_SPARE = 8 * _WRAP  # stays free in each part: it may be wrapped anew for so many reviewers more
_ONCE = bytes(NONCE_SIZE)  # a wrapping key serves one envelope and one reviewer, so its nonce may be constant
_WRAPPING = b"pratique seal 1 wrap"
_COMMITTING = b"pratique seal 1 commit"
_COMMITMENT = 32
_ATTESTING = "pratique seal 1 record"

_LENGTHS = struct.Struct(">BHH")  # version, bytes of the public part, bytes of the wraps
_PUBLIC = struct.Struct(">qiqHH")  # sealed_at, partition, offset, part, parts


class ReviewerKey(NamedTuple):
    """Somebody who may open seals: a name, and the public half of an X25519 pair, raw 32 bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> str:
        return key_id(self.public)


class About(NamedTuple):
    """What is told of a held record without a key: codes only. `sequence`: keyed hash of its first sequence, hexadecimal, or empty."""

    reasons: tuple[str, ...]
    urgency: str = "routine"
    status: str = "unstated"
    sequence: str = ""


class Public(NamedTuple):
    """What may be read of a seal without a key. All of it is authenticated by the seal."""

    cluster: str
    coordinate: Coordinate
    route: str
    policy: str  # digest
    about: About
    sealed_at: int  # seconds, the guard's clock
    part: int = 1  # counted from 1
    parts: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A data key, wrapped for each reviewer; made once per transaction, route and source partition."""

    wraps: bytes
    commitment: bytes
    cipher: AESGCM


class Opened(NamedTuple):
    """A record as it was when it was held, and the guard's word that it was this one (`attest`)."""

    record: Record
    public: Public
    mac: bytes


class Defect(StrEnum):
    """Why a seal does not open."""

    VERSION = "version"  # written by a version that this one does not know
    TORN = "torn"  # shorter than it says, or not a seal
    PARTS = "parts"  # parts are missing, or belong to different seals
    NOT_A_READER = "not_a_reader"  # not sealed to this key
    FORGED = "forged"  # some byte is not what the guard wrote
    MOVED = "moved"  # it does not stand where it says


class SealError(Exception):
    """A seal that does not open, with its defect and nothing of its content."""

    def __init__(self, defect: Defect) -> None:
        super().__init__(f"the seal does not open: {defect}")
        self.defect = defect


def key_id(public: bytes) -> str:
    """The short name of a public key: the first 40 bits of its SHA-256, as 8 base32 characters."""
    return b32encode(hashlib.sha256(public).digest()[:5]).decode().lower()


# ---- sealing: the guard ---------------------------------------------------------------------------------------------


def envelope(reviewers: Sequence[ReviewerKey], data_key: bytes, entropy: bytes) -> Envelope:
    """`data_key` and `entropy`: 32 fresh random bytes each, never used twice."""
    return Envelope(_wraps(reviewers, data_key, entropy), _commitment(data_key), AESGCM(data_key))


def seal(record: Record, public: Public, envelope: Envelope, nonce: bytes, *, mac_key: bytes, max_bytes: int) -> tuple[bytes, ...]:
    """The parts of the seal, none longer than `max_bytes`; `public.part` and `public.parts` are set here.

    `nonce`: 12 fresh random bytes. Raises ValueError where `max_bytes` leaves no room or a name cannot be written.
    """
    body = pack(record)
    plain = _attest(body, record.coordinate, public.cluster, public.route, mac_key) + body
    room = max_bytes - len(_joined(_written(public), envelope.commitment, envelope.wraps, b"")) - NONCE_SIZE - _TAG - _SPARE
    if len(plain) <= room:
        return (_part(plain, public, envelope, nonce),)
    if room * _MOST_PARTS < len(plain):
        raise ValueError("max_bytes leaves no room for the record")
    pieces = [plain[start : start + room] for start in range(0, len(plain), room)]
    return tuple(_part(piece, public._replace(part=n, parts=len(pieces)), envelope, nonce) for n, piece in enumerate(pieces, 1))


def attest(record: Record, cluster: str, route: str, mac_key: bytes) -> bytes:
    """The guard's MAC over coordinate, route and record: a release is refused when it does not fit the record released."""
    return _attest(pack(record), record.coordinate, cluster, route, mac_key)


def address(public: Public) -> bytes:
    """The Kafka key of a part in the quarantine topic. A tombstone is written for each part."""
    return part_address(public.route, public.coordinate, public.part)


def part_address(route: str, coordinate: Coordinate, part: int) -> bytes:
    """The same, told by what it is made of. `part` counts from 1."""
    first = "/".join((route, *map(str, coordinate)))
    return (first if part == 1 else f"{first}/{part}").encode()


# ---- opening: a reviewer --------------------------------------------------------------------------------------------


def read_public(seal: bytes) -> Public:
    """Needs no key, and proves nothing: only `open_seal` checks it. Raises SealError."""
    return _public(_split(seal).public)


def readers(seal: bytes) -> tuple[str, ...]:
    """The ids of the keys that it is wrapped for; as little proven as `read_public`. Raises SealError."""
    return tuple(reader.decode("ascii", "replace") for reader, _ in _each_wrap(_split(seal).wraps))


def open_seal(parts: Sequence[bytes], private_key: bytes) -> Opened:
    """`parts` in any order; `private_key`: a reviewer's raw X25519 private key. Raises SealError.

    A seal does not know where it was found: open what stands on Kafka with `open_at`.
    """
    pieces = sorted(((_public(split.public), split) for split in map(_split, parts)), key=lambda piece: piece[0].part)
    _check_whole(pieces)
    public, first = pieces[0]
    cipher = AESGCM(_data_key(first, private_key))
    plain = b"".join(_decrypt(cipher, split, each.part) for each, split in pieces)
    try:
        return Opened(unpack(memoryview(plain)[_MAC:], public.coordinate), public, plain[:_MAC])
    except ValueError:
        raise SealError(Defect.TORN) from None


def open_at(parts: Mapping[bytes, bytes], cluster: str, private_key: bytes) -> Opened:
    """The same for parts by the Kafka keys at which they stand in the quarantine of a cluster. Raises SealError."""
    for key, part in parts.items():
        public = read_public(part)
        if (address(public), public.cluster) != (key, cluster):
            raise SealError(Defect.MOVED)
    return open_seal([*parts.values()], private_key)


def rewrap(parts: Sequence[bytes], private_key: bytes, reviewers: Sequence[ReviewerKey], entropy: bytes) -> tuple[bytes, ...]:
    """The same seal for other reviewers, in the order of its parts: only the wraps are new. `entropy`: 32 fresh random bytes.
    Raises SealError."""
    open_seal(parts, private_key)
    splits = sorted(map(_split, parts), key=lambda split: _public(split.public).part)
    wraps = _wraps(reviewers, _data_key(splits[0], private_key), entropy)
    return tuple(_joined(split.public, split.commitment, wraps, split.nonce + split.cipher) for split in splits)


class _Split(NamedTuple):
    public: bytes
    commitment: bytes
    wraps: bytes
    nonce: bytes
    cipher: bytes


def _split(seal: bytes) -> _Split:
    if seal[:1] != bytes([VERSION]):
        raise SealError(Defect.VERSION if seal else Defect.TORN)
    if len(seal) < _LENGTHS.size:
        raise SealError(Defect.TORN)
    _, public, wraps = _LENGTHS.unpack_from(seal)
    committed = _LENGTHS.size + public
    middle = committed + _COMMITMENT
    end = middle + wraps
    if len(seal) < end + NONCE_SIZE + _TAG:
        raise SealError(Defect.TORN)
    body = seal[end : end + NONCE_SIZE], seal[end + NONCE_SIZE :]
    return _Split(seal[_LENGTHS.size : committed], seal[committed:middle], seal[middle:end], *body)


def _check_whole(pieces: Sequence[tuple[Public, _Split]]) -> None:
    if not pieces:
        raise SealError(Defect.PARTS)
    public, first = pieces[0]
    for number, (each, split) in enumerate(pieces, 1):
        same = (split.wraps, split.nonce) == (first.wraps, first.nonce) and each._replace(part=1) == public
        if not same or each.part != number or each.parts != len(pieces):
            raise SealError(Defect.PARTS)


def _data_key(split: _Split, private_key: bytes) -> bytes:
    data_key = _unwrap(split.wraps, private_key)
    if not hmac.compare_digest(_commitment(data_key), split.commitment):
        raise SealError(Defect.FORGED)
    return data_key


def _unwrap(wraps: bytes, private_key: bytes) -> bytes:
    private = X25519PrivateKey.from_private_bytes(private_key)
    mine = private.public_key().public_bytes_raw()
    ephemeral, wanted = wraps[:KEY_SIZE], key_id(mine).encode()
    for reader, wrapped in _each_wrap(wraps):
        if reader == wanted:
            return _unwrapped(private, ephemeral, mine, wrapped)
    raise SealError(Defect.NOT_A_READER)


def _each_wrap(wraps: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The key id and the wrapped data key of each reader."""
    if len(wraps) < _WRAPS or len(wraps) != _WRAPS + wraps[KEY_SIZE] * _WRAP:
        raise SealError(Defect.TORN)
    for start in range(_WRAPS, len(wraps), _WRAP):
        yield wraps[start : start + _ID], wraps[start + _ID : start + _WRAP]


def _unwrapped(private: X25519PrivateKey, ephemeral: bytes, mine: bytes, wrapped: bytes) -> bytes:
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        return _wrapping(shared, ephemeral, mine).decrypt(_ONCE, wrapped, None)
    except (InvalidTag, ValueError):
        raise SealError(Defect.FORGED) from None


def _decrypt(cipher: AESGCM, split: _Split, part: int) -> bytes:
    try:
        return cipher.decrypt(_nonce(split.nonce, part), split.cipher, _bound(split.public, split.commitment))
    except InvalidTag:
        raise SealError(Defect.FORGED) from None


# ---- shared by both -------------------------------------------------------------------------------------------------


def _wrapping(shared: bytes, ephemeral: bytes, reviewer: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_SIZE, salt=ephemeral + reviewer, info=_WRAPPING).derive(shared))


def _wraps(reviewers: Sequence[ReviewerKey], data_key: bytes, entropy: bytes) -> bytes:
    ephemeral = X25519PrivateKey.from_private_bytes(entropy)
    public = ephemeral.public_key().public_bytes_raw()
    wraps = [public, bytes([len(reviewers)])]
    for reviewer in reviewers:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(reviewer.public))
        wraps += reviewer.id.encode("ascii"), _wrapping(shared, public, reviewer.public).encrypt(_ONCE, data_key, None)
    return b"".join(wraps)


def _commitment(data_key: bytes) -> bytes:
    return HKDF(SHA256(), _COMMITMENT, salt=None, info=_COMMITTING).derive(data_key)


def _bound(public: bytes, commitment: bytes) -> bytes:
    """What is authenticated and not encrypted; the commitment has one length, so nothing can be shifted into it."""
    return bytes([VERSION]) + public + commitment


def _part(piece: bytes, public: Public, envelope: Envelope, nonce: bytes) -> bytes:
    written = _written(public)
    cipher = envelope.cipher.encrypt(_nonce(nonce, public.part), piece, _bound(written, envelope.commitment))
    return _joined(written, envelope.commitment, envelope.wraps, nonce + cipher)


def _joined(public: bytes, commitment: bytes, wraps: bytes, body: bytes) -> bytes:
    return b"".join((_LENGTHS.pack(VERSION, len(public), len(wraps)), public, commitment, wraps, body))


def _nonce(nonce: bytes, part: int) -> bytes:
    """One drawn nonce serves all parts of a record: its last two bytes are folded with the part's number."""
    return nonce[:-2] + (int.from_bytes(nonce[-2:]) ^ (part - 1)).to_bytes(2)


def _written(public: Public) -> bytes:
    cluster, (topic, partition, offset), route, policy, about, sealed_at, part, parts = public
    names = (cluster, topic, route, policy, ",".join(about.reasons), about.urgency, about.status, about.sequence)
    text = "\n".join(names)
    if text.count("\n") != len(names) - 1:
        raise ValueError("a name in the public part of a seal holds a line end")
    return _PUBLIC.pack(sealed_at, partition, offset, part, parts) + text.encode()


def _public(data: bytes) -> Public:
    try:
        sealed_at, partition, offset, part, parts = _PUBLIC.unpack_from(data)
        cluster, topic, route, policy, reasons, urgency, status, sequence = data[_PUBLIC.size :].decode().split("\n")
    except (ValueError, struct.error):
        raise SealError(Defect.TORN) from None
    about = About(tuple(reasons.split(",")) if reasons else (), urgency, status, sequence)
    return Public(cluster, Coordinate(topic, partition, offset), route, policy, about, sealed_at, part, parts)


def _attest(body: bytes, coordinate: Coordinate, cluster: str, route: str, mac_key: bytes) -> bytes:
    topic, partition, offset = coordinate
    place = f"{_ATTESTING} {len(cluster)} {len(topic)} {len(route)} {partition} {offset} {cluster}{topic}{route}"
    return hmac.digest(mac_key, place.encode() + body, "sha256")
