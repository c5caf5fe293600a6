"""The names of all settings, as a file, the environment and an option write them, and how a text becomes a value. `given` calls it."""

import difflib
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, SecretStr

from schemas.manuscript import Location, Plain, resolve
from stream.settings import Settings

PREFIX = "PRATIQUE_"
SETTINGS_FILE = "PRATIQUE_SETTINGS"  # names the file itself
EXTRA: Location = ("kafka", "extra")
HEAD = frozenset({("apiVersion",), ("kind",)})


class Kind(Enum):
    """How the text of an environment variable or option becomes a value."""

    TEXT = auto()
    LIST = auto()  # by commas
    WORD = auto()  # a number, true or false
    SECRET = auto()


def _leaves(model: type[BaseModel], above: Location = ()) -> Iterator[tuple[Location, Kind, bool]]:
    for name, field in model.model_fields.items():
        at = (*above, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _leaves(field.annotation, at)
        elif at != EXTRA and at not in HEAD:
            yield at, _kind(field.annotation), field.is_required()


def _kind(annotation: Any) -> Kind:
    types = _types(annotation)
    if SecretStr in types:
        return Kind.SECRET
    if tuple in types:
        return Kind.LIST
    return Kind.WORD if types & {int, float, bool} else Kind.TEXT


def _types(annotation: Any) -> set[Any]:
    """The plain types that an annotation is made of; what a list holds does not count."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _types(get_args(annotation)[0])
    if origin is UnionType:
        return {type_ for part in get_args(annotation) for type_ in _types(part)}
    return {origin or annotation}


KINDS: Mapping[Location, Kind] = {at: kind for at, kind, _ in _leaves(Settings)}
REQUIRED: tuple[Location, ...] = tuple(at for at, _, required in _leaves(Settings) if required)
SECTIONS = frozenset(at[:length] for at in (*KINDS, (*EXTRA, "")) for length in range(1, len(at)))


def dotted(at: Location) -> str:
    """`kafka.bootstrap`."""
    return ".".join(map(str, at))


def variable(at: Location) -> str:
    """`PRATIQUE_KAFKA__BOOTSTRAP`."""
    return PREFIX + "__".join(str(step).upper() for step in at)


_VARIABLES: Mapping[str, Location] = {variable(at): at for at in KINDS}
_DOTTED: Mapping[str, Location] = {dotted(at): at for at in KINDS}
_EXTRA_VARIABLE = variable(EXTRA) + "__"
_EXTRA_DOTTED = dotted(EXTRA) + "."


def of_variable(name: str) -> Location | None:
    """The setting of an environment variable. A secret's `..._FILE` is the location `..._file`; in `extra`, `_` stands for a dot."""
    if name.startswith(_EXTRA_VARIABLE):
        return (*EXTRA, name.removeprefix(_EXTRA_VARIABLE).lower().replace("_", "."))
    secret = _VARIABLES.get(name.removesuffix("_FILE"))
    if name.endswith("_FILE") and secret is not None and KINDS[secret] is Kind.SECRET:
        return (*secret[:-1], f"{secret[-1]}_file")
    return _VARIABLES.get(name)


def of_option(name: str) -> Location | None:
    """The setting of a dotted name."""
    if name.startswith(_EXTRA_DOTTED):
        return (*EXTRA, name.removeprefix(_EXTRA_DOTTED))
    at = tuple(name.split("."))
    return at if at in KINDS or secret_of(at) is not None else None


def near_variable(name: str) -> str | None:
    """What to do about a variable that is no setting; None: it is somebody else's (Kubernetes makes some from a service's name)."""
    if name == SETTINGS_FILE:
        return None
    if close := difflib.get_close_matches(name, _VARIABLES, n=1, cutoff=0.85):
        return f"Did you mean {close[0]}?"
    return "`pratique config show --resolved` lists them." if "__" in name else None


def near_option(name: str) -> str:
    """What to do about a dotted name that is no setting."""
    close = difflib.get_close_matches(name, _DOTTED, n=1)
    return f"Did you mean `{close[0]}`?" if close else "`pratique config show --resolved` lists them."


def secret_of(at: Location) -> Location | None:
    """The secret that a `..._file` stands for."""
    last = str(at[-1])
    stem = (*at[:-1], last.removesuffix("_file"))
    return stem if last.endswith("_file") and KINDS.get(stem) is Kind.SECRET else None


def typed(at: Location, text: str) -> Plain:
    """The value that a text means for a setting; what makes no sense stays a text and is refused later."""
    match KINDS.get(at, Kind.TEXT):
        case Kind.LIST:
            return [part.strip() for part in text.split(",") if part.strip()]
        case Kind.WORD:
            return _word(text)
        case _:
            return text


def _word(text: str) -> Plain:
    try:
        return resolve(text)
    except ValueError:
        return text
