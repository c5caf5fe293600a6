"""Where each setting comes from, from weak to strong: its default, a file, the environment, an option. The command line calls it.

A secret may be given by the name of a file (`..._FILE`, `..._file`). A value is never quoted in a fault and a secret never shown.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from schemas.faults import ConfigError, Fault
from schemas.loader import explained
from schemas.manuscript import Location, Manuscript, Plain, read
from stream.setting_names import (
    EXTRA,
    HEAD,
    KINDS,
    PREFIX,
    REQUIRED,
    SECTIONS,
    Kind,
    dotted,
    near_option,
    near_variable,
    of_option,
    of_variable,
    secret_of,
    typed,
    variable,
)
from stream.settings import Settings

MASK = "********"
_SECRET_SIZE = 64 * 1024
_SENSITIVE = re.compile(r"secret|password|passphrase|pem|token|jaas", re.IGNORECASE)


class Origin(NamedTuple):
    """What gave a value: a file with line and column, an environment variable or an option."""

    name: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.column}" if self.line else self.name

    def fault(self, what: str, remedy: str) -> Fault:
        """What is wrong with a value from here."""
        return Fault(self.name, self.line, self.column, what, remedy)


DEFAULT = Origin("default")


class Given(NamedTuple):
    """One value and its origin."""

    value: Plain
    origin: Origin

    def __repr__(self) -> str:
        return f"Given({self.origin})"


class Shown(NamedTuple):
    """One setting as people may see it: secrets are masked."""

    name: str
    value: Plain
    origin: Origin


class Resolved(NamedTuple):
    """The settings, and the origin of each that was given."""

    settings: Settings
    origins: Mapping[Location, Origin]

    def shown(self) -> Iterator[Shown]:
        """Every setting, in the order of its declaration."""
        for at, value in _flat(self.settings.model_dump(mode="json")):
            if at not in HEAD:
                yield Shown(dotted(at), MASK if value is not None and _secret(at) else value, self.origins.get(at, DEFAULT))


def _secret(at: Location) -> bool:
    return KINDS.get(at) is Kind.SECRET or (at[:2] == EXTRA and _SENSITIVE.search(str(at[-1])) is not None)


def resolve_settings(file: Path | None, environment: Mapping[str, str], options: Mapping[str, str | bool]) -> Resolved:
    """`options`: values by dotted name. Raises ConfigError with every fault of every origin."""
    faults: list[Fault] = []
    given: dict[Location, Given] = {}
    for pairs in (_from_file(file), _from_environment(environment), _from_options(options)):
        for pair in pairs:
            if isinstance(pair, Fault):
                faults.append(pair)
            else:
                given[pair.at] = pair.given
    faults += [_missing(at) for at in REQUIRED if at not in given]
    settings = _validated(given, faults)
    if settings is None:
        raise ConfigError(tuple(faults))
    return Resolved(settings, {at: one.origin for at, one in given.items()})


class _Pair(NamedTuple):
    at: Location
    given: Given


def _missing(at: Location) -> Fault:
    return Fault("settings", 0, 0, f"`{dotted(at)}` is missing", f"Set it in the settings file, or as {variable(at)}.")


def _from_file(file: Path | None) -> Iterator[_Pair | Fault]:
    if file is None:
        return
    try:
        manuscript = read(file)
    except ConfigError as error:
        yield from error.faults
        return
    if isinstance(manuscript.data, dict):
        yield from _by_file(_Pair(at, Given(value, _origin(manuscript, at))) for at, value in _flat(manuscript.data))
    else:
        yield manuscript.fault((), "a mapping (`key: value`) is expected", "")


def _origin(manuscript: Manuscript, at: Location) -> Origin:
    return Origin(manuscript.name, *manuscript.values[at])


def _flat(data: Mapping[str, Plain], above: Location = ()) -> Iterator[tuple[Location, Plain]]:
    """Every setting of a tree; a section that is left empty is none."""
    for name, value in data.items():
        at = (*above, name)
        if isinstance(value, dict):
            yield from _flat(value, at)
        elif value is not None or at not in SECTIONS:
            yield at, value


def _from_environment(environment: Mapping[str, str]) -> Iterator[_Pair | Fault]:
    pairs = []
    for name in sorted(environment):
        if not name.startswith(PREFIX):
            continue
        if (at := of_variable(name)) is not None:
            pairs.append(_Pair(at, Given(typed(at, environment[name]), Origin(name))))
        elif remedy := near_variable(name):
            yield Origin(name).fault("no setting has this name", remedy)
    yield from _by_file(pairs)


def _from_options(options: Mapping[str, str | bool]) -> Iterator[_Pair | Fault]:
    pairs = []
    for name, value in options.items():
        origin = Origin(f"--set {name}" if isinstance(value, str) else f"--{name.replace('_', '-')}")
        if (at := of_option(name)) is not None:
            pairs.append(_Pair(at, Given(typed(at, value) if isinstance(value, str) else value, origin)))
        else:
            yield origin.fault("no setting has this name", near_option(name))
    yield from _by_file(pairs)


def _by_file(pairs: Iterable[_Pair]) -> Iterator[_Pair | Fault]:
    """Takes the place of each `..._file` by what the file holds; within one origin a secret is given once."""
    seen: set[Location] = set()
    for at, given in pairs:
        secret = secret_of(at)
        if (secret or at) in seen:
            yield given.origin.fault("a secret that is given twice", "Give it as a value or by a file, not both.")
        elif secret is None:
            yield _Pair(at, given)
        else:
            held = _held(given)
            yield held if isinstance(held, Fault) else _Pair(secret, held)
        seen.add(secret or at)


def _held(given: Given) -> Given | Fault:
    try:
        with Path(str(given.value)).open("rb") as file:
            data = file.read(_SECRET_SIZE + 1)
        text = data.decode()
    except OSError as error:
        return given.origin.fault(f"names a file that cannot be read ({error.strerror or 'I/O error'})", "Check the path.")
    except UnicodeDecodeError:
        return given.origin.fault("names a file that is not UTF-8", "A secret is a text.")
    if len(data) > _SECRET_SIZE:
        return given.origin.fault(f"names a file of more than {_SECRET_SIZE} bytes", "A secret is shorter.")
    return Given(text.removesuffix("\n").removesuffix("\r"), given.origin)


def _validated(given: Mapping[Location, Given], faults: list[Fault]) -> Settings | None:
    """None, after adding to `faults` what is wrong, if anything was or is."""
    data = _nested(given)

    def lay(at: Location, what: str, remedy: str, *, key: bool = False) -> Fault:  # noqa: ARG001  # a setting and its name have one origin
        return _nearest(at, given).fault(what, remedy)

    try:
        settings = Settings.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        left_out = [f"`{name}` is missing" for at in REQUIRED for name in at]
        faults += [fault for fault in explained(error, data, Settings, lay) if fault.what not in left_out]
        return None
    faults += [lay(complaint.at, complaint.what, complaint.remedy) for complaint in settings.complaints()]
    return None if faults else settings


def _nearest(at: Location, given: Mapping[Location, Given]) -> Origin:
    """The origin of a setting; of one that nobody gave, that of a neighbour."""
    for length in range(len(at), 0, -1):
        for other, one in given.items():
            if other[:length] == at[:length]:
                return one.origin
    return Origin("settings")


def _nested(given: Mapping[Location, Given]) -> dict[str, Plain]:
    """The tree of all settings. Where a value stands in the way of a section it stays, to be refused."""
    top: dict[str, Plain] = {}
    for at, one in given.items():
        inner: Plain = top
        for step in at[:-1]:
            inner = inner.setdefault(str(step), {}) if isinstance(inner, dict) else inner
        if isinstance(inner, dict) and not isinstance(inner.get(str(at[-1])), dict):
            inner[str(at[-1])] = one.value
    return top
