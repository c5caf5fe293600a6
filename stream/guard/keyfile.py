"""Key files, `apiVersion: pratique/v1`: one key a file, made by `pratique keys`, read by the guard and by people's tools.

`.pub` files hold no secret; `.key` files hold one, closed to other users. No fault ever quotes what a file holds.
"""

import base64
import hashlib
import hmac
import json
import os
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import Field, StringConstraints

from schemas import loader
from schemas.faults import ConfigError, Fault
from schemas.policy import Name, Written
from stream.core.pseudonym import master_id
from stream.core.seal import key_id

SIZE = 32  # bytes of every key
SALT_SIZE = 16
_COST = 17  # binary logarithm of scrypt's N: 128 MiB and some tenths of a second
_ONCE = bytes(12)  # salt and passphrase make a key for one file, so its nonce may be constant
_OPEN_TO_OTHERS = 0o027  # a group may read: that is how a mounted secret reaches a process that is not root

Base64 = Annotated[str, StringConstraints(pattern=r"^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", max_length=64)]


class Kind(StrEnum):
    """What a key is for."""

    REVIEWER = "ReviewerKey"  # X25519: opens seals
    REVIEWER_PUBLIC = "ReviewerPublicKey"
    SIGNING = "SigningKey"  # Ed25519: signs a person's requests to release
    SIGNING_PUBLIC = "SigningPublicKey"
    RELEASE = "ReleaseKey"  # X25519: opens requests to release
    RELEASE_PUBLIC = "ReleasePublicKey"
    MAC = "MacKey"  # the guard's word that a record is the one it held
    PSEUDONYM = "PseudonymKey"
    FACT = "FactKey"


_SHOWN = {Kind.REVIEWER: Kind.REVIEWER_PUBLIC, Kind.SIGNING: Kind.SIGNING_PUBLIC, Kind.RELEASE: Kind.RELEASE_PUBLIC}


class Protection(Written):
    """How a secret is closed with a passphrase: scrypt (r=8, p=1) makes the key, AES-256-GCM closes."""

    cost: Annotated[int, Field(ge=14, le=20)]
    salt: Base64


class KeyFile(Written):
    """One key. `name` says whose it is. The private half of a pair repeats the public one: it can be told without its passphrase."""

    apiVersion: Literal["pratique/v1"]  # noqa: N815  # the published spelling
    kind: Kind
    name: Name
    id: Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{8}$")]
    created: date
    epoch: Annotated[int, Field(ge=1, le=9999, description="1 for the first key of its use, one more for each that follows it.")] = 1
    public: Base64 | None = None
    secret: Annotated[Base64 | None, Field(repr=False)] = None
    protection: Protection | None = None

    @property
    def file_name(self) -> str:
        """`alice.reviewer.key`, `alice.reviewer.pub`; in its second epoch `alice.reviewer.2.key`."""
        use = self.kind.removesuffix("Key").removesuffix("Public").lower()
        epoch = f".{self.epoch}" if self.epoch > 1 else ""
        return f"{self.name}.{use}{epoch}.{'key' if self.secret else 'pub'}"

    @property
    def public_bytes(self) -> bytes:
        return base64.b64decode(self.public or "")

    @property
    def secret_bytes(self) -> bytes:
        """As it stands in the file: closed, if the file is protected."""
        return base64.b64decode(self.secret or "")


# ---- making ---------------------------------------------------------------------------------------------------------


def make(kind: Kind, name: str, created: date, secret: bytes, epoch: int = 1) -> KeyFile:
    """`secret`: 32 fresh random bytes."""
    public = _public(kind, secret)
    return KeyFile(
        apiVersion="pratique/v1",
        kind=kind,
        name=name,
        id=_id(kind, public, secret),
        created=created,
        epoch=epoch,
        public=_text(public) if public else None,
        secret=_text(secret),
    )


def protect(file: KeyFile, passphrase: bytes, salt: bytes) -> KeyFile:
    """The same key, closed. `salt`: 16 fresh random bytes."""
    protection = Protection(cost=_COST, salt=_text(salt))
    closed = _cipher(protection, passphrase).encrypt(_ONCE, file.secret_bytes, _bound(file))
    return file.model_copy(update={"secret": _text(closed), "protection": protection})


