"""Opens a person's private keys: from a file or a command that prints one, with a passphrase from a file, a command or the keyboard."""

import shlex
import subprocess
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from schemas.faults import ConfigError, Fault
from stream.cli.person import passphrase_in
from stream.guard.keyfile import KeyFile, Kind, parse, read, secret

KeyPath = Annotated[Path | None, typer.Option("--key", exists=True, dir_okay=False, help="Your reviewer key: NAME.reviewer.key.")]
KeyCommand = Annotated[str | None, typer.Option(metavar="CMD", help="A command that prints your reviewer key; run without a shell.")]
SigningPath = Annotated[Path, typer.Option("--signing-key", exists=True, dir_okay=False, help="Your signing key: NAME.signing.key.")]
PassphraseFile = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Its first line opens your keys.")]
PassphraseCommand = Annotated[
    str | None, typer.Option(metavar="CMD", help="The first line it prints opens your keys; run without a shell.")
]

_KEY_COMMAND = "--key-command"
_PASSPHRASE_COMMAND = "--passphrase-command"  # noqa: S105  # the name of an option, not a password


class Opened(NamedTuple):
    """A private key: its file, and the 32 secret bytes."""

    file: KeyFile
    secret: bytes

    def __repr__(self) -> str:
        return f"Opened({self.file.name}, {self.file.id})"


class Unlocking:
    """Opens the keys of one person. What was typed once is tried for that person's other key as well."""

    def __init__(self, passphrase_file: Path | None, passphrase_command: str | None) -> None:
        if passphrase_file is not None and passphrase_command is not None:
            raise typer.BadParameter("give a file or a command, not both", param_hint=_PASSPHRASE_COMMAND)
        self._file, self._command = passphrase_file, passphrase_command
        self._known: dict[str, bytes] = {}

    def reviewer(self, path: Path | None, command: str | None) -> Opened:
        """Raises ConfigError, BadParameter."""
        if path is not None and command is None:
            return self._opened(read(path), Kind.REVIEWER, path)
        if command is not None and path is None:
            printed = _run(_KEY_COMMAND, command).decode(errors="replace")
            return self._opened(parse(printed, Path(_KEY_COMMAND)), Kind.REVIEWER, Path(_KEY_COMMAND))
        raise typer.BadParameter("give your reviewer key: --key FILE or --key-command CMD", param_hint="--key")

    def signing(self, path: Path) -> Opened:
        """Raises ConfigError."""
        return self._opened(read(path), Kind.SIGNING, path)

    def _opened(self, file: KeyFile, kind: Kind, path: Path) -> Opened:
        if file.kind is not kind:
            name = kind.removesuffix("Key").lower()
            raise ConfigError((Fault(str(path), 0, 0, f"a {file.kind}", f"Give a {name} key: NAME.{name}.key."),))
        return Opened(file, secret(file, path, self._passphrase(file)))

    def _passphrase(self, file: KeyFile) -> bytes | None:
        if file.protection is None:
            return None
        if file.name not in self._known:
            self._known[file.name] = self._ask(file)
        return self._known[file.name]

    def _ask(self, file: KeyFile) -> bytes:
        if self._file is not None:
            return passphrase_in(self._file)
        if self._command is not None:
            return _first_line(_PASSPHRASE_COMMAND, _run(_PASSPHRASE_COMMAND, self._command))
        asked: str = typer.prompt(f"Passphrase of {file.name}", hide_input=True, err=True)
        return asked.encode()


def _first_line(option: str, printed: bytes) -> bytes:
    first = printed.partition(b"\n")[0].rstrip(b"\r")
    if not first:
        raise ConfigError((Fault(option, 0, 0, "the command printed nothing", "It has to print it on the first line."),))
    return first


def _run(option: str, command: str) -> bytes:
    """What a command of the person's own prints. Its stderr and stdin are the person's: it may ask something."""
    try:
        words = shlex.split(command)
        ended = subprocess.run(words, stdout=subprocess.PIPE, check=True)  # noqa: S603  # the person's own words, and no shell
    except subprocess.CalledProcessError as error:
        raise ConfigError((Fault(option, 0, 0, f"the command ended with {error.returncode}", "Try it by hand."),)) from None
    except (OSError, ValueError, IndexError):
        raise ConfigError((Fault(option, 0, 0, "the command does not run", "Try it by hand."),)) from None
    return ended.stdout
