"""The keys of a pipeline, read once at start: what the guard holds, and the public halves of those who review and release.

`run` and the tools load it. It never holds what opens a seal, and refuses to start beside a file that does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from schemas.faults import ConfigError, Fault
from stream.core.seal import ReviewerKey
from stream.guard.keyfile import SALT_SIZE, SIZE, KeyFile, Kind, make, protect, read, secret, shown

RECOVERY = "recovery"
"""The reviewer whose key is kept elsewhere, for the day when no other can open."""

_HELD = (Kind.MAC, Kind.PSEUDONYM, Kind.FACT, Kind.RELEASE)
_LASTING = (Kind.PSEUDONYM,)
"""A key that no other follows: what recipients have was made with it."""


class Secret(NamedTuple):
    """A secret of the guard: 32 bytes, and the id that may be shown."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Secret({self.id})"


class Signer(NamedTuple):
    """A person who may ask for a release: the name comes from the key, never from an option. `public`: Ed25519, raw."""

    name: str
    id: str
    public: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of one pipeline's guard. MAC and release key: the newest, and the former ones, newest first, which still verify and open.
    The fact key is the oldest that is there: what is held and counted is told by it, so a new one waits until that is taken away."""

    mac: Secret
    pseudonym: Secret
    fact: Secret
    release: Secret
    reviewers: tuple[ReviewerKey, ...]
    signers: tuple[Signer, ...]
    former_macs: tuple[Secret, ...] = ()
    former_releases: tuple[Secret, ...] = ()


class Stored(NamedTuple):
    """A key file and where it lies."""

    path: Path
    file: KeyFile


# ---- reading --------------------------------------------------------------------------------------------------------


def load(keys: Path, reviewers: Path, *, single_key: bool = False) -> KeyRing:
    """`keys`: the folder of the guard's own secrets; `reviewers`: that of people's public keys. Raises ConfigError with every fault."""
    stored, unread = stored_keys((keys, reviewers))
    faults = (*unread, *_misplaced(stored), *_twice(stored), *too_few(reviewers, stored, single_key=single_key))
    faults += () if unread else tuple(_missing(keys, stored))
    if faults:
        raise ConfigError(faults)
    mac, *former_macs = _epochs(Kind.MAC, stored)
    release, *former_releases = _epochs(Kind.RELEASE, stored)
    return KeyRing(
        mac=mac,
        pseudonym=_epochs(Kind.PSEUDONYM, stored)[0],
        fact=_epochs(Kind.FACT, stored)[-1],
        release=release,
        reviewers=tuple(ReviewerKey(file.name, file.public_bytes) for _, file in stored if file.kind is Kind.REVIEWER_PUBLIC),
        signers=tuple(Signer(file.name, file.id, file.public_bytes) for _, file in stored if file.kind is Kind.SIGNING_PUBLIC),
        former_macs=tuple(former_macs),
        former_releases=tuple(former_releases),
    )


def _epochs(kind: Kind, stored: Iterable[Stored]) -> list[Secret]:
    """The guard's keys for one use, the newest first."""
    of_kind = sorted((each for each in stored if each.file.kind is kind), key=lambda each: -each.file.epoch)
    return [Secret(file.id, secret(file, path)) for path, file in of_kind]


def stored_keys(folders: Iterable[Path]) -> tuple[tuple[Stored, ...], tuple[Fault, ...]]:
    """Every key file in the folders and below, by path, and the faults of those that do not read."""
    stored: list[Stored] = []
    faults: list[Fault] = []
    for path in sorted({path for folder in folders for path in _paths(folder)}):
        try:
            stored.append(Stored(path, read(path)))
        except ConfigError as error:
            faults += error.faults
    return tuple(stored), tuple(faults)


def too_few(reviewers: Path, stored: Iterable[Stored], *, single_key: bool) -> Iterator[Fault]:
    """One lost key must not be the loss of every held record: two reviewers at least, one of them kept elsewhere."""
    count = len({file.name for _, file in stored if file.kind is Kind.REVIEWER_PUBLIC})
    if count == 0:
        yield Fault(str(reviewers), 0, 0, "no reviewer key", "Make one: `pratique keys create`.")
    elif count == 1 and not single_key:
        remedy = "Add one that is kept elsewhere (`pratique keys create` makes `recovery`), or accept the risk with --single-key."
        yield Fault(str(reviewers), 0, 0, "one reviewer only: who loses that key loses every held record", remedy)


