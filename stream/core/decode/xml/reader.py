"""XML rows to leaves: what stands in what, and what it means there. Called by the XML format.

Never recurses, never expands anything. Names that nobody knows are leaves once a document; words of the format are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode.names import DIGITS
from stream.core.decode.together import CODE, INS_AUTHORITY, NAMED, RESIDENT, holds_result, identify, settle
from stream.core.decode.xml.cda import RELATIVES
from stream.core.decode.xml.entities import legal
from stream.core.decode.xml.nodes import NONE, RELATIVE, TOP, Node, Step
from stream.core.decode.xml.paths import Outline
from stream.core.decode.xml.rows import Rows, rows, tags
from stream.core.roles import INDEX
from stream.core.values import Columns, Incomplete, Limits, Mark

_SMALL = 1 << 16  # bytes that cannot hold too many tags
_FEW = 256  # leaves of an element that are weighed one by one
_UNKNOWN, _STRANGE, _STYLE = INDEX["unknown"], INDEX["key.unknown"], INDEX["technical.text"]
_ROLE = bytes(_UNKNOWN if role == DIGITS else role for role in range(256))
_QUOTES = frozenset(b"\"'")
_ENDS = frozenset({b"", b">", b"/>"})
_END = re.compile(rb"[ \t\r\n]*/?>")
_CLASS = re.compile(rb"\sclassCode\s*=\s*[\"']([A-Z]+)")
_SCHEME = re.compile(rb"(?i)(?:tel|mailto|sms|fax|callto):")
_TARGET = re.compile(rb"(?!(?i:xml)(?:\s|\Z))[A-Za-z_:\x80-\xff][A-Za-z0-9_:.\-\x80-\xff]*+(?=\s|\Z)")
_AND, _BLANK, _END_TAG = 38, 32, b"</"
_INS = {
    INDEX[role]: INDEX["relative.nir" if role.startswith("relative.") else "person.ins"]
    for role in ("person.identifier", "relative.identifier", "professional.number", "establishment.number", "technical.code")
}


class _Element(NamedTuple):
    """What is open: its name, what it is, what stands in it, its first leaf, the leaf that names it or -1, and how many elements there
    were before it."""

    name: bytes
    step: Step
    node: Node
    first: int
    label: int
    before: int


_OUTSIDE = _Element(b"", Step(_UNKNOWN, None, TOP), TOP, 0, -1, 0)


def read(data: bytes, limits: Limits) -> Columns | Incomplete:
    """The leaves of an XML document."""
    if len(data) > _SMALL and tags(data) > 2 * limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    found = rows(data)
    return found if isinstance(found, Incomplete) else _Reader(data, found, limits).read()


def _scheme(value: bytes) -> int:
    """How many bytes `tel:` takes."""
    found = _SCHEME.match(value)
    return found.end() if found else 0


class _Reader:
    """Goes over the rows of one document."""

    def __init__(self, data: bytes, found: Rows, limits: Limits) -> None:
        self.data = data
        self.found = found
        self.limits = limits
        self.start: list[int] = []
        self.end: list[int] = []
        self.role = bytearray()
        self.mark = bytearray()
        self.labels: list[int] = []
        self.names: dict[bytes, int] = {}  # leaf by name that nobody knows
        self.groups: list[tuple[int, int]] = []
        self.persons: dict[tuple[int, bytes], list[int]] = {}  # first leaves, by the first leaf of the parent and the name
        self.patients: list[int] = []  # first leaves of FHIR patients
        self.fhir = b"http://hl7.org/fhir" in data
        self.elements = 0

    def read(self) -> Columns | Incomplete:
        fault = self._walk()
        if fault:
            return Incomplete(fault)
        if len(self.start) > self.limits.leaves:
            return Incomplete(Reason.OVER_BUDGET)
        scopes = {first for firsts in self.persons.values() if len(firsts) > 1 for first in firsts} - {len(self.start)}
        role = self.role.translate(_ROLE)
        outline = Outline(self.found)
        return Columns(self.start, self.end, role, self.mark, sorted(scopes), self.groups, self.labels, self.found.charset, outline)

    def _walk(self) -> Reason | None:
        """One pass over the rows."""
        data, nesting, seen = self.data, self.limits.nesting, set[bytes]()
        starts, ends, roles, marks, labels = self.start, self.end, self.role, self.mark, self.labels
        stack: list[_Element] = []
        fhir = self.fhir
        element, node, step, label, tag = _OUTSIDE, TOP, _OUTSIDE.step, -1, -1  # tag: where the tag that is open starts, or -1
        for (text, lead, name, mid, value, tail), text_at, name_at, value_at in self.found.placed():
            if mid:
                if tag < 0 or lead[0] > _BLANK or not tail or tail[0] != mid[-1] or name in seen:
                    return Reason.UNDECODABLE
                seen.add(name)
                said = node.attributes.get(name) or node.attribute(name)
                named = -1 if said.known else self._name(name, name_at)
                if said.own:
                    said, named = step, label
                if value:
                    judge = said.judge
                    role = said.role if judge is None else judge(value, False)
                    if role != NONE:
                        at = value_at + _scheme(value) if said.reach else value_at
                        if at < value_at + len(value):
                            starts.append(at)
                            ends.append(value_at + len(value))
                            roles.append(role)
                            labels.append(named)
                            marks.append(0)
                            if _AND in value:
                                if not legal(value):
                                    return Reason.UNDECODABLE
                                marks[-1] = Mark.ESCAPED
                if len(tail) == 1:
                    continue
                ending = tail[1:]
            else:
                if tag >= 0:
                    return Reason.UNDECODABLE
                if text and not text.isspace() and not (stack and self._text(text, text_at, step, label)):
                    return Reason.UNDECODABLE
                if lead == b"<":
                    if len(stack) >= nesting:
                        return Reason.TOO_DEEP
                    if (not stack and self.elements) or (tail not in _ENDS and not _END.fullmatch(tail)):
                        return Reason.UNDECODABLE
                    first = len(starts)
                    before = self.elements
                    self.elements += 1
                    stack.append(element)
                    step = node.elements.get(name) or node.element(name)
                    label = -1 if step.known else self._name(name, name_at)
                    node = step.below
                    element = _Element(name, step, node, first, label, before)
                    tag = name_at
                    seen.clear()
                    if fhir and name == b"Patient":
                        self.patients.append(first)
                    if not tail:
                        continue
                    ending = tail
                elif lead == _END_TAG:
                    if name != element.name or tail[-2:] == b"/>" or not _END.fullmatch(tail):
                        return Reason.UNDECODABLE
                    ending = b""
                else:
                    if not self._aside(lead, value, value_at, tail, step, label, bool(stack)):
                        return Reason.UNDECODABLE
                    continue
            if ending:
                if node.identifier or node.participant:
                    node = self._told(node, data[tag : value_at + len(value)], element.first)
                    element = element._replace(node=node)
                tag = -1
                if not ending.endswith(b"/>"):
                    continue
            if not stack:
                return Reason.UNDECODABLE
            parent = stack.pop()
            if element.node.closes:
                self._closed(element, parent)
            element = parent
            node, step, label = parent.node, parent.step, parent.label
        return Reason.UNDECODABLE if stack or tag >= 0 or not self.elements else None

    # ---- leaves -----------------------------------------------------------------------------------------------------

    def _leaf(self, start: int, end: int, role: int, mark: int, label: int) -> None:
        self.start.append(start)
        self.end.append(end)
        self.role.append(role)
        self.mark.append(mark)
        self.labels.append(label)

    def _name(self, name: bytes, at: int) -> int:
        """The leaf of a name that nobody knows."""
        known = self.names.get(name)
        if known is None:
            known = self.names[name] = len(self.start)
            self._leaf(at, at + len(name), _STRANGE, Mark.RAW, -1)
        return known

    def _text(self, text: bytes, at: int, step: Step, label: int) -> bool:
        """A run of text, without the blanks around it. False where it is no XML."""
        run = text.strip()
        at += text.find(run[:1]) if len(run) < len(text) else 0
        role = step.role if step.judge is None else step.judge(run, False)
        escaped = _AND in run
        self._leaf(at, at + len(run), _UNKNOWN if role == NONE else role, Mark.ESCAPED if escaped else Mark.RAW, label)
        return b"]]>" not in run and (not escaped or legal(run))

    def _aside(self, lead: bytes, value: bytes, at: int, tail: bytes, step: Step, label: int, within: bool) -> bool:
        """A comment, an instruction or a block of plain characters. False where it is none."""
        if lead == b"<![CDATA[":
            role = step.role if step.judge is None else step.judge(value.strip(), False)
            well, role = within and tail == b"]]>", _UNKNOWN if role == NONE else role
        elif lead == b"<!--":
            well, role = tail == b"-->", _UNKNOWN
        else:
            well = tail == b"?>" and lead == b"<?" and _TARGET.match(value) is not None
            role = _STYLE if value.startswith(b"xml-stylesheet ") else _UNKNOWN
        if well and value.strip():
            self._leaf(at, at + len(value), role, Mark.RAW, label)
        return well

    # ---- what elements mean together --------------------------------------------------------------------------------

    def _told(self, node: Node, tag: bytes, first: int) -> Node:
        """What the attributes of a tag say of the others: the authority of an identifier, the class of a participant."""
        if node.identifier:
            if INS_AUTHORITY in tag:
                self.role[first:] = bytes(_INS.get(role, role) for role in self.role[first:])
            return node
        found = _CLASS.search(tag)
        return RELATIVE if found and found[1].decode("ascii") in RELATIVES else node

    def _closed(self, element: _Element, parent: _Element) -> None:
        """An element ends that may be a result or about a person."""
        node, first = element.node, element.first
        if node.group:
            while self.groups and self.groups[-1][0] >= first:
                self.groups.pop()
            if len(self.role) > first:
                self.groups.append((first, len(self.role)))
        elif not node.profile and node.context.weighed:
            self._weigh(element, parent)
        if node.persons and self._holds_person(node, first, parent.node):
            self.persons.setdefault((parent.first, element.name), []).append(first)

    def _weigh(self, element: _Element, parent: _Element) -> None:
        """A result is the innermost element with parts that holds one."""
        node, first = element.node, element.first
        if self.elements == element.before + 1 and not self._attributes_alone(first):
            return
        settle(self.role, first)
        if node.context.table == "identifier" and len(self.role) - first < _FEW:
            identify(self.role, first, self._codes(first))
        part = node.context.part and not parent.node.profile and parent.node.context.shaped
        if not part and (not self.groups or self.groups[-1][0] < first) and holds_result(self.role, first):
            self.groups.append((first, len(self.role)))

    def _attributes_alone(self, first: int) -> bool:
        """Whether an element has values in attributes, and nothing else."""
        return len(self.role) > first + 1 and self.data[self.end[-1]] in _QUOTES

    def _codes(self, first: int) -> Iterator[bytes]:
        return (self.data[self.start[leaf] : self.end[leaf]] for leaf in range(first, len(self.role)) if self.role[leaf] == CODE)

    def _holds_person(self, node: Node, first: int, parent: Node) -> bool:
        if node.profile:
            return 1 in self.role[first:].translate(NAMED)
        if not (parent.context.neutral or parent is node) or parent.profile:
            return False
        if self.fhir:
            return self._patient(first) if self.patients else 1 in self.role[first:].translate(RESIDENT)
        return 1 in self.role[first:].translate(NAMED)

    def _patient(self, first: int) -> bool:
        return self.patients[-1] >= first
