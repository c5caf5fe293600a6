"""Builds HL7 v2 documents of invented patients for the tests beside it."""

from stream.core.decode.hl7v2 import FORMAT
from stream.core.roles import ROLES
from stream.core.values import Columns, Document, Limits, Origin, Part, PartKind

HEAD = r"MSH|^~\&|SIL-TEST|LABO-TEST|DPI-X|CH-TEST|20240912083015||ORU^R01^ORU_R01|MSG00042|P|2.5|||||FRA|UNICODE UTF-8"


def message(*segments: str, head: str = HEAD) -> bytes:
    return "\r".join((head, *segments, "")).encode()


def document(data: bytes) -> Document:
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns)
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


def places(data: bytes) -> dict[str, tuple[str, str]]:
    """Path -> role and text of every leaf."""
    seen = document(data)
    return {FORMAT.path(seen, leaf): (ROLES[role].name, FORMAT.text(seen, leaf).text) for leaf, role in enumerate(seen.columns.role)}


def roles(segment: str) -> dict[str, str]:
    """Path -> role of every leaf of one segment behind a plain header."""
    found = places(message(segment, head=r"MSH|^~\&"))
    return {path: role for path, (role, _) in found.items()}
