"""What the demo has seen so far: verdicts, held records, standing, breakers, one record on all its routes. Folded from what comes out of
Kafka; draws nothing, and knows no client.

The only bytes of records that it keeps are those of the one that is shown on purpose.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import islice
from typing import NamedTuple

from schemas.events import BreakerRow, Disposition, Fact
from schemas.pipeline import Pipeline
from schemas.topics import Purpose
from schemas.vocabulary import BreakerState, Verdict
from stream.core.values import Coordinate, Record
from stream.demo.excerpt import Excerpt, excerpt
from stream.demo.stage import own_topic
from stream.review.address import Address

_SECONDS = 5.0  # over which a rate is told
_FORWARDED = frozenset({Verdict.CLEAR.value, Verdict.REDACT.value})


class Scene(Enum):
    """What the story is about at the moment."""

    RECORD = "record"
    RELEASE = "release"
    EXPORT = "export"


class Sign(Enum):
    """How a line of the story is meant."""

    STEP = "▸"
    GOOD = "✓"
    BAD = "■"


class Told(NamedTuple):
    """A line of the story, and how it was done. `minute`: of the laboratory's day."""

    minute: int
    sign: Sign
    text: str
    how: str = ""


class Held(NamedTuple):
    """A held record as its disposition tells it. `since`: by the board's clock; `status`: what became of it last."""

    address: Address
    reasons: tuple[str, ...]
    urgency: str
    results: str
    since: float
    status: str


class Step(NamedTuple):
    """A step of the release: what is done, and how, once it is done."""

    word: str
    text: str = ""


class Lane(NamedTuple):
    """A route of the demo. `cap`: distinct subjects an hour, None for no limit."""

    route: str
    source: str
    destination: str
    cap: int | None


class Chosen(NamedTuple):
    """The record that is shown: where it stands, and its telling places as they came."""

    coordinate: Coordinate
    came: Excerpt


class Board:
    """One day, as it is known. Clocks come in: `minute` of the laboratory's day, `now` in seconds."""

    def __init__(self, lanes: Iterable[Lane]) -> None:
        self.lanes: Mapping[str, Lane] = {lane.route: lane for lane in lanes}
        self.minute = 7 * 60
        self.now = 0.0
        self.scene = Scene.RECORD
        self.told: list[Told] = []
        self.written: Counter[str] = Counter()  # records, by source
        self.verdicts: dict[str, Counter[str]] = {route: Counter() for route in self.lanes}
        self.arrived: Counter[str] = Counter()  # at the destination, by route
        self.released: Counter[str] = Counter()
        self.late: set[Address] = set()  # what arrived by a release
        self.subjects: dict[str, set[bytes]] = {route: set() for route in self.lanes}
        self.stopped: dict[str, BreakerRow] = {}
        self.held: dict[Address, Held] = {}
        self.chosen: Chosen | None = None
        self.got: dict[str, Excerpt] = {}  # of the chosen record, by route
        self.steps: list[Step] = []  # of the release, those that are done
        self.exported = 0  # records of the bulk export, once it has begun
        self._recent: dict[str, deque[tuple[float, int]]] = {route: deque() for route in self.lanes}
        self._destinations = {lane.destination: lane.route for lane in self.lanes.values()}

    def choose(self, coordinate: Coordinate, message: bytes) -> None:
        self.chosen = Chosen(coordinate, excerpt(message))

    # ---- folding --------------------------------------------------------------------------------------------------------

    def take(self, seen: Record) -> None:
        """One record of a destination or of the pipeline's own topics. What this version does not read is passed over."""
        try:
            match seen.coordinate.topic:
                case topic if topic in self._destinations:
                    self._arrive(seen, self._destinations[topic])
                case topic if topic == own_topic(Purpose.FACTS):
                    self._judged(Fact.model_validate_json(seen.value or b""))
                case topic if topic == own_topic(Purpose.DISPOSITIONS):
                    self._answered(Disposition.model_validate_json(seen.value or b""))
                case topic if topic == own_topic(Purpose.BREAKERS):
                    self._breaker(BreakerRow.model_validate_json(seen.value or b""))
        except ValueError:
            return

    def _judged(self, fact: Fact) -> None:
        rows = [*fact.each()]
        for row in rows:
            if row.verdict in _FORWARDED:
                self.subjects[fact.route] |= row.subjects
                self.released[fact.route] += fact.human is not None
        if fact.human is None:
            self.verdicts[fact.route].update(row.verdict for row in rows)
            self._recent[fact.route].append((self.now, len(rows)))

    def _answered(self, told: Disposition) -> None:
        address = Address(told.route, told.topic, told.partition, told.offset)
        before = self.held.get(address)
        if before is not None:
            self.held[address] = before._replace(status=told.status)
        else:
            self.held[address] = Held(address, told.reasons, told.urgency, told.results, self.now, told.status)

    def _breaker(self, row: BreakerRow) -> None:
        if row.state is BreakerState.OPEN:
            self.stopped[row.route] = row

    def _arrive(self, seen: Record, route: str) -> None:
        ours = dict(seen.headers)
        source = _source(ours)
        self.arrived[route] += 1
        if "pratique-released" in ours:
            self.late.add(Address(route, *source))
        if self.chosen is not None and source == self.chosen.coordinate:
            self.got[route] = excerpt(seen.value or b"")

    # ---- what is told of it ---------------------------------------------------------------------------------------------

    def judged(self, source: str) -> int:
        """Records of a source that every route of it has a verdict for."""
        return min(self.verdicts[lane.route].total() for lane in self.lanes.values() if lane.source == source)

    def undecided(self) -> int:
        """Records that some route has no verdict for yet."""
        return sum(number - self.judged(source) for source, number in self.written.items())

    def left(self, route: str) -> int:
        """Records that the guard says it forwarded, the released ones among them."""
        counted = self.verdicts[route]
        return counted[Verdict.CLEAR] + counted[Verdict.REDACT] + self.released[route]

    def closes(self) -> bool:
        """Whether every record has one outcome on each route, and as many arrived as left."""
        whole = all(self.verdicts[lane.route].total() == self.written[lane.source] for lane in self.lanes.values())
        return whole and all(self.arrived[route] == self.left(route) for route in self.lanes)

    def rate(self, route: str) -> float:
        """Records a second."""
        recent = self._recent[route]
        while recent and recent[0][0] < self.now - _SECONDS:
            recent.popleft()
        return sum(number for _, number in recent) / _SECONDS

    def still_held(self, route: str) -> int:
        """Records of a route that wait for a decision."""
        return self.verdicts[route][Verdict.QUARANTINE] - self.released[route]

    def latest_held(self, many: int) -> Sequence[Held]:
        """The newest first."""
        return list(islice(reversed(self.held.values()), many))


def lanes(pipeline: Pipeline, caps: Mapping[str, int | None]) -> Iterable[Lane]:
    """The routes in the order in which they are written."""
    topics = {source.name: source.topic for source in pipeline.sources}
    return (Lane(route.name, topics[route.source], route.destination, caps[route.name]) for route in pipeline.routes)


def _source(headers: Mapping[str, bytes | None]) -> Coordinate:
    """Where a record stood on its source, as the guard's header says."""
    _, topic, partition, offset = (headers["pratique-source"] or b"").decode().split("/")
    return Coordinate(topic, int(partition), int(offset))
