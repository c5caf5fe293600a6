"""The word for absent: nothing in plain XML, `nullFlavor="MSK"` in CDA, the extension data-absent-reason in FHIR. Called by the format.

An element says once that its value is masked: where the value stands that makes it what it is. What else goes of it just goes.
"""

import re

from stream.core.decode.xml.paths import context
from stream.core.values import Document, Edit

_NAME = rb"[A-Za-z_:\x80-\xff][A-Za-z0-9_:.\-\x80-\xff]*+"
_TAG = re.compile(rb"<(" + _NAME + rb")")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]++(" + _NAME + rb")[ \t\r\n]*+=[ \t\r\n]*+(?:\"[^\"]*+\"|'[^']*+')")
_BLANKS = (b" ", b"\t", b"\r", b"\n")
_CLOSED = re.compile(rb"[ \t\r\n]*/>")
_VALUES = (b"extension", b"value", b"code", b"root")
"""The attributes that make an element of CDA what it is, the most telling first."""
_CARRIERS = (b"nullFlavor", *_VALUES)
_NARRATIVE = frozenset(
    b"text content paragraph list item caption footnote br sub sup linkHtml table thead tbody tfoot tr th td col colgroup div p".split()
)
_MASKED = b' nullFlavor="MSK"'
_REASON = b'<%sextension url="http://hl7.org/fhir/StructureDefinition/data-absent-reason"><%svalueCode value="masked"/></%sextension>'


def absent(document: Document, leaf: int) -> bytes | Edit:
    """What is written for a whole leaf; an edit where that takes more than the leaf."""
    data, start, end = document.data, document.columns.start[leaf], document.columns.end[leaf]
    _, cda, fhir = context(document)
    if data[end : end + 2] == b"?>":
        return b"_"  # an instruction has a name at least
    if data[end] in b"\"'" and (cda or fhir):
        return _attribute(data, start, end + 1, cda)
    return _text(data, start, end) if cda and data[end] not in b"\"'" else b""


def _attribute(data: bytes, start: int, end: int, cda: bool) -> Edit:
    """An attribute goes with its name; `end` is behind its quote. A tag is read only where the word may stand in it: it may be long."""
    tag = data.rfind(b"<", 0, start)
    last = _before_blanks(data, data.rfind(b"=", tag, start))
    first = max(data.rfind(blank, tag, last) for blank in _BLANKS) + 1
    name, start = data[first:last], _before_blanks(data, first)
    if cda:
        return Edit(start, end, _MASKED if name in _VALUES and name == _carrier(_tag(data, tag)[1]) else b"")
    closed = _CLOSED.match(data, end)
    if name != b"value" or closed is None:
        return Edit(start, end, b"")
    element = _tag(data, tag)[0]
    prefix = element[: element.rfind(b":") + 1]
    return Edit(start, closed.end(), b">" + _REASON % (prefix, prefix, prefix) + b"</" + element + b">")


def _before_blanks(data: bytes, at: int) -> int:
    """Where the blanks before a place begin."""
    while data[at - 1 : at] in _BLANKS:
        at -= 1
    return at


def _text(data: bytes, start: int, end: int) -> bytes | Edit:
    """The text of an element that has nothing before it."""
    close = data.rfind(b">", 0, start)
    tag = data.rfind(b"<", 0, close)
    if data[close + 1 : start].strip() or data[close - 1 : close] == b"/":
        return b""
    name, attributes = _tag(data, tag)
    if not name or name.rpartition(b":")[2] in _NARRATIVE or not attributes.isdisjoint(_CARRIERS):
        return b""
    return Edit(close, end, _MASKED + b">")


def _tag(data: bytes, tag: int) -> tuple[bytes, set[bytes]]:
    """The name of the tag that starts there, and those of its attributes; none where it is no begin of an element."""
    found = _TAG.match(data, tag)
    if found is None:
        return b"", set()
    names: set[bytes] = set()
    at = found.end()
    while attribute := _ATTRIBUTE.match(data, at):
        names.add(attribute[1])
        at = attribute.end()
    return found[1], names


def _carrier(attributes: set[bytes]) -> bytes | None:
    """The attribute in whose place the word for absent stands."""
    return next((name for name in _CARRIERS if name in attributes), None)
