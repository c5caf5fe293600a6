"""What a thief tries on the quarantine: everything that stands anywhere in what was stolen, as a key of every kind, on every seal.

Knows the seal by the words of `SECURITY.md` alone.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def on_disk(folder: Path) -> Iterator[bytes]:
    """What the files of a folder hold, in all folders below it."""
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def possible_keys(*found: bytes) -> set[bytes]:
    """Every 32 bytes that stand in what was found, as they are and within base64."""
    keys: set[bytes] = set()
    for data in found:
        keys.update(data[start : start + 32] for start in range(len(data) - 31))
        for text in re.findall(rb"[A-Za-z0-9+/]{43,}={0,2}", data):
            keys |= possible_keys(base64.b64decode(text[: len(text) // 4 * 4]))
    return keys


def opens(part: bytes, key: bytes) -> bool:
    """By the words of `SECURITY.md`, without a look at whose key it is said to be: as a reviewer's private key, or as the data key."""
    public, wraps = (int.from_bytes(part[start : start + 2]) for start in (1, 3))
    bound, rest = part[:1] + part[5 : 37 + public], part[37 + public :]
    nonce, cipher = rest[wraps : wraps + 12], rest[wraps + 12 :]
    mine = X25519PrivateKey.from_private_bytes(key)
    shared = mine.exchange(X25519PublicKey.from_public_bytes(rest[:32]))
    wrapping = AESGCM(HKDF(SHA256(), 32, rest[:32] + mine.public_key().public_bytes_raw(), b"pratique seal 1 wrap").derive(shared))
    unwrapped = (tried(wrapping, bytes(12), rest[start + 8 : start + 56], None) for start in range(33, wraps, 56))
    return any(tried(AESGCM(data_key), nonce, cipher, bound) for data_key in (key, *unwrapped) if data_key)


def tried(cipher: AESGCM, nonce: bytes, data: bytes, bound: bytes | None) -> bytes | None:
    try:
        return cipher.decrypt(nonce, data, bound)
    except InvalidTag:
        return None
