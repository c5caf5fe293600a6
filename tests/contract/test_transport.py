"""What the loop relies on, on the broker in memory and on a real one. A fake that passes cannot have drifted."""

from collections.abc import Iterator, Sequence

import pytest

from stream.broker.apache import HOST, Apache
from stream.core.values import Record
from stream.errors import Doubtful, Fatal, Unavailable
from stream.guard.transport import Assigned, Budget, Output, Partition, Revoked, Transport
from tests.contract.worlds import KafkaWorld, MemoryWorld, World, nothing_comes
from tests.support.apache import Cluster
from tests.support.proxy import Proxy
from tests.support.transports import after, gather, until


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.broker)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    own_kafka: Apache = request.getfixturevalue("own_kafka")
    proxy: Proxy = request.getfixturevalue("proxy")
    made = KafkaWorld(Cluster(own_kafka.address), proxy, f"{HOST}:{own_kafka.proxy_port}")
    yield made
    made.close()


def _copies(world: World, records: Sequence[Record]) -> list[Output]:
    return [Output(world.destination, each.coordinate.partition, each.key, each.value, each.headers, each.timestamp) for each in records]


def _fill(world: World, count: int) -> None:
    """Values 0, 1, ... dealt out to the two partitions."""
    for number in range(count):
        world.put(world.source, number % 2, b"k", str(number).encode())


def _relay(world: World, transport: Transport, records: Sequence[Record]) -> None:
    transport.begin()
    transport.send(_copies(world, records))
    transport.commit(after(records))


def _values(records: Sequence[Record]) -> list[bytes | None]:
    return [record.value for record in records]


# ---- transactions -------------------------------------------------------------------------------------------------------


def test_outputs_are_seen_only_after_the_commit(world: World) -> None:
    _fill(world, 4)
    transport = world.transport()
    _, records = gather(transport, 4)

    transport.begin()
    transport.send(_copies(world, records))
    before = world.read(world.destination)
    transport.commit(after(records))

    assert before == []
    assert {b"0", b"1", b"2", b"3"} == set(_values(world.read(world.destination)))


def test_an_abort_hides_the_outputs_and_brings_the_records_again(world: World) -> None:
    _fill(world, 4)
    transport = world.transport()
    _, records = gather(transport, 4)

    transport.begin()
    transport.send(_copies(world, records))
    transport.abort()
    _, again = gather(transport, 4)

    assert sorted(records, key=lambda each: each.coordinate) == sorted(again, key=lambda each: each.coordinate)
    assert world.read(world.destination) == []


def test_an_abort_without_a_transaction_brings_the_records_again(world: World) -> None:
    _fill(world, 2)
    transport = world.transport()
    _, records = gather(transport, 2)

    transport.abort()
    _, again = gather(transport, 2)

    assert set(_values(records)) == set(_values(again))


def test_offsets_move_only_with_a_commit(world: World) -> None:
    _fill(world, 4)
    transport = world.transport()
    _, records = gather(transport, 4)

    transport.begin()
    transport.send(_copies(world, records))
    transport.abort()
    aborted = world.committed()
    _, records = gather(transport, 4)
    _relay(world, transport, records)

    assert aborted == {}
    assert {Partition(world.source, 0): 2, Partition(world.source, 1): 2} == world.committed()


def test_an_abort_goes_back_no_further_than_the_last_commit(world: World) -> None:
    _fill(world, 6)
    transport = world.transport()
    _, records = gather(transport, 6)
    first, rest = [records[0]], records[1:]

    _relay(world, transport, first)
    transport.begin()
    transport.send(_copies(world, rest))
    transport.abort()
    _, again = gather(transport, 5)

    assert set(_values(rest)) == set(_values(again))


def test_any_mixture_of_commits_and_aborts_delivers_each_record_once_and_in_order(world: World) -> None:
    _fill(world, 60)
    transport = world.transport()

    done = turns = 0
    while done < 60:
        _, records = gather(transport, 1, Budget(records=7, seconds=0.1))
        turns += 1
        if turns % 3:
            _relay(world, transport, records)
            done += len(records)
        else:
            transport.abort()

    read = world.read(world.destination)
    assert [str(number).encode() for number in range(0, 60, 2)] == [each.value for each in read if each.coordinate.partition == 0]
    assert [str(number).encode() for number in range(1, 60, 2)] == [each.value for each in read if each.coordinate.partition == 1]


# ---- doubt and fencing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("applied", [False, True])
def test_after_a_doubtful_commit_settling_tells_the_truth(world: World, applied: bool) -> None:
    _fill(world, 2)
    transport = world.transport()
    _, records = gather(transport, 2)
    transport.begin()
    transport.send(_copies(world, records))

    world.commit_in_doubt(transport, after(records), applied=applied)
    offsets = transport.settle()

    assert {Partition(world.source, number): 1 if applied else 0 for number in range(2)} == offsets
    if applied:
        assert nothing_comes(world, transport)
    else:
        _, records = gather(transport, 2)
        _relay(world, transport, records)
    assert {b"0", b"1"} == set(_values(world.read(world.destination)))
    assert len(world.read(world.destination)) == 2


