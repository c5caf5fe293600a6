"""Where a partition starts, and when records are gone: first the rules, then the four cases on a real broker."""

from collections.abc import Iterable

import pytest
from confluent_kafka import Consumer, TopicPartition

from stream.errors import Halt
from stream.guard.kafka import KafkaTransport
from stream.guard.offsets import Commit, Gap, Gapped, Note, Start, Topic, Why, gap, read_commit, read_note
from stream.guard.transport import Budget, Output, Partition
from tests.support.apache import Cluster
from tests.support.transports import Gaps, a_transport, after, gather, until

P0 = Partition("in", 0)
OURS, OLD = Note("id-2", 2), Note("id-1", 2)


# ---- the rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("note", [Note("R0R2GR1KRwKo05pDSvxpNg", 12), Note("", 3)])
def test_a_note_reads_as_it_was_written(note: Note) -> None:
    assert read_note(note.written()) == note


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="a commit without metadata"),
        pytest.param("", id="a commit of kafka-consumer-groups"),
        pytest.param("pratique/1 id", id="cut off"),
        pytest.param("pratique/1 id many", id="no number"),
        pytest.param("pratique/2 id 2", id="of a version to come"),
    ],
)
def test_what_is_not_our_note_says_nothing(text: str | None) -> None:
    assert read_note(text) is None


@pytest.mark.parametrize(
    ("commit", "low", "high", "found"),
    [
        pytest.param(Commit(5, OURS), 0, 9, None, id="within"),
        pytest.param(Commit(0, OURS), 0, 0, None, id="an empty topic"),
        pytest.param(Commit(5, OURS), 5, 9, None, id="just not expired"),
        pytest.param(Commit(9, OURS), 0, 9, None, id="at the end"),
        pytest.param(Commit(5, OURS), 6, 9, Gap(P0, 5, 6, Why.EXPIRED, 6), id="one record expired"),
        pytest.param(Commit(9, OURS), 0, 8, Gap(P0, 8, 9, Why.AHEAD, 8), id="the topic ends before"),
        pytest.param(Commit(5, OLD), 0, 9, Gap(P0, 5, 5, Why.RECREATED, 0), id="made anew, though the offset would do"),
        pytest.param(Commit(5, None), 0, 9, None, id="somebody else's commit, by hand"),
        pytest.param(Commit(5, Note("", 2)), 0, 9, None, id="noted where the broker told no id"),
    ],
)
def test_gaps(commit: Commit, low: int, high: int, found: Gap | None) -> None:
    assert gap(P0, commit, "id-2", low, high) == found


def test_a_gap_stops_the_pipeline_and_says_where() -> None:
    stop = Gapped([Gap(P0, 5, 8, Why.EXPIRED, 8)])

    assert isinstance(stop, Halt)
    assert str(stop) == "in/0: expired, offsets 5 to 8"


@pytest.mark.parametrize("commit", [Commit(7, OURS), Commit(0, Note("", 1)), Commit(7, None)])
def test_a_row_reads_as_it_was_written(commit: Commit) -> None:
    assert read_commit(commit.written()) == commit


@pytest.mark.parametrize("row", [b"", b"x", b"\xff", b"pratique/9 7"])
def test_a_row_of_a_version_to_come_is_no_commit(row: bytes) -> None:
    assert read_commit(row) is None


@pytest.mark.parametrize(
    ("commits", "number", "stands"),
    [
        pytest.param({}, 0, None, id="never read: as the source says"),
        pytest.param({0: Commit(7, OURS)}, 0, Commit(7, OURS), id="committed"),
        pytest.param({0: Commit(7, OURS)}, 1, None, id="known from the first, only not read yet: as the source says"),
        pytest.param({0: Commit(7, OURS)}, 2, Commit(0, None), id="added later: at 0"),
        pytest.param({0: Commit(7, OURS), 2: Commit(1, OURS)}, 3, Commit(0, None), id="one more added later: at 0"),
        pytest.param({0: Commit(7, None)}, 1, Commit(0, None), id="no note tells: at 0, so that nothing is skipped"),
        pytest.param({0: Commit(7, OLD)}, 1, Commit(0, None), id="only the old topic is known: at 0"),
    ],
)
def test_where_a_partition_stands(commits: dict[int, Commit], number: int, stands: Commit | None) -> None:
    assert Topic("in", "id-2", 4, commits).stand(number) == stands