def _paths(folder: Path) -> Iterator[Path]:
    """A mounted secret shows each file twice: below a folder whose name begins with a dot, and by a link beside that folder."""
    for path in folder.rglob("*"):
        if path.suffix in (".key", ".pub") and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _misplaced(stored: Iterable[Stored]) -> Iterator[Fault]:
    """A guard that can reach a reviewer's private key can read what it holds back."""
    for path, file in stored:
        if file.kind in (Kind.REVIEWER, Kind.SIGNING):
            yield Fault(str(path), 0, 0, "a person's private key beside the guard", "Move it to that person, and delete it here.")
        elif file.kind in _HELD and file.protection:
            yield Fault(str(path), 0, 0, "a key of the guard under a passphrase, which nobody is there to type", "Make it without.")


def _twice(stored: Iterable[Stored]) -> Iterator[Fault]:
    """Two reviewers with one key are one; two keys for one use in one epoch leave open which is meant."""
    seen: set[str] = set()
    for path, file in stored:
        uses = _uses(file)
        if not seen.isdisjoint(uses):
            yield Fault(str(path), 0, 0, "a second key for the same use, or the same key again", "Keep one of the two.")
        seen |= uses


def _uses(file: KeyFile) -> set[str]:
    """What only one key may be."""
    if file.kind not in _HELD:
        return {file.id}
    return {f"{file.kind} {file.id}", file.kind if file.kind in _LASTING else f"{file.kind} {file.epoch}"}


def _missing(keys: Path, stored: Iterable[Stored]) -> Iterator[Fault]:
    for kind in sorted(set(_HELD) - {file.kind for _, file in stored}):
        yield Fault(str(keys), 0, 0, f"no {kind}", "Make it: `pratique keys create`.")


# ---- making ---------------------------------------------------------------------------------------------------------


Entropy = Callable[[int], bytes]
Passphrases = Callable[[str], bytes | None]
"""A person's passphrase, by name; None leaves that person's keys without one."""


class NewKeys(NamedTuple):
    """The files of a new key ring, by who gets them."""

    guard: tuple[KeyFile, ...]
    shown: tuple[KeyFile, ...]  # public halves, for the pipeline's reviewers folder
    people: Mapping[str, tuple[KeyFile, ...]]  # private halves and what a person needs beside them, by name


def new_keys(people: Iterable[str], passphrases: Passphrases, entropy: Entropy, today: date) -> NewKeys:
    """A ring for a new pipeline. `recovery` is always among the reviewers; it opens seals and cannot ask for a release."""
    guard = tuple(make(kind, "guard", today, entropy(SIZE)) for kind in _HELD)
    release = shown(next(file for file in guard if file.kind is Kind.RELEASE))
    private = {name: person_keys(name, passphrases(name), entropy, today) for name in people}
    recovery = _closed((make(Kind.REVIEWER, RECOVERY, today, entropy(SIZE)),), passphrases(RECOVERY), entropy)
    halves = tuple(shown(file) for files in (*private.values(), recovery) for file in files)
    return NewKeys(guard, (*halves, release), {**{name: (*files, release) for name, files in private.items()}, RECOVERY: recovery})


def person_keys(name: str, passphrase: bytes | None, entropy: Entropy, today: date) -> tuple[KeyFile, ...]:
    """The private keys of one person: to open seals, and to sign requests to release."""
    return _closed((make(kind, name, today, entropy(SIZE)) for kind in (Kind.REVIEWER, Kind.SIGNING)), passphrase, entropy)


def rotated(folder: Path, kind: Kind, passphrases: Passphrases, entropy: Entropy, today: date) -> KeyFile:
    """The key that follows the newest of its kind in the folder: the same name, the next epoch. Raises ConfigError."""
    stored, faults = stored_keys((folder,))
    former = [each.file for each in stored if each.file.kind is kind]
    faults += tuple(_not_to_follow(folder, kind, {file.name for file in former}))
    if faults:
        raise ConfigError(faults)
    newest = max(former, key=lambda file: file.epoch)
    made = make(kind, newest.name, today, entropy(SIZE), newest.epoch + 1)
    return _closed((made,), None if kind in _HELD else passphrases(made.name), entropy)[0]


def _not_to_follow(folder: Path, kind: Kind, names: set[str]) -> Iterator[Fault]:
    if kind in _LASTING:
        remedy = "New pseudonyms join no old ones: a new key begins with new topics (docs/keys.md)."
        yield Fault(str(folder), 0, 0, f"a {kind} is never followed by another: what recipients have was made with it", remedy)
    elif not names:
        yield Fault(str(folder), 0, 0, f"no {kind}", "Give the folder where the one lies that is to be followed.")
    elif len(names) > 1:
        yield Fault(str(folder), 0, 0, f"a {kind} of each of {', '.join(sorted(names))}", "Give the folder of one of them.")


def _closed(files: Iterable[KeyFile], passphrase: bytes | None, entropy: Entropy) -> tuple[KeyFile, ...]:
    return tuple(file if passphrase is None else protect(file, passphrase, entropy(SALT_SIZE)) for file in files)
