"""Keys on disk: closed to others, whole or refused, and never in a fault."""

import base64
import re
import secrets
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from schemas.faults import ConfigError
from stream.core.pseudonym import pseudonymiser
from stream.core.request import close, open_request
from stream.core.seal import About, Public, SealError, attest, envelope, open_seal, rewrap, seal
from stream.core.values import Coordinate, Record
from stream.guard import keyfile
from stream.guard.keyfile import KeyFile, Kind, make, protect, read, secret, shown, write
from stream.guard.keyring import KeyRing, NewKeys, Passphrases, load, new_keys, rotated
from stream.guard.ledger import Ledger
from stream.guard.sealing import Sealer
from tests.support.guard import CARE
from tests.support.thief import on_disk, opens, possible_keys

DAY = date(2026, 3, 11)


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile, "_COST", 14)


def entropy() -> Iterator[bytes]:
    """Invented keys, each different."""
    return (bytes([number]) * 32 for number in count(1))


def some_keys(*people: str, passphrase: bytes | None = None) -> NewKeys:
    drawn = entropy()
    return new_keys(people, lambda _: passphrase, lambda size: next(drawn)[:size], DAY)


def installed(folder: Path, made: NewKeys) -> tuple[Path, Path]:
    """The folders of the guard, as `keys create` fills them."""
    keys, reviewers = folder / "keys", folder / "keys" / "reviewers"
    reviewers.mkdir(parents=True)
    for file in made.guard:
        write(file, keys)
    for file in made.shown:
        write(file, reviewers)
    return keys, reviewers


def complaints(keys: Path, reviewers: Path, *, single_key: bool = False) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(keys, reviewers, single_key=single_key)
    return [fault.what for fault in caught.value.faults]


# ---- the ring -------------------------------------------------------------------------------------------------------


def test_a_new_ring_loads_and_knows_its_people(tmp_path: Path) -> None:
    ring = load(*installed(tmp_path, some_keys("alice", "bruno")))

    assert [each.name for each in ring.reviewers] == ["alice", "bruno", "recovery"]
    assert [each.name for each in ring.signers] == ["alice", "bruno"]
    assert len({ring.mac, ring.pseudonym, ring.fact, ring.release}) == 4


def test_what_the_guard_seals_each_reviewer_opens_with_the_file_that_was_given_away(tmp_path: Path) -> None:
    made = some_keys("alice", passphrase=b"correct horse")
    ring = load(*installed(tmp_path, made))
    record = Record(Coordinate("lis.results", 0, 7), b"k", b"v")
    public = Public("cluster", record.coordinate, "insurer", "00", About(()), 0)

    parts = seal(record, public, envelope(ring.reviewers, b"d" * 32, b"e" * 32), b"n" * 12, mac_key=ring.mac.secret, max_bytes=10_000)

    for files in made.people.values():
        private = next(file for file in files if file.kind is Kind.REVIEWER)
        assert open_seal(parts, secret(private, Path("f"), b"correct horse")).record == record


def test_no_secret_of_the_guard_opens_a_seal(tmp_path: Path) -> None:
    made = some_keys("alice")

    assert {file.kind for file in made.guard} == {Kind.MAC, Kind.PSEUDONYM, Kind.FACT, Kind.RELEASE}
    assert all(file.secret is None for file in made.shown)


def test_the_id_in_a_pseudonym_is_that_of_the_key_file(tmp_path: Path) -> None:
    ring = load(*installed(tmp_path, some_keys("alice")))

    assert pseudonymiser(ring.pseudonym.secret, "insurer").key_id == ring.pseudonym.id


def test_the_recovery_reviewer_opens_but_signs_nothing() -> None:
    made = some_keys("alice")

    assert [file.kind for file in made.people["alice"]] == [Kind.REVIEWER, Kind.SIGNING, Kind.RELEASE_PUBLIC]
    assert [file.kind for file in made.people["recovery"]] == [Kind.REVIEWER]


def test_one_reviewer_is_too_few_unless_the_risk_is_taken(tmp_path: Path) -> None:
    keys, reviewers = installed(tmp_path, some_keys("alice"))
    (reviewers / "recovery.reviewer.pub").unlink()

    assert complaints(keys, reviewers) == ["one reviewer only: who loses that key loses every held record"]
    assert isinstance(load(keys, reviewers, single_key=True), KeyRing)


