"""What happens when: the day of the laboratory, act by act. Writes what the laboratory writes, asks what the reviewer asks, and tells it to
the board. Each act waits for what it needs, so the story is as slow as the guard where that is slower than the pace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from schemas.vocabulary import Reason, Verdict
from stream.broker.client import Client
from stream.core.values import Coordinate
from stream.demo import laboratory
from stream.demo.board import Board, Scene, Sign, Step, Told
from stream.demo.reviewer import WHY, Looked, Reviewer
from stream.demo.stage import EXPORT, RESULTS, REVIEWER
from stream.review.address import Address
from stream.synth.label import Sample

SECONDS = 110  # of the story, at its own pace
PATIENTS = 300  # in the export
_RECORDS = 600  # a day, where there is no end
_WRITING = 90  # seconds in which the day's records are written
_TRIAL = 12  # patients that the partner asks for in the morning
_HANDFUL = 20  # records written at a time
_AHEAD = 200  # records that may wait for their verdicts
_EVERY = 60  # one record in so many cannot be read
_PATIENCE = 20  # seconds, whatever the pace
_OPENS, _HOURS = 7 * 60, 12 * 60  # minutes: the laboratory opens at seven, for twelve hours

Wait = float | Callable[[], bool]
"""The second of the story, or what has to be true, until which an act waits. While it waits for something to be true, the story's clock
stands still."""


class Day(NamedTuple):
    """How much is written. `records` None: no end; `pace`: how many times as fast as the story's own."""

    seed: int
    records: int | None
    pace: float


