"""`pratique keys`: every key where it belongs, nothing written over, no secret on the screen."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from stream.cli.keys import app
from stream.guard import keyfile
from stream.guard.keyfile import Kind, read, secret
from stream.guard.keyring import load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keyfile, "_COST", 14)


def keys(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=typed)


def test_what_is_made_starts_a_guard_from_the_folders_that_a_pipeline_names_by_default() -> None:
    assert keys("create", "--reviewer", "alice", "--reviewer", "bruno").exit_code == 0

    ring = load(Path("keys"), Path("keys/reviewers"))

    assert [reviewer.name for reviewer in ring.reviewers] == ["alice", "bruno", "recovery"]


def test_one_reviewer_and_recovery_are_made_when_nobody_is_named() -> None:
    keys("create")

    assert [reviewer.name for reviewer in load(Path("keys"), Path("keys/reviewers")).reviewers] == ["recovery", "reviewer"]


def test_private_keys_lie_apart_from_the_guards_in_a_folder_for_each_person() -> None:
    keys("create", "--reviewer", "alice")

    assert sorted(str(path) for path in Path("private-keys").rglob("*.*")) == [
        "private-keys/alice/alice.reviewer.key",
        "private-keys/alice/alice.signing.key",
        "private-keys/alice/guard.release.pub",
        "private-keys/recovery/recovery.reviewer.key",
    ]
    assert not any(read(path).kind in (Kind.REVIEWER, Kind.SIGNING) for path in Path("keys").rglob("*.key"))


def test_each_file_is_listed_with_who_keeps_it() -> None:
    made = keys("create", "--reviewer", "alice", "-o", "jsonl")

    rows = [json.loads(line) for line in made.stdout.splitlines()]

    assert len(rows) == 12
    assert {row["file"]: row["kept by"] for row in rows}["private-keys/recovery/recovery.reviewer.key"] == "a safe place"
    assert "Move each folder of private-keys" in made.stderr


def test_no_secret_reaches_the_screen() -> None:
    shown = keys("create", "--reviewer", "alice").output + keys("show", ".").output

    secrets = [read(path).secret for path in Path().rglob("*.key")]

    assert len(secrets) == 7
    assert not any(str(each) in shown for each in secrets)


def test_a_key_is_never_written_over() -> None:
    keys("create", "--reviewer", "alice")
    before = {path: path.read_bytes() for path in Path().rglob("*.key")}

    again = keys("create", "--reviewer", "alice")

    assert again.exit_code == 1
    assert again.stdout == ""
    assert {path: path.read_bytes() for path in Path().rglob("*.key")} == before


def test_one_file_in_the_way_is_enough_to_write_none() -> None:
    Path("private-keys/recovery").mkdir(parents=True)
    Path("private-keys/recovery/recovery.reviewer.key").write_text("mine")

    assert keys("create").exit_code == 1

    assert not Path("keys").exists()


def test_a_folder_that_cannot_be_written_is_told_with_its_name() -> None:
    Path("keys").write_text("a file where a folder should be")

    made = keys("create")

    assert made.exit_code == 4
    assert made.stderr == "keys: File exists. Delete what was written, and begin again.\n"


def test_a_passphrase_from_a_file_closes_what_people_keep_and_nothing_of_the_guard() -> None:
    Path("word").write_text("correct horse\n")

    keys("create", "--reviewer", "alice", "--passphrase-file", "word")

    assert load(Path("keys"), Path("keys/reviewers"))
    for path in Path("private-keys").rglob("*.key"):
        assert len(secret(read(path), path, b"correct horse")) == 32
        assert read(path).protection is not None


def test_each_person_is_asked_for_a_passphrase() -> None:
    made = keys("create", "--reviewer", "alice", "--ask-passphrase", typed="zebra\nzebra\nocelot\nocelot\n")

    assert made.exit_code == 0
    for name, word in (("alice", b"zebra"), ("recovery", b"ocelot")):
        path = Path(f"private-keys/{name}/{name}.reviewer.key")
        assert len(secret(read(path), path, word)) == 32
    assert "zebra" not in made.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--reviewer", "recovery"), "it is made anyhow"),
        (("--reviewer", "alice", "--reviewer", "alice"), "twice"),
        (("--reviewer", "../alice"), "a name is part of a path"),
        (("--reviewer", ""), "no name"),
        (("--passphrase-file", "nowhere"), "no such file"),
        (("--passphrase-file", "word", "--ask-passphrase"), "two ways to one passphrase"),
    ],
)
def test_a_command_line_that_makes_no_sense_makes_no_key(arguments: tuple[str, ...], why: str) -> None:
    Path("word").write_text("correct horse\n")

    assert keys("create", *arguments).exit_code == 2, why

    assert not Path("keys").exists()


def test_an_empty_passphrase_is_none() -> None:
    Path("word").write_text("\n")

    made = keys("create", "--passphrase-file", "word")

    assert made.exit_code == 3
    assert made.stderr == "word:1:1: an empty passphrase. Write it on the first line.\n"


def test_show_lists_ids_and_fingerprints_that_fit_on_both_sides() -> None:
    keys("create", "--reviewer", "alice")

    rows = [json.loads(line) for line in keys("show", ".", "-o", "jsonl").stdout.splitlines()]

    of_alice = [row for row in rows if row["name"] == "alice" and row["kind"].startswith("Reviewer")]
    assert len(of_alice) == 2
    assert len({(row["id"], row["fingerprint"]) for row in of_alice}) == 1
    assert of_alice[0]["fingerprint"].startswith("SHA256:")


def test_show_lists_what_it_can_and_says_what_it_cannot() -> None:
    keys("create", "--reviewer", "alice")
    Path("keys/guard.fact.key").chmod(0o644)

    shown = keys("show", "-o", "jsonl")

    assert shown.exit_code == 3
    assert len(shown.stdout.splitlines()) == 7
    assert shown.stderr.startswith("keys/guard.fact.key: a secret key that other users can read or change")


def test_one_more_person_makes_keys_elsewhere_and_only_the_public_halves_travel() -> None:
    keys("create", "--reviewer", "alice")

    made = keys("person", "bruno", "--out", "at-home")

    assert made.exit_code == 0
    for path in Path("at-home").glob("*.pub"):
        path.rename(Path("keys/reviewers") / path.name)
    ring = load(Path("keys"), Path("keys/reviewers"))
    assert [reviewer.name for reviewer in ring.reviewers] == ["alice", "bruno", "recovery"]
    assert [signer.name for signer in ring.signers] == ["alice", "bruno"]


def test_the_keys_of_a_person_are_closed_with_a_passphrase_as_the_others_are() -> None:
    keys("person", "bruno", "--ask-passphrase", typed="zebra\nzebra\n")

    path = Path("bruno.signing.key")
    assert len(secret(read(path), path, b"zebra")) == 32


# ---- epochs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "folder", "written"),
    [
        ("mac", "keys", ["keys/guard.mac.2.key"]),
        ("fact", "keys", ["keys/guard.fact.2.key"]),
        ("release", "keys", ["keys/guard.release.2.key", "keys/reviewers/guard.release.2.pub"]),
        ("reviewer", "private-keys/alice", ["private-keys/alice/alice.reviewer.2.key", "private-keys/alice/alice.reviewer.2.pub"]),
        ("signing", "private-keys/alice", ["private-keys/alice/alice.signing.2.key", "private-keys/alice/alice.signing.2.pub"]),
        (
            "reviewer",
            "private-keys/recovery",
            ["private-keys/recovery/recovery.reviewer.2.key", "private-keys/recovery/recovery.reviewer.2.pub"],
        ),
    ],
)
def test_the_key_that_follows_lies_beside_the_former(use: str, folder: str, written: list[str]) -> None:
    keys("create", "--reviewer", "alice")
    before = {path: path.read_bytes() for path in Path().rglob("*.*")}

    made = keys("rotate", use, folder, "-o", "jsonl")

    assert made.exit_code == 0
    assert [json.loads(line)["file"] for line in made.stdout.splitlines()] == written
    assert {path: path.read_bytes() for path in Path().rglob("*.*")} == before | {Path(each): Path(each).read_bytes() for each in written}
    assert "former" in made.stderr
    assert load(Path("keys"), Path("keys/reviewers"))


def test_the_guards_folder_is_meant_when_none_is_named() -> None:
    keys("create")

    assert keys("rotate", "mac").exit_code == keys("rotate", "mac").exit_code == 0

    ring = load(Path("keys"), Path("keys/reviewers"))
    assert [ring.mac.id, *(each.id for each in ring.former_macs)] == [
        read(Path(f"keys/guard.mac{epoch}.key")).id for epoch in (".3", ".2", "")
    ]


def test_a_pseudonym_key_is_not_rotated_and_the_reason_told() -> None:
    keys("create")

    refused = keys("rotate", "pseudonym")

    assert refused.exit_code == 3
    assert "never followed by another" in refused.stderr
    assert not Path("keys/guard.pseudonym.2.key").exists()


def test_a_passphrase_closes_the_next_key_of_a_person_and_is_refused_for_the_guards() -> None:
    keys("create", "--reviewer", "alice")

    made = keys("rotate", "reviewer", "private-keys/alice", "--ask-passphrase", typed="zebra\nzebra\n")

    assert made.exit_code == 0
    path = Path("private-keys/alice/alice.reviewer.2.key")
    assert len(secret(read(path), path, b"zebra")) == 32
    assert keys("rotate", "mac", "--ask-passphrase", typed="zebra\nzebra\n").exit_code == 2
    assert not Path("keys/guard.mac.2.key").exists()


def test_a_file_in_the_way_keeps_the_next_key_from_being_made() -> None:
    keys("create")
    Path("keys/reviewers/guard.release.2.pub").write_text("mine")

    assert keys("rotate", "release").exit_code == 3

    assert not Path("keys/guard.release.2.key").exists()
    assert Path("keys/reviewers/guard.release.2.pub").read_text() == "mine"


def test_show_tells_epochs() -> None:
    keys("create")
    keys("rotate", "mac")

    rows = [json.loads(line) for line in keys("show", "-o", "jsonl").stdout.splitlines()]

    assert [row["epoch"] for row in rows if row["kind"] == "MacKey"] == ["2", "1"]
    assert {row["epoch"] for row in rows if row["kind"] != "MacKey"} == {"1"}
