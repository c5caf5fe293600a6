"""A backlog leaves in the order of offsets, at the pace that was asked, and stops where the guard says no for good."""

import secrets
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from schemas.events import BreakerRow
from schemas.requests import Asked, Why
from schemas.topics import Purpose
from schemas.vocabulary import BreakerState, Refusal, Request
from stream.guard.breakers import breaker_key
from stream.guard.keyfile import read
from stream.review import sending
from stream.review.address import Address
from stream.review.answers import Answer, Answers
from stream.review.asking import Grounds, Signer, opened, plain, signed, to_release
from stream.review.drain import Blocked, Drain, Found, Pausing, Step, backlog, parked_behind, stands_open
from stream.review.held import Held, pick, read_held
from stream.review.sending import Made, Sending, Silence, Timing
from tests.support.review import DONE, AnsweringGuard, Reviewed, Told, reviewed

GROUNDS = Grounds(Why.BACKLOG, "", 1)
CAP = Told(Refusal.HELD_AGAIN, "quarantine", ("cap_reached",))


class Desk:
    """Alice at work, on a clock that only waiting moves."""

    def __init__(self, lab: Reviewed) -> None:
        self.lab, self.site = lab, lab.site
        self.clock = 0.0
        lab.admin.waited = self._waited
        self.key = read(lab.folder / "alice/alice.reviewer.key").secret_bytes
        file = read(lab.folder / "alice/alice.signing.key")
        self.signer = Signer(self.site.people[file.id], file.secret_bytes)

    def _waited(self, seconds: float) -> None:
        self.clock += seconds

    def make(self, held: object) -> dict[Address, Made]:
        made: dict[Address, Made] = {}
        for address, parts in pick(self.site, held).items():  # type: ignore[arg-type]  # held records
            asked = to_release(self.site, address, opened(self.site, parts, self.key), (), GROUNDS, secrets.token_bytes)
            made[address] = signed(asked, self.signer)
        return made

    def timing(self, rate: float | None = None) -> Timing:
        return Timing(lambda: self.clock, 10, rate, 30)

    def drain(self, rate: float | None = None) -> Generator[Step, None, None]:
        with Answers(self.site, None) as answers:
            timing = self.timing(rate)
            yield from Drain(self.site, "insurer", answers, Sending(answers, self.make, timing), timing).run()

    def send(self, *held: Held) -> list[Answer]:
        with Answers(self.site, None) as answers:
            return [*Sending(answers, self.make, self.timing()).run(held)]

    def asked(self) -> list[int]:
        return [request.asked().offset for request in self.lab.asked()]

    def left(self) -> list[int]:
        return [held.address.offset for held in read_held(self.site)]


@pytest.fixture
def lab(tmp_path: Path) -> Reviewed:
    return reviewed(tmp_path, partitions=2)


def fill(lab: Reviewed, count: int, partition: int = 0) -> None:
    for offset in range(count):
        lab.hold(offset, b"%d" % offset, partition=partition, reasons=("breaker_open",), backlog=True)


def refusing(refusals: dict[int, Told]) -> Callable[[Asked], Told]:
    """Each refusal once."""
    return lambda asked: refusals.pop(asked.offset, DONE)


# ---- in bulk ------------------------------------------------------------------------------------------------------------


def test_a_backlog_leaves_lane_by_lane_in_the_order_of_offsets(lab: Reviewed) -> None:
    fill(lab, 250)
    fill(lab, 20, partition=1)
    lab.hold(900)  # held by the policy: no backlog
    AnsweringGuard(lab)
    desk = Desk(lab)

    steps = [*desk.drain()]

    assert desk.asked() == [*range(250), *range(20)]
    assert desk.left() == [900]
    assert [step.records for step in steps if isinstance(step, Found)] == [250, 20]
    assert sum(1 for step in steps if isinstance(step, Answer) and step.done) == 270


def test_what_is_asked_is_the_record_that_was_held(lab: Reviewed) -> None:
    fill(lab, 3)
    AnsweringGuard(lab)

    list(Desk(lab).drain())

    assert [lab.brought(request.asked()).value for request in lab.asked()] == [b"0", b"1", b"2"]


def test_no_more_is_on_its_way_than_the_window_holds(lab: Reviewed) -> None:
    fill(lab, 250)
    desk = Desk(lab)
    lab.admin.taken = lambda row: None  # nobody answers

    with pytest.raises(Silence) as silence:
        list(desk.drain())

    assert len(desk.asked()) == len(silence.value.unanswered) == sending.WINDOW


