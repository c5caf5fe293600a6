"""Where the partitions of the sources start, and whether records are gone from them. Called by `kafka.py` when partitions are assigned.

Every commit carries a note: the id of the topic and how many partitions it had when it was first read. It tells a topic that was made anew
from the one that was read, and a partition that was added later (it starts at 0) from one that has merely no commit yet. Kafka forgets the
commits of a deleted topic, and those of a group that was away for a week; so each transaction also writes them to the standing topic, which
is read where a commit is missing. The only offsets committed here are those of partitions that have none, or whose loss was accepted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from stream.errors import Halt, Unavailable
from stream.guard.transport import Partition

Start = Literal["earliest", "latest"] | int
"""Where a partition without a commit starts; a number is a timestamp in ms: at the first record of that time or later."""


class Why(StrEnum):
    """How records came to be gone."""

    EXPIRED = "expired"  # deleted before they were read
    AHEAD = "ahead"  # the topic ends before what was read of it
    RECREATED = "recreated"  # another topic of the same name


class Gap(NamedTuple):
    """Offsets `start` to before `end` of a source are gone. `resume`: where to go on once a person accepts the loss."""

    partition: Partition
    start: int
    end: int
    why: Why
    resume: int

    def __str__(self) -> str:
        return f"{self.partition.topic}/{self.partition.partition}: {self.why}, offsets {self.start} to {self.end}"


class Gapped(Halt):
    """Records are gone from a source."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__("; ".join(map(str, gaps)))
        self.gaps = tuple(gaps)


class Moved(Exception):
    """The group has another generation by now: poll, and ask again."""


class Note(NamedTuple):
    """What a commit says of its topic. `partitions`: how many it had when it was first read."""

    topic_id: str
    partitions: int

    def written(self) -> str:
        return f"pratique/1 {self.topic_id or '-'} {self.partitions}"


def read_note(text: str | None) -> Note | None:
    """The note of a commit; None where somebody else committed."""
    match (text or "").split(" "):
        case ["pratique/1", topic_id, partitions] if partitions.isdecimal():
            return Note("" if topic_id == "-" else topic_id, int(partitions))
    return None


class Commit(NamedTuple):
    """A committed offset and its note."""

    offset: int
    note: Note | None

    def written(self) -> bytes:
        """As a row of the standing topic; the same words in every version."""
        return f"{self.offset} {self.note.written() if self.note else ''}".encode()


def read_commit(row: bytes) -> Commit | None:
    """A commit as it was written to the standing topic; None where a later version wrote otherwise."""
    offset, _, note = row.decode("ascii", "replace").partition(" ")
    return Commit(int(offset), read_note(note)) if offset.isdecimal() else None


def row_key(partition: Partition) -> bytes:
    """The key of a partition's row in the standing topic, in which it has the same number."""
    return f"{partition.topic}/{partition.partition}".encode()


class Topic(NamedTuple):
    """A source as it is now. `topic_id` is "" where the broker tells none. `commits`: those of its partitions, by number; those that
    Kafka has `forgotten` or never had are to be committed again."""

    name: str
    topic_id: str
    partitions: int
    commits: Mapping[int, Commit]
    forgotten: frozenset[int] = frozenset()

    @property
    def note(self) -> Note:
        """What commits say from now on."""
        return Note(self.topic_id, self.partitions if self.known is None else self.known)

    @property
    def known(self) -> int | None:
        """How many partitions it had when it was first read; None: it never was. 0, so that none is skipped, where no commit tells."""
        if not self.commits:
            return None
        notes = (commit.note for commit in self.commits.values())
        return min((note.partitions for note in notes if note is not None and note.topic_id == self.topic_id), default=0)

    def stand(self, number: int) -> Commit | None:
        """Where a partition stands; None where its source's `start` says. One that was added later stands at 0."""
        known = self.known
        if number in self.commits or known is None or number < known:
            return self.commits.get(number)
        return Commit(0, None)


def gap(partition: Partition, commit: Commit, topic_id: str, low: int, high: int) -> Gap | None:
    """What is gone before a partition that stands at `commit`; `low`, `high`: the offsets that it has now."""
    noted = commit.note.topic_id if commit.note else ""
    if noted and topic_id and noted != topic_id:
        return Gap(partition, commit.offset, commit.offset, Why.RECREATED, low)
    if commit.offset < low:
        return Gap(partition, commit.offset, low, Why.EXPIRED, low)
    if commit.offset > high:
        return Gap(partition, high, commit.offset, Why.AHEAD, high)
    return None


