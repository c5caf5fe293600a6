"""The values of the core: records, documents as columns, findings, decisions, outcomes. All immutable once built; none prints payload."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import compress, count, repeat
from typing import Any, NamedTuple, Protocol, TypeVar, overload

from schemas.vocabulary import Action, BreakerState, Category, Likelihood, Reason, Verdict

Row = TypeVar("Row", bound=tuple[Any, ...])


def zipped(kind: type[Row], *columns: Iterable[object]) -> Iterator[Row]:
    """Columns as named tuples, all fields given. Made by the tuple's own constructor: a call of Python for each would take three times as
    long, and a record has hundreds."""
    return map(tuple.__new__, repeat(kind), zip(*columns, strict=False))


class Coordinate(NamedTuple):
    """Where a record stands on its source."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """One Kafka message. `value is None` is a tombstone. `timestamp` is in milliseconds, set by the producer: never a clock."""

    coordinate: Coordinate
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    timestamp: int = 0

    def __repr__(self) -> str:
        return f"Record({self.coordinate}, key={_size(self.key)}, value={_size(self.value)}, headers={len(self.headers)})"


def _size(data: bytes | None) -> str:
    return "none" if data is None else f"{len(data)}B"


# ---- documents ------------------------------------------------------------------------------------------------------


class Treat(IntEnum):
    """How a leaf is looked at."""

    IDENTITY = 0  # its place says what it is; nothing to scan
    SHAPED = 1  # a code, number, unit or date: a cheap shape check, scanned only when the check fails
    TEXT = 2  # scanned
    UNKNOWN = 3  # scanned, and the policy's `unknown_structure` decides what is left


class Role(NamedTuple):
    """What a place means. One table (`core/roles.py`) for all formats; a leaf stores its index, one byte."""

    name: str
    category: Category
    treat: Treat
    learn: bool = False  # its value is searched in the rest of its scope


class Mark(IntEnum):
    """How a leaf's bytes are written."""

    RAW = 0  # bytes are the text
    ESCAPED = 1  # an escape was seen
    BARE = 2  # a bare token (JSON number, true, false), not a string


class Edit(NamedTuple):
    """Replaces data[start:end] of one document by `new`."""

    start: int
    end: int
    new: bytes

    def __repr__(self) -> str:
        return f"Edit({self.start}, {self.end}, {len(self.new)}B)"


class Columns(NamedTuple):
    """The leaves of one document in the order of their bytes, as parallel columns. Empty values are no leaves."""

    start: Sequence[int]  # raw offsets into the document's data
    end: Sequence[int]
    role: bytearray  # index into roles.ROLES
    mark: bytearray  # Mark
    scopes: Sequence[int] = ()  # first leaf of each further scope (a second patient, row, entry), ascending
    groups: Sequence[tuple[int, int]] = ()  # leaf ranges [first, last) that form one result with its notes; disjoint, ascending
    labels: Sequence[int] = ()  # per leaf: the leaf that names it (a key, a column head), or -1; () where the format has none
    charset: str = "utf-8"  # how leaves decode to text (a Python codec name)
    context: object = None  # what the format needs to write and to tell a path (delimiters, segment starts ...)
    shared: bool = False  # what a scope teaches is searched in all of them: they refer to each other (entries of a FHIR bundle)


class Incomplete(NamedTuple):
    """A value of the core that says: this could not be read to its end."""

    reason: Reason


class Text(NamedTuple):
    """The readable text of a leaf. `offsets[i]` is the raw document offset of character i, one more entry for the end;
    None where raw bytes and characters agree one to one."""

    text: str
    offsets: Sequence[int] | None

    def raw(self, base: int, character: int) -> int:
        """The raw document offset of a character, or of the end; `base`: that of the leaf."""
        return base + character if self.offsets is None else self.offsets[character]

    def __repr__(self) -> str:
        return f"Text({len(self.text)} characters)"


