"""JSON bytes to leaves. One expression takes a key, its colon and its scalar value at once; the loop runs on what it found.

Called by the JSON format. Never recurses, never turns a number into anything but its digits.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain, compress
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode.json.keys import DIGITS, ROOT, Context, Entry, resource, unnamed
from stream.core.decode.json.paths import Outline
from stream.core.decode.json.strings import plain
from stream.core.roles import INDEX, ROLES
from stream.core.values import Columns, Incomplete, Limits, Mark

_BLANK = rb"[ \t\r\n]*+"
_CHARS = rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_BARE = rb"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?|true|false|null)(?=[ \t\r\n,}\]])"

# A row: what leads to it (with its comma and quote), key, colon, value or nothing, and the quote and brackets that end it. Where no row
# fits, the last branch takes all that is left, so that nothing is tried twice. Together the groups of all rows are the data.
_ROW = re.compile(
    rb"((?:(?<=[{\[])|(?<![{\[])" + _BLANK + rb",)" + _BLANK + rb'"?|(?:\A|(?<=[}\] \t\r\n\xbf]))' + _BLANK + rb"(?=[{\[]))"
    rb'(?:(?<=")(' + _CHARS + rb')("' + _BLANK + rb":" + _BLANK + rb'"?))?'
    rb'((?<=")' + _CHARS + rb'(?=")|(?<!")' + _BARE + rb'|(?<!")(?=[{}\[\]]))'
    rb"([{\[](?:" + _BLANK + rb'[{\[])*+|"?(?:' + _BLANK + rb"[}\]])*+)"
    rb"|[\x00-\xff]++"
)
_BOM = b"\xef\xbb\xbf"
_LONE = re.compile(rb"(?:\xef\xbb\xbf)?" + _BLANK + rb'"(' + _CHARS + rb')"' + _BLANK)
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SMALL = 1 << 16


_NONE = 255  # a slot that holds no leaf: an empty key or value, or a bracket
_HELD = bytes([1] * _NONE + [0])
_FEW = 256  # slots of an object whose values are weighed one by one
_LITERAL, _NUMBER, _UNKNOWN = INDEX["unknown.literal"], INDEX["unknown.number"], INDEX["unknown"]
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
_SUBJECT = _table(*_IDENTITY, "person.name.full")
_RESIDENT = _table(*_IDENTITY)  # FHIR: a name alone stands in references
_ROLE = bytes(_UNKNOWN if role == DIGITS else role for role in range(256))

_QUOTE = b'"'
_OBJECT, _ARRAY, _OBJECT_END, _ARRAY_END = b"{[}]"
_OPENING, _CLOSING = (_OBJECT, _ARRAY), (_OBJECT_END, _ARRAY_END)
_NO_KEYS: dict[bytes, Entry] = {}
_WHOLE = ROOT.entry(b"")  # what names the data as a whole: nothing

Row = tuple[bytes, bytes, bytes, bytes, bytes]
_Frame = tuple[bool, Context, dict[bytes, Entry], list[bytes], int, Entry, int, list[int] | None]
"""What is open: whether an array, context of its keys or objects, what is known of its keys, keys, first slot, entry and slot of the key
that names an array, and first slots of the objects in an array that may be about several persons."""


class _Rows(NamedTuple):
    """What the expression found: rows, the offsets between their groups, and the contexts that FHIR resources name themselves."""

    rows: Sequence[Row]
    offsets: Sequence[int]
    kinds: Mapping[int, Context]


def read(data: bytes, limits: Limits) -> Columns | Incomplete:
    """The leaves of a JSON document, or of several, one a line."""
    if len(data) > _SMALL and _values(data) > limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    if not _is_utf8(data):
        return Incomplete(Reason.UNDECODABLE)
    lone = _LONE.fullmatch(data)
    if lone:
        return _lone(data, *lone.span(1))
    found = _rows(data)
    return found if isinstance(found, Incomplete) else _Reader(data, found, limits).read()


def _values(data: bytes) -> int:
    """How many values there are at most."""
    skeleton = _STRING.sub(b"", data)
    return skeleton.count(b",") + skeleton.count(b"[") + skeleton.count(b"{")


def _is_utf8(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _lone(data: bytes, start: int, end: int) -> Columns:
    """A string that is all there is."""
    if start == end:
        return Columns((), (), bytearray(), bytearray(), context=Outline(False))
    role = unnamed(_WHOLE, data[start:end])
    mark = Mark.ESCAPED if b"\\" in data else Mark.RAW
    return Columns([start], [end], bytearray([role]), bytearray([mark]), labels=[-1], context=Outline(False))


def _rows(data: bytes) -> _Rows | Incomplete:
    start = len(_BOM) if data.startswith(_BOM) else 0
    end = len(data.rstrip(b" \t\r\n"))
    rows = _ROW.findall(data, start, end)
    offsets = list(accumulate(map(len, chain.from_iterable(rows)), initial=start))
    if offsets[-1] != end:
        return Incomplete(Reason.UNDECODABLE)
    return _Rows(rows, offsets, _kinds(rows) if b'"resourceType"' in data else {})


def _kinds(rows: Sequence[Row]) -> dict[int, Context]:
    """The contexts of FHIR resources by the number of the row that opens them."""
    named = [number for number, row in enumerate(rows) if row[1] == b"resourceType"]
    if all(number and rows[number - 1][4][-1:] == b"{" for number in named):
        return {number - 1: resource(rows[number][3]) for number in named}
    return _kinds_anywhere(rows)


def _kinds_anywhere(rows: Sequence[Row]) -> dict[int, Context]:
    """The same where a type does not stand first in its resource."""
    kinds: dict[int, Context] = {}
    opened: list[int] = []
    for number, (_, key, _, value, tail) in enumerate(rows):
        if key == b"resourceType" and opened:
            kinds[opened[-1]] = resource(value)
        for byte in tail:
            if byte in _OPENING:
                opened.append(number)
            elif byte in _CLOSING and opened:
                opened.pop()
    return kinds


def _ends(lead: bytes, value: bytes, tail: bytes) -> bool:
    """Whether a row without a key fits an object: only its end does."""
    return not value and tail[0] in _CLOSING and b"," not in lead


class _Reader:
    """Goes over the rows of one document. A row has two slots: its key and its value; slots that hold no leaf fall out at the end."""

    def __init__(self, data: bytes, found: _Rows, limits: Limits) -> None:
        self.data = data
        self.found = found
        self.limits = limits
        self.escapes = b"\\" in data
        self.roles = bytearray()
        self.groups: list[tuple[int, int]] = []
        self.scopes: set[int] = set()
        self.owners: list[tuple[int, int]] = []  # (value, key that names it or -1) in slots, where that is not the slot before
        self.bare: list[int] = []  # slots
        self.documents: list[int] = []  # first slots
        self.patients: list[int] = []  # first slots of FHIR patients

    def read(self) -> Columns | Incomplete:
        fault = self._walk()
        if fault:
            return Incomplete(fault)
        columns = self._columns()
        return Incomplete(Reason.OVER_BUDGET) if len(columns.start) > self.limits.leaves else columns

    def _walk(self) -> Reason | None:
        """One pass over the rows; what is open is kept in local names, and pushed as they are when something opens in it."""
        roles, kinds, escapes, nesting = self.roles, self.found.kinds, self.escapes, self.limits.nesting
        stack: list[_Frame] = []
        array, context, known, keys, first, entry, owner = True, ROOT, _NO_KEYS, list[bytes](), 0, _WHOLE, -1
        elements: list[int] | None = self.documents
        for lead, key, mid, value, tail in self.found.rows:
            if mid:
                try:
                    said = known[key]
                except KeyError:
                    if array:
                        return Reason.UNDECODABLE
                    said = context.learn(key)
                pair, judge, below = said
                keys.append(key)
                if value and judge is None and key and tail[:1] == _QUOTE:
                    roles += pair
                    if tail == _QUOTE:
                        continue
                else:
                    names = len(roles)
                    roles.append(pair[0] if key else _NONE)
                    if value:
                        self._value(said, value, tail)
                        if not key:
                            self.owners.append((names + 1, -1))
                    elif tail[0] in _CLOSING:
                        return Reason.UNDECODABLE
                    else:
                        roles.append(_NONE)
            else:
                if not (self._may_stand(len(roles) >> 1, lead, stack) if array else _ends(lead, value, tail)):
                    return Reason.UNDECODABLE
                _, _, below = said = entry
                names = owner
                roles.append(_NONE)
                if value:
                    self.owners.append((len(roles), owner))
                    self._value(said, value, tail)
                else:
                    roles.append(_NONE)
            named = bool(mid)
            for byte in tail:
                if byte == _OBJECT_END:
                    if array:
                        return Reason.UNDECODABLE
                    if len(keys) > 1 and len({plain(key) for key in keys} if escapes else set(keys)) != len(keys):
                        return Reason.DUPLICATE_KEY
                    if context.weighed and not (context.part and stack[-1][1].shaped):
                        self._closed(context, keys, first)
                    array, context, known, keys, first, entry, owner, elements = stack.pop()
                elif byte == _ARRAY_END:
                    if not (array and stack):
                        return Reason.UNDECODABLE
                    if elements:
                        self._persons(elements, top=len(stack) == 1)
                    array, context, known, keys, first, entry, owner, elements = stack.pop()
                elif byte in _OPENING:
                    if len(stack) >= nesting:
                        return Reason.TOO_DEEP
                    if not (array or named):
                        return Reason.UNDECODABLE
                    stack.append((array, context, known, keys, first, entry, owner, elements))
                    named, first = False, len(roles)
                    if byte == _ARRAY:
                        elements = [] if context.neutral and below.crowd else None
                        array, context, known, entry, owner = True, below, _NO_KEYS, said, names
                        continue
                    if elements is not None:
                        elements.append(first)
                    array, context, keys, elements = False, kinds.get((first >> 1) - 1, below) if kinds else below, [], None
                    known = context.known
                    if kinds and context is not below and context.table == "patient":
                        self.patients.append(first)
        if stack or not roles:
            return Reason.UNDECODABLE
        self._persons(self.documents, top=True)
        return None

    def _value(self, said: Entry, value: bytes, tail: bytes) -> None:
        token = tail[:1] != _QUOTE
        if token:
            self.bare.append(len(self.roles))
        if token and value == b"null":
            self.roles.append(_LITERAL)
        else:
            self.roles.append(said.judge(value, token) if said.judge else said.pair[1])

    def _may_stand(self, number: int, lead: bytes, stack: Sequence[_Frame]) -> bool:
        """Whether a row without a key fits an array: elements by their commas, or a further document on a line of its own."""
        _, _, _, value, tail = self.found.rows[number]
        if not value and tail[0] in _CLOSING:
            return b"," not in lead
        if not stack:
            return not value and tail[0] in _OPENING and b"," not in lead and (number == 0 or b"\n" in lead)
        return b"," in lead or self.data[self.found.offsets[5 * number] - 1] == _ARRAY

    def _closed(self, context: Context, keys: Sequence[bytes], first: int) -> None:
        """What the values of an object mean together."""
        roles = self.roles
        if roles.find(DIGITS, first) >= 0:
            settled = _NUMBER if 1 in roles[first:].translate(_MEASURED) else _UNKNOWN
            roles[first:] = roles[first:].replace(bytes([DIGITS]), bytes([settled]))
        if context.table == "identifier":
            self._type_identifier(first)
        elif context.table == "test":
            self._name_person(context, keys, first)
        if (not self.groups or self.groups[-1][0] < first) and 1 in roles[first:].translate(_RESULT):
            self.groups.append((first, len(roles)))

    def _type_identifier(self, first: int) -> None:
        """An identifier beside its type or authority."""
        told = _IDENTIFIER
        if len(self.roles) - first > _FEW:
            return
        for slot in range(first + 1, len(self.roles), 2):
            if self.roles[slot] == _CODE:
                value = self.found.rows[slot >> 1][3]
                told = _TYPES.get(value.upper(), INDEX["person.ins"] if _INS_AUTHORITY in value else told)
        self.roles[first:] = self.roles[first:].replace(bytes([_IDENTIFIER]), bytes([told]))

    def _name_person(self, context: Context, keys: Sequence[bytes], first: int) -> None:
        """A row of results that names its patient: `nom` beside `prenom` is no analysis."""
        if len(self.roles) - first > _FEW:
            return
        if (b"nom" in keys or b"name" in keys) and any(context.entry(key).pair[1] == _GIVEN for key in keys):
            for slot in range(first + 1, len(self.roles), 2):
                if self.roles[slot] == _LABEL and self.found.rows[slot >> 1][1] in {b"nom", b"name"}:
                    self.roles[slot] = _FAMILY

    def _persons(self, elements: Sequence[int], top: bool) -> None:
        """The objects of an array that are about several persons each open a scope; at the top, every object."""
        if len(elements) < 2:
            return
        ends = (*elements[1:], len(self.roles))
        holders = [first for first, end in zip(elements, ends, strict=True) if self._holds_person(first, end)]
        if top and not self.found.kinds and len(holders) != 1:
            self.scopes.update(elements)
        elif len(holders) > 1:
            self.scopes.update(holders)

    def _holds_person(self, first: int, end: int) -> bool:
        if self.patients:
            return bisect_left(self.patients, first) < bisect_left(self.patients, end)
        return 1 in self.roles[first:end].translate(_RESIDENT if self.found.kinds else _SUBJECT)

    def _columns(self) -> Columns:
        roles, held = self.roles, self.roles.translate(_HELD)
        rank = [*accumulate(held, initial=0)]  # leaf by slot
        start, end = self._spans(held)
        labels = [-1] * len(roles)
        labels[1::2] = rank[:-1:2]
        for slot, owner in self.owners:
            labels[slot] = rank[owner] if owner >= 0 and held[owner] else -1
        mark = bytearray(len(start))
        if self.escapes:
            _mark_escapes(self.data, start, end, mark)
        for slot in self.bare:
            mark[rank[slot]] = Mark.BARE
        groups = [(rank[first], rank[last]) for first, last in self.groups]
        scopes = sorted({rank[slot] for slot in self.scopes} - {len(start)})
        role = roles.translate(_ROLE, bytes([_NONE]))
        return Columns(start, end, role, mark, scopes, groups, list(compress(labels, held)), context=Outline(len(self.documents) > 1))

    def _spans(self, held: bytearray) -> tuple[list[int], list[int]]:
        offsets = self.found.offsets
        start, end = [0] * len(held), [0] * len(held)
        start[::2], start[1::2] = offsets[1::5], offsets[3::5]
        end[::2], end[1::2] = offsets[2::5], offsets[4::5]
        return list(compress(start, held)), list(compress(end, held))


def _mark_escapes(data: bytes, start: Sequence[int], end: Sequence[int], mark: bytearray) -> None:
    position = data.find(b"\\")
    while position >= 0:
        leaf = bisect_right(start, position) - 1
        mark[leaf] = Mark.ESCAPED
        position = data.find(b"\\", end[leaf])
