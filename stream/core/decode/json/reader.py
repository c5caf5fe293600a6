"""JSON rows to leaves: what stands in what, and what it means there. Called by the JSON format.

Never recurses, never turns a number into anything but its digits.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, compress

from schemas.vocabulary import Reason
from stream.core.decode.json.keys import keys_of
from stream.core.decode.json.paths import Outline
from stream.core.decode.json.rows import ARRAY, ARRAY_END, CLOSING, LONE, OBJECT_END, OPENING, QUOTE, Rows, is_utf8, rows, values
from stream.core.decode.json.strings import plain
from stream.core.decode.json.weigh import weigh
from stream.core.decode.links import linked
from stream.core.decode.names import DIGITS, ROOT, Context, Entry, unnamed
from stream.core.decode.together import NAMED, NUMBERED, RESIDENT, holds_result, swallow
from stream.core.roles import INDEX
from stream.core.values import Columns, Incomplete, Limits, Mark

_SMALL = 1 << 16  # bytes that cannot hold too many values
_SHORT = 128  # bytes of a value that may show a shape behind its escapes
_BARE = int(Mark.BARE)
_NONE = 255  # a slot that holds no leaf: an empty key or value, or a bracket
_HELD = bytes([1] * _NONE + [0])
_LITERAL, _UNKNOWN = INDEX["unknown.literal"], INDEX["unknown"]
_ROLE = bytes(_UNKNOWN if role == DIGITS else role for role in range(256))
_ABSENT = frozenset({b"null", b"NaN", b"Infinity", b"-Infinity"})  # the last three as programs write what is no number
_NO_KEYS: dict[bytes, Entry] = {}
_WHOLE = ROOT.entry("")  # what names the data as a whole: nothing

_Frame = tuple[bool, Context, dict[bytes, Entry], list[bytes], int, Entry, int, list[int] | None]
"""What is open: whether an array, context of its keys or objects, what is known of its keys, keys, first slot, entry and slot of the key
that names an array, and first slots of the objects in an array that may be about several persons."""


def read(data: bytes, limits: Limits) -> Columns | Incomplete:
    """The leaves of a JSON document, or of several, one a line."""
    if len(data) > _SMALL and values(data) > limits.leaves:
        return Incomplete(Reason.OVER_BUDGET)
    if not is_utf8(data):
        return Incomplete(Reason.UNDECODABLE)
    lone = LONE.fullmatch(data)
    if lone:
        return _lone(data, *lone.span(1))
    found = rows(data)
    return found if isinstance(found, Incomplete) else _Reader(data, found, limits).read()


def _lone(data: bytes, start: int, end: int) -> Columns:
    """A string that is all there is."""
    if start == end:
        return Columns((), (), bytearray(), bytearray(), context=Outline(False))
    role = unnamed(_WHOLE, _shown(data[start:end]))
    mark = Mark.ESCAPED if b"\\" in data else Mark.RAW
    return Columns([start], [end], bytearray([role]), bytearray([mark]), labels=[-1], context=Outline(False))


def _shown(value: bytes) -> bytes:
    """A value with its escapes undone, if it is short enough to show a shape behind them."""
    return plain(value).encode("utf-8", "replace") if b"\\" in value and len(value) < _SHORT else value


def _ends(lead: bytes, value: bytes, tail: bytes) -> bool:
    """Whether a row without a key fits an object: only its end does."""
    return not value and tail[0] in CLOSING and b"," not in lead


class _Reader:
    """Goes over the rows of one document. A row has two slots: its key and its value; slots that hold no leaf fall out at the end."""

    def __init__(self, data: bytes, found: Rows, limits: Limits) -> None:
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
        self.resources: list[tuple[int, int]] = []  # slots of FHIR resources, the outermost
        self.parts: dict[int, tuple[int, int]] = {}  # the part of a value that is its leaf, by slot

    def read(self) -> Columns | Incomplete:
        fault = self._walk()
        if fault:
            return Incomplete(fault)
        columns = self._columns()
        return Incomplete(Reason.OVER_BUDGET) if len(columns.start) > self.limits.leaves else columns

    def _walk(self) -> Reason | None:
        """One pass over the rows; what is open is kept in local names, and pushed as they are when something opens in it."""
        roles, kinds, nesting = self.roles, self.found.kinds, self.limits.nesting
        escapes = self.escapes and b"\\" in b"".join([row[1] for row in self.found.rows])
        stack: list[_Frame] = []
        array, context, known, keys, first, entry, owner = True, ROOT, _NO_KEYS, list[bytes](), 0, _WHOLE, -1
        elements: list[int] | None = self.documents
        for lead, key, mid, value, tail in self.found.rows:
            if mid:
                try:
                    said = known[key]
                except KeyError:  # in an array
                    return Reason.UNDECODABLE
                pair, judge, below, _ = said
                keys.append(key)
                if value and judge is None and key and tail[:1] == QUOTE:
                    roles += pair
                    if tail == QUOTE:
                        continue
                else:
                    names = len(roles)
                    roles.append(pair[0] if key else _NONE)
                    if value:
                        self._value(said, value, tail)
                        if not key:
                            self.owners.append((names + 1, -1))
                    elif tail[0] in CLOSING:
                        return Reason.UNDECODABLE
                    else:
                        roles.append(_NONE)
            else:
                if not (self._may_stand(len(roles) >> 1, lead, stack) if array else _ends(lead, value, tail)):
                    return Reason.UNDECODABLE
                below = (said := entry).below
                names = owner
                roles.append(_NONE)
                if value:
                    self.owners.append((len(roles), owner))
                    self._value(said, value, tail)
                else:
                    roles.append(_NONE)
            named = bool(mid)
            for byte in tail:
                if byte == OBJECT_END:
                    if array:
                        return Reason.UNDECODABLE
                    if len(keys) > 1 and len({plain(key) for key in keys} if escapes else set(keys)) != len(keys):
                        return Reason.DUPLICATE_KEY
                    if context.weighed and not (context.part and stack[-1][1].shaped):
                        self._closed(context, keys, first)
                    if kinds and (first >> 1) - 1 in kinds:
                        swallow(self.resources, first, len(roles))
                    array, context, known, keys, first, entry, owner, elements = stack.pop()
                elif byte == ARRAY_END:
                    if not (array and stack):
                        return Reason.UNDECODABLE
                    if elements:
                        self._persons(elements, top=len(stack) == 1)
                    array, context, known, keys, first, entry, owner, elements = stack.pop()
                elif byte in OPENING:
                    if len(stack) >= nesting:
                        return Reason.TOO_DEEP
                    if not (array or named):
                        return Reason.UNDECODABLE
                    stack.append((array, context, known, keys, first, entry, owner, elements))
                    named, first = False, len(roles)
                    if byte == ARRAY:
                        elements = [] if context.neutral and below.crowd else None
                        array, context, known, entry, owner = True, below, _NO_KEYS, said, names
                        continue
                    if elements is not None:
                        elements.append(first)
                    array, context, keys, elements = False, kinds.get((first >> 1) - 1, below) if kinds else below, [], None
                    known = keys_of(context)
                    if kinds and context is not below and context.table == "Patient" and context.persona == "person":
                        self.patients.append(first)
        if stack or not roles:
            return Reason.UNDECODABLE
        self._persons(self.documents, top=True)
        return None

    def _value(self, said: Entry, value: bytes, tail: bytes) -> None:
        token = tail[:1] != QUOTE
        if token:
            self.bare.append(len(self.roles))
        if token and value in _ABSENT:
            self.roles.append(_LITERAL)
        elif said.link and not token:
            role, start, end = linked(value, said.pair[1])
            if role != _NONE:
                self.parts[len(self.roles)] = start, end
            self.roles.append(role)
        else:
            self.roles.append(said.judge(_shown(value), token) if said.judge else said.pair[1])

    def _may_stand(self, number: int, lead: bytes, stack: Sequence[_Frame]) -> bool:
        """Whether a row without a key fits an array: elements by their commas, or a further document on a line of its own."""
        _, _, _, value, tail = self.found.rows[number]
        if not value and tail[0] in CLOSING:
            return b"," not in lead
        if not stack:
            return not value and tail[0] in OPENING and b"," not in lead and (number == 0 or b"\n" in lead)
        return b"," in lead or self.data[self.found.offsets[5 * number] - 1] == ARRAY

    def _closed(self, context: Context, keys: Sequence[bytes], first: int) -> None:
        """A result is the innermost object that holds one, with its parts; an observation of FHIR is one with its components."""
        weigh(self.roles, self.found.rows, first, context, keys)
        if context.group:
            swallow(self.groups, first, len(self.roles))
        elif (not self.groups or self.groups[-1][0] < first) and holds_result(self.roles, first):
            self.groups.append((first, len(self.roles)))

    def _persons(self, elements: Sequence[int], top: bool) -> None:
        """The objects of an array that are about several persons each open a scope; at the top, every object."""
        if len(elements) < 2:
            return
        spans = [*zip(elements, (*elements[1:], len(self.roles)), strict=True)]
        if self.found.kinds:
            holders = self._further(spans)
        else:
            holders = [first for first, end in spans if 1 in self.roles[first:end].translate(NAMED)]
            if top and len(holders) != 1:
                holders = list(elements)
        if len(holders) > 1:
            self.scopes.update(holders)

    def _further(self, spans: Iterable[tuple[int, int]]) -> list[int]:
        """The objects of an array that are about somebody who was not met before them, told by a number; a patient is another than those
        before, even with the number of one of them: children have their parents'."""
        met: set[bytes] = set()
        patients: set[bytes] = set()
        holders: list[int] = []
        for first, end in spans:
            if 1 in self.roles[first:end].translate(RESIDENT):
                numbers, patient = self._numbers(first, end), self._is_patient(first, end)
                if numbers.isdisjoint(met - patients if patient else met):
                    holders.append(first)
                met |= numbers
                if patient:
                    patients |= numbers
        return holders

    def _is_patient(self, first: int, end: int) -> bool:
        return bisect_left(self.patients, first) < bisect_left(self.patients, end)

    def _numbers(self, first: int, end: int) -> set[bytes]:
        """The numbers of persons that stand there."""
        slots = [slot for slot, numbered in enumerate(self.roles[first:end].translate(NUMBERED), first) if numbered]
        return {self.found.rows[slot >> 1][3][slice(*self.parts.get(slot, (None, None)))] for slot in slots}

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
            mark[rank[slot]] = _BARE
        for slot, (first, last) in self.parts.items():
            leaf = rank[slot]
            start[leaf], end[leaf] = start[leaf] + first, start[leaf] + last
        groups = [(rank[first], rank[last]) for first, last in self.groups]
        resources = [(rank[first], rank[last]) for first, last in self.resources]
        scopes = sorted({rank[slot] for slot in self.scopes} - {len(start)})
        role = roles.translate(_ROLE, bytes([_NONE]))
        outline = Outline(len(self.documents) > 1, resources)
        shared = bool(self.found.kinds)  # entries of a bundle refer to each other
        return Columns(start, end, role, mark, scopes, groups, list(compress(labels, held)), context=outline, shared=shared)

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
