"""`pratique keys`: makes the keys of a pipeline, and tells which are where. Never prints a secret, never writes over a file."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from schemas.faults import ConfigError
from stream.cli.exits import Exit, refusing_bad_configuration
from stream.cli.listing import listed
from stream.cli.output import Listing
from stream.cli.person import passphrase_in
from stream.guard.keyfile import KeyFile, Kind, fingerprint, shown, write
from stream.guard.keyring import RECOVERY, NewKeys, Passphrases, new_keys, person_keys, rotated, stored_keys

app = typer.Typer(help="Make and check keys.", no_args_is_help=True)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")  # part of a file's name

PassphraseFile = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Its first line closes people's keys.")]
AskPassphrase = Annotated[bool, typer.Option("--ask-passphrase", help="Ask each person for a passphrase.")]
Output = Annotated[Listing, typer.Option("--output", "-o", help="table or jsonl")]


class Use(StrEnum):
    """What a key is for, as it is typed."""

    MAC = "mac"
    RELEASE = "release"
    FACT = "fact"
    PSEUDONYM = "pseudonym"
    REVIEWER = "reviewer"
    SIGNING = "signing"

    @property
    def kind(self) -> Kind:
        return Kind(f"{self.value.capitalize()}Key")


_AFTERWARDS = {
    Use.MAC: "Restart the guard. Keep the former key beside this one until nothing is held that was held before.",
    Use.RELEASE: "Restart the guard now, and give the .pub file to each reviewer: requests for a key that it has not read yet are refused. "
    "Keep the former key until no request made for it is left.",
    Use.FACT: "The guard goes on with the former key. When nothing is held: stop every worker, move the former key to a safe place, start.",
    Use.REVIEWER: "Put the .pub file in the place of the former in the reviewers folder, restart the guard, and wrap what is held anew "
    "with the former key (`pratique quarantine rewrap`). Then destroy the former key.",
    Use.SIGNING: "Put the .pub file in the place of the former in the reviewers folder and restart the guard. Then destroy the former key.",
}


class Destined(NamedTuple):
    """A key file to write, and who keeps it."""

    folder: Path
    file: KeyFile
    keeper: str


@app.command()
@refusing_bad_configuration
def create(
    out: Annotated[Path, typer.Option(help="Folder for the guard's keys.")] = Path("keys"),
    private: Annotated[Path, typer.Option(help="Folder for people's private keys, to move away.")] = Path("private-keys"),
    reviewer: Annotated[list[str] | None, typer.Option(help="A person who may open and release; once for each.")] = None,
    passphrase_file: PassphraseFile = None,
    ask_passphrase: AskPassphrase = False,
    output: Output = Listing.TABLE,
) -> None:
    """Make the keys of a new pipeline; `recovery` is always among the reviewers."""
    people = reviewer or ["reviewer"]
    _refuse_names(people)
    made = new_keys(people, _passphrases(passphrase_file, ask=ask_passphrase), secrets.token_bytes, _today())
    _write(tuple(_destined(made, out, private)), output)
    typer.echo(f"Move each folder of {private} to the person it is named after, {RECOVERY} to a safe place, and delete it here.", err=True)


@app.command()
@refusing_bad_configuration
def person(
    name: Annotated[str, typer.Argument(help="Who will review.")],
    out: Annotated[Path, typer.Option(help="Folder for the keys.")] = Path(),
    passphrase_file: PassphraseFile = None,
    ask_passphrase: AskPassphrase = False,
    output: Output = Listing.TABLE,
) -> None:
    """Make the keys of one more person, on that person's own machine."""
    _refuse_names([name])
    private = person_keys(name, _passphrases(passphrase_file, ask=ask_passphrase)(name), secrets.token_bytes, _today())
    halves = (Destined(out, shown(file), "the guard") for file in private)
    _write((*(Destined(out, file, name) for file in private), *halves), output)
    typer.echo(
        "Send the .pub files to whoever runs the guard, for its reviewers folder, and tell the fingerprints by another way.", err=True
    )


