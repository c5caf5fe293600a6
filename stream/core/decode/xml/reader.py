"""XML rows to leaves: what stands in what, and what it means there. Called by the XML format.

Never recurses, never expands anything. Names that nobody knows are leaves once a document; words of the format are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.vocabulary import Reason
from stream.core.decode.links import linked
from stream.core.decode.names import DIGITS
from stream.core.decode.together import CODES, INS_AUTHORITY, NAMED, RESIDENT, extend, holds_result, identify, settle, swallow
from stream.core.decode.words import NONE
from stream.core.decode.xml.entities import legal
from stream.core.decode.xml.nodes import TOP, Node, Step, of_class
from stream.core.decode.xml.paths import Context, Outline
from stream.core.decode.xml.rows import Rows, rows, tags
from stream.core.roles import INDEX
from stream.core.values import Columns, Incomplete, Limits, Mark

_SMALL = 1 << 16  # bytes that cannot hold too many tags
_MOST = 256  # attributes of an element
_FEW = 256  # leaves of an element that are weighed one by one
_UNKNOWN, _STRANGE, _STYLE = INDEX["unknown"], INDEX["key.unknown"], INDEX["technical.text"]
_ROLE = bytes(_UNKNOWN if role == DIGITS else role for role in range(256))
_QUOTES = frozenset(b"\"'")
_ENDS = frozenset({b"", b">", b"/>"})
_END = re.compile(rb"[ \t\r\n]*/?>")
_CLASS = re.compile(rb"\sclassCode\s*=\s*[\"']([A-Z]+)")
_URL = re.compile(rb"\surl\s*=\s*[\"']([^\"']*)")
_SCHEME = re.compile(rb"(?i)(?:tel|mailto|sms|fax|callto):")
_TARGET = re.compile(rb"(?!(?i:xml)(?:\s|\Z))[A-Za-z_:\x80-\xff][A-Za-z0-9_:.\-\x80-\xff]*+(?=\s|\Z)")
_AND, _BLANK, _END_OF_TAG = b"& >"
_END_TAG, _EMPTY = b"</", b"/>"
_INS = {
    INDEX[role]: INDEX["relative.nir" if role.startswith("relative.") else "person.ins"]
    for role in ("person.identifier", "relative.identifier", "professional.number", "establishment.number", "technical.code")
}


_Element = tuple[bytes, Step, Node, int, int, int]
"""What is open: its name, what it is, what stands in it, its first leaf, the leaf that names it or -1, and how many elements there were
before it."""
_OUTSIDE = Step(_UNKNOWN, None, TOP)


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


def _placed(said: Step, value: bytes) -> tuple[int, int, int]:
    """The role of a value, and which bytes of it are its leaf."""
    if said.link:
        return linked(value, said.role)
    role = said.role if said.judge is None else said.judge(value, False)
    return role, _scheme(value) if said.reach else 0, len(value)


def _judged(step: Step, run: bytes) -> int:
    """The role of a text; a word of the format is a leaf there, too."""
    role = step.role if step.judge is None else step.judge(run, False)
    return _UNKNOWN if role == NONE else role


class _Reader:
    """Goes over the rows of one document."""

    def __init__(self, data: bytes, found: Rows, limits: Limits) -> None:
        self.data = data
        self.found = found
        self.limits = limits
        self.start: list[int] = []
        self.end: list[int] = []
        self.role = bytearray()
        self.escaped: list[int] = []  # leaves with references
        self.labels: dict[int, int] = {}  # the leaf that names another, where there is one
        self.names: dict[bytes, int] = {}  # leaf by name that nobody knows
        self.groups: list[tuple[int, int]] = []
        self.persons: dict[tuple[int, bytes], list[int]] = {}  # first leaves, by the first leaf of the parent and the name
        self.patients: list[int] = []  # first leaves of FHIR patients
        self.fhir = b"http://hl7.org/fhir" in data
        self.urls: dict[int, bytes] = {}  # of the extensions that are open, by how many elements there were before
        self.elements = 0

    def read(self) -> Columns | Incomplete:
        fault = self._walk()
        if fault:
            return Incomplete(fault)
        if len(self.start) > self.limits.leaves:
            return Incomplete(Reason.OVER_BUDGET)
        return self._columns()

    def _columns(self) -> Columns:
        labels, mark = [-1] * len(self.start), bytearray(len(self.start))
        for leaf, name in self.labels.items():
            labels[leaf] = name
        for leaf in self.escaped:
            mark[leaf] = Mark.ESCAPED
        scopes = {first for firsts in self.persons.values() if len(firsts) > 1 for first in firsts} - {len(self.start)}
        role = self.role.translate(_ROLE)
        context = Context(Outline(), b"urn:hl7-org:v3" in self.data, self.fhir)
        return Columns(self.start, self.end, role, mark, sorted(scopes), self.groups, labels, self.found.charset, context, self.fhir)

    def _walk(self) -> Reason | None:
        """One pass over the rows; what is open is kept in local names, and pushed as it is when something opens in it."""
        nesting, fhir, seen = self.limits.nesting, self.fhir, set[bytes]()
        starts, ends, roles, labels = self.start, self.end, self.role, self.labels
        stack: list[_Element] = []
        opened, step, node, first, label, before = b"", _OUTSIDE, TOP, 0, -1, 0
        tag = -1  # where the tag that is open starts
        for (text, lead, name, mid, value, tail), text_at, name_at, value_at in self.found.placed():
            if mid:
                if tag < 0 or lead[0] > _BLANK or not tail or tail[0] != mid[-1] or name in seen:
                    return Reason.UNDECODABLE
                if len(seen) >= _MOST:
                    return Reason.OVER_BUDGET
                seen.add(name)
                said = node.attributes.get(name) or node.attribute(name)
                named = -1 if said.known else self._name(name, name_at)
                if said.own:
                    said, named = step, label
                if value:
                    role, begin, end = _placed(said, value)
                    if role != NONE and begin < end:
                        if named >= 0:
                            labels[len(starts)] = named
                        if _AND in value and not self._escape(value):
                            return Reason.UNDECODABLE
                        starts.append(value_at + begin)
                        ends.append(value_at + end)
                        roles.append(role)
                if tail[-1] != _END_OF_TAG:
                    continue
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
                    stack.append((opened, step, node, first, label, before))
                    opened, first, before = name, len(starts), self.elements
                    step = node.elements.get(name) or node.element(name)
                    label, node = -1 if step.known else self._name(name, name_at), step.below
                    self.elements += 1
                    if fhir and name == b"Patient":
                        self.patients.append(first)
                    tag = name_at
                    seen.clear()
                    if not tail:
                        continue
                elif lead == _END_TAG:
                    if name != opened or not stack or tail[-2:] == _EMPTY or not _END.fullmatch(tail):
                        return Reason.UNDECODABLE
                elif self._aside(lead, value, value_at, tail, step, label, bool(stack)):
                    continue
                else:
                    return Reason.UNDECODABLE
            if tag >= 0:
                if node.tells:
                    node = self._told(node, self.data[tag : value_at + len(value)], first)
                tag = -1
                if tail[-2:] != _EMPTY:
                    continue
            if node.closes and (node.persons or node.extension or len(starts) > first + 1):  # one leaf is whole by itself
                self._closed((opened, step, node, first, label, before), stack[-1])
            opened, step, node, first, label, before = stack.pop()
        return Reason.UNDECODABLE if stack or tag >= 0 or not self.elements else None

    # ---- leaves -----------------------------------------------------------------------------------------------------

    def _leaf(self, start: int, end: int, role: int, label: int = -1) -> None:
        if label >= 0:
            self.labels[len(self.start)] = label
        self.start.append(start)
        self.end.append(end)
        self.role.append(role)

    def _escape(self, run: bytes) -> bool:
        """The leaf to come has references. False where one is to no character."""
        self.escaped.append(len(self.start))
        return legal(run)

    def _name(self, name: bytes, at: int) -> int:
        """The leaf of a name that nobody knows."""
        known = self.names.get(name)
        if known is None:
            known = self.names[name] = len(self.start)
            self._leaf(at, at + len(name), _STRANGE)
        return known

    def _text(self, text: bytes, at: int, step: Step, label: int) -> bool:
        """A run of text, without the blanks around it. False where it is no XML."""
        run = text.strip()
        if (_AND in run and not self._escape(run)) or b"]]>" in run:
            return False
        at += text.find(run[:1]) if len(run) < len(text) else 0
        self._leaf(at, at + len(run), _judged(step, run), label)
        return True

    def _aside(self, lead: bytes, value: bytes, at: int, tail: bytes, step: Step, label: int, within: bool) -> bool:
        """A comment, an instruction or a block of plain characters. False where it is none."""
        if lead == b"<![CDATA[":
            well, role = within and tail == b"]]>", _judged(step, value.strip())
        elif lead == b"<!--":
            well, role = tail == b"-->", _UNKNOWN
        else:
            well = tail == b"?>" and lead == b"<?" and _TARGET.match(value) is not None
            role = _STYLE if value.startswith(b"xml-stylesheet ") else _UNKNOWN
        if well and value.strip():
            self._leaf(at, at + len(value), role, label)
        return well

    # ---- what elements mean together --------------------------------------------------------------------------------

    def _told(self, node: Node, tag: bytes, first: int) -> Node:
        """What the attributes of a tag say of the others: the URL of an extension, the authority of an identifier, the class of a
        participant."""
        if node.extension:
            url = _URL.search(tag)
            self.urls[self.elements - 1] = url[1] if url else b""
            return node
        if node.identifier:
            if INS_AUTHORITY in tag:
                self.role[first:] = bytes(_INS.get(role, role) for role in self.role[first:])
            return node
        found = _CLASS.search(tag)
        return of_class(found[1].decode("ascii"), node) if found else node

    def _closed(self, element: _Element, parent: _Element) -> None:
        """An element ends that may be a result or about a person."""
        name, _, node, first, _, before = element
        _, _, around, where, _, _ = parent
        if node.group:
            if len(self.role) > first:
                swallow(self.groups, first, len(self.role))
        elif not node.profile and node.context.weighed and (self.elements > before + 1 or self._attributes_alone(first)):
            self._weigh(node, first, around)
        if node.extension:
            extend(self.role, first, self.urls.pop(before, b""))
        if node.persons and self._holds_person(node, first, around):
            self.persons.setdefault((where, name), []).append(first)

    def _weigh(self, node: Node, first: int, parent: Node) -> None:
        """A result is the innermost element with parts that holds one."""
        settle(self.role, first)
        if node.context.identifier and len(self.role) - first < _FEW:
            identify(self.role, first, self._codes(first))
        if node.context.group and len(self.role) > first:
            swallow(self.groups, first, len(self.role))
            return
        part = node.context.part and not parent.profile and parent.context.shaped
        if not part and (not self.groups or self.groups[-1][0] < first) and holds_result(self.role, first):
            self.groups.append((first, len(self.role)))

    def _attributes_alone(self, first: int) -> bool:
        """Whether an element has values in attributes, and nothing else."""
        return len(self.role) > first + 1 and self.data[self.end[-1]] in _QUOTES

    def _codes(self, first: int) -> Iterator[bytes]:
        return (self.data[self.start[leaf] : self.end[leaf]] for leaf in range(first, len(self.role)) if self.role[leaf] in CODES)

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
