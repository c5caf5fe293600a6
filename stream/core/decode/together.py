"""What values mean together that stand in one object of JSON, one element of XML: results, identifiers beside their type, persons. Called
by the readers of these formats with the roles of a document so far, and where the object begins in them.
"""

from collections.abc import Iterable

from schemas.vocabulary import Category
from stream.core.decode.names import DIGITS
from stream.core.decode.tables import URLS, folded, singular
from stream.core.roles import INDEX, ROLES

_NUMBER, _UNKNOWN, _IDENTIFIER, _INS = (INDEX[name] for name in ("unknown.number", "unknown", "person.identifier", "person.ins"))
CODES = frozenset({INDEX["technical.code"], INDEX["structure.code"]})
"""The roles of what stands beside an identifier and says what it is."""
INS_AUTHORITY = b"1.2.250.1.213.1.4."
_PLACER, _FILLER, _SAMPLE, _RELATIVE = (INDEX[name] for name in ("order.placer", "order.filler", "sample.number", "relative.identifier"))
_TYPES = {
    **dict.fromkeys((b"INS", b"INS-NIR", b"INS-NIA", b"INS-C", b"NH"), _INS),
    **dict.fromkeys((b"NIR", b"NSS", b"SS"), INDEX["person.nir"]),
    **dict.fromkeys((b"PI", b"IPP", b"MR"), INDEX["person.local_number"]),
    **dict.fromkeys((b"VN", b"AN", b"NDA", b"IEP"), INDEX["person.visit_number"]),
    b"PLAC": _PLACER,
    b"FILL": _FILLER,
}
_ORDERS = (_PLACER, _FILLER, _SAMPLE)
_ANYBODY = (_IDENTIFIER, _RELATIVE, INDEX["person.prior_number"], INDEX["professional.number"], INDEX["insurance.member"], *_ORDERS)
_RETOLD = {_PLACER: _ORDERS, _FILLER: _ORDERS, _INS: _ANYBODY, INDEX["person.nir"]: _ANYBODY}
"""The roles of identifiers that a type or an authority overrules: a national number is one wherever it stands."""
_OF_RELATIVES = {_INS: INDEX["relative.nir"], INDEX["person.nir"]: INDEX["relative.nir"]}


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
NUMBERED = _table("person.nir", "person.ins", "person.local_number", "person.identifier")
"""1 for the roles that number a person."""
RESIDENT = _table(*_IDENTITY)
"""1 for the roles that a person has as the subject of a record."""
NAMED = _table(*_IDENTITY, "person.name.full")
"""The same with names alone, which stand in references too."""


_REASONS = frozenset(
    b"unknown asked-unknown temp-unknown not-asked asked-declined masked not-applicable unsupported as-text error not-a-number "
    b"negative-infinity positive-infinity not-performed not-permitted".split()
)
"""Why a value is absent, as FHIR says it."""
_WEAK = _table("unknown", "unknown.number", "person.attribute", "relative.attribute", "professional.name.part", "unknown.code")
"""1 for the roles of what only an extension may explain."""
_ANY_VALUE = bytes(role.category is not Category.TECHNICAL and role.name != "key.unknown" for role in ROLES).ljust(256, b"\0")


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
    for role in _RETOLD.get(told, (_IDENTIFIER,)):
        roles[first:] = roles[first:].replace(bytes([role]), bytes([_OF_RELATIVES.get(told, told) if role == _RELATIVE else told]))


def extend(roles: bytearray, first: int, url: bytes, value: bytes = b"") -> None:
    """What stands in an extension of FHIR is what its URL says."""
    line = URLS.get(singular(folded(url.rpartition(b"/")[2][:64].decode("ascii", "replace"))))
    if line is None or (line.role == "structure.code" and value not in _REASONS):
        return
    role = INDEX[line.role]
    softer = _WEAK if line.role.startswith(("structure.", "admin.")) else _ANY_VALUE
    roles[first:] = bytes(role if softer[each] else each for each in roles[first:])


def holds_result(roles: bytearray, first: int) -> bool:
    """Whether there is a value, unit or range."""
    return 1 in roles[first:].translate(_RESULT)


def swallow(ranges: list[tuple[int, int]], first: int, last: int) -> None:
    """Adds a range in place of those within it."""
    while ranges and ranges[-1][0] >= first:
        ranges.pop()
    ranges.append((first, last))
