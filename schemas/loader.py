"""Loads what people write: YAML to a frozen model, or every fault with file, line and column. The command line and the guard call it.

A folder is refused whole. Types are strict: a text is never read as a number, a word never as a truth.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.faults import Complaint, ConfigError, Fault
from schemas.manuscript import Location, Manuscript, Plain, parse, read
from schemas.wording import JsonSchema, nearest, wording

Model = TypeVar("Model", bound=BaseModel)


@runtime_checkable
class Checked(Protocol):
    """A model that looks for faults of meaning once its shape is right."""

    def complaints(self) -> Iterable[Complaint]: ...


class Loaded(NamedTuple):
    """A file that was read."""

    path: Path
    value: BaseModel


class Lay(Protocol):
    """Turns a location into a fault; `key`: at the key that stands there, not at its value."""

    def __call__(self, at: Location, what: str, remedy: str, *, key: bool = False) -> Fault: ...


def load(path: Path, model: type[Model]) -> Model:
    """One file. Raises ConfigError."""
    return validated(read(path), model)


def loads(text: str, name: str, model: type[Model]) -> Model:
    """One text; `name` stands in its faults. Raises ConfigError."""
    return validated(parse(text, name), model)


def load_all(paths: Iterable[Path], kinds: Mapping[str, type[BaseModel]]) -> tuple[Loaded, ...]:
    """Every YAML file of the paths (folders are walked), each read by its `kind`. Raises ConfigError with every fault of every file."""
    loaded, faults = survey(paths, kinds)
    if faults:
        raise ConfigError(faults)
    return loaded


def survey(paths: Iterable[Path], kinds: Mapping[str, type[BaseModel]]) -> tuple[tuple[Loaded, ...], tuple[Fault, ...]]:
    """The same, with what could be read and every fault of the rest."""
    loaded: list[Loaded] = []
    faults: list[Fault] = []
    for path in _files(paths):
        try:
            manuscript = read(path)
            loaded.append(Loaded(path, validated(manuscript, _model(manuscript, kinds))))
        except ConfigError as error:
            faults.extend(error.faults)
    return tuple(loaded), tuple(faults)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml") and file.is_file())
        else:
            yield path


def _model(manuscript: Manuscript, kinds: Mapping[str, type[BaseModel]]) -> type[BaseModel]:
    kind = manuscript.data.get("kind") if isinstance(manuscript.data, dict) else None
    if isinstance(kind, str) and kind in kinds:
        return kinds[kind]
    what = "`kind` is missing" if kind is None else "a kind that is not known here"
    raise ConfigError((manuscript.fault(("kind",), what, nearest(kind, sorted(kinds))),))


def validated(manuscript: Manuscript, model: type[Model]) -> Model:
    """Raises ConfigError."""
    try:
        value = model.model_validate_json(json.dumps(manuscript.data), strict=True)
    except ValidationError as error:
        raise ConfigError(explained(error, manuscript.data, model, manuscript.fault)) from None
    if isinstance(value, Checked) and (complaints := tuple(value.complaints())):
        raise ConfigError(_in_order(manuscript.fault(*complaint) for complaint in complaints))
    return value


class _Found(NamedTuple):
    """Where an error of pydantic stands in what was written."""

    error: ErrorDetails
    at: Location
    mistyped: bool  # whether it says that a value of this type cannot stand here at all
    yields: bool  # whether an error that stands deeper says more: about one form of several, or about entries that were left out


def explained(error: ValidationError, data: Plain, model: type[BaseModel], lay: Lay) -> tuple[Fault, ...]:
    """What pydantic found wrong in `data`, in plain words, each fault laid where it stands."""
    found = [_find(detail, data) for detail in error.errors(include_url=False, include_input=False)]
    kept = [one for one in found if not (one.yields and any(_nearer(other, one) for other in found))]
    schema = model.model_json_schema()
    return _in_order(_fault(data, one, schema, lay) for one in kept)


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(set(faults), key=lambda fault: (fault.line, fault.column, fault.what)))


def _find(error: ErrorDetails, data: Plain) -> _Found:
    """Follows pydantic's location through the data; what is not in the data names a form (of a union) or a validator."""
    at: Location = ()
    branch = False
    for step in error["loc"]:
        below = _step(data, step)
        if below is None:
            branch = True
        else:
            at, data = (*at, step), below.value
    kind = error["type"]
    mistyped = kind.endswith("_type") or (kind in ("enum", "literal_error") and isinstance(data, (dict, list)))
    return _Found(error, at, mistyped, kind == "too_short" or (branch and kind != "missing"))


class _Below(NamedTuple):
    value: Plain


def _step(data: Plain, step: str | int) -> _Below | None:
    if isinstance(data, dict) and isinstance(step, str) and step in data:
        return _Below(data[step])
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return _Below(data[step])
    return None


def _nearer(one: _Found, other: _Found) -> bool:
    """Whether `one` is about the form that was meant: it stands deeper, or at the same place and is not about the type."""
    if one.at == other.at:
        return other.mistyped and not one.mistyped
    return one.at[: len(other.at)] == other.at


def _fault(data: Plain, found: _Found, schema: JsonSchema, lay: Lay) -> Fault:
    of_key = found.error["type"] == "extra_forbidden" or found.error["loc"][-1:] == ("[key]",)
    written = found.at[-1] if of_key else _value(data, found.at)
    what, remedy = wording(found.error, schema, found.at, written)
    return lay(found.at, what, remedy, key=of_key)


def _value(data: Plain, at: Location) -> Plain:
    for step in at:
        below = _step(data, step)
        data = below.value if below else None
    return data
