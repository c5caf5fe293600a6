"""What people ask for held records: it is done once, by the policy of now and in turn, or refused and nothing changes."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.events import BreakerRow, Disposition, Fact, HeldRow, HumanAct, Row
from schemas.policy import ReleaseRules, Waiver
from schemas.requests import Asked, Why
from schemas.vocabulary import BreakerState, Category, Request, SequenceKind, WhenHeld
from stream.core.values import Coordinate, Record
from stream.errors import Doubtful, Retry, TooLarge
from stream.guard.plan import Plan, Route
from stream.guard.transport import Budget
from tests.support.clock import FakeClock
from tests.support.guard import CARE, RESEARCH, TOPICS, Worker, a_broker, a_plan, a_worker
from tests.support.memory import MemoryBroker
from tests.support.people import ALICE, AUTHORITY, BRUNO, STRANGER, Reviewer, ask, asked, held, release, signed

BY_PATIENT = CARE._replace(sequence=SequenceKind.PATIENT)
PARKING = BY_PATIENT._replace(when_held=WhenHeld.PARK)
WAIVER = "person.name@here"
DAY = 86_400


def waiving(*, second: bool = False, always_second: bool = False) -> ReleaseRules:
    rule = Waiver(category=Category.PERSON, by=("alice",), second_person=second)
    return ReleaseRules(waive=(rule,), second_person=always_second)


class Site:
    """A worker on a broker in memory, and what can be seen of it."""

    def __init__(self, folder: Path, *routes: Route) -> None:
        self.folder = folder
        self.broker = a_broker()
        self.clock = FakeClock(1_000_000)
        self.plan: Plan = a_plan(*(routes or (CARE._replace(release=waiving()),)))._replace(authority=AUTHORITY)
        self.worker = self.start()

    def start(self, ordinal: int = 0) -> Worker:
        return a_worker(self.broker, self.folder, self.plan, clock=self.clock, ordinal=ordinal)

    def put(self, *values: str) -> None:
        """Records of the source, judged."""
        for value in values:
            self.broker.produce("in", 0, b"key", value.encode())
        self.worker.turns(2)

    def ask(self, *requests: Asked, by: Iterable[Reviewer] = (ALICE,)) -> list[str]:
        """Asks, has the worker answer, and tells the answers."""
        before = dict(self.worker.meter.answers)
        for request in requests:
            ask(self.broker, request, *by)
        self.worker.turns(2)
        after = self.worker.meter.answers
        return [answer for (_, answer), count in after.items() for _ in range(count - before.get((_, answer), 0))]

    def release(self, offset: int, *waive: str, by: Iterable[Reviewer] = (ALICE,), route: str = "care") -> str:
        (answer,) = self.ask(release(held(self.broker, offset), *waive, route=route), by=by)
        return answer

    def breaker(self, state: BreakerState) -> None:
        row = BreakerRow(route="care", writer="person", state=state, reason="", at=0)
        self.broker.produce(TOPICS.breakers, 0, b"care/person", row.write())
        self.worker.turns(1)

    def sent(self, topic: str = CARE.destination) -> list[str]:
        return [(record.value or b"").decode() for record in self.broker.read(topic)]

    def undecided(self) -> list[int]:
        """Offsets of the records whose seal stands and that the standing holds."""
        seals = live(self.broker, TOPICS.quarantine)
        rows = {key for key in live(self.broker, TOPICS.standing) if b"/held/" in key}
        offsets = sorted(int(key.rpartition(b"/")[2]) for key in seals)
        assert offsets == sorted(int(key.rpartition(b"/")[2]) for key in rows)
        return offsets

    def said(self) -> list[tuple[int, str]]:
        events = [Disposition.model_validate_json(record.value or b"") for record in self.broker.read(TOPICS.dispositions)]
        return [(event.offset, event.status) for event in events]

    def acts(self) -> list[tuple[HumanAct, Row]]:
        facts = [Fact.model_validate_json(record.value or b"") for record in self.broker.read(TOPICS.facts)]
        return [(fact.human, row) for fact in facts if fact.human for row in fact.each()]


def live(broker: MemoryBroker, topic: str) -> set[bytes]:
    rows = {record.key or b"": record.value for record in broker.read(topic)}
    return {key for key, value in rows.items() if value is not None}


# ---- release ------------------------------------------------------------------------------------------------------------


def test_a_released_record_arrives_once_and_leaves_no_seal(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("ann", "bob hold", "cat")

    assert site.release(1, WAIVER) == "done"

    assert site.sent() == ["ann", "cat", "bob hold"]
    assert site.undecided() == []
    assert site.said() == [(1, "held"), (1, "released")]
    late = site.broker.read(CARE.destination)[-1]
    assert dict(late.headers)["pratique-released"] == b"1000000"
    assert (late.key, late.timestamp) == (b"key", 1)


def test_every_word_about_a_record_tells_it_by_the_same_sequence(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold", "bob")
    site.release(0, WAIVER, by=(ALICE, BRUNO))

    events = [Disposition.model_validate_json(record.value or b"") for record in site.broker.read(TOPICS.dispositions)]

    assert [event.status for event in events] == ["held", "superseded", "released"]
    assert len({(event.results, event.control, event.sequence) for event in events}) == 1
    assert events[0].sequence


def test_the_fact_of_a_release_says_who_why_and_what_was_waived(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")

    site.release(0, WAIVER)

    [(human, row)] = site.acts()
    assert (human.request, human.by, human.second, human.why) == ("release", ALICE.person.id, "", "clinical_need")
    assert (human.waived, human.refusal) == ((WAIVER,), "")
    assert (row.offset, row.verdict, bool(row.outcome)) == (0, "clear", True)


def test_a_second_request_for_a_decided_record_does_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")
    site.release(0, WAIVER)
    facts = len(site.broker.read(TOPICS.facts))

    assert site.release(0, WAIVER) == "not_held"

    assert site.sent() == ["bob hold"]
    assert len(site.broker.read(TOPICS.facts)) == facts


def test_two_requests_in_one_batch_release_once(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")
    request = release(held(site.broker, 0), WAIVER)

    assert sorted(site.ask(request, request)) == ["done", "not_held"]
    assert site.sent() == ["bob hold"]


def test_requests_that_are_too_much_for_one_transaction_are_answered_in_several(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put(*("bob hold" for _ in range(5)))
    requests = [release(held(site.broker, offset), WAIVER) for offset in range(5)]
    size = len(requests[0].address()) + len(signed(requests[0], ALICE).write())
    site.worker.loop._budget = Budget(records=100, bytes=2 * size)
    before = len(site.worker.meter.ends)

    assert site.ask(*requests) == ["done"] * 5

    assert len(site.worker.meter.ends) - before == 3
    assert len(site.sent()) == 5


def test_a_record_that_the_policy_of_now_holds_stays_held(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")

    assert site.release(0) == "held_again"

    assert (site.sent(), site.undecided()) == ([], [0])
    assert site.said()[-1] == (0, "refused")
    assert [(human.refusal, row.reasons) for human, row in site.acts()] == [("held_again", ("found",))]


def test_another_worker_that_takes_over_does_not_answer_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold", "cat hold")
    site.release(0, WAIVER)
    site.worker.crash()
    site.broker.expel("group", site.worker.transport.member)

    site.worker = site.start(ordinal=1)
    site.worker.turns(3)

    assert site.worker.meter.answers == {}
    assert site.release(1, WAIVER) == "done"
    assert site.sent() == ["bob hold", "cat hold"]


STEPS = [("begin", Retry()), ("send", Retry()), ("offsets", Retry()), ("commit", Doubtful()), ("committed", Doubtful())]


@pytest.mark.parametrize(("step", "fault"), STEPS, ids=[step for step, _ in STEPS])
def test_a_release_that_fails_at_any_step_happens_once(step: str, fault: Exception, tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")
    ask(site.broker, release(held(site.broker, 0), WAIVER))
    faults = [fault]

    def fail(at: str) -> None:
        if at == step and faults:
            raise faults.pop()

    site.worker.transport._fault = fail
    site.worker.turns(4)

    assert faults == []
    assert (site.sent(), site.undecided()) == (["bob hold"], [])
    assert [status for _, status in site.said()] == ["held", "released"]


def test_a_release_that_a_topic_does_not_take_is_refused_and_the_record_stays(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")
    faults = [TooLarge()]

    def fail(at: str) -> None:
        if at == "send" and faults:
            raise faults.pop()

    site.worker.transport._fault = fail

    assert site.release(0, WAIVER) == "held_again"
    assert (faults, site.sent(), site.undecided()) == ([], [], [0])
    assert [row.reasons for _, row in site.acts()] == [("too_large",)]


@pytest.mark.parametrize("lives", [True, False])
def test_a_request_that_was_in_hand_when_two_workers_died_is_tried_in_a_child(lives: bool, tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")
    ask(site.broker, release(held(site.broker, 0), WAIVER))
    for _ in range(2):
        site.worker.transport._fault = dies_at("begin")
        with pytest.raises(Dead):
            site.worker.turns(2)
        site.worker.crash()
        site.broker.expel("group", site.worker.transport.member)
        site.worker = site.start()
    tried: list[Coordinate] = []

    def survives(record: Record) -> bool:
        tried.append(record.coordinate)
        return lives

    site.worker.loop._world = site.worker.loop._world._replace(survives=survives)

    site.worker.turns(3)

    assert tried == [Coordinate("r", 0, 0)]
    assert site.sent() == (["bob hold"] if lives else [])
    assert [row.reasons for _, row in site.acts()] == [() if lives else ("crashed",)]


class Dead(BaseException):
    """The process is gone."""


def dies_at(step: str) -> Callable[[str], None]:
    def fault(at: str) -> None:
        if at == step:
            raise Dead

    return fault


def test_every_part_of_a_seal_goes_with_the_decision(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")
    site.worker.crash()
    site.broker.expel("group", site.worker.transport.member)
    site.broker.produce(TOPICS.standing, 0, b"care/in/0/held/0", HeldRow(at=1, parts=3, urgency="routine").write())
    for part in (2, 3):
        site.broker.produce(TOPICS.quarantine, 0, f"care/in/0/0/{part}".encode(), b"a part")
    site.worker = site.start()
    site.worker.turns(1)

    assert site.ask(asked(0, Request.REJECT)) == ["done"]

    assert live(site.broker, TOPICS.quarantine) == set()


# ---- who may ------------------------------------------------------------------------------------------------------------


def altered(request: Asked, **changed: object) -> bytes:
    """A good signature over another body."""
    made = signed(request, ALICE)
    return made.model_copy(update={"body": signed(request.model_copy(update=changed), ALICE).body}).write()


def test_a_request_of_somebody_unknown_is_passed_over(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")

    assert site.ask(release(held(site.broker, 0), WAIVER), by=[STRANGER]) == ["stranger"]
    assert site.ask(release(held(site.broker, 0), WAIVER), by=[ALICE, STRANGER]) == ["stranger"]
    assert (site.sent(), site.undecided(), site.acts()) == ([], [0], [])


def test_what_is_no_request_is_passed_over(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")
    request = release(held(site.broker, 0), WAIVER)
    forged = [
        altered(request, why=Why.TEST_DATA),
        signed(request, ALICE).write().replace(b'"signature":"', b'"signature":"AAAA'),
        signed(asked(0, cluster="another"), ALICE).write(),
    ]
    unreadable = [None, b"", b"{}", b"\xff", b'{"schema": 9}', signed(request).write().replace(b'"body":"', b'"body":"%')]

    for value in (*forged, *unreadable):
        site.broker.produce("r", 0, request.address(), value)
    site.broker.produce("r", 0, b"care/in/0/1", signed(request, ALICE).write())  # at another record's key
    site.broker.produce("r", 1, request.address(), signed(request, ALICE).write())  # on another partition
    site.worker.turns(3)

    assert (site.sent(), site.undecided(), site.acts()) == ([], [0], [])
    counted = site.worker.meter.answers
    assert (counted["untold", "forged"], counted["untold", "unreadable"]) == (5, len(unreadable))


OTHER_CONTENT = ["another value", "another guard's MAC", "another record's MAC", "no record at all"]


@pytest.mark.parametrize("why", OTHER_CONTENT)
def test_only_what_was_held_is_released(why: str, tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold", "cat hold")
    record, other = held(site.broker, 0), held(site.broker, 1)
    request = {
        "another value": release(replace(record, value=b"eve"), held=record),
        "another guard's MAC": release(record, mac_key=bytes(32)),
        "another record's MAC": release(record, held=other),
        "no record at all": asked(0),
    }[why]

    assert site.ask(request.model_copy(update={"waive": (WAIVER,)})) == ["forged"]

    assert (site.sent(), site.undecided()) == ([], [0, 1])


def test_what_was_closed_for_one_record_releases_no_other(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold", "cat hold")
    request = release(held(site.broker, 0), WAIVER)

    assert site.ask(request.model_copy(update={"offset": 1})) == ["forged"]


def test_only_whom_the_policy_names_may_waive(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")

    assert site.release(0, WAIVER, by=[BRUNO]) == "may_not_waive"
    assert site.release(0, "health.topic.hiv@here") == "may_not_waive"
    assert site.release(0, "nonsense") == "may_not_waive"
    assert site.release(0, WAIVER, by=[ALICE]) == "done"


@pytest.mark.parametrize("rules", [waiving(second=True), waiving(always_second=True)], ids=["for this waiver", "for every release"])
def test_where_two_are_asked_for_one_is_not_enough(rules: ReleaseRules, tmp_path: Path) -> None:
    site = Site(tmp_path, CARE._replace(release=rules))
    site.put("bob hold")

    assert site.release(0, WAIVER, by=[ALICE]) == "needs_second"
    assert site.release(0, WAIVER, by=[ALICE, ALICE]) == "needs_second"
    assert site.release(0, WAIVER, by=[ALICE, BRUNO]) == "done"
    assert site.acts()[-1][0].second == BRUNO.person.id


def test_a_release_counts_under_the_cap_and_never_opens_the_route(tmp_path: Path) -> None:
    site = Site(tmp_path, RESEARCH._replace(release=waiving(), cap=4))
    site.put("ann", "bob", "cat hold", "dan hold")  # the share of this partition is two

    assert site.release(2, WAIVER, route="research") == "held_again"

    assert site.sent(RESEARCH.destination) == ["ann", "bob"]
    assert live(site.broker, TOPICS.breakers) == set()
    site.clock.sleep(2 * 3600)
    assert site.release(2, WAIVER, route="research") == "done"


# ---- order --------------------------------------------------------------------------------------------------------------


def test_a_held_record_that_was_overtaken_is_released_only_by_two(tmp_path: Path) -> None:
    site = Site(tmp_path, BY_PATIENT._replace(release=waiving()))
    site.put("bob hold", "ann", "bob redact")

    assert site.release(0, WAIVER) == "superseded"
    assert site.release(0, WAIVER, by=[ALICE, BRUNO]) == "done"

    assert site.sent() == ["ann", "redacted", "bob hold"]
    assert site.said() == [(0, "held"), (0, "superseded"), (0, "refused"), (0, "released")]


def test_a_release_overtakes_what_is_held_before_it(tmp_path: Path) -> None:
    site = Site(tmp_path, BY_PATIENT._replace(release=waiving()))
    site.put("bob hold", "bob hold", "bob hold")

    assert site.release(1, WAIVER) == "done"
    assert site.release(0, WAIVER) == "superseded"
    assert site.release(2, WAIVER) == "done"


def test_what_follows_a_held_record_parks_and_is_released_in_order(tmp_path: Path) -> None:
    site = Site(tmp_path, PARKING._replace(release=waiving()))
    site.put("bob hold", "ann", "bob", "bob redact")

    assert site.sent() == ["ann"]
    assert site.said() == [(0, "held"), (2, "parked"), (3, "parked")]
    assert site.release(2) == "not_next"
    assert [site.release(0, WAIVER), site.release(2), site.release(3)] == ["done"] * 3
    assert site.sent() == ["ann", "bob hold", "bob", "redacted"]
    site.put("bob")
    assert site.sent()[-1] == "bob"


def test_once_the_first_is_rejected_those_parked_behind_it_may_leave(tmp_path: Path) -> None:
    site = Site(tmp_path, PARKING._replace(release=waiving()))
    site.put("bob hold", "bob")

    assert site.ask(asked(0, Request.REJECT)) == ["done"]
    assert site.release(1) == "done"
    assert site.sent() == ["bob"]


def test_parking_outlives_the_worker(tmp_path: Path) -> None:
    site = Site(tmp_path, PARKING._replace(release=waiving()))
    site.put("bob hold")
    site.worker.crash()
    site.broker.expel("group", site.worker.transport.member)

    site.worker = site.start(ordinal=1)
    site.put("bob", "ann")

    assert site.sent() == ["ann"]
    assert site.undecided() == [0, 1]


# ---- a route that drains ------------------------------------------------------------------------------------------------


def test_a_backlog_leaves_in_its_order_before_what_is_live(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.breaker(BreakerState.OPEN)
    site.put("ann", "bob", "cat")
    assert site.release(0) == "held_again"  # it still stands open
    site.breaker(BreakerState.DRAINING)
    site.put("dan")

    assert site.release(1) == "not_next"
    assert [site.release(offset) for offset in range(4)] == ["done"] * 4
    site.put("eve")

    assert site.sent() == ["ann", "bob", "cat", "dan", "eve"]
    assert site.undecided() == []


def test_what_the_policy_holds_leaves_the_backlog_and_lets_the_others_pass(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.breaker(BreakerState.OPEN)
    site.put("ann hold", "bob")
    site.breaker(BreakerState.DRAINING)

    assert [site.release(0), site.release(1)] == ["held_again", "done"]
    site.put("cat")

    assert site.sent() == ["bob", "cat"]
    assert site.undecided() == [0]


def test_what_would_have_parked_leaves_the_backlog_and_lets_the_others_pass(tmp_path: Path) -> None:
    site = Site(tmp_path, PARKING._replace(release=waiving()))
    site.put("bob hold")
    site.breaker(BreakerState.OPEN)
    site.put("bob", "ann hold", "ann", "cat")
    site.breaker(BreakerState.DRAINING)

    assert [site.release(offset) for offset in range(1, 5)] == ["held_again"] * 3 + ["done"]
    assert [row.reasons for _, row in site.acts()] == [("parked",), ("found",), ("parked",), ()]

    assert [site.release(0, WAIVER), site.release(1), site.release(2, WAIVER), site.release(3)] == ["done"] * 4
    assert site.sent() == ["cat", "bob hold", "bob", "ann hold", "ann"]


def test_a_route_is_told_to_stand_still_until_its_backlog_has_left(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.breaker(BreakerState.OPEN)
    site.put("ann")
    site.breaker(BreakerState.DRAINING)
    stood = site.worker.meter.open_routes

    site.release(0)

    assert (stood, site.worker.meter.open_routes) == (("care",), ())


# ---- the other requests -------------------------------------------------------------------------------------------------


def test_a_rejected_record_never_leaves(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")

    assert site.ask(asked(0, Request.REJECT)) == ["done"]

    assert (site.sent(), site.undecided()) == ([], [])
    assert site.release(0, WAIVER) == "not_held"
    assert [(human.request, row.verdict, row.reasons) for human, row in site.acts()] == [("reject", "drop", ("rejected",))]
    assert site.said()[-1] == (0, "rejected")


def test_a_record_expires_only_after_the_time_it_is_kept(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")

    assert site.ask(asked(0, Request.EXPIRE)) == ["too_early"]
    site.clock.sleep(91 * DAY)
    assert site.ask(asked(0, Request.EXPIRE)) == ["done"]
    assert site.undecided() == []


def test_a_look_is_written_down_and_changes_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold")

    assert site.ask(asked(0, Request.SHOW)) == ["done"]

    assert site.undecided() == [0]
    assert [(human.request, human.by) for human, _ in site.acts()] == [("show", ALICE.person.id)]
    assert site.said() == [(0, "held")]


def test_a_partition_without_its_destination_answers_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path, CARE._replace(partitions=1, release=waiving()))
    ask(site.broker, asked(0, Request.REJECT, partition=1))

    site.worker.turns(3)

    assert site.worker.meter.answers == {}
    assert live(site.broker, TOPICS.standing) == set()


def test_a_record_on_another_route_is_another_case(tmp_path: Path) -> None:
    site = Site(tmp_path, CARE._replace(release=waiving()), RESEARCH._replace(release=waiving(), cap=None))
    site.put("bob hold")

    assert site.release(0, WAIVER, route="research") == "done"

    assert (site.sent(CARE.destination), site.sent(RESEARCH.destination)) == ([], ["bob hold"])
    assert live(site.broker, TOPICS.quarantine) == {b"care/in/0/0"}


def test_what_is_told_of_undecided_records_follows_the_decisions(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.put("bob hold", "cat hold")
    site.clock.sleep(60)
    site.release(0, WAIVER)

    (shown,) = (shown for lane, shown in site.worker.meter.undecided.items() if lane.source.partition == 0)
    assert (shown.urgencies["routine"], shown.since) == (1, 1_000_000)
