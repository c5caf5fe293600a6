"""Says in plain words what pydantic found wrong. The loader and the settings call it.

It names what the schema knows and never repeats what was written.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic_core import ErrorDetails

from schemas.manuscript import Location, Plain

JsonSchema: TypeAlias = Mapping[str, Any]  # JSON Schema as pydantic makes it

_SHOWN = 12  # names listed in a remedy at most

_KINDS = {
    "string_type": "a text is expected",
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "bool_type": "`true` or `false` is expected",
    "list_type": "a list is expected",
    "tuple_type": "a list is expected",
    "set_type": "a list is expected",
    "frozen_set_type": "a list is expected",
    "dict_type": "a mapping (`key: value`) is expected",
    "model_type": "a mapping (`key: value`) is expected",
    "model_attributes_type": "a mapping (`key: value`) is expected",
    "string_sub_type": "a text is expected",
    "date_type": "a date is expected",
    "date_parsing": "a date is expected",
    "date_from_datetime_parsing": "a date is expected",
    "date_from_datetime_inexact": "a date is expected",
    "datetime_type": "a date and time is expected",
    "datetime_parsing": "a date and time is expected",
    "datetime_from_date_parsing": "a date and time is expected",
    "timezone_aware": "a date and time with its offset is expected",
}
_REMEDIES = {
    "a text is expected": "Put it in quotes.",
    "a whole number is expected": "Write digits only, without quotes.",
    "a date is expected": "Write it as 2027-06-30.",
    "a date and time is expected": "Write it as 2027-06-30T12:00:00Z.",
    "a date and time with its offset is expected": "Write it as 2027-06-30T12:00:00Z.",
}
_BOUNDS = {
    "greater_than": ("gt", "is too small", "Write more than {}."),
    "greater_than_equal": ("ge", "is too small", "Write at least {}."),
    "less_than": ("lt", "is too large", "Write less than {}."),
    "less_than_equal": ("le", "is too large", "Write at most {}."),
    "string_too_short": ("min_length", "is too short", "Write at least {} characters."),
    "string_too_long": ("max_length", "is too long", "Write at most {} characters."),
    "too_short": ("min_length", "holds too few entries", "Write at least {}."),
    "too_long": ("max_length", "holds too many entries", "Write at most {}."),
}


def wording(error: ErrorDetails, schema: JsonSchema, at: Location, written: Plain) -> tuple[str, str]:
    """What is wrong and what to do. `at`: where it stands; `written`: the value there, looked at for a near word only."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _KINDS:
        return _KINDS[kind], _REMEDIES.get(_KINDS[kind], "")
    if kind in _BOUNDS:
        limit, what, remedy = _BOUNDS[kind]
        return what, remedy.format(context[limit])
    match kind:
        case "missing":
            name = error["loc"][-1]
            return (f"`{name}` is missing" if isinstance(name, str) else "an entry is missing"), "Add it here."
        case "extra_forbidden":
            return "an unknown key", nearest(str(at[-1]), sorted(_keys(schema, at[:-1])))
        case "enum" | "literal_error":
            return "a word that is not known here", nearest(written, re.findall(r"'([^']*)'", context["expected"]))
        case "union_tag_invalid" | "union_tag_not_found":
            return "the kind of this mapping is not known", nearest(None, re.findall(r"'([^']*)'", context.get("expected_tags", "")))
        case "string_pattern_mismatch":
            return "is not written as it must be", _pattern(schema, at, context["pattern"])
        case "value_error":
            what, _, remedy = str(context["error"]).partition(". ")
            return what, remedy
    return f"is not valid ({kind})", "See the JSON Schema."


def nearest(written: object, known: Sequence[str]) -> str:
    """`Did you mean ...`, or the words there are."""
    close = difflib.get_close_matches(written, known, n=1) if isinstance(written, str) else []
    if close:
        return f"Did you mean `{close[0]}`?"
    if not known:
        return "Delete it."
    shown = ", ".join(f"`{word}`" for word in known[:_SHOWN])
    return f"Known here: {shown}{' ...' if len(known) > _SHOWN else ''}."


def _pattern(schema: JsonSchema, at: Location, pattern: str) -> str:
    examples = [example for here in _describing(schema, schema, at) for example in here.get("examples", ())]
    return f"Write it like `{examples[0]}`." if examples else f"It must match `{pattern}`."


def _keys(schema: JsonSchema, at: Location) -> set[str]:
    return {key for here in _describing(schema, schema, at) for key in here.get("properties", ())}


def _describing(root: JsonSchema, here: JsonSchema, at: Location) -> Iterator[JsonSchema]:
    """The schemas that may describe the value at a location."""
    if "$ref" in here:
        yield from _describing(root, root["$defs"][here["$ref"].rpartition("/")[2]], at)
    for branch in (*here.get("anyOf", ()), *here.get("oneOf", ())):
        yield from _describing(root, branch, at)
    if not at:
        yield here
        return
    for below in _below(here, at[0]):
        yield from _describing(root, below, at[1:])


def _below(here: JsonSchema, step: str | int) -> Iterator[JsonSchema]:
    if isinstance(step, str):
        candidates = (here.get("properties", {}).get(step), here.get("additionalProperties"))
    else:
        candidates = (here.get("items"), *here.get("prefixItems", ())[step : step + 1])
    return (candidate for candidate in candidates if isinstance(candidate, Mapping))