class Limits(NamedTuple):
    """Work budgets, so that a replay gives the same verdict. Bytes, counts and levels, never seconds."""

    depth: int = 6  # documents within documents
    nesting: int = 128  # levels within one document (JSON brackets)
    expanded: int = 32 * 1024 * 1024  # bytes of all documents of a record together
    leaves: int = 200_000  # of all documents of a record together
    hits: int = 50_000  # scan hits of a record


Extract = Callable[[bytes, int], "str | Incomplete"]
"""Reads a file that the core cannot: its bytes, and the most characters that may come of it -> its text."""


class Aids(NamedTuple):
    """What a layer may use: how many bytes may still be expanded, and a reader of files outside the core."""

    room: int
    extract: Extract


class About(NamedTuple):
    """What people are told of a format or a layer, a line each: what is read, what is written in place, what holds a record or takes its
    leaf along, and by which table of places."""

    reads: str
    writes: str
    holds: str
    places: str = ""


class Format(Protocol):
    """One format of `core/decode/`. Never raises on arbitrary bytes."""

    @property
    def name(self) -> str: ...
    @property
    def about(self) -> About: ...
    def sniff(self, data: bytes) -> bool:
        """Cheap: does this look like the format? Decides which format reads the data."""
        ...

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete: ...
    def path(self, document: Document, leaf: int) -> str:
        """Known names and ordinals only, never a key or name that no profile knows: `PID-5.1`, `OBX[3]-5`, `patients.#3.birthDate`."""
        ...

    def text(self, document: Document, leaf: int) -> Text: ...
    @overload
    def write(self, document: Document, leaf: int, text: None) -> bytes | Edit | None:
        """The format's own word for absent, in place of the whole leaf; an edit where it takes more than the leaf's own bytes, which are
        those of no other leaf but the key that names it. None: cannot be written."""

    @overload
    def write(self, document: Document, leaf: int, text: str) -> bytes | None:
        """The raw bytes that stand for `text` within this leaf; None: cannot be written here."""


class Layer(Protocol):
    """How a child document hangs on its parent leaf (`core/decode/layers/`)."""

    @property
    def name(self) -> str: ...
    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """The edits of the parent's data that carry out `edits` on the child; None: cannot be closed again."""
        ...


class PartKind(IntEnum):
    """Which part of a record a root document is."""

    VALUE = 0
    KEY = 1
    HEADER_NAME = 2
    HEADER_VALUE = 3


class Part(NamedTuple):
    """A part of a record: its kind and, for headers, which one."""

    kind: PartKind
    number: int = 0