class Story:
    """One run. `turn` it until it is over."""

    def __init__(self, board: Board, client: Client, reviewer: Reviewer, day: Day) -> None:
        self._board = board
        self._client = client
        self._reviewer = reviewer
        self._day = day
        self._everyday = laboratory.everyday(day.seed)
        self._looked = board.now
        self._seconds = 0.0  # of the story
        self._everyday_written = 0
        self._kept_back = 2  # of the day's records: those that the acts write
        self._acts = self._whole()
        self._wait = next(self._acts, None)

    def turn(self) -> bool:
        """Does what is due by the board's clock; whether the story goes on. Raises Unavailable."""
        self._pass_time()
        self._write_due()
        while self._wait is not None and self._may_go_on(self._wait):
            self._wait = next(self._acts, None)
        return self._wait is not None

    def _pass_time(self) -> None:
        now = self._board.now
        if isinstance(self._wait, float):
            self._seconds = min(self._wait, self._seconds + (now - self._looked) * self._day.pace)
        self._looked = now
        self._board.minute = _OPENS + int(_HOURS * self._seconds / SECONDS)

    def _may_go_on(self, wait: Wait) -> bool:
        return self._seconds >= wait if isinstance(wait, float) else wait()

    def _pause(self, seconds: float) -> float:
        return self._seconds + seconds

    def _soon(self, true: Callable[[], bool]) -> Wait:
        """Until it is true, or should have been: the numbers in the end tell whether it was."""
        until = self._board.now + _PATIENCE
        return lambda: true() or self._board.now > until

    # ---- the acts -------------------------------------------------------------------------------------------------------

    def _whole(self) -> Iterator[Wait]:
        board = self._board
        yield from self._opening()
        yield from self._morning()
        yield 26.0
        yield from self._release()
        yield 54.0
        unread = sum(held.reasons == (Reason.UNDECODABLE,) for held in board.held.values()) // self._routes(RESULTS)
        self._tell(Sign.STEP, f"What cannot be read leaves nowhere: {unread} records so far.")
        yield 64.0
        yield from self._export()
        yield 98.0
        yield lambda: self._is_written() and board.undecided() == 0
        self._tell(Sign.GOOD, "The day ends: every record has its outcome.")
        yield self._pause(5)
        yield self._soon(board.closes)

    def _opening(self) -> Iterator[Wait]:
        """The first record, which waits for the worker: only then the day begins."""
        self._tell(Sign.STEP, "Results go to the hospital, an insurer and a research team.")
        message = laboratory.telling(self._day.seed + 1)
        self._board.choose(self._write_one(message), message.data)
        yield lambda: self._board.judged(RESULTS) > 0

    def _morning(self) -> Iterator[Wait]:
        yield self._pause(4)
        self._tell(Sign.GOOD, "One record, three recipients: each got what its policy allows.")
        yield self._pause(9)
        self._write(EXPORT, laboratory.patients(self._day.seed + 2, _TRIAL))
        self._tell(Sign.STEP, f"A partner migrates its first {_TRIAL} patients: {self._board.lanes['partner'].cap} an hour at most.")

    def _release(self) -> Iterator[Wait]:
        board, reviewer = self._board, self._reviewer
        address = Address("hospital", *self._write_one(laboratory.urgent(self._day.seed + 1)))
        yield lambda: address in board.held
        board.scene = Scene.RELEASE
        held = board.held[address]
        how = f"{address}: {', '.join(held.reasons)}, {held.urgency}"
        self._step("held", how, "An urgent HIV test is held: a biologist looks at it first.", Sign.BAD)
        yield self._pause(6)
        looked = reviewer.open(address)
        self._step("opened", f"by {REVIEWER}, with a key that the guard does not have", f"{REVIEWER.title()}, a biologist, opens its seal.")
        yield self._pause(6)
        reviewer.ask(looked)
        self._step("asked", f"signed by {REVIEWER}: {WHY}, waiving {_named(looked)}", "She signs a request to release it.")
        yield self._pause(4)
        yield from self._answered(address, held.since)

    def _answered(self, address: Address, since: float) -> Iterator[Wait]:
        board = self._board
        yield self._reviewer.heard
        answer = self._reviewer.answer
        if answer is None or not answer.done:
            self._step("refused", f"by the guard: {answer and answer.refusal}", "The guard refuses.", Sign.BAD)
            return
        self._step("judged", f"again by the guard, by the policy of now: {answer.verdict}", "The guard judges it again, and forwards it.")
        yield self._pause(4)
        yield lambda: address in board.late
        destination = board.lanes[address.route].destination
        text = f"at {destination}, header pratique-released, held for {board.now - since:.0f} s"
        self._step("arrived", text, "The result is at the hospital.", Sign.GOOD)

    def _export(self) -> Iterator[Wait]:
        board = self._board
        board.scene, board.exported = Scene.EXPORT, PATIENTS
        self._tell(Sign.BAD, f"The partner's job starts over: {PATIENTS} patients in seconds.")
        yield self._pause(3)
        patients = iter(laboratory.patients(self._day.seed + 3, PATIENTS))
        while handful := list(islice(patients, _HANDFUL)):
            self._write(EXPORT, handful)
            yield self._pause(0.4)
            yield lambda: board.undecided() < _AHEAD
        yield self._soon(lambda: "partner" in board.stopped)
        self._tell(Sign.BAD, "Cap reached: the partner's breaker opens, nothing more leaves.")
        yield lambda: board.judged(EXPORT) == board.written[EXPORT]
        yield self._pause(8)
        held = board.verdicts["partner"][Verdict.QUARANTINE]
        self._tell(Sign.GOOD, f"{held} records are sealed to reviewers. The other routes go on.")

    def _routes(self, source: str) -> int:
        return sum(lane.source == source for lane in self._board.lanes.values())

    # ---- telling --------------------------------------------------------------------------------------------------------

    def _tell(self, sign: Sign, text: str) -> None:
        self._board.told.append(Told(self._board.minute, sign, text))

    def _step(self, word: str, how: str, text: str, sign: Sign = Sign.STEP) -> None:
        """A step of the release, and its line."""
        self._board.steps.append(Step(word, how))
        self._board.told.append(Told(self._board.minute, sign, text, how))

    # ---- writing --------------------------------------------------------------------------------------------------------

    def _write_due(self) -> None:
        """As many of the day's records as the time of day asks for, unless too many wait already."""
        board, records = self._board, self._day.records
        due = int((records or _RECORDS) * self._seconds / _WRITING)
        if records is not None:
            due = min(due, records - self._kept_back)
        many = min(due - board.written[RESULTS], _HANDFUL, _AHEAD - board.undecided())
        self._write(RESULTS, [self._next() for _ in range(many)])

    def _next(self) -> Sample:
        """The next record of the day; some senders are broken."""
        self._everyday_written += 1
        sample = next(self._everyday)
        return sample._replace(data=laboratory.UNREADABLE) if self._everyday_written % _EVERY == 0 else sample

    def _write_one(self, sample: Sample) -> Coordinate:
        """One of those that the story needs: it belongs to the records of the day."""
        self._kept_back -= 1
        (coordinate,) = self._write(RESULTS, [sample])
        return coordinate

    def _write(self, source: str, samples: Sequence[Sample]) -> Sequence[Coordinate]:
        self._board.written[source] += len(samples)
        return self._client.feed(source, ((sample.key, sample.data) for sample in samples))

    def _is_written(self) -> bool:
        return self._board.written[RESULTS] == self._day.records


def _named(looked: Looked) -> str:
    """What is waived, on one line."""
    if len(looked.holds) == 1:
        return looked.holds[0]
    categories = dict.fromkeys(hold.partition("@")[0] for hold in looked.holds)
    return f"{', '.join(categories)} at {len(looked.holds)} places"