def test_a_producer_in_doubt_does_nothing_until_settled(world: World) -> None:
    _fill(world, 2)
    transport = world.transport()
    _, records = gather(transport, 2)
    transport.begin()
    world.commit_in_doubt(transport, after(records), applied=False)

    with pytest.raises(Doubtful):
        transport.abort()
    with pytest.raises(Doubtful):
        transport.begin()

    transport.settle()
    transport.begin()
    transport.abort()


def test_an_old_instance_of_a_worker_is_fenced_by_the_new_one(world: World) -> None:
    _fill(world, 2)
    old = world.transport()
    _, records = gather(old, 2)
    old.begin()
    old.send(_copies(world, records))

    new = world.transport()
    new.poll(Budget(seconds=0.1))
    with pytest.raises(Fatal):
        old.commit(after(records))
    old.close()

    assert world.read(world.destination) == []


# ---- the assignment -----------------------------------------------------------------------------------------------------


def test_a_partition_is_assigned_before_its_first_record_comes(world: World) -> None:
    _fill(world, 2)
    transport = world.transport()

    assigned: set[Partition] = set()
    seen = 0
    while seen < 2:
        batch = transport.poll(Budget(seconds=0.1))
        for event in batch.events:
            assigned.update(event.partitions)
        assert {Partition(*record.coordinate[:2]) for record in batch.records} <= assigned
        seen += len(batch.records)

    assert {Partition(world.source, 0), Partition(world.source, 1)} == assigned


def _own(owned: set[Partition], transport: Transport) -> None:
    """Polls once, with no record in the source, and follows the events."""
    for event in transport.poll(Budget(seconds=0.1)).events:
        if isinstance(event, Assigned):
            owned.update(event.partitions)
        else:
            owned.difference_update(event.partitions)


def test_two_workers_share_the_partitions_and_a_worker_that_leaves_gives_its_own_back(world: World) -> None:
    first, second = world.transport(0), world.transport(1)
    hers: set[Partition] = set()
    his: set[Partition] = set()

    def both() -> bool:
        _own(hers, first)
        _own(his, second)
        return len(hers) == 1 == len(his)

    until(both)
    assert {Partition(world.source, 0), Partition(world.source, 1)} == hers | his

    second.close()

    def alone() -> bool:
        _own(hers, first)
        return len(hers) == 2

    until(alone)


def test_whoever_takes_a_partition_over_goes_on_after_the_last_commit(world: World) -> None:
    _fill(world, 4)
    first = world.transport(0)
    _, records = gather(first, 4)
    _relay(world, first, records)
    first.close()
    _fill(world, 2)

    second = world.transport(1)
    events, records = gather(second, 2)

    assert [record.coordinate.offset for record in records] == [2, 2]
    assert all(isinstance(event, Assigned) for event in events)


def test_a_revoked_partition_says_that_it_was_not_lost(world: World) -> None:
    first = world.transport(0)
    owned: set[Partition] = set()

    def everything() -> bool:
        _own(owned, first)
        return len(owned) == 2

    until(everything)

    second = world.transport(1)
    revoked: list[Revoked] = []

    def handed_over() -> bool:
        second.poll(Budget(seconds=0.05))
        revoked.extend(event for event in first.poll(Budget(seconds=0.05)).events if isinstance(event, Revoked))
        return bool(revoked)

    until(handed_over)
    assert not any(event.lost for event in revoked)


# ---- records ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "headers"),
    [
        pytest.param(b"k", b"\x00\xff\n", (), id="bytes that are no text"),
        pytest.param(None, b"v", (), id="no key"),
        pytest.param(b"", b"", (), id="an empty key and an empty value are not absent"),
        pytest.param(b"k", None, (), id="a tombstone"),
        pytest.param(b"k", b"v", (("a", b"1"), ("a", b"2"), ("b", None), ("", b"")), id="headers twice, absent, without a name"),
    ],
)
def test_a_record_comes_out_as_it_went_in(
    world: World, key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes | None], ...]
) -> None:
    world.put(world.source, 1, key, value, headers, timestamp=1_234_567_890_123)
    transport = world.transport()
    _, records = gather(transport, 1)
    _relay(world, transport, records)

    [found] = world.read(world.destination)

    assert (1, key, value, headers) == (found.coordinate.partition, found.key, found.value, found.headers)
    assert 1_234_567_890_123 == found.timestamp == records[0].timestamp


def test_without_a_partition_records_of_one_key_stay_together(world: World) -> None:
    world.put(world.source, 0, b"k", b"0")
    transport = world.transport()
    _, records = gather(transport, 1)

    transport.begin()
    transport.send(Output(world.destination, None, b"one key", str(number).encode()) for number in range(5))
    transport.commit(after(records))

    read = world.read(world.destination)
    assert _values(read) == [b"0", b"1", b"2", b"3", b"4"]
    assert len({each.coordinate.partition for each in read}) == 1


