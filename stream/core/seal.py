"""Seals: a held record, encrypted to the reviewers of its data controller. The guard seals, a reviewer opens.

Pure: entropy, nonces and keys come in as arguments. What the guard keeps cannot open a seal. Version 1; every version ever written opens.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from base64 import b32encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stream.core.values import Coordinate, Record

VERSION = 1
KEY_SIZE = 32
NONCE_SIZE = 12
_TAG = 16
_MAC = 32
_MOST_PARTS = 0xFFFF
_ID = 8
_WRAP = _ID + KEY_SIZE + _TAG
_ONCE = bytes(NONCE_SIZE)  # a wrapping key serves one envelope and one reviewer, so its nonce may be constant
_WRAPPING = b"pratique seal 1 wrap"
_ATTESTING = "pratique seal 1 record"

_LENGTHS = struct.Struct(">BHH")  # version, bytes of the public part, bytes of the envelope
_PUBLIC = struct.Struct(">qiqHH")  # sealed_at, partition, offset, part, parts
_RECORD = struct.Struct(">qiii")  # timestamp, bytes of the key or -1, bytes of the value or -1, number of headers
_HEADER = struct.Struct(">ii")  # bytes of the name, bytes of the value or -1


class ReviewerKey(NamedTuple):
    """Somebody who may open seals: a name, and the public half of an X25519 pair, raw 32 bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> str:
        return key_id(self.public)


class Public(NamedTuple):
    """What may be read of a seal without a key: codes only. All of it is authenticated by the seal."""

    cluster: str
    coordinate: Coordinate
    route: str
    policy: str  # digest
    reasons: tuple[str, ...]
    sealed_at: int  # seconds, the guard's clock
    part: int = 1  # counted from 1
    parts: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A data key, wrapped for each reviewer; made once per transaction, route and source partition."""

    wraps: bytes
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
    ephemeral = X25519PrivateKey.from_private_bytes(entropy)
    public = ephemeral.public_key().public_bytes_raw()
    wraps = [public, bytes([len(reviewers)])]
    for reviewer in reviewers:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(reviewer.public))
        wraps += reviewer.id.encode("ascii"), _wrapping(shared, public, reviewer.public).encrypt(_ONCE, data_key, None)
    return Envelope(b"".join(wraps), AESGCM(data_key))


def seal(record: Record, public: Public, envelope: Envelope, nonce: bytes, *, mac_key: bytes, max_bytes: int) -> tuple[bytes, ...]:
    """The parts of the seal, none longer than `max_bytes`; `public.part` and `public.parts` are set here.

    `nonce`: 12 fresh random bytes. Raises ValueError where `max_bytes` leaves no room or a name cannot be written.
    """
    body = _pack(record)
    plain = _attest(body, record.coordinate, public.cluster, public.route, mac_key) + body
    head = _head(public, envelope)
    room = max_bytes - len(head) - NONCE_SIZE - _TAG
    if len(plain) <= room:
        return (head + nonce + envelope.cipher.encrypt(nonce, plain, head),)
    if room * _MOST_PARTS < len(plain):
        raise ValueError("max_bytes leaves no room for the record")
    pieces = [plain[start : start + room] for start in range(0, len(plain), room)]
    return tuple(_part(piece, public._replace(part=n, parts=len(pieces)), envelope, nonce) for n, piece in enumerate(pieces, 1))


def attest(record: Record, cluster: str, route: str, mac_key: bytes) -> bytes:
    """The guard's MAC over coordinate, route and record: a release is refused when it does not fit the record released."""
    return _attest(_pack(record), record.coordinate, cluster, route, mac_key)


def address(public: Public) -> bytes:
    """The Kafka key of a part in the quarantine topic. A tombstone is written for each part."""
    topic, partition, offset = public.coordinate
    first = f"{public.route}/{topic}/{partition}/{offset}"
    return (first if public.part == 1 else f"{first}/{public.part}").encode()


# ---- opening: a reviewer --------------------------------------------------------------------------------------------


def read_public(seal: bytes) -> Public:
    """Needs no key, and proves nothing: only `open_seal` checks it. Raises SealError."""
    return _public(_split(seal).public)


def open_seal(parts: Sequence[bytes], private_key: bytes) -> Opened:
    """`parts` in any order; `private_key`: a reviewer's raw X25519 private key. Raises SealError.

    A seal taken from Kafka must also stand at its own `address`: the caller compares, for the seal does not know where it was found.
    """
    pieces = sorted(((_public(split.public), split) for split in map(_split, parts)), key=lambda piece: piece[0].part)
    _check_whole(pieces)
    public, first = pieces[0]
    cipher = AESGCM(_unwrap(first.envelope, private_key))
    plain = b"".join(_decrypt(cipher, split, each.part) for each, split in pieces)
    return Opened(_unpack(memoryview(plain)[_MAC:], public.coordinate), public, plain[:_MAC])


class _Split(NamedTuple):
    public: bytes
    envelope: bytes
    head: bytes  # everything that is authenticated but not encrypted
    nonce: bytes
    cipher: bytes


def _split(seal: bytes) -> _Split:
    if seal[:1] != bytes([VERSION]):
        raise SealError(Defect.VERSION if seal else Defect.TORN)
    if len(seal) < _LENGTHS.size:
        raise SealError(Defect.TORN)
    _, public, wraps = _LENGTHS.unpack_from(seal)
    middle = _LENGTHS.size + public
    end = middle + wraps
    if len(seal) < end + NONCE_SIZE + _TAG:
        raise SealError(Defect.TORN)
    return _Split(seal[_LENGTHS.size : middle], seal[middle:end], seal[:end], seal[end : end + NONCE_SIZE], seal[end + NONCE_SIZE :])