def shown(file: KeyFile) -> KeyFile:
    """The half of a pair that may be shown."""
    return file.model_copy(update={"kind": _SHOWN[file.kind], "secret": None, "protection": None})


def write(file: KeyFile, folder: Path) -> Path:
    """Never overwrites. Raises FileExistsError, OSError."""
    path = folder / file.file_name
    mode = 0o600 if file.secret else 0o644
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as out:
        for field, value in file.model_dump(mode="json", exclude_none=True).items():
            out.write(f"{field}: {json.dumps(value)}\n")
    return path


# ---- reading --------------------------------------------------------------------------------------------------------


def read(path: Path) -> KeyFile:
    """Raises ConfigError: unreadable, open to others, damaged."""
    file = loader.load(path, KeyFile)
    if file.secret and path.stat().st_mode & _OPEN_TO_OTHERS:
        raise _refused(path, "a secret key that other users can read or change", f"chmod 600 {path}")
    return _checked(file, path)


def parse(text: str, source: Path) -> KeyFile:
    """A key file that a command printed; `source` stands in faults. Raises ConfigError."""
    return _checked(loader.loads(text, str(source), KeyFile), source)


def _checked(file: KeyFile, path: Path) -> KeyFile:
    if not _whole(file):
        raise _refused(path, "a damaged key file: its parts do not fit each other", "Restore it from its copy.")
    return file


def secret(file: KeyFile, path: Path, passphrase: bytes | None = None) -> bytes:
    """The 32 secret bytes; `path` stands in faults. Raises ConfigError."""
    if file.protection is None:
        return file.secret_bytes
    if passphrase is None:
        raise _refused(path, "a key that is closed with a passphrase", "Give its passphrase.")
    try:
        opened = _cipher(file.protection, passphrase).decrypt(_ONCE, file.secret_bytes, _bound(file))
    except InvalidTag:
        raise _refused(path, "the passphrase does not open this key", "Try again; a lost passphrase is a lost key.") from None
    return opened


def fingerprint(file: KeyFile) -> str:
    """Of a pair, for people to compare, as OpenSSH writes it; of a single secret, none."""
    digest = base64.b64encode(hashlib.sha256(file.public_bytes).digest()).decode().rstrip("=")
    return f"SHA256:{digest}" if file.public else ""


def _refused(path: Path, what: str, remedy: str) -> ConfigError:
    return ConfigError((Fault(str(path), 0, 0, what, remedy),))


def _whole(file: KeyFile) -> bool:
    """Whether the parts fit: a pair has its public half, a private file its secret, the id is that of the key."""
    paired, private = file.kind in {*_SHOWN, *_SHOWN.values()}, file.kind not in _SHOWN.values()
    if (file.public is not None, file.secret is not None) != (paired, private):
        return False
    if file.protection or not private:
        return len(file.public_bytes) == SIZE and file.id == key_id(file.public_bytes)
    return len(file.secret_bytes) == SIZE and file == make(file.kind, file.name, file.created, file.secret_bytes, file.epoch)


def _public(kind: Kind, secret: bytes) -> bytes | None:
    match kind:
        case Kind.REVIEWER | Kind.RELEASE:
            return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
        case Kind.SIGNING:
            return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
        case _:
            return None


def _id(kind: Kind, public: bytes | None, secret: bytes) -> str:
    if public:
        return key_id(public)
    if kind is Kind.PSEUDONYM:
        return master_id(secret)
    return base64.b32encode(hmac.digest(secret, f"pratique key id {kind}".encode(), "sha256")[:5]).decode().lower()


def _cipher(protection: Protection, passphrase: bytes) -> AESGCM:
    salt = base64.b64decode(protection.salt)
    return AESGCM(Scrypt(salt=salt, length=SIZE, n=1 << protection.cost, r=8, p=1).derive(passphrase))


def _bound(file: KeyFile) -> bytes:
    """What a closed secret is bound to: nobody can put it under another name."""
    return f"{file.apiVersion} {file.kind} {file.name} {file.id} {file.public}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