class Offsets:
    """Asks Kafka. `remembered` gives the row of the standing topic by partition and key; `seconds`: how long Kafka has to answer;
    `topic_ids`: False for a broker that tells none (the mock cluster)."""

    def __init__(
        self,
        consumer: Consumer,
        admin: AdminClient,
        remembered: Callable[[Partition, bytes], bytes | None],
        sources: Mapping[str, Start],
        seconds: float,
        *,
        topic_ids: bool,
    ) -> None:
        self._consumer = consumer
        self._admin = admin
        self._remembered = remembered
        self._sources = sources
        self._seconds = seconds
        self._topic_ids = topic_ids
        self._notes: dict[str, Note] = {}

    def committed(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The stable committed offsets. Raises Unavailable."""
        found = self._commits(partitions)
        return {partition: commit.offset for partition, commit in found.items()}

    def starts(self, partitions: Iterable[Partition], accepted: Iterable[Partition]) -> tuple[dict[Partition, int], Sequence[Gap]]:
        """Where each partition starts, and the gaps that were passed over because they are accepted. From now on these starts are
        committed. Raises Gapped, Unavailable, Moved."""
        wanted = sorted(partitions)
        topics = {name: self._topic(name) for name in {partition.topic for partition in wanted}}
        stands = {partition: topics[partition.topic].stand(partition.partition) for partition in wanted}
        gaps = [
            found for partition, commit in stands.items() if commit and (found := self._gap(topics[partition.topic], partition, commit))
        ]
        if refused := [each for each in gaps if each.partition not in set(accepted)]:
            raise Gapped(refused)
        starts = {partition: self._first(partition) if commit is None else commit.offset for partition, commit in stands.items()}
        starts |= {each.partition: each.resume for each in gaps}
        self._notes |= {name: topic.note for name, topic in topics.items()}
        passed = {each.partition for each in gaps}
        self._commit({place: starts[place] for place in wanted if place in passed or place.partition in topics[place.topic].forgotten})
        return starts, gaps

    def _topic(self, name: str) -> Topic:
        topic_id, count = self._describe(name)
        places = [Partition(name, number) for number in range(count)]
        commits = self._commits(places)
        forgotten = [place for place in places if place not in commits]
        commits |= {place: commit for place in forgotten if (commit := self._remember(place))}
        by_number = {place.partition: commit for place, commit in commits.items()}
        return Topic(name, topic_id, count, by_number, frozenset(place.partition for place in forgotten))

    def _remember(self, place: Partition) -> Commit | None:
        row = self._remembered(place, row_key(place))
        return None if row is None else read_commit(row)

    def _describe(self, name: str) -> tuple[str, int]:
        try:
            if not self._topic_ids:
                return "", len(self._consumer.list_topics(name, self._seconds).topics[name].partitions)
            answer = self._admin.describe_topics(TopicCollection([name]), request_timeout=self._seconds)[name]
            topic = answer.result(self._seconds + 1)
        except (KafkaException, TimeoutError) as error:
            raise unavailable(error) from None
        return str(topic.topic_id), len(topic.partitions)

    def _commits(self, partitions: Iterable[Partition]) -> dict[Partition, Commit]:
        places = [TopicPartition(*partition) for partition in partitions]
        try:
            answers = self._consumer.committed(places, self._seconds) if places else []
        except KafkaException as error:
            raise unavailable(error) from None
        if failed := [each.error for each in answers if each.error]:
            raise Unavailable(failed[0].name())
        found = (each for each in answers if each.offset >= 0)
        return {Partition(each.topic, each.partition): Commit(each.offset, read_note(each.metadata)) for each in found}

    def _gap(self, topic: Topic, partition: Partition, commit: Commit) -> Gap | None:
        return gap(partition, commit, topic.topic_id, *self._ends(partition))

    def _ends(self, partition: Partition) -> tuple[int, int]:
        try:
            return self._consumer.get_watermark_offsets(TopicPartition(*partition), self._seconds)
        except KafkaException as error:
            raise unavailable(error) from None

    def _first(self, partition: Partition) -> int:
        low, high = self._ends(partition)
        match self._sources[partition.topic]:
            case "earliest":
                return low
            case "latest":
                return high
            case since:
                return self._at(partition, since, high)

    def _at(self, partition: Partition, since: int, high: int) -> int:
        try:
            [found] = self._consumer.offsets_for_times([TopicPartition(*partition, since)], self._seconds)
        except KafkaException as error:
            raise unavailable(error) from None
        return found.offset if found.offset >= 0 else high

    def _commit(self, starts: Mapping[Partition, int]) -> None:
        """So that the starts hold from now on, whatever happens before the first transaction."""
        if not starts:
            return
        try:
            self._consumer.commit(offsets=[*self.positions(starts)], asynchronous=False)
        except KafkaException as error:
            raise (Moved() if error.args[0].code() in _MOVED else unavailable(error)) from None

    def positions(self, offsets: Mapping[Partition, int]) -> Iterator[TopicPartition]:
        """Offsets with their notes, as a commit takes them."""
        return (TopicPartition(*place, offset, self._notes[place.topic].written()) for place, offset in offsets.items())

    def rows(self, offsets: Mapping[Partition, int]) -> Iterator[tuple[Partition, bytes, bytes]]:
        """The same as rows of the standing topic: the source's partition, key, value."""
        return ((place, row_key(place), Commit(offset, self._notes[place.topic]).written()) for place, offset in offsets.items())


_MOVED = frozenset(
    {
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError.REBALANCE_IN_PROGRESS,
        KafkaError._ASSIGNMENT_LOST,  # noqa: SLF001  # its public name
        KafkaError._WAIT_COORD,  # noqa: SLF001  # its public name
    }
)


def unavailable(error: BaseException) -> Unavailable:
    """An error of the client by its name alone."""
    found = error.args[0] if error.args else None
    return Unavailable(found.name() if isinstance(found, KafkaError) else "timed out")
