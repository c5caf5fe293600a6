"""The loop, step by step: what is committed together, what a failure at each step leaves behind, and who has to wait."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.events import BreakerRow, Fact, StandingHead
from schemas.vocabulary import BreakerState
from stream.core.values import Record
from stream.errors import Doubtful, Fatal, Halt, Retry, Unavailable
from stream.guard.loop import BACK_OFF
from stream.guard.transport import Budget, Partition
from tests.support.clock import FakeClock
from tests.support.guard import CARE, GROUP, RESEARCH, TOPICS, Worker, a_broker, a_plan, a_worker
from tests.support.memory import MemoryBroker

IN = Partition("in", 0)
HOUR_AND_SLICE = 65 * 60


class Script:
    """Raises what it was told at a step, each error once, and remembers the steps."""

    def __init__(self, *errors: tuple[str, Exception]) -> None:
        self.errors = list(errors)
        self.steps: list[str] = []

    def __call__(self, step: str) -> None:
        self.steps.append(step)
        if self.errors and self.errors[0][0] == step:
            raise self.errors.pop(0)[1]


def produce(broker: MemoryBroker, *values: str, partition: int = 0) -> None:
    for value in values:
        broker.produce("in", partition, b"key", value.encode())


def values(broker: MemoryBroker, topic: str) -> list[str]:
    return [(record.value or b"").decode() for record in broker.read(topic)]


def reasons(broker: MemoryBroker, route: str) -> dict[int, tuple[str, ...]]:
    """The reasons of each record by its offset, from the facts of a route."""
    facts = [Fact.model_validate_json(record.value or b"") for record in broker.read(TOPICS.facts)]
    return {row.offset: row.reasons for fact in facts if fact.route == route for row in fact.each()}


# ---- what a turn does ------------------------------------------------------------------------------------------------------


def test_a_turn_commits_outputs_seals_facts_standing_and_offsets(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob hold", "cat drop", "dan redact")

    a_worker(broker, tmp_path, a_plan()).turns(1)

    assert values(broker, CARE.destination) == ["ann", "redacted"]
    assert [record.key for record in broker.read(TOPICS.quarantine)] == [b"care/in/0/1"]
    assert len(broker.read(TOPICS.dispositions)) == 1
    assert [row.verdict for record in broker.read(TOPICS.facts) for row in Fact.model_validate_json(record.value or b"").each()] == [
        "clear",
        "quarantine",
        "drop",
        "redact",
    ]
    assert [record.key for record in broker.read(TOPICS.standing, 0)] == [b"care/in/0/head", b"care/in/0/held/1"]
    assert broker.committed(GROUP) == {IN: 4}


def test_the_steps_of_a_turn_come_in_their_order(tmp_path: Path) -> None:
    broker, script = a_broker(), Script()
    produce(broker, "ann")

    a_worker(broker, tmp_path, a_plan(), fault=script).turns(1)

    before = ["follow", "requests", "poll", "follow", "snapshot"]
    assert script.steps == [*before, "begin", "send", "send", "send", "offsets", "commit", "committed"]


def test_a_turn_without_records_opens_no_transaction(tmp_path: Path) -> None:
    broker, script = a_broker(), Script()

    a_worker(broker, tmp_path, a_plan(), fault=script).turns(1)

    assert "begin" not in script.steps


def test_each_route_gets_its_own_outcome_of_one_record(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob", "cat")

    a_worker(broker, tmp_path, a_plan(CARE, RESEARCH)).turns(1)

    assert values(broker, CARE.destination) == ["ann", "bob", "cat"]
    assert values(broker, RESEARCH.destination) == ["ann", "bob"]


def test_a_tombstone_passes_as_a_tombstone(tmp_path: Path) -> None:
    broker = a_broker()
    broker.produce("in", 0, b"key", None)

    a_worker(broker, tmp_path, a_plan()).turns(1)

    assert [(record.key, record.value) for record in broker.read(CARE.destination)] == [(b"key", None)]


# ---- what fails -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["begin", "send", "offsets", "commit"])
def test_nothing_of_a_batch_is_seen_when_the_process_dies_before_the_commit(tmp_path: Path, step: str) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob hold")
    worker = a_worker(broker, tmp_path, a_plan(), fault=Script((step, Fatal())))

    with pytest.raises(Fatal):
        worker.turns(1)

    assert [broker.read(topic) for topic in (CARE.destination, *TOPICS)] == [[]] * (1 + len(TOPICS))
    assert broker.committed(GROUP) == {}


@pytest.mark.parametrize("step", ["begin", "send", "offsets", "commit"])
@pytest.mark.parametrize("fault", [Retry(), Unavailable()])
def test_a_batch_that_fails_comes_again_and_counts_once(tmp_path: Path, step: str, fault: Exception) -> None:
    if isinstance(fault, Unavailable):
        step = "begin"
    broker = a_broker()
    produce(broker, "ann", "bob hold")

    a_worker(broker, tmp_path, a_plan(CARE, RESEARCH), fault=Script((step, fault))).turns(2)

    assert values(broker, CARE.destination) == ["ann"]
    assert values(broker, RESEARCH.destination) == ["ann"]
    assert len(broker.read(TOPICS.quarantine)) == 2
    assert broker.committed(GROUP) == {IN: 2}


def test_an_aborted_batch_takes_nothing_from_the_cap(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob")

    worker = a_worker(broker, tmp_path, a_plan(RESEARCH), fault=Script(("commit", Retry()), ("commit", Retry())))
    worker.turns(3)

    assert values(broker, RESEARCH.destination) == ["ann", "bob"]


@pytest.mark.parametrize("step", ["commit", "committed"])
def test_after_a_doubtful_commit_the_committed_offsets_tell(tmp_path: Path, step: str) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob")

    a_worker(broker, tmp_path, a_plan(CARE, RESEARCH), fault=Script((step, Doubtful()))).turns(2)

    assert values(broker, CARE.destination) == ["ann", "bob"]
    assert values(broker, RESEARCH.destination) == ["ann", "bob"]
    assert sorted(reasons(broker, CARE.name)) == [0, 1]


def test_a_producer_in_doubt_is_never_used_again(tmp_path: Path) -> None:
    broker, script = a_broker(), Script(("commit", Doubtful()))
    produce(broker, "ann")

    a_worker(broker, tmp_path, a_plan(), fault=script).turns(2)

    after = script.steps[script.steps.index("commit") + 1 :]
    assert after[:2] == ["settle", "settled"]
    assert "abort" not in script.steps


def test_the_late_end_of_a_doubtful_commit_ends_no_other_transaction(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann")
    deliver = {"begin": 0}

    def fault(step: str) -> None:
        if step == "commit" and not broker.late and not deliver["begin"]:
            raise Doubtful
        if step == "offsets" and broker.late:
            deliver["begin"] += 1
            broker.deliver()
            assert broker.read(CARE.destination) == []

    a_worker(broker, tmp_path, a_plan(), fault=fault).turns(2)

    assert deliver["begin"] == 1
    assert values(broker, CARE.destination) == ["ann"]


def test_a_doubt_that_cannot_be_settled_yet_stays_a_doubt(tmp_path: Path) -> None:
    script = Script(("commit", Doubtful()), ("settle", Unavailable()), ("settled", Unavailable()))
    broker, clock = a_broker(), FakeClock()
    produce(broker, "ann")

    a_worker(broker, tmp_path, a_plan(), clock=clock, fault=script).turns(2)

    assert [step for step in script.steps if step in ("settle", "settled", "abort")] == ["settle", "settle", "settled", "settle", "settled"]
    assert values(broker, CARE.destination) == ["ann"]


def test_a_dependency_that_does_not_answer_is_waited_for_longer_and_longer(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    worker = a_worker(broker, tmp_path, a_plan(), clock=clock, fault=Script(*[("poll", Unavailable())] * 10))

    worker.turns(11)

    assert clock.slept == [*BACK_OFF, BACK_OFF[-1]]
    assert worker.meter.turns == 21


def test_a_turn_that_succeeds_ends_the_waiting(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    script = Script(("poll", Unavailable()), ("poll", Unavailable()))
    worker = a_worker(broker, tmp_path, a_plan(), clock=clock, fault=script)

    worker.turns(3)
    script.errors.append(("poll", Unavailable()))
    worker.turns(1)

    assert clock.slept == [BACK_OFF[0], BACK_OFF[1], BACK_OFF[0]]


def test_a_stop_ends_the_run_after_the_batch_in_hand(tmp_path: Path) -> None:
    broker, script = a_broker(), Script()
    produce(broker, "ann")

    worker = a_worker(broker, tmp_path, a_plan(), fault=script, stopping=lambda: "committed" in script.steps)
    worker.loop.run()

    assert values(broker, CARE.destination) == ["ann"]
    assert script.steps.count("poll") == 1


def test_a_stop_ends_the_waiting_for_a_broker_that_does_not_come_back(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann")
    script = Script(("commit", Doubtful()), *[("settle", Unavailable())] * 100)

    a_worker(broker, tmp_path, a_plan(), fault=script, stopping=lambda: script.steps.count("settle") >= 3).loop.run()

    assert script.steps.count("settle") == 3
    assert broker.read(CARE.destination) == []


# ---- standing and breakers ---------------------------------------------------------------------------------------------------


def test_whoever_takes_a_partition_over_goes_on_counting(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    produce(broker, "ann", "bob")
    first = a_worker(broker, tmp_path, a_plan(RESEARCH), clock=clock)
    first.turns(1)
    first.transport.close()
    produce(broker, "bob", "cat")

    a_worker(broker, tmp_path, a_plan(RESEARCH), clock=clock, ordinal=1).turns(1)

    assert values(broker, RESEARCH.destination) == ["ann", "bob", "bob"]
    assert reasons(broker, RESEARCH.name)[3] == ("cap_reached",)


def test_the_record_too_many_is_held_and_its_route_stands_still_at_once(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob", "cat", "ann")

    worker = a_worker(broker, tmp_path, a_plan(CARE, RESEARCH))
    worker.turns(1)

    assert reasons(broker, RESEARCH.name) == {0: (), 1: (), 2: ("cap_reached",), 3: ("breaker_open",)}
    assert values(broker, CARE.destination) == ["ann", "bob", "cat", "ann"]
    row = BreakerRow.model_validate_json(broker.read(TOPICS.breakers)[0].value or b"")
    assert (row.route, row.state, row.opening) == ("research", BreakerState.OPEN, "in/0/2")


def test_an_opening_holds_on_every_partition_and_worker_until_a_person_ends_it(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    produce(broker, "ann", "bob", "cat")
    a_worker(broker, tmp_path, a_plan(RESEARCH), clock=clock).turns(1)
    other = a_worker(broker, tmp_path, a_plan(RESEARCH), clock=clock, ordinal=1)
    broker.expel(GROUP, 1)
    produce(broker, "dan", partition=1)
    other.turns(1)
    assert broker.read(RESEARCH.destination, 1) == []

    row = BreakerRow(route="research", writer="person", state=BreakerState.CLOSED, reason="looked", at=0, ends=("in/0/2",))
    broker.produce(TOPICS.breakers, 0, b"research/person", row.write())
    produce(broker, "dan", partition=1)
    other.turns(1)

    assert [record.value for record in broker.read(RESEARCH.destination, 1)] == [b"dan"]


def test_without_the_breakers_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        a_worker(a_broker(), tmp_path, a_plan(), fault=Script(("follow", Unavailable())))


def test_once_started_the_last_known_breakers_hold(tmp_path: Path) -> None:
    broker = a_broker()
    row = BreakerRow(route="research", writer="watch", state=BreakerState.OPEN, reason="rate", at=0, opening="w1")
    broker.produce(TOPICS.breakers, 0, b"research/watch", row.write())
    script = Script()
    worker = a_worker(broker, tmp_path, a_plan(RESEARCH), fault=script)
    script.errors.append(("follow", Unavailable()))
    produce(broker, "ann")

    worker.turns(1)

    assert reasons(broker, RESEARCH.name) == {0: ("breaker_open",)}
    assert not worker.meter.breakers_known
    assert worker.meter.open_routes == ("research",)


def test_a_standing_that_cannot_be_read_halts(tmp_path: Path) -> None:
    broker = a_broker()
    broker.produce(TOPICS.standing, 0, b"care/in/0/head", b"{}")
    produce(broker, "ann")

    with pytest.raises(Halt, match="standing of in/0"):
        a_worker(broker, tmp_path, a_plan()).turns(1)

    assert broker.committed(GROUP) == {}


def test_a_policy_past_its_end_stops_its_route(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    ends = RESEARCH._replace(expires=int(clock()) + 60, cap=None)
    worker = a_worker(broker, tmp_path, a_plan(CARE, ends), clock=clock)
    produce(broker, "ann")
    worker.turns(1)
    clock.sleep(60)
    produce(broker, "bob")

    worker.turns(1)

    assert values(broker, RESEARCH.destination) == ["ann"]
    assert values(broker, CARE.destination) == ["ann", "bob"]
    assert reasons(broker, RESEARCH.name)[1] == ("breaker_open",)
    assert worker.meter.open_routes == ("research",)


# ---- who waits ---------------------------------------------------------------------------------------------------------------


def a_backlog(broker: MemoryBroker) -> None:
    """1,200 records about five persons, one after the other, on partition 0, whose share is two."""
    produce(broker, *(f"p{number // 240}" for number in range(1200)))


def test_a_full_share_pauses_a_partition_that_catches_up(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    a_backlog(broker)
    produce(broker, "zoe", partition=1)
    worker = a_worker(broker, tmp_path, a_plan(CARE, RESEARCH), clock=clock)

    worker.turns(10)

    assert len(broker.read(RESEARCH.destination, 0)) == 480
    assert len(broker.read(CARE.destination, 0)) == 480
    assert len(broker.read(RESEARCH.destination, 1)) == 1
    assert worker.meter.full == (IN,)
    assert broker.read(TOPICS.breakers) == []


def test_a_paused_partition_goes_on_when_its_share_frees_and_loses_nothing(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    a_backlog(broker)
    worker = a_worker(broker, tmp_path, a_plan(RESEARCH), clock=clock)

    for _ in range(3):
        worker.turns(10)
        clock.sleep(HOUR_AND_SLICE)

    assert [record.coordinate.offset for record in broker.read(RESEARCH.destination)] == sorted(
        record.coordinate.offset for record in broker.read(RESEARCH.destination)
    )
    assert values(broker, RESEARCH.destination) == [f"p{number // 240}" for number in range(1200)]
    assert broker.read(TOPICS.breakers) == []


def test_a_backlog_after_an_outage_waits_too(tmp_path: Path) -> None:
    broker, script = a_broker(), Script()
    worker = a_worker(broker, tmp_path, a_plan(RESEARCH), fault=script)
    produce(broker, "ann")
    worker.turns(1)
    script.errors.append(("poll", Unavailable()))
    a_backlog(broker)

    worker.turns(10)

    assert worker.meter.full == (IN,)
    assert broker.read(TOPICS.breakers) == []


def test_a_flood_of_live_records_opens_the_route_and_does_not_wait(tmp_path: Path) -> None:
    broker = a_broker()
    worker = a_worker(broker, tmp_path, a_plan(RESEARCH))
    produce(broker, "ann")
    worker.turns(1)
    a_backlog(broker)

    worker.turns(20)

    assert len(broker.read(TOPICS.breakers)) == 1
    assert broker.committed(GROUP) == {IN: 1201}


def test_a_record_with_more_subjects_than_the_whole_share_does_not_wait_for_ever(tmp_path: Path) -> None:
    broker = a_broker()
    a_backlog(broker)
    nobody = RESEARCH._replace(cap=0)

    a_worker(broker, tmp_path, a_plan(nobody)).turns(1)

    assert reasons(broker, RESEARCH.name)[0] == ("cap_reached",)


def test_a_partition_without_its_destination_partition_waits_and_the_others_do_not(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann")
    produce(broker, "bob", partition=1)
    worker = a_worker(broker, tmp_path, a_plan(CARE._replace(partitions=1)))

    worker.turns(3)

    assert worker.meter.orphans == (Partition("in", 1),)
    assert broker.committed(GROUP) == {IN: 1}


# ---- records that do harm ----------------------------------------------------------------------------------------------------


def test_the_record_that_is_too_large_is_found_and_held_and_no_other(tmp_path: Path) -> None:
    broker = a_broker()
    broker.limits[CARE.destination] = 20
    people = ["ann", "bob", "x" * 30, "cat", "dan", "eva", "fay"]
    produce(broker, *people)

    a_worker(broker, tmp_path, a_plan()).turns(20)

    assert values(broker, CARE.destination) == [person for person in people if len(person) < 20]
    assert reasons(broker, CARE.name)[2] == ("too_large",)
    assert broker.committed(GROUP) == {IN: len(people)}


def test_looking_for_a_record_that_is_too_large_does_not_wait(tmp_path: Path) -> None:
    broker, clock = a_broker(), FakeClock()
    broker.limits[CARE.destination] = 20
    produce(broker, "ann", "x" * 30)

    worker = a_worker(broker, tmp_path, a_plan(), clock=clock)
    worker.turns(6)

    assert clock.slept == []
    assert worker.meter.ends.count("TooLarge") == 2


def test_a_seal_that_is_too_large_halts_rather_than_losing_a_record(tmp_path: Path) -> None:
    broker = a_broker()
    broker.limits[CARE.destination] = broker.limits[TOPICS.quarantine] = 20
    produce(broker, "x" * 30)

    with pytest.raises(Halt):
        a_worker(broker, tmp_path, a_plan()).turns(3)

    assert broker.committed(GROUP) == {}


def killed_twice(folder: Path, broker: MemoryBroker, survives: Callable[[Record], bool]) -> Worker:
    """A worker whose process died twice of the records that are there."""
    for _ in range(2):
        victim = a_worker(broker, folder, a_plan(), fault=Script(("begin", Fatal())))
        with pytest.raises(Fatal):
            victim.turns(1)
        victim.transport.close()
    return a_worker(broker, folder, a_plan(), survives=survives)


def test_a_record_that_kills_the_process_is_held_undecoded_in_its_order(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob", "cat")

    killed_twice(tmp_path, broker, lambda record: record.value != b"bob").turns(1)

    assert values(broker, CARE.destination) == ["ann", "cat"]
    assert reasons(broker, CARE.name) == {0: (), 1: ("crashed",), 2: ()}


def test_a_range_that_was_killed_by_something_else_is_judged_as_usual(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann", "bob")

    killed_twice(tmp_path, broker, lambda record: True).turns(1)

    assert values(broker, CARE.destination) == ["ann", "bob"]


# ---- a bundle on trial -------------------------------------------------------------------------------------------------------


def test_a_new_bundle_that_holds_nearly_everything_halts_before_its_commit(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann")
    a_worker(broker, tmp_path, a_plan(bundle="old")).turns(1)
    broker.expel(GROUP, 1)
    produce(broker, *["bob hold"] * 60)

    with pytest.raises(Halt, match="holds 60 of 60 records on care/in/0"):
        a_worker(broker, tmp_path, a_plan(bundle="new")).turns(1)

    assert broker.read(TOPICS.quarantine) == []
    assert broker.committed(GROUP) == {IN: 1}


def test_a_bundle_that_always_held_as_much_is_not_on_trial(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, *["bob hold"] * 60)

    a_worker(broker, tmp_path, a_plan(bundle="first")).turns(1)

    assert len(broker.read(TOPICS.quarantine)) == 60


def test_a_trial_goes_on_where_the_process_before_left_it(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann")
    a_worker(broker, tmp_path, a_plan(bundle="old")).turns(1)
    broker.expel(GROUP, 1)
    produce(broker, *["bob hold"] * 30)
    a_worker(broker, tmp_path, a_plan(bundle="new")).turns(1)
    broker.expel(GROUP, 2)
    produce(broker, *["bob hold"] * 30)

    with pytest.raises(Halt, match="60 of 60"):
        a_worker(broker, tmp_path, a_plan(bundle="new")).turns(1)

    rows = broker.read(TOPICS.standing, 0)
    head = [StandingHead.model_validate_json(row.value or b"") for row in rows if row.key == b"care/in/0/head"][-1]
    assert (head.bundle, head.candidate, head.seen, head.held) == ("old", "new", 30, 30)


def test_a_new_bundle_is_believed_after_enough_records(tmp_path: Path) -> None:
    broker = a_broker()
    produce(broker, "ann")
    a_worker(broker, tmp_path, a_plan(bundle="old")).turns(1)
    broker.expel(GROUP, 1)
    produce(broker, *["ann"] * 1000, *["bob hold"] * 2000)

    a_worker(broker, tmp_path, a_plan(bundle="new"), budget=Budget(records=1000)).turns(3)

    assert broker.committed(GROUP) == {IN: 3001}