def _check_whole(pieces: Sequence[tuple[Public, _Split]]) -> None:
    if not pieces:
        raise SealError(Defect.PARTS)
    public, first = pieces[0]
    for number, (each, split) in enumerate(pieces, 1):
        same = (split.envelope, split.nonce) == (first.envelope, first.nonce) and each._replace(part=1) == public
        if not same or each.part != number or each.parts != len(pieces):
            raise SealError(Defect.PARTS)


def _unwrap(wraps: bytes, private_key: bytes) -> bytes:
    private = X25519PrivateKey.from_private_bytes(private_key)
    mine = private.public_key().public_bytes_raw()
    ephemeral, wanted = wraps[:KEY_SIZE], key_id(mine).encode()
    for start in range(KEY_SIZE + 1, len(wraps), _WRAP):
        if wraps[start : start + _ID] == wanted:
            return _unwrapped(private, ephemeral, mine, wraps[start + _ID : start + _WRAP])
    raise SealError(Defect.NOT_A_READER)


def _unwrapped(private: X25519PrivateKey, ephemeral: bytes, mine: bytes, wrapped: bytes) -> bytes:
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        return _wrapping(shared, ephemeral, mine).decrypt(_ONCE, wrapped, None)
    except (InvalidTag, ValueError):
        raise SealError(Defect.FORGED) from None


def _decrypt(cipher: AESGCM, split: _Split, part: int) -> bytes:
    try:
        return cipher.decrypt(_nonce(split.nonce, part), split.cipher, split.head)
    except InvalidTag:
        raise SealError(Defect.FORGED) from None


# ---- shared by both -------------------------------------------------------------------------------------------------


def _wrapping(shared: bytes, ephemeral: bytes, reviewer: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_SIZE, salt=ephemeral + reviewer, info=_WRAPPING).derive(shared))


def _part(piece: bytes, public: Public, envelope: Envelope, nonce: bytes) -> bytes:
    head = _head(public, envelope)
    return head + nonce + envelope.cipher.encrypt(_nonce(nonce, public.part), piece, head)


def _nonce(nonce: bytes, part: int) -> bytes:
    """One drawn nonce serves all parts of a record: its last two bytes are folded with the part's number."""
    return nonce[:-2] + (int.from_bytes(nonce[-2:]) ^ (part - 1)).to_bytes(2)


def _head(public: Public, envelope: Envelope) -> bytes:
    cluster, (topic, partition, offset), route, policy, reasons, sealed_at, part, parts = public
    text = "\n".join((cluster, topic, route, policy, ",".join(reasons)))
    if text.count("\n") != 4:
        raise ValueError("a name in the public part of a seal holds a line end")
    names = text.encode()
    lengths = _LENGTHS.pack(VERSION, _PUBLIC.size + len(names), len(envelope.wraps))
    return b"".join((lengths, _PUBLIC.pack(sealed_at, partition, offset, part, parts), names, envelope.wraps))


def _public(data: bytes) -> Public:
    try:
        sealed_at, partition, offset, part, parts = _PUBLIC.unpack_from(data)
        cluster, topic, route, policy, reasons = data[_PUBLIC.size :].decode().split("\n")
    except (ValueError, struct.error):
        raise SealError(Defect.TORN) from None
    codes = tuple(reasons.split(",")) if reasons else ()
    return Public(cluster, Coordinate(topic, partition, offset), route, policy, codes, sealed_at, part, parts)


def _attest(body: bytes, coordinate: Coordinate, cluster: str, route: str, mac_key: bytes) -> bytes:
    topic, partition, offset = coordinate
    place = f"{_ATTESTING} {len(cluster)} {len(topic)} {len(route)} {partition} {offset} {cluster}{topic}{route}"
    return hmac.digest(mac_key, place.encode() + body, "sha256")


def _pack(record: Record) -> bytes:
    key, value, headers = record.key, record.value, record.headers
    parts = [_RECORD.pack(record.timestamp, _size(key), _size(value), len(headers)), key or b"", value or b""]
    for name, content in headers:
        raw = name.encode("utf-8", "surrogatepass")
        parts += _HEADER.pack(len(raw), _size(content)), raw, content or b""
    return b"".join(parts)


def _size(data: bytes | None) -> int:
    return -1 if data is None else len(data)


def _unpack(body: memoryview, coordinate: Coordinate) -> Record:
    try:
        timestamp, key, value, count = _RECORD.unpack_from(body)
        take = _Taker(body, _RECORD.size)
        return Record(coordinate, take(key), take(value), tuple(_headers(take, count)), timestamp)
    except (ValueError, struct.error):
        raise SealError(Defect.TORN) from None


def _headers(take: _Taker, count: int) -> Iterator[tuple[str, bytes | None]]:
    for _ in range(count):
        name, content = _HEADER.unpack(take(_HEADER.size) or b"")
        yield (take(name) or b"").decode("utf-8", "surrogatepass"), take(content)


class _Taker:
    """Reads a packed record from its front."""

    __slots__ = ("_body", "_next")

    def __init__(self, body: memoryview, start: int) -> None:
        self._body, self._next = body, start

    def __call__(self, size: int) -> bytes | None:
        if size < 0:
            return None
        start, self._next = self._next, self._next + size
        if self._next > len(self._body):
            raise ValueError
        return bytes(self._body[start : self._next])
