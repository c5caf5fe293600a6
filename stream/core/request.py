"""The cryptography of a request: the record that it brings, closed to the guard, and a person's signature. Pure: entropy and keys come in.

What a person opened from the quarantine travels to the guard under a key that only the guard can derive, bound to the place where it was
held. The guard's own MAC comes with it: what was not held cannot be released.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from stream.core.packed import pack, unpack
from stream.core.values import Coordinate, Record

VERSION = 1
_KEY = 32
_MAC = 32
_ONCE = bytes(12)  # the key serves one request, so its nonce may be constant
_CLOSING = b"pratique request 1 record"
_SIGNING = b"pratique request 1\n"


class RequestError(Exception):
    """A record that the guard cannot open, or that was closed for another place. Says nothing of its content."""

    def __init__(self) -> None:
        super().__init__("the record of the request does not open")


def close(record: Record, mac: bytes, cluster: str, route: str, release_public: bytes, entropy: bytes) -> bytes:
    """The record and the guard's MAC of it, for the guard alone, at the record's coordinate. `release_public`: the guard's X25519 key,
    raw; `entropy`: 32 fresh random bytes."""
    ephemeral = X25519PrivateKey.from_private_bytes(entropy)
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(release_public))
    cipher = _cipher(shared, public, release_public)
    return bytes([VERSION]) + public + cipher.encrypt(_ONCE, mac + pack(record), _place(cluster, route, record.coordinate))


def open_request(closed: bytes, cluster: str, route: str, coordinate: Coordinate, private_key: bytes) -> tuple[Record, bytes]:
    """The record and its MAC, which the caller compares. `private_key`: the guard's release key, raw. Raises RequestError."""
    private = X25519PrivateKey.from_private_bytes(private_key)
    public, body = closed[1 : 1 + _KEY], closed[1 + _KEY :]
    try:
        if closed[:1] != bytes([VERSION]):
            raise ValueError
        shared = private.exchange(X25519PublicKey.from_public_bytes(public))
        plain = _cipher(shared, public, private.public_key().public_bytes_raw()).decrypt(_ONCE, body, _place(cluster, route, coordinate))
        return unpack(memoryview(plain)[_MAC:], coordinate), plain[:_MAC]
    except (InvalidTag, ValueError):
        raise RequestError from None


def sign(body: bytes, private_key: bytes) -> bytes:
    """`private_key`: a person's Ed25519 key, raw."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(_SIGNING + body)


def verify(body: bytes, signature: bytes, public: bytes) -> bool:
    """Whether the person of this Ed25519 key signed the body as a request."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _SIGNING + body)
    except (InvalidSignature, ValueError):
        return False
    return True


def _cipher(shared: bytes, ephemeral: bytes, release_public: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _KEY, salt=ephemeral + release_public, info=_CLOSING).derive(shared))


def _place(cluster: str, route: str, coordinate: Coordinate) -> bytes:
    names = (cluster, route, *map(str, coordinate))
    return "".join(f"{len(name)} {name}" for name in names).encode()
