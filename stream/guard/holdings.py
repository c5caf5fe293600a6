"""The records of a lane that are held and not decided: what may not overtake them, what overtook them, which are a breaker's backlog.

Kept by `standing` as committed; `batch` and `decisions` look at them through `Changing`, which keeps what a transaction makes of them apart
until it is committed.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from schemas.events import HeldRow, read_subjects, write_subjects
from schemas.vocabulary import Status, Urgency
from stream.core.sequence import Sequences

NOT_SUPERSEDED = -1


class Held(NamedTuple):
    """One held record. `parts`: of its seal; `backlog`: it is held only because its route stood still; `superseded`: the offset of the
    later record of its sequence that was forwarded; `results`, `control` and `sequence`: what each word about it says."""

    at: int  # seconds
    parts: int
    urgency: str
    sequences: Sequences = Sequences()
    backlog: bool = False
    superseded: int = NOT_SUPERSEDED
    results: str = Status.UNSTATED.value
    control: str = ""
    sequence: str = ""

    def write(self) -> bytes:
        """As a row of the standing topic."""
        advances, follows = map(write_subjects, self.sequences)
        return HeldRow(
            at=self.at,
            parts=self.parts,
            urgency=self.urgency,
            advances=advances,
            follows=follows,
            backlog=self.backlog,
            superseded=self.superseded,
            results=self.results,
            control=self.control,
            sequence=self.sequence,
        ).write()


def read_held(row: bytes) -> Held:
    """Raises ValueError."""
    read = HeldRow.model_validate_json(row)
    sequences = Sequences(tuple(sorted(read_subjects(read.advances))), tuple(sorted(read_subjects(read.follows))))
    told = (read.results, read.control, read.sequence)
    return Held(read.at, read.parts, read.urgency, sequences, read.backlog, read.superseded, *told)


class Shown(NamedTuple):
    """What is told of the undecided records of a lane: how many of each urgency, and since when the oldest is held (0: none)."""

    urgencies: Mapping[str, int]
    since: int


class _Index:
    """Offsets by what their records advance and follow, and those of the backlog in their order."""

    def __init__(self) -> None:
        self.advancing: dict[bytes, set[int]] = {}
        self.following: dict[bytes, set[int]] = {}
        self.backlog: deque[int] = deque()

    def add(self, offset: int, held: Held) -> None:
        for token in held.sequences.advances:
            self.advancing.setdefault(token, set()).add(offset)
        for token in held.sequences.follows:
            self.following.setdefault(token, set()).add(offset)
        if held.backlog:
            self.backlog.append(offset)

    def remove(self, offset: int, held: Held) -> None:
        """But for the backlog, from whose front it goes once it is found to be decided."""
        for index, tokens in ((self.advancing, held.sequences.advances), (self.following, held.sequences.follows)):
            for token in tokens:
                index[token].discard(offset)
                if not index[token]:
                    del index[token]


class Holdings:
    """What was committed."""

    def __init__(self, held: Mapping[int, Held]) -> None:
        self._held: dict[int, Held] = {}
        self._index = _Index()
        self._urgencies = dict.fromkeys(map(str, Urgency), 0)
        self.install(dict(sorted(held.items())))

    def install(self, changes: Mapping[int, Held | None]) -> None:
        """Takes what a transaction committed: None for a decided record."""
        for offset, held in changes.items():
            before = self._held.get(offset)
            if before is None and held is not None:
                self._index.add(offset, held)
                self._count(held, 1)
            if before is not None and held is None:
                self._index.remove(offset, before)
                self._count(before, -1)
            if held is None:
                self._held.pop(offset, None)
            else:
                self._held[offset] = held
        while self._index.backlog and not self._is_backlog(self._index.backlog[0]):
            self._index.backlog.popleft()

    def _count(self, held: Held, number: int) -> None:
        self._urgencies[held.urgency] = self._urgencies.get(held.urgency, 0) + number

    def _is_backlog(self, offset: int) -> bool:
        held = self._held.get(offset)
        return held is not None and held.backlog

    def get(self, offset: int) -> Held | None:
        return self._held.get(offset)

    @property
    def has_backlog(self) -> bool:
        return bool(self._index.backlog)

    def shown(self) -> Shown:
        oldest = next(iter(self._held.values()), None)
        return Shown(dict(self._urgencies), oldest.at if oldest else 0)

    def changing(self) -> "Changing":
        """A view for one transaction."""
        return Changing(self, self._index)


class Changing:
    """Holdings as a transaction changes them; nothing of it counts until `changes` are committed and installed."""

    def __init__(self, base: Holdings, index: _Index) -> None:
        self._base = base
        self._old = index
        self._new = _Index()
        self.changes: dict[int, Held | None] = {}

    def get(self, offset: int) -> Held | None:
        return self.changes[offset] if offset in self.changes else self._base.get(offset)

    def hold(self, offset: int, held: Held) -> None:
        """A record that was not held before."""
        self._new.add(offset, held)
        self.changes[offset] = held

    def change(self, offset: int, held: Held) -> None:
        """The same record, superseded or no longer of the backlog."""
        self.changes[offset] = held

    def decide(self, offset: int) -> None:
        self.changes[offset] = None

    def blocked(self, sequences: Sequences, before: int) -> bool:
        """Whether a record has to wait: an undecided one before it advances what it follows."""
        return any(offset < before and self.get(offset) is not None for offset in self._any("advancing", sequences.follows))

    def overtaken(self, sequences: Sequences, by: int) -> tuple[tuple[int, Held], ...]:
        """The undecided records before offset `by` that follow what is forwarded now, and were not superseded yet."""
        offsets = sorted({offset for offset in self._any("following", sequences.advances) if offset < by})
        found = ((offset, self.get(offset)) for offset in offsets)
        return tuple((offset, held) for offset, held in found if held is not None and held.superseded == NOT_SUPERSEDED)

    def _any(self, side: str, tokens: Iterable[bytes]) -> Iterator[int]:
        for index in (self._old, self._new):
            table: dict[bytes, set[int]] = getattr(index, side)
            for token in tokens:
                yield from table.get(token, ())

    def first_of_backlog(self) -> int | None:
        """The offset that leaves next when the route drains."""
        for index in (self._old, self._new):
            for offset in index.backlog:
                held = self.get(offset)
                if held is not None and held.backlog:
                    return offset
        return None
