"""The standing of each lane: whom the route showed within the hour, the last link of its facts, whether its bundle is on trial, and what
it holds; and of each source partition, how far it has read the requests of people.

Folded in memory by `batch`; what changed is written in the transaction that made it so, and read back by whoever takes the partition
over. A state is never changed in place, so the standing of before a batch is simply the one that was not replaced.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from schemas.events import RequestsRow, StandingHead, StandingSlice, read_subjects, write_subjects
from stream.core.exposure import SLICES, Slice, Window, window
from stream.errors import Halt
from stream.guard.holdings import Held, Holdings, Shown, read_held
from stream.guard.plan import Lane, Source
from stream.guard.transport import Output, Partition

PROBATION = 1000
"""Records of a lane after which a new bundle is believed."""

EARLIEST = 50
"""Records of a lane before which nothing is said of a new bundle."""


class Trial(NamedTuple):
    """Whether the bundle holds far more than a policy should. `bundle` is the last one believed; the same as `candidate`: no trial."""

    bundle: str
    candidate: str
    seen: int = 0
    held: int = 0

    def facing(self, digest: str) -> "Trial":
        """The trial under the ruleset of now; a lane without a past believes its first."""
        if not self.bundle:
            return Trial(digest, digest)
        return self if digest == self.candidate else Trial(self.bundle, digest)

    def after(self, seen: int, held: int) -> "Trial":
        """The trial with so many more records judged, and so many of them held by the policy."""
        if self.bundle == self.candidate:
            return self
        return self._replace(seen=self.seen + seen, held=self.held + held)

    def failed(self, most_held: float) -> bool:
        return self.seen >= EARLIEST and self.held > most_held * self.seen

    def passed(self) -> "Trial":
        """The bundle is believed once enough was seen of it."""
        return Trial(self.candidate, self.candidate) if self.seen >= PROBATION else self


class State(NamedTuple):
    """The standing of one lane."""

    window: Window = Window()
    previous: str = ""
    trial: Trial = Trial("", "")


class Standings:
    """The states of the lanes of all partitions that are ours and were read from."""

    def __init__(self) -> None:
        self._states: dict[Partition, dict[Lane, State]] = {}
        self._holdings: dict[Lane, Holdings] = {}
        self._asked: dict[Partition, int] = {}

    def missing(self, partitions: Iterable[Partition]) -> Iterator[Partition]:
        """Those whose states were not read yet."""
        return (each for each in partitions if each not in self._states)

    def restore(self, partition: Partition, source: Source, rows: Mapping[bytes, bytes]) -> None:
        """Reads the states of a partition from the rows of the standing topic. Raises Halt where they cannot be read."""
        lanes = [Lane(route.name, partition) for route in source.routes]
        try:
            self._states[partition] = {lane: _read(lane, rows, source.bundle) for lane in lanes}
            self._holdings |= {lane: _held(lane, rows) for lane in lanes}
            row = rows.get(requests_key(partition))
            self._asked[partition] = 0 if row is None else RequestsRow.model_validate_json(row).next
        except (ValidationError, ValueError):
            raise Halt(f"the standing of {partition.topic}/{partition.partition} cannot be read") from None

    def forget(self, partitions: Iterable[Partition]) -> None:
        for partition in partitions:
            self._asked.pop(partition, None)
            for lane in self._states.pop(partition, ()):
                del self._holdings[lane]

    def shown(self) -> Mapping[Lane, int]:
        """How many subjects each lane showed within its window."""
        return {lane: len(state.window.known) for states in self._states.values() for lane, state in states.items()}

    def held(self) -> Mapping[Lane, Shown]:
        """What is told of the undecided records of each lane."""
        return {lane: holdings.shown() for lane, holdings in self._holdings.items()}

    def has_backlog(self, route: str) -> bool:
        """Whether a lane of the route holds what was held only because it stood still."""
        return any(holdings.has_backlog for lane, holdings in self._holdings.items() if lane.route == route)

    def forget_all(self) -> None:
        self._states.clear()
        self._holdings.clear()
        self._asked.clear()

    def state(self, lane: Lane) -> State:
        return self._states[lane.source][lane]

    def holdings(self, lane: Lane) -> Holdings:
        return self._holdings[lane]

    def asked(self) -> Mapping[Partition, int]:
        """The request that each source partition looks at next."""
        return self._asked

    def install(
        self, states: Mapping[Lane, State], holdings: Mapping[Lane, Mapping[int, Held | None]], asked: Mapping[Partition, int]
    ) -> None:
        """Takes what was committed."""
        for lane, state in states.items():
            self._states[lane.source][lane] = state
        for lane, changes in holdings.items():
            self._holdings[lane].install(changes)
        self._asked.update(asked)


def written(lane: Lane, before: State, after: State, topic: str) -> Iterator[Output]:
    """The rows in which a state differs from the one before, into the partition of the source's number."""
    trial = after.trial
    head = StandingHead(previous=after.previous, bundle=trial.bundle, candidate=trial.candidate, seen=trial.seen, held=trial.held)
    yield Output(topic, lane.source.partition, f"{lane}/head".encode(), head.write())
    old = {each.number: each for each in before.window.slices}
    for each in after.window.slices:
        if old.get(each.number) is not each:
            row = StandingSlice(slice=each.number, subjects=write_subjects(each.subjects))
            yield Output(topic, lane.source.partition, _slice_key(lane, each.number % (SLICES + 1)), row.write())


def _read(lane: Lane, rows: Mapping[bytes, bytes], digest: str) -> State:
    slices = [_slice(rows[key]) for number in range(SLICES + 1) if (key := _slice_key(lane, number)) in rows]
    head = rows.get(f"{lane}/head".encode())
    if head is None:
        return State(window(slices), "", Trial("", "").facing(digest))
    row = StandingHead.model_validate_json(head)
    return State(window(slices), row.previous, Trial(row.bundle, row.candidate, row.seen, row.held).facing(digest))


def _slice(row: bytes) -> Slice:
    read = StandingSlice.model_validate_json(row)
    return Slice(read.slice, read_subjects(read.subjects))


def _held(lane: Lane, rows: Mapping[bytes, bytes]) -> Holdings:
    prefix = held_key(lane, "")
    return Holdings({int(key[len(prefix) :]): read_held(row) for key, row in rows.items() if key.startswith(prefix)})


def held_key(lane: Lane, offset: int | str) -> bytes:
    """The key of a held record's row."""
    return f"{lane}/held/{offset}".encode()


def requests_key(place: Partition) -> bytes:
    """The key of the row that says how far a source partition has read the requests."""
    return f"{place.topic}/{place.partition}/requests".encode()


def _slice_key(lane: Lane, number: int) -> bytes:
    return f"{lane}/{number}".encode()