@pytest.mark.parametrize(("budget", "most"), [(Budget(records=3, seconds=0.1), 3), (Budget(bytes=250, seconds=0.1), 3)])
def test_a_batch_keeps_to_its_budget_and_loses_nothing(world: World, budget: Budget, most: int) -> None:
    """A budget of bytes is spent when a record goes beyond it."""
    for _ in range(10):
        world.put(world.source, 0, None, b"x" * 100)
    transport = world.transport()

    batches: list[Sequence[Record]] = []
    while sum(map(len, batches)) < 10:
        batches.append(transport.poll(budget).records)

    assert max(map(len, batches)) <= most
    assert [record.coordinate.offset for records in batches for record in records] == list(range(10))


def test_a_paused_partition_rests_and_goes_on_where_it_was(world: World) -> None:
    _fill(world, 2)
    transport = world.transport()
    _, records = gather(transport, 2)
    _relay(world, transport, records)

    transport.pause([Partition(world.source, 0)])
    _fill(world, 4)
    _, moving = gather(transport, 2)
    assert nothing_comes(world, transport)
    transport.resume([Partition(world.source, 0)])
    _, resumed = gather(transport, 2)

    assert [record.coordinate[1:] for record in moving] == [(1, 1), (1, 2)]
    assert [record.coordinate[1:] for record in resumed] == [(0, 1), (0, 2)]


def test_a_pause_outlives_an_abort(world: World) -> None:
    _fill(world, 2)
    transport = world.transport()
    gather(transport, 2)

    transport.abort()
    transport.pause([Partition(world.source, 0), Partition(world.source, 1)])
    assert nothing_comes(world, transport)
    transport.abort()
    assert nothing_comes(world, transport)
    transport.resume([Partition(world.source, 0), Partition(world.source, 1)])

    assert {b"0", b"1"} == set(_values(gather(transport, 2)[1]))


def test_the_lag_is_what_is_still_to_come(world: World) -> None:
    _fill(world, 10)
    transport = world.transport()
    _, records = gather(transport, 1, Budget(records=4, seconds=0.1))

    transport.pause([Partition(world.source, 0), Partition(world.source, 1)])

    def known() -> bool:
        transport.poll(Budget(seconds=0.1))
        return sum(transport.lag().values()) == 10 - len(records)

    until(known)


# ---- compacted topics ---------------------------------------------------------------------------------------------------


def _write(world: World, transport: Transport, rows: dict[bytes, bytes | None], *, commit: bool) -> None:
    transport.begin()
    transport.send(Output(world.table, 0, key, value) for key, value in rows.items())
    if commit:
        transport.commit({})
    else:
        transport.abort()


def test_a_snapshot_is_the_last_committed_row_of_each_key(world: World) -> None:
    transport = world.transport()
    transport.poll(Budget(seconds=0.1))
    _write(world, transport, {b"a": b"1", b"b": b"1", b"c": b"1"}, commit=True)
    _write(world, transport, {b"a": b"2", b"b": None}, commit=True)
    _write(world, transport, {b"c": b"aborted", b"d": b"aborted"}, commit=False)

    assert transport.snapshot(world.table, 0) == {b"a": b"2", b"c": b"1"}


def test_a_snapshot_of_an_empty_topic_is_empty(world: World) -> None:
    transport = world.transport()

    assert transport.snapshot(world.table, 0) == {}
    assert list(transport.follow(world.table)) == []


def test_a_snapshot_is_refused_while_an_open_transaction_hides_rows(world: World) -> None:
    """Whoever had the partition before may be about to commit them."""
    writer, reader = world.transport(0), world.transport(1)
    writer.poll(Budget(seconds=0.1))
    writer.begin()
    writer.send([Output(world.table, 0, b"a", b"1")])
    until(lambda: world.hidden(world.table))

    with pytest.raises(Unavailable):
        reader.snapshot(world.table, 0)
    writer.commit({})

    assert reader.snapshot(world.table, 0) == {b"a": b"1"}


def test_following_brings_each_committed_row_once(world: World) -> None:
    transport = world.transport()
    transport.poll(Budget(seconds=0.1))
    _write(world, transport, {b"a": b"1"}, commit=True)
    _write(world, transport, {b"a": b"aborted"}, commit=False)
    first = list(transport.follow(world.table))
    second = list(transport.follow(world.table))
    _write(world, transport, {b"a": None, b"b": b"1"}, commit=True)
    third: list[tuple[bytes, bytes | None]] = []

    def came() -> bool:
        third.extend(transport.follow(world.table))
        return len(third) == 2

    until(came)
    assert first == [(b"a", b"1")]
    assert second == []
    assert third == [(b"a", None), (b"b", b"1")]
