"""What a source's own profile says of places that nobody else knows: our Z segment, our keys. Called by decode for each document it keeps.

It speaks of unknown places only, so it makes nothing pass that a profile of ours calls an identity; what it calls text is searched too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import compress
from typing import NamedTuple, cast

from schemas.vocabulary import Category
from stream.core.decode import hl7v2
from stream.core.decode.hl7v2 import places
from stream.core.decode.hl7v2.walk import Context
from stream.core.decode.tables import folded
from stream.core.roles import INDEX, ROLES
from stream.core.values import Columns, Format

_ROLES = {
    Category.PERSON_NAME: "person.name.full",
    Category.PROFESSIONAL_NAME: "professional.name.full",
    Category.PROFESSIONAL_ESTABLISHMENT: "establishment.name",
    Category.HEALTH_TEST: "test.label",
    Category.HEALTH_RESULT: "result.text",
    Category.HEALTH_DRUG: "drug.label",
    Category.HEALTH_DIAGNOSIS: "diagnosis.label",
    Category.ADMIN_CODE: "admin.code",
}
"""The role of a category where it is not the first of the table that has it."""

_FIRST = {role.category: role.name for role in reversed(ROLES)}
_KEY, _STRANGER = INDEX["key"], INDEX["key.unknown"]
_UNKNOWN = bytes(role.name.startswith("unknown") for role in ROLES).ljust(256, b"\0")
_SHAPED = {("unknown.number", Category.HEALTH_RESULT): "result.number", ("unknown.code", Category.HEALTH_TEST): "test.code"}
_BY_SHAPE = {(INDEX[shape], category): INDEX[role] for (shape, category), role in _SHAPED.items()}


class Overlay(NamedTuple):
    """`names` by the folded name, `segments` by HL7 v2 segment and `field` or `field.component`."""

    names: Mapping[str, Category] = {}
    segments: Mapping[str, Mapping[str, Category]] = {}


def overlay(names: Mapping[str, Category], segments: Mapping[str, Mapping[str, Category]]) -> Overlay:
    """As a profile writes it, ready to be laid over documents."""
    return Overlay({folded(name): category for name, category in names.items()}, segments)


def lay(over: Overlay, format_: Format, data: bytes, columns: Columns) -> None:
    """Gives the unknown leaves of a document the roles that the profile says."""
    found = _by_label if columns.labels else _by_segment if format_ is hl7v2.FORMAT else _nothing
    for leaf, category in found(over, data, columns):
        shaped = _BY_SHAPE.get((columns.role[leaf], category))
        columns.role[leaf] = INDEX[_ROLES.get(category, _FIRST[category])] if shaped is None else shaped


def _unknown(columns: Columns) -> Iterator[int]:
    return compress(range(len(columns.role)), columns.role.translate(_UNKNOWN))


def _by_label(over: Overlay, data: bytes, columns: Columns) -> Iterator[tuple[int, Category]]:
    """By the name that stands at the leaf; that name is then one that is known."""
    for leaf in _unknown(columns):
        label = columns.labels[leaf]
        if label >= 0:
            name = data[columns.start[label] : columns.end[label]].decode(columns.charset, "replace")
            category = over.names.get(folded(name))
            if category is not None:
                if columns.role[label] == _STRANGER:
                    columns.role[label] = _KEY
                yield leaf, category


def _by_segment(over: Overlay, data: bytes, columns: Columns) -> Iterator[tuple[int, Category]]:
    """By the segment and field, or component, in which the leaf begins."""
    for leaf in _unknown(columns):
        segment, field, component = places.place(data, columns.start[leaf], cast("Context", columns.context))
        fields = over.segments.get(segment, {})
        category = fields.get(f"{field}.{component}") or fields.get(str(field))
        if category is not None:
            yield leaf, category


def _nothing(over: Overlay, data: bytes, columns: Columns) -> Iterator[tuple[int, Category]]:  # noqa: ARG001  # one signature
    """For formats that name nothing."""
    return iter(())