def test_a_later_partition_does_not_change_what_was_there_at_first() -> None:
    topic = Topic("in", "id-2", 4, {0: Commit(7, OURS)})

    assert topic.note == Note("id-2", 2)


# ---- on a broker --------------------------------------------------------------------------------------------------------


class Pipeline:
    """A worker on a topic of its own; may stop and come back."""

    def __init__(self, kafka: Cluster, partitions: int = 1) -> None:
        self.kafka = kafka
        self.group = kafka.name("group")
        self.topic = kafka.create("in", partitions)
        self.destination = kafka.create("out")
        self.standing = kafka.create("standing", 2, cleanup_policy="compact")

    def transport(self, start: Start = "earliest", gaps: Gaps | None = None, accepted: Iterable[Partition] = ()) -> KafkaTransport:
        return a_transport(self.kafka.address, self.group, {self.topic: start}, self.standing, observer=gaps, accepted=accepted)

    def read(self, start: Start, count: int, gaps: Gaps | None = None, accepted: tuple[int, ...] = ()) -> list[tuple[int, int]]:
        """Relays so many records with a fresh worker and returns their partitions and offsets. With none, until it has started."""
        places = [Partition(self.topic, number) for number in accepted]
        transport = self.transport(start, gaps, places)
        try:
            if not count:
                until(lambda: bool(transport.poll(Budget(seconds=0.1)).events))
                return []
            _, records = gather(transport, count)
            transport.begin()
            transport.send([Output(self.destination, 0, b"k", b"v")])
            transport.commit(after(records))
            return [(record.coordinate.partition, record.coordinate.offset) for record in records]
        finally:
            transport.close()


@pytest.fixture
def pipeline(kafka: Cluster) -> Pipeline:
    return Pipeline(kafka)


@pytest.mark.broker
@pytest.mark.parametrize(
    ("start", "first"),
    [
        pytest.param("earliest", 0),
        pytest.param("latest", 3),
        pytest.param(2_000, 2, id="the first record of that time"),
        pytest.param(1_500, 2, id="the first record after that time"),
        pytest.param(9_000, 3, id="no record is that late: at the end"),
    ],
)
def test_without_a_commit_a_partition_starts_as_its_source_says(pipeline: Pipeline, start: Start, first: int) -> None:
    for timestamp in (1_000, 1_000, 2_000):
        pipeline.kafka.put(pipeline.topic, b"v", timestamp=timestamp)

    pipeline.read(start, 0)
    pipeline.kafka.put(pipeline.topic, b"v")

    assert pipeline.read(start, 4 - first) == [(0, offset) for offset in range(first, 4)]


@pytest.mark.broker
def test_the_first_start_holds_though_nothing_was_committed_since(pipeline: Pipeline) -> None:
    pipeline.kafka.put(pipeline.topic, b"before")
    pipeline.read("latest", 0)
    pipeline.kafka.put(pipeline.topic, b"while the worker was away")

    assert pipeline.read("latest", 1) == [(0, 1)]


@pytest.mark.broker
def test_a_partition_added_to_a_known_topic_starts_at_zero(pipeline: Pipeline) -> None:
    pipeline.kafka.put(pipeline.topic, b"before")
    pipeline.read("latest", 0)

    pipeline.kafka.widen(pipeline.topic, 2)
    pipeline.kafka.put(pipeline.topic, b"first", b"second", partition=1)

    assert pipeline.read("latest", 2) == [(1, 0), (1, 1)]


@pytest.mark.broker
def test_expired_records_stop_the_pipeline_until_their_loss_is_accepted(pipeline: Pipeline) -> None:
    pipeline.kafka.put(pipeline.topic, *[b"v"] * 5)
    pipeline.read("earliest", 5)
    pipeline.kafka.put(pipeline.topic, *[b"v"] * 5)
    pipeline.kafka.delete_before(pipeline.topic, 0, 8)
    missing = Gap(Partition(pipeline.topic, 0), 5, 8, Why.EXPIRED, 8)

    refused, accepted = Gaps(), Gaps()
    with pytest.raises(Gapped) as stop:
        pipeline.read("earliest", 1, refused)
    again = pipeline.read("earliest", 2, accepted, accepted=(0,))

    assert stop.value.gaps == (missing,)
    assert refused.seen == [(missing, False)]
    assert accepted.seen == [(missing, True)]
    assert again == [(0, 8), (0, 9)]