def test_what_was_broken_off_goes_on_where_it_was(lab: Reviewed) -> None:
    fill(lab, 30)
    AnsweringGuard(lab)
    desk = Desk(lab)
    running = desk.drain()
    for _ in range(12):
        next(running)
    running.close()

    list(desk.drain())

    assert desk.left() == []
    assert sorted(set(desk.asked())) == [*range(30)]


def test_records_that_are_held_meanwhile_join(lab: Reviewed) -> None:
    fill(lab, 3)

    def answer(asked: Asked) -> Told:
        if asked.offset == 0:
            lab.hold(7, reasons=("breaker_open",), backlog=True)
        return DONE

    AnsweringGuard(lab, answer)
    desk = Desk(lab)

    list(desk.drain())

    assert desk.asked() == [0, 1, 2, 7]


def test_no_more_goes_a_second_than_was_asked(lab: Reviewed) -> None:
    fill(lab, 20)
    AnsweringGuard(lab)
    desk = Desk(lab)

    list(desk.drain(rate=2))

    assert desk.clock == pytest.approx(9.5, abs=1)
    assert desk.asked() == [*range(20)]


def test_a_full_cap_is_waited_for_and_the_order_stays(lab: Reviewed) -> None:
    fill(lab, 6)
    behind = {offset: Told(Refusal.NOT_NEXT, "quarantine") for offset in (3, 4, 5)}
    AnsweringGuard(lab, refusing({2: CAP, **behind}))
    desk = Desk(lab)

    steps = [*desk.drain()]

    assert [step.seconds for step in steps if isinstance(step, Pausing)] == [30]
    assert [step.address.offset for step in steps if isinstance(step, Answer)] == [0, 1, 2, 3, 4, 5]
    assert desk.asked() == [0, 1, 2, 3, 4, 5, 2, 3, 4, 5]
    assert desk.clock >= 30


def test_a_record_that_the_policy_of_now_holds_stays_and_the_others_go_on(lab: Reviewed) -> None:
    fill(lab, 4)
    AnsweringGuard(lab, lambda asked: Told(Refusal.HELD_AGAIN, "quarantine", ("found",)) if asked.offset == 1 else DONE)
    desk = Desk(lab)

    answers = [step for step in desk.drain() if isinstance(step, Answer)]

    assert [(answer.address.offset, answer.refusal) for answer in answers] == [(0, None), (1, "held_again"), (2, None), (3, None)]
    assert desk.left() == [1]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (Told(Refusal.SUPERSEDED), "a second person has to sign"),
        (Told(Refusal.NOT_NEXT), "an earlier record comes first"),
        (Told(Refusal.NEEDS_SECOND), "so says the policy"),
        (Told(Refusal.FORGED), "closed to another key"),
        (Told(Refusal.HELD_AGAIN, "quarantine", ("breaker_open",)), "the route stands open again"),
        (Told(silent=True), "the guard does not know the key"),
    ],
)
def test_a_refusal_that_does_not_go_away_stops_the_backlog(told: Told, why: str, lab: Reviewed) -> None:
    fill(lab, 4)
    AnsweringGuard(lab, lambda asked: told if asked.offset == 2 else DONE)

    with pytest.raises(Blocked) as blocked:
        list(Desk(lab).drain())

    assert blocked.value.answer.address.offset == 2, why


def test_a_record_that_somebody_else_decided_is_passed(lab: Reviewed) -> None:
    fill(lab, 3)

    def answer(asked: Asked) -> Told:
        if asked.offset != 1:
            return DONE
        lab.decide(Address("insurer", asked.topic, asked.partition, asked.offset))
        return Told(silent=True)

    AnsweringGuard(lab, answer)

    answers = [step for step in Desk(lab).drain() if isinstance(step, Answer)]

    assert [(each.address.offset, each.refusal) for each in answers if not each.done] == [(1, "not_held")]


def test_a_route_without_a_backlog_is_done_at_once(lab: Reviewed) -> None:
    lab.hold(1)

    assert list(Desk(lab).drain()) == []


@pytest.mark.parametrize(("state", "open_"), [(BreakerState.OPEN, True), (BreakerState.DRAINING, False), (BreakerState.CLOSED, False)])
def test_only_an_open_breaker_keeps_a_backlog_from_leaving(state: BreakerState, open_: bool, lab: Reviewed) -> None:
    row = BreakerRow(route="insurer", writer="person", state=state, reason="", at=0)
    lab.admin.put(lab.topic(Purpose.BREAKERS), breaker_key(row), row.write())

    assert stands_open(lab.site, "insurer") is open_
    assert not stands_open(lab.site, "research")


