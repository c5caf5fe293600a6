"""Reads XML documents for the tests beside it."""

from stream.core.decode.xml import FORMAT
from stream.core.roles import ROLES
from stream.core.values import Columns, Document, Edit, Limits, Origin, Part, PartKind


def read(data: bytes) -> Document:
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns), columns
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


def texts(document: Document) -> list[str]:
    return [FORMAT.text(document, leaf).text for leaf in range(len(document.columns.start))]


def places(data: bytes) -> dict[str, tuple[str, str]]:
    """Path -> role and text of every leaf."""
    document = read(data)
    return {
        FORMAT.path(document, leaf): (ROLES[role].name, FORMAT.text(document, leaf).text) for leaf, role in enumerate(document.columns.role)
    }


def roles(data: bytes) -> dict[str, str]:
    """Role by the text of the leaf."""
    document = read(data)
    return {FORMAT.text(document, leaf).text: ROLES[role].name for leaf, role in enumerate(document.columns.role)}


def without(data: bytes, text: str) -> bytes:
    """The document after the leaf with that text was removed."""
    document = read(data)
    leaf = texts(document).index(text)
    word = FORMAT.write(document, leaf, None)
    assert word is not None
    start, end, new = word if isinstance(word, Edit) else (document.columns.start[leaf], document.columns.end[leaf], word)
    return data[:start] + new + data[end:]
