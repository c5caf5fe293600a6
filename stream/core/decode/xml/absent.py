"""The word for absent: nothing in plain XML, `nullFlavor="MSK"` in CDA, the extension data-absent-reason in FHIR. Called by the format.

An element says once that its value is masked: where the value stands that makes it what it is. What else goes of it just goes.
"""

import re
from typing import NamedTuple

from stream.core.decode.xml.paths import context
from stream.core.values import Document, Edit

_NAME = rb"[A-Za-z_:\x80-\xff][A-Za-z0-9_:.\-\x80-\xff]*+"
_TAG = re.compile(rb"<(" + _NAME + rb")")
_ATTRIBUTE = re.compile(rb"[ \t\r\n]++(" + _NAME + rb")[ \t\r\n]*+=[ \t\r\n]*+(?:\"[^\"]*+\"|'[^']*+')")
_CLOSED = re.compile(rb"[ \t\r\n]*/>")
_VALUES = (b"extension", b"value", b"code", b"root")
"""The attributes that make an element of CDA what it is, the most telling first."""
_NARRATIVE = frozenset(
    b"text content paragraph list item caption footnote br sub sup linkHtml table thead tbody tfoot tr th td col colgroup div p".split()
)
_MASKED = b' nullFlavor="MSK"'
_REASON = b'<%sextension url="http://hl7.org/fhir/StructureDefinition/data-absent-reason"><%svalueCode value="masked"/></%sextension>'


class _Attribute(NamedTuple):
    """Its name, and its span with the blank before it."""

    name: bytes
    start: int
    end: int


def absent(document: Document, leaf: int) -> bytes | Edit:
    """What is written for a whole leaf; an edit where that takes more than the leaf."""
    data, start, end = document.data, document.columns.start[leaf], document.columns.end[leaf]
    _, cda, fhir = context(document)
    if data[end : end + 2] == b"?>":
        return b"_"  # an instruction has a name at least
    if data[end] in b"\"'" and (cda or fhir):
        return _attribute(data, start, cda)
    return _text(data, start, end) if cda and data[end] not in b"\"'" else b""


def _attribute(data: bytes, start: int, cda: bool) -> bytes | Edit:
    """An attribute goes with its name."""
    tag = data.rfind(b"<", 0, start)
    name, attributes = _attributes(data, tag)
    own = next((each for each in attributes if each.start < start < each.end), None)
    if own is None:
        return b""
    if cda:
        return Edit(own.start, own.end, _MASKED if own.name == _carrier(attributes) else b"")
    closed = _CLOSED.match(data, own.end)
    if own.name != b"value" or closed is None:
        return Edit(own.start, own.end, b"")
    prefix = name[: name.rfind(b":") + 1]
    return Edit(own.start, closed.end(), b">" + _REASON % (prefix, prefix, prefix) + b"</" + name + b">")


def _text(data: bytes, start: int, end: int) -> bytes | Edit:
    """The text of an element that has nothing before it."""
    close = data.rfind(b">", 0, start)
    tag = data.rfind(b"<", 0, close)
    if data[close + 1 : start].strip() or data[close - 1 : close] == b"/":
        return b""
    name, attributes = _attributes(data, tag)
    if not name or name.rpartition(b":")[2] in _NARRATIVE or any(each.name in _VALUES for each in attributes) or _masked(attributes):
        return b""
    return Edit(close, end, _MASKED + b">")


def _attributes(data: bytes, tag: int) -> tuple[bytes, list[_Attribute]]:
    """The name of the tag that starts there, and its attributes; none where it is no begin of an element."""
    found = _TAG.match(data, tag)
    if found is None:
        return b"", []
    attributes: list[_Attribute] = []
    at = found.end()
    while each := _ATTRIBUTE.match(data, at):
        attributes.append(_Attribute(each[1], each.start(), at := each.end()))
    return found[1], attributes


def _carrier(attributes: list[_Attribute]) -> bytes | None:
    """The attribute in whose place the word for absent stands."""
    names = {each.name for each in attributes}
    return None if _masked(attributes) else next((name for name in _VALUES if name in names), None)


def _masked(attributes: list[_Attribute]) -> bool:
    return any(each.name == b"nullFlavor" for each in attributes)
