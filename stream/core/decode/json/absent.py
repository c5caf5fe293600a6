"""The word for absent: `null` for a bare token, nothing between the quotes of a string; in a resource of FHIR the extension
data-absent-reason, which stands beside the element under its name with an underscore. Called by the format.

Ids have no extensions and go with their comma. Of an array with several elements, and where an element has extensions already, the value
becomes `null`.
"""

import re

from stream.core.decode.json.paths import Outline
from stream.core.roles import INDEX
from stream.core.values import Document, Edit, Mark

_KEY, _UNKNOWN_KEY = INDEX["key"], INDEX["key.unknown"]
_REASON = b'{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}'
_DIV = b'<div xmlns=\\"http://www.w3.org/1999/xhtml\\"/>'
_BARE = int(Mark.BARE)
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_COLON = re.compile(rb'"[ \t\r\n]*:[ \t\r\n]*')
_OPENS = re.compile(rb"\[[ \t\r\n]*")
_CLOSES = re.compile(rb"[ \t\r\n]*\]")
_COMMA_BEFORE = re.compile(rb",[ \t\r\n]*\Z")
_COMMA = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")
_IN_EXTENSION = re.compile(rb'\{[ \t\r\n]*"url"[ \t\r\n]*:[ \t\r\n]*"[^"\\]*"[ \t\r\n]*,[ \t\r\n]*"\Z')
_NEAR = 512  # bytes before a key in which the URL of its extension or a comma is looked for


def fits(document: Document, leaf: int, text: str) -> bool:
    """Whether a text may stand in a leaf: the id of a resource, alone or in a reference, has its own few characters."""
    columns = document.columns
    outline, key, start = columns.context, columns.labels[leaf], columns.start[leaf]
    if _ID.fullmatch(text) or not isinstance(outline, Outline) or not outline.in_resource(leaf):
        return True
    named = key >= 0 and document.data[columns.start[key] : columns.end[key]] == b"id"
    return not named and document.data[start - 1 : start] == b'"'


def absent(document: Document, leaf: int) -> bytes | Edit | None:
    """What is written for a whole leaf; None for a key."""
    columns = document.columns
    if columns.role[leaf] in {_KEY, _UNKNOWN_KEY}:
        return None
    outline, bare = columns.context, columns.mark[leaf] == _BARE
    plain = b"null" if bare else b""
    key = columns.labels[leaf]
    if not isinstance(outline, Outline) or not outline.in_resource(leaf) or key < 0 or columns.role[key] != _KEY:
        return plain
    start, end = columns.start[leaf], columns.end[leaf]
    if not bare:
        start, end = document.data.rindex(b'"', 0, start), document.data.index(b'"', end) + 1
    name = document.data[columns.start[key] : columns.end[key]]
    if name[:1] == b"_" or outline.extended(document, name):
        return Edit(start, end, b"null")
    return _in_resource(document.data, name, columns.start[key], start, end)


def _in_resource(data: bytes, name: bytes, key: int, start: int, end: int) -> Edit:
    """The edit of an element whose name begins at data[key], and its value in data[start:end], quotes included."""
    key_end = key + len(name)
    colon = _COLON.match(data, key_end)
    value = colon.end() if colon else start
    opens = _OPENS.match(data, value, start)
    closes = _CLOSES.match(data, end) if opens and opens.end() == start else None
    if value != start and closes is None:
        return Edit(start, end, b"null")
    if name == b"id":
        return _without(data, key - 1, end)
    if name == b"div":
        return Edit(start + 1, end - 1, _DIV)
    if closes is None and name.startswith(b"value") and _IN_EXTENSION.search(data, max(0, key - _NEAR), key):
        return Edit(key, end, b'extension":[%s]' % _REASON)
    if closes is None:
        return Edit(key, end, b'_%s":{"extension":[%s]}' % (name, _REASON))
    return Edit(key, closes.end(), b'_%s":[{"extension":[%s]}]' % (name, _REASON))


def _without(data: bytes, start: int, end: int) -> Edit:
    """A member goes with the comma before it, or if it is the first with the one behind it."""
    before = _COMMA_BEFORE.search(data, max(0, start - _NEAR), start)
    if before:
        return Edit(before.start(), end, b"")
    behind = _COMMA.match(data, end)
    return Edit(start, behind.end() if behind else end, b"")
