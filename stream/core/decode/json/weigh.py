"""What the values of an object mean together. Called by the reader when an object ends.

Works on slots (two a row: its key and its value) that hold roles. Never looks at more than a small object one by one.
"""

from collections.abc import Sequence

from stream.core.decode.json.keys import keys_of
from stream.core.decode.json.rows import Row
from stream.core.decode.names import Context
from stream.core.decode.together import CODES, extend, identify, settle
from stream.core.roles import INDEX

_FEW = 256  # slots of an object whose values are weighed one by one
_FAMILY, _GIVEN, _LABEL = INDEX["person.name.family"], INDEX["person.name.given"], INDEX["test.label"]
_NAMES = frozenset({b"nom", b"Nom", b"NOM", b"name", b"Name", b"NAME"})


def weigh(roles: bytearray, rows: Sequence[Row], first: int, context: Context, keys: Sequence[bytes]) -> None:
    """Settles the roles of an object that ends now and began at slot `first`."""
    settle(roles, first)
    if len(roles) - first > _FEW:
        return
    if context.table == "Extension":
        _extend(roles, rows, first)
    elif context.identifier:
        identify(roles, first, (rows[slot >> 1][3] for slot in range(first + 1, len(roles), 2) if roles[slot] in CODES))
    elif context.table == "test" and not _NAMES.isdisjoint(keys):
        _name_person(roles, rows, first, context, keys)


def _extend(roles: bytearray, rows: Sequence[Row], first: int) -> None:
    """An extension of FHIR, by its own URL and not by those within it."""
    url, value, depth = b"", b"", 0
    for _, key, _, written, tail in rows[first >> 1 : len(roles) >> 1]:
        if depth == 0 and key == b"url":
            url = written
        elif depth == 0 and key == b"valueCode":
            value = written
        depth += tail.count(b"{") + tail.count(b"[") - tail.count(b"}") - tail.count(b"]")
    extend(roles, first, url, value)


def _name_person(roles: bytearray, rows: Sequence[Row], first: int, context: Context, keys: Sequence[bytes]) -> None:
    """A row of results that names its patient: `nom` beside `prenom` is no analysis."""
    if any(keys_of(context)[key].pair[1] == _GIVEN for key in keys):
        for slot in range(first + 1, len(roles), 2):
            if roles[slot] == _LABEL and rows[slot >> 1][1] in _NAMES:
                roles[slot] = _FAMILY
