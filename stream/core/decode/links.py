"""Ids of FHIR resources and references to them: which part of one is a number of somebody or something, and whose. Called by the
dictionary of names for the roles, by readers for the part.

A UUID, or a handle such as `p1`, tells nobody; where a number stands, what leads to it (`Patient/`) is no part of it, so that a pseudonym
keeps the link.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from stream.core.decode.tables import LINKS, folded, singular
from stream.core.roles import INDEX

_TEXT, _CODE, _NUMBER, _PRIOR = (INDEX[name] for name in ("technical.text", "structure.code", "person.local_number", "person.prior_number"))

_LONGEST = 512  # bytes of a reference in which a number is looked for
_BASE = rb"(?:https?:(?:\\?/){2}[A-Za-z0-9.\-]{1,80}(?::[0-9]{1,5})?(?:\\?/[A-Za-z][A-Za-z0-9._\-]{0,40}){0,6}\\?/)?"
_ID = rb"([A-Za-z0-9.\-_]{1,128})"
_TYPED = re.compile(
    _BASE + rb"([A-Z][A-Za-z]{2,40})(?:\\?/|\?identifier=(?:[A-Za-z0-9:._\-]{0,100}\|)?)" + _ID + rb"(?:\\?/_history\\?/[0-9]{1,4})?"
)
_UNTYPED = re.compile(rb"#" + _ID + rb"|urn:(?:uuid|oid):([A-Za-z0-9.\-_]*[0-9]{5}[A-Za-z0-9.\-_]*)|" + _ID)
_LONG = re.compile(rb"[0-9]{5}")
_NOBODY = re.compile(
    rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    rb"|(?i:[a-z]{1,2}|pat|patient|subject|example|practitioner|organization|observation|obs|report|encounter|specimen|request|order)"
    rb"[-_.]?[0-9]{0,3}"
)


class Link(NamedTuple):
    """What stands in a reference: its role, and where in the bytes."""

    role: int
    start: int
    end: int


def linked(value: bytes, role: int) -> Link:
    """The number in a reference, or all of it where no number is told apart. `role`: that of what the place refers to."""
    if len(value) > _LONGEST:
        return Link(_TEXT, 0, len(value))
    typed = _TYPED.fullmatch(value)
    if typed and not _LONG.search(value, 0, typed.start(2)):
        return _numbered(_named(typed[1], role), *typed.span(2), value)
    untyped = None if typed else _UNTYPED.fullmatch(value)
    if untyped and untyped.lastindex:
        return _numbered(role, *untyped.span(untyped.lastindex), value)
    return Link(role if typed else _TEXT, 0, len(value))


def _numbered(role: int | None, start: int, end: int, value: bytes) -> Link:
    if role is None:
        return Link(_TEXT, 0, len(value))
    return Link(_CODE if _NOBODY.fullmatch(value, start, end) else role, start, end)


@lru_cache(maxsize=256)
def _named(type_: bytes, role: int) -> int | None:
    """What the id of a resource of that type is; None where nobody knows the type."""
    line = LINKS.get(singular(folded(type_.decode("ascii"))))
    if line is None:
        return None
    said = INDEX[line.role]
    return _PRIOR if said == _NUMBER and role == _PRIOR else said


@cache
def link(role: int) -> Callable[[bytes, bool], int]:
    """Who judges a reference."""
    return lambda value, _: linked(value, role).role


@cache
def handle(role: int) -> Callable[[bytes, bool], int]:
    """Who judges the id of a resource."""
    return lambda value, _: _CODE if _NOBODY.fullmatch(value) else role
