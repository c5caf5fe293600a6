"""A reviewer's tool on a real Kafka: it finds what is held there, its requests arrive, and it hears the answers."""

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from schemas.requests import Why
from schemas.topics import Purpose
from schemas.vocabulary import Refusal
from stream.guard.admin import Admin
from stream.guard.keyfile import read
from stream.guard.reader import Row
from stream.review.address import Address
from stream.review.answers import Answers
from stream.review.asking import Grounds, Signer, opened, signed, to_release
from stream.review.audit import verified
from stream.review.drain import Drain
from stream.review.held import Held, State, pick, read_held
from stream.review.sending import Made, Sending, Timing
from tests.support.admin import FakeAdmin
from tests.support.apache import Cluster
from tests.support.review import DONE, AnsweringGuard, Facts, Reviewed, Told, reviewed

pytestmark = pytest.mark.broker


class _Admin(Admin):
    """The real one, and what only a guard may write."""

    def __init__(self, kafka: Cluster) -> None:
        super().__init__({"bootstrap.servers": kafka.address})
        self._kafka = kafka
        self.taken: Callable[[Row], None] = lambda row: None

    def put(self, topic: str, key: bytes, value: bytes | None, partition: int = 0) -> None:
        self._kafka.put(topic, value, partition=partition, key=key)


@pytest.fixture
def lab(kafka: Cluster, tmp_path: Path) -> Reviewed:
    return reviewed(tmp_path, 2, admin=cast(FakeAdmin, _Admin(kafka)), prefix=kafka.name("review"))


def make(lab: Reviewed) -> Callable[[Sequence[Held]], dict[Address, Made]]:
    site, key, file = lab.site, read(lab.folder / "alice/alice.reviewer.key"), read(lab.folder / "alice/alice.signing.key")
    signer, grounds = Signer(site.people[file.id], file.secret_bytes), Grounds(Why.BACKLOG, "", 1)

    def of(held: Sequence[Held]) -> dict[Address, Made]:
        made: dict[Address, Made] = {}
        for address, parts in pick(site, held).items():
            made[address] = signed(
                to_release(site, address, opened(site, parts, key.secret_bytes), (), grounds, secrets.token_bytes), signer
            )
        return made

    return of


def answer(lab: Reviewed, guard: AnsweringGuard, running: Future[None]) -> None:
    """Takes requests for as long as somebody asks."""
    looked: set[tuple[int, int]] = set()
    while not running.done():
        for row in lab.admin.read(lab.topic(Purpose.RELEASE)):
            if (row.place.partition, row.offset) not in looked:
                looked.add((row.place.partition, row.offset))
                guard.take(row)


def test_what_is_held_on_a_real_topic_is_found_in_all_its_parts(lab: Reviewed) -> None:
    whole = lab.hold(1, b"x" * 5000, max_bytes=1700, partition=1)
    lab.decide(lab.hold(2))
    torn = lab.hold(3, b"x" * 5000, max_bytes=1700)
    lab.admin.put(lab.topic(Purpose.QUARANTINE), f"{torn}/2".encode(), None)

    found = {held.address: held for held in read_held(lab.site)}

    assert {address: held.state for address, held in found.items()} == {torn: State.TORN, whole: State.HELD}
    parts = pick(lab.site, [found[whole]])[whole]
    key = read(lab.folder / "bruno/bruno.reviewer.key").secret_bytes
    assert opened(lab.site, parts, key).opened.record.value == b"x" * 5000


def test_a_backlog_leaves_in_order_and_every_answer_is_heard(lab: Reviewed) -> None:
    for offset in range(60):
        lab.hold(offset, b"%d" % offset, partition=offset % 2, reasons=("breaker_open",), backlog=True)
    guard = AnsweringGuard(lab, lambda asked: Told(Refusal.HELD_AGAIN, "quarantine", ("found",)) if asked.offset == 7 else DONE)
    told: list[object] = []

    def run() -> None:
        timing = Timing(time.monotonic, 20)
        with Answers(lab.site, None) as answers:
            told.extend(Drain(lab.site, "insurer", answers, Sending(answers, make(lab), timing), timing).run())

    with ThreadPoolExecutor() as pool:
        running = pool.submit(run)
        answer(lab, guard, running)
        running.result()

    asked = [request.asked() for request in lab.asked()]
    assert [each.offset for each in asked] == [*range(0, 60, 2), *range(1, 60, 2)]
    assert [lab.brought(each).value for each in asked] == [b"%d" % each.offset for each in asked]
    assert [held.address.offset for held in read_held(lab.site)] == [7]
    assert sum(1 for step in told if getattr(step, "done", False)) == 59


def test_a_request_that_the_guard_passes_over_is_told(lab: Reviewed) -> None:
    lab.hold(1)
    guard = AnsweringGuard(lab, lambda asked: Told(silent=True))
    refusals: list[str | None] = []

    def run() -> None:
        with Answers(lab.site, [0]) as answers:
            sending = Sending(answers, make(lab), Timing(time.monotonic, 20))
            refusals.extend(each.refusal for each in sending.run(read_held(lab.site)))

    with ThreadPoolExecutor() as pool:
        running = pool.submit(run)
        answer(lab, guard, running)
        running.result()

    assert refusals == ["stranger"]


def test_the_chain_is_checked_as_it_stands_and_its_cut_end_is_found(lab: Reviewed, kafka: Cluster) -> None:
    facts = Facts(lab, partition=1)
    for first in range(5):
        facts.judged(first)
    kafka.delete_before(lab.topic(Purpose.FACTS), 1, 2)
    (lane,) = verified(lab.site)
    assert (lane.broken, lane.first, lane.facts, lane.whole) == (None, 2, 3, False)

    kafka.delete_before(lab.topic(Purpose.FACTS), 1, 5)

    (lane,) = verified(lab.site)
    assert lane.broken is not None
    assert lane.broken.how == "truncated"