@app.command()
@refusing_bad_configuration
def rotate(
    use: Annotated[Use, typer.Argument(help="Which key.")],
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Where the former one lies.")] = Path("keys"),
    passphrase_file: PassphraseFile = None,
    ask_passphrase: AskPassphrase = False,
    output: Output = Listing.TABLE,
) -> None:
    """Make the key that follows the newest of its kind, beside it."""
    personal = use in (Use.REVIEWER, Use.SIGNING)
    if (passphrase_file or ask_passphrase) and not personal:
        raise typer.BadParameter("a key of the guard has no passphrase: nobody is there to type it", param_hint="--ask-passphrase")
    made = rotated(folder, use.kind, _passphrases(passphrase_file, ask=ask_passphrase), secrets.token_bytes, _today())
    halves = {Use.RELEASE: folder / "reviewers", Use.REVIEWER: folder, Use.SIGNING: folder}
    half = [Destined(halves[use], shown(made), "the guard")] if use in halves else []
    _write((Destined(folder, made, made.name if personal else "the guard"), *half), output)
    typer.echo(_AFTERWARDS[use], err=True)


@app.command("show")
@refusing_bad_configuration
def show_keys(
    folders: Annotated[list[Path] | None, typer.Argument(exists=True, file_okay=False, help="Folders to look through.")] = None,
    output: Output = Listing.TABLE,
) -> None:
    """List keys with their ids and fingerprints."""
    stored, faults = stored_keys(folders or [Path("keys")])
    listed([_row(path, file) for path, file in stored], output)
    if faults:
        raise ConfigError(faults)


def _refuse_names(people: list[str]) -> None:
    for name in people:
        if not _NAME.fullmatch(name):
            raise typer.BadParameter("a name is written in lower case letters, digits and hyphens", param_hint="--reviewer")
    if RECOVERY in people:
        raise typer.BadParameter(f"`{RECOVERY}` is made anyhow", param_hint="--reviewer")
    if len(set(people)) < len(people):
        raise typer.BadParameter("a name that stands twice", param_hint="--reviewer")


def _passphrases(file: Path | None, *, ask: bool) -> Passphrases:
    if file is not None and ask:
        raise typer.BadParameter("give a file or be asked, not both", param_hint="--ask-passphrase")
    if file is not None:
        first = passphrase_in(file)
        return lambda _: first
    if ask:
        return lambda name: typer.prompt(f"New passphrase of {name}", hide_input=True, confirmation_prompt=True, err=True).encode()
    return lambda _: None


def _destined(made: NewKeys, out: Path, private: Path) -> Iterator[Destined]:
    yield from (Destined(out, file, "the guard") for file in made.guard)
    yield from (Destined(out / "reviewers", file, "the guard") for file in made.shown)
    for name, files in made.people.items():
        yield from (Destined(private / name, file, "a safe place" if name == RECOVERY else name) for file in files)


def _write(files: tuple[Destined, ...], output: Listing) -> None:
    """Writes all files, or none if one of them is there, and lists them."""
    _refuse_to_overwrite([folder / file.file_name for folder, file, _ in files])
    try:
        for folder, file, _ in files:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(file, folder)
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}. Delete what was written, and begin again.", err=True)
        raise typer.Exit(Exit.DEPENDENCY) from None
    listed([_row(folder / file.file_name, file) | {"kept by": keeper} for folder, file, keeper in files], output)


def _refuse_to_overwrite(paths: list[Path]) -> None:
    there = [path for path in paths if path.exists()]
    for path in there:
        typer.echo(f"{path} exists already. A key is never written over.", err=True)
    if there:
        raise typer.Exit(Exit.FOUND)


def _row(path: Path, file: KeyFile) -> dict[str, str]:
    return {
        "file": str(path),
        "kind": file.kind.value,
        "name": file.name,
        "id": file.id,
        "epoch": str(file.epoch),
        "created": file.created.isoformat(),
        "passphrase": "yes" if file.protection else "no" if file.secret else "",
        "fingerprint": fingerprint(file),
    }


def _today() -> date:
    return datetime.now(UTC).date()
