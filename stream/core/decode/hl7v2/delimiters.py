"""The delimiters that a message declares in its first segment (MSH-1 and MSH-2, or those of BHS and FHS). Read by all of hl7v2."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

ABSENT = b"\r"
"""Stands for a delimiter that is not declared: it ends a segment, so it never stands within one."""

DECLARATION = rb'(?:MSH|BHS|FHS)([^A-Za-z0-9\s"\x1c])([^A-Za-z0-9\s"\x1c]{1,5}?)(?=\1|[\r\n]|\Z)'
_DECLARATION = re.compile(DECLARATION)

LONGEST = 10
"""How many bytes tell a declaration: a name, six delimiters at most, and the first one again."""


class Delimiters(NamedTuple):
    """One byte each, or ABSENT."""

    field: bytes
    component: bytes
    repetition: bytes
    escape: bytes
    subcomponent: bytes
    truncation: bytes


@lru_cache(maxsize=256)
def declared(head: bytes) -> Delimiters | None:
    """The delimiters that the first LONGEST bytes of a message declare; None where there are none, or where two of them are the same."""
    return given(_DECLARATION.match(head))


def given(declaration: re.Match[bytes] | None) -> Delimiters | None:
    """The delimiters that a declaration gives: its first group is the field separator, its second holds the others."""
    if declaration is None or len({*declaration[1], *declaration[2]}) <= len(declaration[2]):
        return None
    return Delimiters(declaration[1], *(declaration[2][at : at + 1] or ABSENT for at in range(5)))


@lru_cache(maxsize=64)
def pieces(delimiters: Delimiters) -> re.Pattern[bytes]:
    """Finds each piece between delimiters of any level."""
    apart = {delimiters.field, delimiters.component, delimiters.repetition, delimiters.subcomponent}
    return re.compile(b"[^" + b"".join(map(re.escape, sorted(apart))) + b"]+")
