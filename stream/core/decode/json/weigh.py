"""What the values of an object mean together, and which objects are about persons. Called by the reader when an object or array ends.

Works on slots (two a row: its key and its value) that hold roles. Never looks at more than a small object one by one.
"""

from collections.abc import Sequence

from stream.core.decode.json.keys import keys_of
from stream.core.decode.json.rows import Row
from stream.core.decode.names import DIGITS, Context
from stream.core.roles import INDEX, ROLES

_FEW = 256  # slots of an object whose values are weighed one by one
_NUMBER, _UNKNOWN = INDEX["unknown.number"], INDEX["unknown"]
_FAMILY, _GIVEN, _LABEL = INDEX["person.name.family"], INDEX["person.name.given"], INDEX["test.label"]
_IDENTIFIER, _CODE = INDEX["person.identifier"], INDEX["technical.code"]
_TYPES = {
    b"INS": INDEX["person.ins"],
    b"INS-NIR": INDEX["person.ins"],
    b"INS-NIA": INDEX["person.ins"],
    b"INS-C": INDEX["person.ins"],
    b"NH": INDEX["person.ins"],
    b"NIR": INDEX["person.nir"],
    b"NSS": INDEX["person.nir"],
    b"SS": INDEX["person.nir"],
    b"PI": INDEX["person.local_number"],
    b"IPP": INDEX["person.local_number"],
    b"MR": INDEX["person.local_number"],
    b"VN": INDEX["person.visit_number"],
    b"AN": INDEX["person.visit_number"],
    b"NDA": INDEX["person.visit_number"],
    b"IEP": INDEX["person.visit_number"],
}
_INS_AUTHORITY = b"1.2.250.1.213.1.4."
_NAMES = frozenset({b"nom", b"Nom", b"NOM", b"name", b"Name", b"NAME"})


def _table(*names: str) -> bytes:
    """1 for the roles of these names, 0 for the others."""
    return bytes(role.name in names for role in ROLES).ljust(256, b"\0")


_RESULT = _table(
    "result.number", "result.code", "result.text", "result.unit", "result.range", "unknown.number", "unknown.unit", "unknown.range"
)
_MEASURED = _table("result.unit", "unknown.unit", "unknown.code", "test.code")  # beside one of these, five digits are a number
_IDENTITY = (
    "person.name.family",
    "person.name.given",
    "person.birth_date",
    "person.nir",
    "person.ins",
    "person.local_number",
    "person.identifier",
)
RESIDENT = _table(*_IDENTITY)
"""1 for the roles that a person has as the subject of a record."""
NAMED = _table(*_IDENTITY, "person.name.full")
"""The same with names alone, which stand in references too."""


def weigh(roles: bytearray, rows: Sequence[Row], first: int, context: Context, keys: Sequence[bytes]) -> None:
    """Settles the roles of an object that ends now and began at slot `first`."""
    if roles.find(DIGITS, first) >= 0:
        settled = _NUMBER if 1 in roles[first:].translate(_MEASURED) else _UNKNOWN
        roles[first:] = roles[first:].replace(bytes([DIGITS]), bytes([settled]))
    if len(roles) - first > _FEW:
        return
    if context.table == "identifier":
        _type_identifier(roles, rows, first)
    elif context.table == "test" and not _NAMES.isdisjoint(keys):
        _name_person(roles, rows, first, context, keys)


def holds_result(roles: bytearray, first: int) -> bool:
    """Whether there is a value, unit or range from slot `first` on."""
    return 1 in roles[first:].translate(_RESULT)


def _type_identifier(roles: bytearray, rows: Sequence[Row], first: int) -> None:
    """An identifier beside its type or authority."""
    told = _IDENTIFIER
    for slot in range(first + 1, len(roles), 2):
        if roles[slot] == _CODE:
            value = rows[slot >> 1][3]
            told = _TYPES.get(value.upper(), INDEX["person.ins"] if _INS_AUTHORITY in value else told)
    roles[first:] = roles[first:].replace(bytes([_IDENTIFIER]), bytes([told]))


def _name_person(roles: bytearray, rows: Sequence[Row], first: int, context: Context, keys: Sequence[bytes]) -> None:
    """A row of results that names its patient: `nom` beside `prenom` is no analysis."""
    if any(keys_of(context)[key].pair[1] == _GIVEN for key in keys):
        for slot in range(first + 1, len(roles), 2):
            if roles[slot] == _LABEL and rows[slot >> 1][1] in _NAMES:
                roles[slot] = _FAMILY