@pytest.mark.broker
def test_a_commit_beyond_the_end_stops_the_pipeline_until_it_is_accepted(pipeline: Pipeline) -> None:
    pipeline.kafka.put(pipeline.topic, b"v", b"v")
    _commit(pipeline, 9)
    missing = Gap(Partition(pipeline.topic, 0), 2, 9, Why.AHEAD, 2)

    with pytest.raises(Gapped) as stop:
        pipeline.read("earliest", 1)
    pipeline.read("earliest", 0, accepted=(0,))
    pipeline.kafka.put(pipeline.topic, b"v")

    assert stop.value.gaps == (missing,)
    assert pipeline.read("earliest", 1) == [(0, 2)]


def _commit(pipeline: Pipeline, offset: int) -> None:
    """By hand, as an operator might."""
    consumer = Consumer(pipeline.kafka.client | {"group.id": pipeline.group})
    consumer.commit(offsets=[TopicPartition(pipeline.topic, 0, offset)], asynchronous=False)
    consumer.close()


@pytest.mark.broker
def test_a_topic_made_anew_stops_the_pipeline_until_it_is_accepted(pipeline: Pipeline) -> None:
    pipeline.kafka.put(pipeline.topic, b"v", b"v")
    pipeline.read("earliest", 2)

    pipeline.kafka.delete(pipeline.topic)
    pipeline.kafka.make(pipeline.topic)
    pipeline.kafka.put(pipeline.topic, *[b"v"] * 4)

    with pytest.raises(Gapped) as stop:
        pipeline.read("earliest", 1)
    assert stop.value.gaps == (Gap(Partition(pipeline.topic, 0), 2, 2, Why.RECREATED, 0),)
    assert pipeline.read("earliest", 4, accepted=(0,)) == [(0, offset) for offset in range(4)]
    pipeline.kafka.put(pipeline.topic, b"v")
    assert pipeline.read("earliest", 1) == [(0, 4)]


@pytest.mark.broker
def test_a_group_whose_commits_are_gone_goes_on_where_it_was(pipeline: Pipeline) -> None:
    """After a week away Kafka forgets them."""
    pipeline.kafka.put(pipeline.topic, *[b"v"] * 3)
    pipeline.read("latest", 0)
    pipeline.kafka.put(pipeline.topic, *[b"v"] * 3)
    pipeline.read("latest", 3)
    pipeline.kafka.forget(pipeline.group)
    pipeline.kafka.put(pipeline.topic, b"v")

    assert pipeline.read("latest", 1) == [(0, 6)]


@pytest.mark.broker
def test_records_that_expire_under_a_running_worker_stop_it(pipeline: Pipeline) -> None:
    pipeline.kafka.put(pipeline.topic, *[b"v"] * 5)
    transport = pipeline.transport()
    gather(transport, 5)
    transport.abort()
    pipeline.kafka.delete_before(pipeline.topic, 0, 3)
    transport.abort()

    with pytest.raises(Gapped) as stop:
        gather(transport, 6)
    transport.close()

    assert stop.value.gaps == (Gap(Partition(pipeline.topic, 0), 0, 3, Why.EXPIRED, 3),)


@pytest.mark.broker
def test_an_accepted_loss_is_accepted_once(pipeline: Pipeline) -> None:
    pipeline.kafka.put(pipeline.topic, *[b"v"] * 5)
    pipeline.read("earliest", 0)
    pipeline.kafka.delete_before(pipeline.topic, 0, 2)
    place = Partition(pipeline.topic, 0)
    transport = pipeline.transport(accepted=[place])
    gather(transport, 3)

    pipeline.kafka.delete_before(pipeline.topic, 0, 4)
    transport.abort()
    with pytest.raises(Gapped) as stop:
        gather(transport, 4)
    transport.close()

    assert stop.value.gaps == (Gap(place, 2, 4, Why.EXPIRED, 4),)
