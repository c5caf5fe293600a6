"""What values mean together that stand in one object of JSON, one element of XML: results, identifiers beside their type, persons. Called
by the readers of these formats with the roles of a document so far, and where the object begins in them.
"""

from collections.abc import Iterable

from stream.core.decode.names import DIGITS
from stream.core.roles import INDEX, ROLES

_NUMBER, _UNKNOWN, _IDENTIFIER, _INS = (INDEX[name] for name in ("unknown.number", "unknown", "person.identifier", "person.ins"))
CODE = INDEX["technical.code"]
"""The role of what stands beside an identifier and says what it is."""
INS_AUTHORITY = b"1.2.250.1.213.1.4."
_TYPES = {
    **dict.fromkeys((b"INS", b"INS-NIR", b"INS-NIA", b"INS-C", b"NH"), _INS),
    **dict.fromkeys((b"NIR", b"NSS", b"SS"), INDEX["person.nir"]),
    **dict.fromkeys((b"PI", b"IPP", b"MR"), INDEX["person.local_number"]),
    **dict.fromkeys((b"VN", b"AN", b"NDA", b"IEP"), INDEX["person.visit_number"]),
}


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


def settle(roles: bytearray, first: int) -> None:
    """Five digits are a number beside a unit or a code, else what nobody knows."""
    if roles.find(DIGITS, first) >= 0:
        settled = _NUMBER if 1 in roles[first:].translate(_MEASURED) else _UNKNOWN
        roles[first:] = roles[first:].replace(bytes([DIGITS]), bytes([settled]))


def identify(roles: bytearray, first: int, codes: Iterable[bytes]) -> None:
    """Identifiers are what the types and authorities beside them say."""
    told = _IDENTIFIER
    for code in codes:
        told = _TYPES.get(code.upper(), _INS if INS_AUTHORITY in code else told)
    roles[first:] = roles[first:].replace(bytes([_IDENTIFIER]), bytes([told]))


def holds_result(roles: bytearray, first: int) -> bool:
    """Whether there is a value, unit or range."""
    return 1 in roles[first:].translate(_RESULT)