def test_no_reviewer_is_too_few_whatever_risk_is_taken(tmp_path: Path) -> None:
    keys, reviewers = installed(tmp_path, some_keys("alice"))
    for path in reviewers.glob("*.reviewer.pub"):
        path.unlink()

    assert complaints(keys, reviewers, single_key=True) == ["no reviewer key"]


def test_each_missing_key_is_told_at_once(tmp_path: Path) -> None:
    assert complaints(tmp_path / "nothing", tmp_path / "nobody") == [
        "no reviewer key",
        "no FactKey",
        "no MacKey",
        "no PseudonymKey",
        "no ReleaseKey",
    ]


def test_a_private_key_of_a_person_beside_the_guard_is_refused(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, reviewers = installed(tmp_path, made)
    for file in made.people["alice"][:2]:
        write(file, reviewers)

    assert (
        complaints(keys, reviewers)
        == ["a person's private key beside the guard"] * 2 + ["a second key for the same use, or the same key again"] * 2
    )


def test_one_key_under_two_names_is_one_reviewer(tmp_path: Path) -> None:
    keys, reviewers = installed(tmp_path, some_keys("alice"))
    (reviewers / "recovery.reviewer.pub").unlink()
    alice = (reviewers / "alice.reviewer.pub").read_text()
    (reviewers / "bruno.reviewer.pub").write_text(alice.replace("alice", "bruno"))

    assert complaints(keys, reviewers) == ["a second key for the same use, or the same key again"]


def test_two_keys_for_one_use_are_refused(tmp_path: Path) -> None:
    keys, reviewers = installed(tmp_path, some_keys("alice"))
    write(make(Kind.FACT, "later", DAY, b"f" * 32), keys)

    assert complaints(keys, reviewers) == ["a second key for the same use, or the same key again"]


def test_a_key_that_waits_for_a_passphrase_cannot_start_a_guard(tmp_path: Path) -> None:
    keys, reviewers = installed(tmp_path, some_keys("alice"))
    path = keys / "guard.release.key"
    closed = protect(read(path), b"word", b"s" * 16)
    path.unlink()
    write(closed, keys)

    assert complaints(keys, reviewers) == ["a key of the guard under a passphrase, which nobody is there to type"]


def test_a_mounted_secret_is_read_once_although_it_shows_twice(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, reviewers = tmp_path / "keys", tmp_path / "reviewers"
    for folder, files in ((keys, made.guard), (reviewers, made.shown)):
        version = folder / "..2026_03_11"
        version.mkdir(parents=True)
        (folder / "..data").symlink_to(version.name)
        for file in files:
            write(file, version).chmod(0o440)
            (folder / file.file_name).symlink_to(f"..data/{file.file_name}")

    assert isinstance(load(keys, reviewers), KeyRing)


# ---- epochs ---------------------------------------------------------------------------------------------------------


def turned(folder: Path, kind: Kind, number: int = 100, passphrases: Passphrases = lambda _: None) -> KeyFile:
    """The next key of this kind, written beside the former."""
    made = rotated(folder, kind, passphrases, lambda size: bytes([number]) * size, DAY)
    write(made, folder)
    return made


def held_with(ring: KeyRing, record: Record) -> tuple[bytes, ...]:
    sealer = Sealer("cluster", ring.reviewers, ring.mac.secret, 100_000, secrets.token_bytes)
    return tuple(value for _, value in sealer.fresh()(record, CARE, About(("found",)), 5))


def private_key(made: NewKeys, name: str) -> bytes:
    return next(file.secret_bytes for file in made.people[name] if file.kind is Kind.REVIEWER)


HELD = Record(Coordinate("lis.results", 0, 7), b"24000777", b"MSH|^~\\&|...")


def test_what_was_held_before_the_mac_key_turned_is_still_known(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, reviewers = installed(tmp_path, made)
    before = load(keys, reviewers)
    (part,) = held_with(before, HELD)

    turned(keys, Kind.MAC)
    turned(keys, Kind.MAC, 101)
    after = load(keys, reviewers)

    opened = open_seal([part], private_key(made, "alice"))
    assert after.mac.secret == bytes([101]) * 32
    assert [each.secret for each in after.former_macs] == [bytes([100]) * 32, before.mac.secret]
    assert opened.mac in {attest(opened.record, "cluster", "care", each.secret) for each in after.former_macs}
    assert opened.mac != attest(opened.record, "cluster", "care", after.mac.secret)


def test_a_request_made_to_the_former_release_key_still_opens(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, reviewers = installed(tmp_path, made)
    public = next(file.public_bytes for file in made.people["alice"] if file.kind is Kind.RELEASE_PUBLIC)
    closed = close(HELD, bytes(32), "cluster", "care", public, secrets.token_bytes(32))

    turned(keys, Kind.RELEASE)
    ring = load(keys, reviewers)

    assert ring.release.secret == bytes([100]) * 32
    (former,) = ring.former_releases
    assert open_request(closed, "cluster", "care", HELD.coordinate, former.secret) == (HELD, bytes(32))


def test_a_new_fact_key_waits_until_the_former_is_taken_away(tmp_path: Path) -> None:
    """What is held and counted is told by the former: a later record would no longer be known to belong to a held one."""
    keys, reviewers = installed(tmp_path, some_keys("alice"))
    before = load(keys, reviewers).fact

    turned(keys, Kind.FACT)
    during = load(keys, reviewers).fact
    (keys / "guard.fact.key").unlink()
    after = load(keys, reviewers).fact

    assert (during, after.secret) == (before, bytes([100]) * 32)
    assert after.id != before.id


def test_a_pseudonym_key_is_never_followed_by_another(tmp_path: Path) -> None:
    keys, reviewers = installed(tmp_path, some_keys("alice"))

    with pytest.raises(ConfigError, match="never followed"):
        turned(keys, Kind.PSEUDONYM)

    write(make(Kind.PSEUDONYM, "guard", DAY, b"p" * 32, epoch=2), keys)
    assert complaints(keys, reviewers) == ["a second key for the same use, or the same key again"]


def test_a_key_that_follows_has_the_name_of_the_former_and_the_next_epoch(tmp_path: Path) -> None:
    keys, _ = installed(tmp_path, some_keys("alice"))

    first, second = turned(keys, Kind.MAC), turned(keys, Kind.MAC, 101)

    assert [(file.name, file.epoch, file.file_name) for file in (first, second)] == [
        ("guard", 2, "guard.mac.2.key"),
        ("guard", 3, "guard.mac.3.key"),
    ]
    assert read(keys / "guard.mac.3.key") == second


def test_the_key_that_follows_a_persons_is_closed_with_a_passphrase_and_one_of_the_guards_is_not(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, _ = installed(tmp_path, made)
    for file in made.people["alice"]:
        write(file, tmp_path)

    mine = rotated(tmp_path, Kind.REVIEWER, lambda name: name.encode(), lambda size: bytes([100]) * size, DAY)
    ours = rotated(keys, Kind.MAC, lambda name: name.encode(), lambda size: bytes([100]) * size, DAY)

    assert secret(mine, tmp_path, b"alice") == bytes([100]) * 32
    assert mine.protection is not None
    assert ours.protection is None


@pytest.mark.parametrize(("people", "what"), [((), "no ReviewerKey"), (("alice", "bruno"), "a ReviewerKey of each of alice, bruno")])
def test_a_key_that_follows_none_or_one_of_several_people_is_not_made(people: tuple[str, ...], what: str, tmp_path: Path) -> None:
    for name in people:
        write(make(Kind.REVIEWER, name, DAY, name.ljust(32).encode()), tmp_path)

    with pytest.raises(ConfigError, match=what):
        turned(tmp_path, Kind.REVIEWER)


def test_two_keys_of_one_person_are_one_reviewer(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, reviewers = installed(tmp_path, made)
    (reviewers / "recovery.reviewer.pub").unlink()
    for file in made.people["alice"]:
        write(file, tmp_path)
    write(shown(turned(tmp_path, Kind.REVIEWER)), reviewers)

    assert complaints(keys, reviewers) == ["one reviewer only: who loses that key loses every held record"]
    assert len(load(keys, reviewers, single_key=True).reviewers) == 2


def test_a_reviewer_added_later_opens_what_is_sealed_from_then_on_or_wrapped_anew(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, reviewers = installed(tmp_path, made)
    carole = make(Kind.REVIEWER, "carole", DAY, b"c" * 32)
    before = held_with(load(keys, reviewers), HELD)

    write(shown(carole), reviewers)
    ring = load(keys, reviewers)

    with pytest.raises(SealError, match="not_a_reader"):
        open_seal(before, carole.secret_bytes)
    assert open_seal(held_with(ring, HELD), carole.secret_bytes).record == HELD
    again = rewrap(before, private_key(made, "alice"), ring.reviewers, secrets.token_bytes(32))
    assert open_seal(again, carole.secret_bytes).record == HELD


def test_recovery_alone_brings_back_what_is_held_when_every_reviewer_lost_the_key(tmp_path: Path) -> None:
    made = some_keys("alice")
    keys, reviewers = installed(tmp_path, made)
    held = held_with(load(keys, reviewers), HELD)
    (reviewers / "alice.reviewer.pub").unlink()
    carole = make(Kind.REVIEWER, "carole", DAY, b"c" * 32)
    write(shown(carole), reviewers)

    again = rewrap(held, private_key(made, "recovery"), load(keys, reviewers).reviewers, secrets.token_bytes(32))

    assert open_seal(again, carole.secret_bytes).record == HELD


# ---- stolen ---------------------------------------------------------------------------------------------------------


def test_whoever_steals_a_guard_opens_nothing_of_the_quarantine(tmp_path: Path) -> None:
    """All its keys of all epochs, its ledger and all that is on the quarantine topic; the thief tries everything that may be a key."""
    made = some_keys("alice")
    keys, reviewers = installed(tmp_path / "guard", made)
    turned(keys, Kind.MAC)
    turned(keys, Kind.RELEASE, 101)
    ring = load(keys, reviewers)
    ledger = Ledger(tmp_path / "guard" / "ledger")
    ledger.start([HELD])
    ledger.close()
    quarantine = [*held_with(ring, HELD), *held_with(ring, Record(Coordinate("lis.results", 0, 8), None, b"another"))]

    loot = possible_keys(*on_disk(tmp_path / "guard"))

    assert {secret for _, secret in (ring.mac, ring.fact, ring.pseudonym, ring.release, *ring.former_macs, *ring.former_releases)} <= loot
    assert [key for key in loot for part in quarantine if opens(part, key)] == []
    assert all(opens(part, private_key(made, "alice")) for part in quarantine)


# ---- one file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.REVIEWER, Kind.SIGNING, Kind.RELEASE, Kind.MAC, Kind.PSEUDONYM, Kind.FACT])
def test_a_key_comes_back_as_it_was_made(kind: Kind, tmp_path: Path) -> None:
    made = make(kind, "alice", DAY, b"\xff" * 32)

    path = write(made, tmp_path)

    assert read(path) == made
    assert secret(made, path) == b"\xff" * 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_public_half_is_open_to_all_and_holds_no_secret(tmp_path: Path) -> None:
    made = make(Kind.REVIEWER, "alice", DAY, b"\xff" * 32)

    path = write(shown(made), tmp_path)

    assert path.name == "alice.reviewer.pub"
    assert base64.b64encode(b"\xff" * 32).decode() not in path.read_text()
    assert read(path).public_bytes == made.public_bytes


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    first = make(Kind.FACT, "guard", DAY, b"1" * 32)
    path = write(first, tmp_path)

    with pytest.raises(FileExistsError):
        write(make(Kind.FACT, "guard", DAY, b"2" * 32), tmp_path)

    assert read(path) == first


@pytest.mark.parametrize(
    ("mode", "taken", "why"),
    [
        (0o600, True, "its owner only"),
        (0o400, True, "its owner only"),
        (0o440, True, "a mounted secret, read by the group of the process"),
        (0o644, False, "everybody reads it"),
        (0o660, False, "the group can change it"),
        (0o602, False, "everybody can change it"),
    ],
)
def test_a_secret_open_to_others_is_refused(mode: int, taken: bool, why: str, tmp_path: Path) -> None:
    path = write(make(Kind.FACT, "guard", DAY, b"1" * 32), tmp_path)

    path.chmod(mode)

    if taken:
        assert read(path), why
    else:
        with pytest.raises(ConfigError, match="other users"):
            read(path)


def test_a_passphrase_closes_a_key_and_opens_it(tmp_path: Path) -> None:
    made = make(Kind.REVIEWER, "alice", DAY, b"\x07" * 32)

    path = write(protect(made, b"correct horse", b"s" * 16), tmp_path)

    assert base64.b64encode(b"\x07" * 32).decode() not in path.read_text()
    assert secret(read(path), path, b"correct horse") == b"\x07" * 32


@pytest.mark.parametrize(
    ("passphrase", "what"),
    [(None, "closed with a passphrase"), (b"wrong horse", "does not open"), (b"", "does not open")],
)
def test_a_closed_key_stays_closed_without_its_passphrase(passphrase: bytes | None, what: str) -> None:
    closed = protect(make(Kind.REVIEWER, "alice", DAY, b"\x07" * 32), b"correct horse", b"s" * 16)

    with pytest.raises(ConfigError, match=what):
        secret(closed, Path("alice.reviewer.key"), passphrase)


def test_a_closed_key_cannot_be_put_under_another_name() -> None:
    closed = protect(make(Kind.SIGNING, "alice", DAY, b"\x07" * 32), b"correct horse", b"s" * 16)

    with pytest.raises(ConfigError, match="does not open"):
        secret(closed.model_copy(update={"name": "bruno"}), Path("f"), b"correct horse")


@pytest.mark.parametrize(
    ("kind", "find", "put", "why"),
    [
        (Kind.FACT, r'^id: ".*"', 'id: "aaaaaaaa"', "another id"),
        (Kind.FACT, r'^kind: ".*"', 'kind: "PseudonymKey"', "another kind of secret"),
        (Kind.FACT, r'^kind: ".*"', 'kind: "ReviewerKey"', "a secret that should be a pair"),
        (Kind.FACT, r'^kind: ".*"', 'kind: "ReviewerPublicKey"', "a secret shown as public"),
        (Kind.REVIEWER, r'^public: ".*"', 'public: "' + base64.b64encode(b"p" * 32).decode() + '"', "another public half"),
        (Kind.REVIEWER, r'^public: ".*"\n', "", "no public half"),
        (Kind.REVIEWER, r'^secret: ".*"\n', "", "no private half"),
        (Kind.REVIEWER, r'^kind: ".*"', 'kind: "SigningKey"', "a key for another use"),
        (Kind.FACT, r'^secret: ".*"', 'secret: "' + base64.b64encode(b"p" * 31).decode() + '"', "too short"),
        (Kind.REVIEWER, r'^secret: ".*"', 'secret: "' + base64.b64encode(b"p" * 33).decode() + '"', "too long"),
    ],
)
def test_a_file_whose_parts_do_not_fit_is_refused(kind: Kind, find: str, put: str, why: str, tmp_path: Path) -> None:
    path = write(make(kind, "alice", DAY, b"\x07" * 32), tmp_path)
    path.write_text(re.sub(find, put, path.read_text(), flags=re.MULTILINE))

    with pytest.raises(ConfigError, match="damaged"):
        read(path)


@pytest.mark.parametrize(
    "text",
    ["", "secret: 1", "nothing", 'secret: "SECRETSECRET', 'apiVersion: "pratique/v1"\nsecret: "SECRETSECRETSECRET"\n'],
)
def test_a_fault_never_quotes_the_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(ConfigError) as caught:
        read(path)

    assert "SECRET" not in str(caught.value)


def test_no_secret_is_printed(tmp_path: Path) -> None:
    made = make(Kind.FACT, "guard", DAY, b"\x07" * 32)
    ring = load(*installed(tmp_path, some_keys("alice")))

    assert isinstance(made, KeyFile)
    assert str(made.secret) not in repr(made)
    assert repr(ring.fact.secret) not in repr(ring)
