"""The standing of each lane: whom the route showed within the hour, the last link of its facts, and whether its bundle is on trial.

Folded in memory by `batch`; what changed is written in the transaction that made it so, and read back by whoever takes the partition
over. A state is never changed in place, so the standing of before a batch is simply the one that was not replaced.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from schemas.events import StandingHead, StandingSlice, read_subjects, write_subjects
from stream.core.exposure import SLICES, Slice, Window, window
from stream.errors import Halt
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

    def missing(self, partitions: Iterable[Partition]) -> Iterator[Partition]:
        """Those whose states were not read yet."""
        return (each for each in partitions if each not in self._states)

    def restore(self, partition: Partition, source: Source, rows: Mapping[bytes, bytes]) -> None:
        """Reads the states of a partition from the rows of the standing topic. Raises Halt where they cannot be read."""
        lanes = [Lane(route.name, partition) for route in source.routes]
        try:
            self._states[partition] = {lane: _read(lane, rows, source.bundle) for lane in lanes}
        except (ValidationError, ValueError):
            raise Halt(f"the standing of {partition.topic}/{partition.partition} cannot be read") from None

    def forget(self, partitions: Iterable[Partition]) -> None:
        for partition in partitions:
            self._states.pop(partition, None)

    def shown(self) -> Mapping[Lane, int]:
        """How many subjects each lane showed within its window."""
        return {lane: len(state.window.known) for states in self._states.values() for lane, state in states.items()}

    def forget_all(self) -> None:
        self._states.clear()

    def state(self, lane: Lane) -> State:
        return self._states[lane.source][lane]

    def install(self, states: Mapping[Lane, State]) -> None:
        """Takes the states that were committed."""
        for lane, state in states.items():
            self._states[lane.source][lane] = state


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


def _slice_key(lane: Lane, number: int) -> bytes:
    return f"{lane}/{number}".encode()
