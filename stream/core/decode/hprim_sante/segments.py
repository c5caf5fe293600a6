"""The profile, compiled: what the fields of a segment are, from its second one on. Called by the walk and the paths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from stream.core.decode.hl7v2.datatypes import UNKNOWN_PLACE, Composite, Kind, kind
from stream.core.decode.hl7v2.segments import numbers
from stream.core.decode.hprim_sante.profile import PROFILE, VALUES
from stream.core.roles import INDEX

Kinds = tuple[Kind, ...]

HEAD = b"H"
RESULT, NOTE, PATIENT = b"OBX", b"C", b"P"

_NAME = re.compile(rb"[A-Z][A-Z0-9]{0,2}")
_NATIONAL = re.compile(rb"[1-8]\d{5}[\dAB]\d{8}")
_TYPE, _VALUE = 2, 4  # of an OBX: among its fields with its name, and among its kinds


def named(field: bytes) -> bool:
    """Whether the first field of a line is written like the name of a segment."""
    return _NAME.fullmatch(field) is not None


def observation(fields: Sequence[bytes]) -> Kinds:
    """The fields of an OBX, told by its raw fields (its name first): OBX.6 is what OBX.3 says."""
    return _OBSERVATIONS.get(fields[_TYPE], _OBSERVATION) if len(fields) > _TYPE else _OBSERVATION


def _number() -> Composite:
    """A number of the patient, with the one it replaces; an INS where it is written like one."""
    usual = (INDEX["person.local_number"], INDEX["person.local_number"])
    national = (INDEX["person.ins"], INDEX["person.local_number"])
    return Composite(usual, lambda parts: national if _NATIONAL.fullmatch(parts[0]) else usual)


def _coded(family: str) -> Composite:
    """A code with its label; alone it is a label, as many send it."""
    return Composite((INDEX[f"{family}.code"], INDEX[f"{family}.label"], INDEX["structure.code"]), alone=INDEX[f"{family}.label"])


_OWN: Mapping[str, Kind] = {
    "NUMBER": _number(),
    "FILLER": Composite((INDEX["sample.number"], INDEX["order.filler"]), alone=INDEX["order.filler"]),
    "PHYSICIAN": kind("OF professional.number professional.name.full - establishment.number establishment.name -"),
    "CODED diagnosis": _coded("diagnosis"),
    "CODED drug": _coded("drug"),
}


def _kind(name: str) -> Kind:
    return _OWN[name] if name in _OWN else kind(name)


def _compiled(fields: Mapping[str, str]) -> Kinds:
    kinds = {number: _kind(name) for name, written in fields.items() for number in numbers(written)}
    return tuple(kinds.get(number, UNKNOWN_PLACE) for number in range(2, max(kinds) + 1))


SEGMENTS = {name.encode(): _compiled(fields) for name, fields in PROFILE.items()}
"""Per segment, the fields from its second on: the first is its name."""

_OBSERVATION = SEGMENTS[RESULT]
_OBSERVATIONS = {type_.encode(): (*_OBSERVATION[:_VALUE], _kind(value), *_OBSERVATION[_VALUE + 1 :]) for type_, value in VALUES.items()}
