"""Who acts: a person is told by the key that the person holds, never by an option."""

from pathlib import Path

import typer

from schemas.faults import ConfigError, Fault
from stream.guard.keyfile import KeyFile, Kind, read, secret


def signing_key(path: Path, passphrase_file: Path | None) -> KeyFile:
    """A person's signing key, opened to see that the person can; asks for the passphrase where no file gives it. Raises ConfigError."""
    file = read(path)
    if file.kind is not Kind.SIGNING:
        raise ConfigError((Fault(str(path), 0, 0, f"a {file.kind}", "Give a signing key: NAME.signing.key."),))
    secret(file, path, _passphrase(file, passphrase_file))
    return file


def passphrase_in(path: Path) -> bytes:
    """The first line of a file. Raises ConfigError where it is empty."""
    first = path.read_bytes().partition(b"\n")[0].rstrip(b"\r")
    if not first:
        raise ConfigError((Fault(str(path), 1, 1, "an empty passphrase", "Write it on the first line."),))
    return first


def _passphrase(file: KeyFile, path: Path | None) -> bytes | None:
    if file.protection is None:
        return None
    if path is not None:
        return passphrase_in(path)
    asked: str = typer.prompt(f"Passphrase of {file.name}", hide_input=True, err=True)
    return asked.encode()