class Origin(NamedTuple):
    """Where a document comes from. A root has parent -1 and no layer."""

    part: Part
    parent: int = -1  # document number
    leaf: int = -1  # leaf of the parent
    layer: Layer | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A decoded piece of a record. `scope` numbers the scope of its first leaves, `fresh` the first of the scopes it opens itself."""

    data: bytes
    format: Format
    columns: Columns
    origin: Origin
    scope: int = 0
    fresh: int = 0

    def __repr__(self) -> str:
        return f"Document({self.format.name}, {len(self.data)}B, {len(self.columns.start)} leaves, {self.origin.part})"

    def scope_of(self, leaf: int) -> int:
        """The number of the scope that a leaf belongs to, unique within the record."""
        opened = bisect_right(self.columns.scopes, leaf)
        return self.scope if opened == 0 else self.fresh + opened - 1


# ---- findings -------------------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """A byte span of a leaf, in raw offsets of its document. A path is computed on demand."""

    document: int
    leaf: int
    start: int
    end: int


class Evidence(NamedTuple):
    """One reason that raises or lowers a likelihood, as a code: `checksum` +3, `label@12` +2, `sex-disagrees` -2."""

    code: str
    weight: int


class Finding(NamedTuple):
    """A category at a place, or at several that form one value. Never the text itself."""

    category: Category
    likelihood: Likelihood
    places: tuple[Place, ...]
    detector: str
    evidence: tuple[Evidence, ...]


class Identifier(NamedTuple):
    """A number or name that tells a person: assigning authority, type, normalised value. Holds identity: never printed."""

    authority: str
    type: str  # ins | nir | local | identity
    value: str

    def __repr__(self) -> str:
        return f"Identifier({self.type})"


class Subject(NamedTuple):
    """A person that a scope is about, and the identifiers merged into that person (MRG, A40)."""

    scope: int
    identifier: Identifier
    aliases: tuple[Identifier, ...] = ()


class Unread(NamedTuple):
    """A leaf that holds more than could be read: an attachment, something packed or encrypted."""

    reason: Reason
    document: int
    leaf: int


class Inspection(NamedTuple):
    """What was seen of one record; once per record, shared by all routes. Documents stand parents first. `incomplete`: the record as a
    whole was not read to its end; `unread`: what hangs on these leaves was not, and they may leave on no route."""

    record: Record
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]  # from content, shape and memory; what a place alone says stands in its role
    subjects: tuple[Subject, ...]
    incomplete: tuple[Reason, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """Why the record or a leaf of it was not read to its end, each reason once."""
        return tuple(dict.fromkeys((*self.incomplete, *(each.reason for each in self.unread))))

    def __repr__(self) -> str:
        return f"Inspection({self.record!r}, {len(self.documents)} documents, {len(self.findings)} findings)"


# ---- decisions ------------------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """What a route may still do now, as the loop folds it and the core reads it."""

    now: int = 0  # seconds, the guard's clock
    breaker: BreakerState = BreakerState.CLOSED
    allowance: int | None = None  # subjects left in the window; None: no cap
    known: frozenset[bytes] = frozenset()  # subjects already counted in the window


class Act(NamedTuple):
    """What is done to one place; `category` says which rule of the policy led there."""

    place: Place
    action: Action
    category: Category
    step: str  # deny | place | category | default | unknown | structure | value | whole, or the reason why it was not read


_ACTIONS = tuple(Action)


class Sweep(NamedTuple):
    """What is done to whole leaves of one document for what their places mean: a column, since these are most of what is done."""

    number: int  # of the document
    columns: Columns
    actions: bytes | bytearray  # one Action per leaf; KEEP where nothing is done
    said: Sequence[tuple[Category, str]]  # per role: its category, and the step of the policy that led to the action
    placed: Mapping[int, str] = {}  # the steps of the leaves for which their own place led there

    def act(self, leaf: int) -> Act:
        """What is done to one leaf."""
        category, step = self.said[self.columns.role[leaf]]
        place = Place(self.number, leaf, self.columns.start[leaf], self.columns.end[leaf])
        return Act(place, _ACTIONS[self.actions[leaf]], category, self.placed.get(leaf, step))

    def acts(self) -> Iterator[Act]:
        """The same leaf by leaf."""
        return map(self.act, compress(count(), self.actions))

    def counts(self) -> Iterator[tuple[Category, Action, int]]:
        """How often each category is acted on, and how; one by the other, since there are few of either."""
        acted = Counter(zip(compress(self.columns.role, self.actions), filter(None, self.actions), strict=True))
        return ((self.said[role][0], _ACTIONS[action], number) for (role, action), number in acted.items())


class Decision(NamedTuple):
    """The verdict for one record on one route, its reasons, and what is done where: to whole leaves for what their places mean, and by
    findings and whole results."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    found: tuple[Act, ...] = ()
    swept: tuple[Sweep, ...] = ()

    @property
    def acts(self) -> tuple[Act, ...]:
        """All that is done, one by one; of a held record what holds it."""
        return (*(act for sweep in self.swept for act in sweep.acts()), *self.found)

    @property
    def counts(self) -> Counter[tuple[Category, Action]]:
        """How often each category is acted on, and how. For metrics: no act is made for it."""
        counts = Counter((act.category, act.action) for act in self.found)
        for sweep in self.swept:
            for category, action, number in sweep.counts():
                counts[category, action] += number
        return counts


class Outcome(NamedTuple):
    """What becomes of a record on a route: `forward` is None when it is held or dropped."""

    route: int
    decision: Decision
    forward: Record | None
