"""Sends requests in their order, never more unanswered than a window, never faster than asked, and tells the answers as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.requests import SignedRequest
from schemas.vocabulary import Refusal
from stream.review.address import Address
from stream.review.answers import Answer, Answers
from stream.review.held import Held

WINDOW = 100
"""Requests without an answer at a time: as many as the guard takes at once."""

_LOOK = 0.2  # seconds between two looks at what there is to send

Made = SignedRequest | Answer
"""A request to send; or, where there is nothing to send, what came of it."""

Making = Callable[[Sequence[Held]], Mapping[Address, Made]]
"""Makes the requests for held records; what it leaves out is held no longer."""


class Silence(Exception):
    """The guard did not answer in time. What was asked still stands, and is answered once a guard runs."""

    def __init__(self, unanswered: Iterable[Address]) -> None:
        super().__init__("the guard does not answer")
        self.unanswered = tuple(unanswered)


class Timing(NamedTuple):
    """`wait`: seconds without any answer after which nobody answers; `rate`: records a second at most; `retry`: seconds after which what
    may go away is asked again."""

    clock: Callable[[], float]
    wait: float
    rate: float | None = None
    retry: float = 30


class _Pace:
    """How many more may go at this moment; at most what one second allows."""

    def __init__(self, timing: Timing) -> None:
        self._clock, self._rate = timing.clock, timing.rate
        self._since, self._saved = timing.clock(), 1.0

    def allowed(self, wanted: int) -> int:
        if self._rate is None:
            return wanted
        now = self._clock()
        self._saved = min(max(self._rate, 1.0), self._saved + (now - self._since) * self._rate)
        self._since = now
        taken = min(wanted, int(self._saved))
        self._saved -= taken
        return taken


class Sending:
    """One run over held records, in the order given."""

    def __init__(self, answers: Answers, make: Making, timing: Timing) -> None:
        self._answers, self._make, self._timing = answers, make, timing
        self._pace = _Pace(timing)
        self._held: deque[Held] = deque()

    def run(self, held: Iterable[Held]) -> Iterator[Answer]:
        """The answers. Raises Silence, Unavailable."""
        self._held = deque(held)
        clock, heard = self._timing.clock, self._timing.clock()
        while self._held or self._answers.waiting:
            came = [*self._fill(), *self._answers.poll(_LOOK if self._answers.waiting else self._idle())]
            if came or not self._answers.waiting:
                heard = clock()
            yield from came
            if clock() - heard > self._timing.wait:
                raise Silence(self._answers.waiting)

    def stop(self) -> None:
        """Sends nothing more; what is on its way is still waited for."""
        self._held.clear()

    def _idle(self) -> float:
        """Where nothing is on its way, only the pace is waited for."""
        return _LOOK if self._held and self._timing.rate else 0

    def _fill(self) -> Iterator[Answer]:
        """Sends what fits into the window, once half of it is free."""
        room = WINDOW - len(self._answers.waiting)
        if not self._held or room < WINDOW // 2:
            return
        chunk = [self._held.popleft() for _ in range(self._pace.allowed(min(room, len(self._held))))]
        made = self._make(chunk) if chunk else {}
        self._answers.send([each for each in made.values() if isinstance(each, SignedRequest)])
        for held in chunk:
            came = made.get(held.address, Answer(held.address, "", Refusal.NOT_HELD.value))
            if isinstance(came, Answer):
                yield came