def test_the_backlog_is_told_by_lanes(lab: Reviewed) -> None:
    fill(lab, 2)
    fill(lab, 1, partition=1)
    lab.hold(5, route="research", backlog=True)

    lanes = backlog(lab.site, "insurer")

    assert {str(lane): [held.address.offset for held in found] for lane, found in lanes.items()} == {
        "insurer/lis.results/0": [0, 1],
        "insurer/lis.results/1": [0],
    }


# ---- one by one ---------------------------------------------------------------------------------------------------------


def test_the_answer_is_that_to_the_very_request(lab: Reviewed) -> None:
    """Somebody else was refused for the same record meanwhile."""
    lab.hold(1)
    guard = AnsweringGuard(lab, lambda asked: Told(Refusal.NEEDS_SECOND))
    desk = Desk(lab)
    with Answers(desk.site, None) as answers:
        other = signed(plain(desk.site, Request.RELEASE, Address("insurer", "lis.results", 0, 1), GROUNDS), desk.signer)
        lab.admin.send([(row, other.asked().address(), other.write()) for row in lab.admin.ends(lab.topic(Purpose.RELEASE), [0])])
        lab.admin.taken = lambda row: None
        answers.send([*desk.make(read_held(desk.site)).values()])  # type: ignore[list-item]  # all of them requests

        assert [answers.poll(0), answers.poll(0)] == [[], []]
        guard.take(lab.admin.partition(next(iter(lab.admin.ends(lab.topic(Purpose.RELEASE), [0]))))[-1])
        assert [answer.refusal for answer in answers.poll(0)] == ["needs_second"]


def test_what_another_person_decided_meanwhile_is_decided(lab: Reviewed) -> None:
    (held,) = [lab.hold(1)]
    guard = AnsweringGuard(lab)
    desk = Desk(lab)
    with Answers(desk.site, None) as answers:
        mine = [*desk.make(read_held(desk.site)).values()]
        lab.admin.taken = lambda row: None
        answers.send(mine)  # type: ignore[arg-type]  # all of them requests
        lab.admin.taken = guard.take
        other = signed(plain(desk.site, Request.REJECT, held, GROUNDS), desk.signer)
        lab.admin.send([(row, other.asked().address(), other.write()) for row in lab.admin.ends(lab.topic(Purpose.RELEASE), [0])])

        assert [(answer.request, answer.done) for answer in answers.poll(0)] == [("reject", True)]


def test_an_answer_tells_what_the_guard_judged(lab: Reviewed) -> None:
    lab.hold(1)
    AnsweringGuard(lab, lambda asked: Told(Refusal.HELD_AGAIN, "quarantine", ("found", "not_allowed")))
    desk = Desk(lab)

    (answer,) = desk.send(*read_held(desk.site))

    assert (answer.refusal, answer.verdict, answer.reasons) == ("held_again", "quarantine", ("found", "not_allowed"))


# ---- parked -------------------------------------------------------------------------------------------------------------


def behind(lab: Reviewed, *offsets: int) -> tuple[list[int], list[int]]:
    everything = read_held(lab.site)
    going, staying = parked_behind([held for held in everything if held.address.offset in offsets], everything)
    return [held.address.offset for held in going], [held.address.offset for held in staying]


def tokens(*words: str) -> tuple[bytes, ...]:
    return tuple(word.encode().ljust(8, b".") for word in words)


def test_what_parks_behind_a_record_goes_with_it_in_order(lab: Reviewed) -> None:
    lab.hold(1, advances=tokens("a"), follows=tokens("a"))
    lab.hold(2, advances=tokens("a"), follows=tokens("a"), reasons=("parked",))
    lab.hold(3, advances=tokens("b"), follows=tokens("b"), reasons=("parked",))  # of another sequence
    lab.hold(4, advances=tokens("c"), follows=tokens("c", "a"), reasons=("parked",))
    lab.hold(5, advances=tokens("d"), follows=tokens("c"), reasons=("parked",))  # behind one that goes
    lab.hold(2, advances=tokens("a"), follows=tokens("a"), reasons=("parked",), partition=1)

    assert behind(lab, 1) == ([2, 4, 5], [])


def test_what_another_undecided_record_keeps_back_stays(lab: Reviewed) -> None:
    lab.hold(1, advances=tokens("a"), follows=tokens("a"))
    lab.hold(2, advances=tokens("b"), follows=tokens("b"))
    lab.hold(3, advances=tokens("c"), follows=tokens("a", "b"), reasons=("parked",))
    lab.hold(4, advances=tokens("a"), follows=tokens("a"), reasons=("parked",))

    assert behind(lab, 1) == ([4], [3])
    assert behind(lab, 1, 2) == ([3, 4], [])
