"""A record to documents: each part by the format that reads it, and what hangs in its leaves, parents first. Called by judge.

Never raises on arbitrary bytes, never goes past its limits: what could not be read to its end is a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import compress
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode import csv, frames, hl7v2, hprim_medecin, hprim_sante, json, text, xml
from stream.core.decode.charset import encrypted
from stream.core.decode.layers import LAYERS, Opened, packed
from stream.core.decode.names import ROOT, Entry, unnamed
from stream.core.decode.overlay import Overlay, lay
from stream.core.roles import INDEX, TREAT
from stream.core.values import (
    Aids,
    Columns,
    Document,
    Extract,
    Format,
    Incomplete,
    Limits,
    Mark,
    Origin,
    Part,
    PartKind,
    Record,
    Text,
    Treat,
    Unread,
)

FORMATS: tuple[Format, ...] = (
    frames.FORMAT,
    hl7v2.FORMAT,
    hprim_sante.FORMAT,
    json.FORMAT,
    xml.FORMAT,
    packed.FORMAT,
    hprim_medecin.FORMAT,
    csv.FORMAT,
    text.FORMAT,
)
"""In the order they are asked."""
_STRUCTURED = FORMATS[:-1]  # all that is no plain text
_AS_KEY = tuple(format_ for format_ in _STRUCTURED if format_ is not csv.FORMAT)  # one row without heads is a value
_FRAMED: tuple[Format, ...] = (frames.FORMAT, packed.FORMAT)  # formats whose frames are documents

_FRAME, _ATTACHMENT, _UNKNOWN = INDEX["frame"], INDEX["result.attachment"], INDEX["unknown"]
_STRANGE = bytes((INDEX["key.unknown"], INDEX["unknown"]))
_UNDECODABLE = Incomplete(Reason.UNDECODABLE)
_MAY_HOLD = bytes(treat != Treat.IDENTITY for treat in TREAT)  # an identity is what its place says, whatever is in it
_FRAMES = bytes(role == _FRAME for role in range(256))
_Found = tuple[Format, Columns]
_ESCAPED = int(Mark.ESCAPED)
_SHORTEST = 8  # bytes
_RUN = 24  # bytes of base64 in one word
_FIRST = frozenset(b"{[\x22\\<&MFBH \t\r\n\v\xef")
_BEGINS = re.compile(rb"(?:[\s\x0b\xef\xbb\xbf]|\\[a-z])*+(?:\x22?[{\[\\]|MSH|FHS|BHS|H[!-/:-@[-`{-~]{4}|<[A-Za-z_?!]|&(?:lt;|#))")
_WORD = re.compile(rb"(?!MSH|BHS|FHS|H[!-/:-@[-`{-~]{4})[A-Za-z0-9][^\x00\x0b\x1c]{0,250}")  # begins like no document
_QUOTED = re.compile(rb"[\s\xef\xbb\xbf]*\x22")
_SPELLED = re.compile(
    rb"[%=&<\\+\xc3\xe2](?:(?<=[%=])[0-9A-Fa-f]{2}|(?<=%)u[0-9A-Fa-f]{4}|(?<==)\r?\n|(?<=[A-Za-z0-9+/_-]{10}=)"
    rb"|(?<=&)(?:#[0-9xX]|[A-Za-z][A-Za-z0-9]{1,30};)|(?<=<)[!/A-Za-z]|(?<=\\)(?:u[0-9A-Fa-f{]|x[0-9A-Fa-f]|[0-3][0-7]{2})"
    rb"|(?<=\+)[A-Za-z0-9+/]{3}|(?<=\xe2)\x80\xae|(?<=\xc3)\x83[\xc2\xc5\xcb\xe2])"
)
_HIDES = re.compile(rb"[A-Za-z0-9+/_-]{24}|-----BEGIN |pkcs7-mime|\*\*\* ?FIN")
_OBJECT = re.compile(
    rb"[\s\xef\xbb\xbf]*+(?:\[[\s\[]*+)?(?:\{\s*+(?:\x22[^\x22{}\n]{0,128}+\x22|'[^'{}\n]{0,128}+'|[A-Za-z_$][\w$.-]{0,128}+)\s*+:|(?<=\[)\x22)"
)
"""Begins like JSON. What is none all the same is no text: names of what it holds would go unread."""
_NO_TEXT = Text("", None)


class Decoded(NamedTuple):
    """The documents of a record, parents first, why it could not be read to its end, and the leaves on which more hangs."""

    documents: tuple[Document, ...]
    incomplete: tuple[Reason, ...]
    unread: tuple[Unread, ...] = ()

    def __repr__(self) -> str:
        return f"Decoded({len(self.documents)} documents, {self.incomplete}, {self.unread})"


def decode(record: Record, limits: Limits, extract: Extract, overlay: Overlay | None = None) -> Decoded:
    """Everything that a record holds: value, key, header names and values, and what is nested in them. `overlay`: the source's own
    profile."""
    reading = _Reading(limits, extract, overlay)
    if record.value is not None:
        reading.add(record.value, Part(PartKind.VALUE))
    if record.key is not None:
        reading.add_named(record.key, Part(PartKind.KEY), ROOT.entry(""))
    for number, (name, value) in enumerate(record.headers):
        raw, entry = name.encode("utf-8", "replace"), ROOT.entry(name)
        reading.add_name(raw, Part(PartKind.HEADER_NAME, number), entry)
        if value is not None:
            reading.add_named(value, Part(PartKind.HEADER_VALUE, number), entry)
    reading.nest()
    return Decoded(tuple(reading.documents), tuple(reading.incomplete), tuple(reading.unread))


class _Reading:
    """The documents of one record as they are found, and what is left of its budgets."""

    def __init__(self, limits: Limits, extract: Extract, overlay: Overlay | None) -> None:
        self.limits = limits
        self.extract = extract
        self.overlay = overlay
        self.documents: list[Document] = []
        self.depths: list[int] = []
        self.incomplete: dict[Reason, None] = {}
        self.unread: dict[Unread, None] = {}
        self.places: dict[tuple[int, int], int] = {}  # what the places of leaves say that were made frames
        self.named: dict[int, int] = {}  # what a key or header is for its name, by document
        self.room = limits.expanded
        self.leaves = limits.leaves
        self.scopes = 1  # numbered so far; 0 is the record as a whole

    def add(self, data: bytes, part: Part) -> None:
        """The value: a document of whatever format reads it."""
        self._root(data, self._read(data, FORMATS), part)

    def add_named(self, data: bytes, part: Part, entry: Entry) -> None:
        """A message key or a header value: a document of its own, or a plain value that its name explains."""
        found = Incomplete(Reason.UNDECODABLE) if _WORD.fullmatch(data) else self._read(data, _AS_KEY)
        if isinstance(found, Incomplete):
            found = _whole(data, unnamed(entry, data)) if found.reason is Reason.UNDECODABLE else found
        elif found[0] is json.FORMAT and found[1].start and _QUOTED.match(data):
            start, end = found[1].start[0], found[1].end[0]
            found = json.FORMAT, found[1]._replace(role=bytearray([unnamed(entry, data[start:end])]))
        self.named[len(self.documents)] = unnamed(entry, data)
        self._root(data, found, part)

    def add_name(self, data: bytes, part: Part, entry: Entry) -> None:
        """The name of a header."""
        self._root(data, _whole(data, entry.pair[0]), part)

    def nest(self) -> None:
        """What hangs in the leaves of the documents so far, and in the leaves of what hangs there."""
        for number, document in enumerate(self.documents):  # grows meanwhile
            for leaf in _holders(document):
                self._open(number, leaf)

    def _open(self, number: int, leaf: int) -> None:
        document = self.documents[number]
        content = _NO_TEXT if document.columns.role[leaf] == _FRAME else document.format.text(document, leaf)
        for layer in LAYERS:
            for found in layer.opened(document, leaf, content, Aids(self.room, self.extract)):
                if isinstance(found, Incomplete):
                    self._doubt(found.reason, number, leaf)
                elif self._hang(number, leaf, found) and found.whole:
                    self._make_frame(number, leaf)
                    return

    def _hang(self, number: int, leaf: int, opened: Opened) -> bool:
        """Whether there is a document in what was opened."""
        parent = self.documents[number]
        if self.depths[number] >= self.limits.depth:
            return self._doubt(Reason.TOO_DEEP, number, leaf)
        found = self._read(opened.data, FORMATS if opened.certain else _STRUCTURED)
        if not opened.certain and (found == _UNDECODABLE or _tagged(found)):
            return False
        if not isinstance(found, Incomplete) and found[0] is text.FORMAT and self._place(number, leaf) == _UNKNOWN:
            found[1].role[:] = bytes([_UNKNOWN]) * len(found[1].role)
        scope = parent.scope_of(leaf)
        if parent.format is frames.FORMAT and len(parent.columns.start) > 1:
            scope, self.scopes = self.scopes, self.scopes + 1
        origin = Origin(parent.origin.part, number, leaf, opened.layer)
        refused = self._keep(opened.data, found, origin, scope, self.depths[number] + 1)
        return refused is None or self._doubt(refused.reason, number, leaf)

    def _place(self, number: int, leaf: int) -> int:
        """The role of the place that a leaf hangs in, which frames hide: text is no better known for being packed."""
        role = _FRAME
        while role == _FRAME and number >= 0:
            role = self.places.get((number, leaf), self.documents[number].columns.role[leaf])
            if role == _FRAME:
                role = self.named.get(number, _FRAME)
                number, leaf = self.documents[number].origin[1:3]
        return role

    def _make_frame(self, number: int, leaf: int) -> None:
        """A leaf that only holds a document is what the document says; an attachment stays one, whatever is in it."""
        roles = self.documents[number].columns.role
        if roles[leaf] != _ATTACHMENT:
            self.places[number, leaf], roles[leaf] = roles[leaf], _FRAME

    def _doubt(self, reason: Reason, number: int, leaf: int) -> bool:
        """There is more on a leaf than was read; no document: False. What it hangs on is what its place says again."""
        self.unread[Unread(reason, number, leaf)] = None
        while number >= 0:
            roles = self.documents[number].columns.role
            roles[leaf] = self.places.pop((number, leaf), roles[leaf])
            number, leaf = self.documents[number].origin[1:3]
        return False

    def _read(self, data: bytes, formats: Iterable[Format]) -> _Found | Incomplete:
        if len(data) > self.room:
            return Incomplete(Reason.OVER_BUDGET)
        for format_ in formats:
            if format_.sniff(data):
                columns = format_.leaves(data, self.limits)
                if isinstance(columns, Columns):
                    return format_, columns
                if format_ is not json.FORMAT or columns.reason is not Reason.UNDECODABLE or _is_object(data):
                    return columns
        return Incomplete(Reason.ENCRYPTED if encrypted(data) else Reason.UNDECODABLE)

    def _root(self, data: bytes, found: _Found | Incomplete, part: Part) -> None:
        """A part of the record itself; where it cannot be read, the record cannot."""
        refused = self._keep(data, found, Origin(part))
        if refused is not None:
            self.incomplete[refused.reason] = None

    def _keep(self, data: bytes, found: _Found | Incomplete, origin: Origin, scope: int = 0, depth: int = 0) -> Incomplete | None:
        """Takes what was read as a document, within the budgets."""
        if isinstance(found, Incomplete):
            return found
        format_, columns = found
        if len(data) > self.room or len(columns.start) > self.leaves:
            return Incomplete(Reason.OVER_BUDGET)
        if self.overlay is not None:
            lay(self.overlay, format_, data, columns)
        self.room -= len(data)
        self.leaves -= len(columns.start)
        self.documents.append(Document(data, format_, columns, origin, scope, self.scopes))
        self.depths.append(depth)
        self.scopes += len(columns.scopes)
        return None


def _tagged(found: _Found | Incomplete) -> bool:
    """Whether what was read as XML is but a text with tags in it, as `<p>hemolysed</p>`: no name is known, and nothing is spelled.
    One without any place, as what was removed leaves it, is still the document that it was."""
    if isinstance(found, Incomplete) or found[0] is not xml.FORMAT:
        return False
    columns = found[1]
    return bool(columns.role) and not columns.role.translate(None, _STRANGE) and Mark.ESCAPED not in columns.mark


def _whole(data: bytes, role: int) -> _Found | Incomplete:
    """Data as one leaf of a role that its place tells."""
    columns = text.FORMAT.whole(data, role)
    return (text.FORMAT, columns) if columns else Incomplete(Reason.ENCRYPTED if encrypted(data) else Reason.UNDECODABLE)


def _is_object(data: bytes) -> bool:
    """Whether what is no JSON begins like it; in another charset it is read as packed."""
    return _OBJECT.match(data) is not None and not packed.FORMAT.sniff(data)


def _holders(document: Document) -> Iterable[int]:
    """The leaves that a document may hang on, told from their role, length and first bytes."""
    data, columns = document.data, document.columns
    if document.format in _FRAMED:
        return compress(range(len(columns.start)), columns.role.translate(_FRAMES))
    held: list[int] = []
    spelled, escaped = _SPELLED.search(data) is not None, _ESCAPED in columns.mark
    for leaf in compress(range(len(columns.start)), columns.role.translate(_MAY_HOLD)):
        start, end = columns.start[leaf], columns.end[leaf]
        if end - start >= _SHORTEST and (
            (data[start] in _FIRST and _BEGINS.match(data, start, end))
            or (end - start >= _RUN and _HIDES.search(data, start, end))
            or (spelled and _SPELLED.search(data, start, end))
            or columns.role[leaf] == _ATTACHMENT
            or (escaped and columns.mark[leaf] == _ESCAPED and _hides(document.format.text(document, leaf).text.encode("utf-8", "replace")))
        ):
            held.append(leaf)
    return held


def _hides(text: bytes) -> bool:
    """The same told from a text whose escapes are undone."""
    return _BEGINS.match(text) is not None or _HIDES.search(text) is not None or _SPELLED.search(text) is not None
