"""How many persons a route showed its recipient: the distinct subjects of one source partition within the last hour.

Called by the guard for every record that is to be forwarded on a route with a cap. `now` is the guard's clock in seconds; a subject is
an 8-byte keyed hash. Pure: a replay from the state of before gives the same states.
"""

from collections.abc import Iterable
from typing import NamedTuple

SLICE = 300
"""Seconds of one slice."""

SLICES = 12
"""Slices that make the window. One more is kept, since the oldest of them is still partly within the hour."""


class Slice(NamedTuple):
    """The subjects seen within one slice; `number` counts slices since the epoch."""

    number: int
    subjects: frozenset[bytes]

    def __repr__(self) -> str:
        return f"Slice({self.number}, {len(self.subjects)} subjects)"


class Window(NamedTuple):
    """The slices of the last hour, oldest first, and the subjects of all of them. A subject stands in every slice it was seen in."""

    slices: tuple[Slice, ...] = ()
    known: frozenset[bytes] = frozenset()

    def __repr__(self) -> str:
        return f"Window({len(self.slices)} slices, {len(self.known)} subjects)"


def share(cap: int, partitions: int, partition: int) -> int:
    """What one source partition may use of its route's cap; the first partitions take the remainder."""
    return cap // partitions + (partition < cap % partitions)


def window(slices: Iterable[Slice]) -> Window:
    """A window from the slices that were kept of it, in any order."""
    ordered = tuple(sorted(slices))
    return Window(ordered, frozenset().union(*(each.subjects for each in ordered)))


def admit(state: Window, subjects: tuple[bytes, ...], now: int, limit: int) -> tuple[Window, bool]:
    """Whether a record about these subjects may be forwarded, and the window after it. Whole or not at all: where one of its subjects
    is too many, none is counted. Subjects that the window knows cost nothing."""
    state = current(state, now)
    new = set(subjects) - state.known
    if new and len(state.known) + len(new) > limit:
        return state, False
    return _seen(state, subjects, now), True


def current(state: Window, now: int) -> Window:
    """The window without the slices that left it. What left stays away when the clock goes back."""
    oldest = _newest(state, now) - SLICES
    if not state.slices or state.slices[0].number >= oldest:
        return state
    return window(each for each in state.slices if each.number >= oldest)


def frees(state: Window) -> int:
    """The second at which the oldest slice leaves; 0 where there is none."""
    return (state.slices[0].number + SLICES + 1) * SLICE if state.slices else 0


def _newest(state: Window, now: int) -> int:
    number = now // SLICE
    return max(number, state.slices[-1].number) if state.slices else number


def _seen(state: Window, subjects: tuple[bytes, ...], now: int) -> Window:
    number = _newest(state, now)
    *older, last = state.slices or (Slice(number, frozenset()),)
    if last.number != number:
        older, last = [*older, last], Slice(number, frozenset())
    if last.subjects.issuperset(subjects):
        return state
    return Window((*older, Slice(number, last.subjects.union(subjects))), state.known.union(subjects))
