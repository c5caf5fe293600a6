"""Held records leave through the real guard on a real Kafka: `pratique run` as processes, the reviewers' commands, keys and policies."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.requests import unsigned
from schemas.topics import Purpose
from stream.review.asking import Signer, signed
from stream.review.site import Person
from tests.support.apache import Cluster
from tests.support.decided import look, wrongs
from tests.support.laboratory import HIV, WAIVER, Laboratory, a_laboratory, answers, merge, result
from tests.support.transports import until
from tests.support.worker import End, Fleet, Step, frozen, fused

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def lab(kafka: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """With one guard that works."""
    made = a_laboratory(kafka, tmp_path_factory.mktemp("laboratory"))
    with made.guards() as fleet:
        fleet.start(0)
        yield made
        assert fleet.stop_all() == [0], fleet.logs()


def stranger() -> Signer:
    return Signer(Person("mallory", "00" * 8, b""), b"m" * 32)


def sent(lab: Laboratory, route: str, *offsets: int) -> list[int]:
    """Which of these records a destination got, in the order of their coming."""
    until(lab.is_worked_off, 60)
    came = [int((dict(each.headers)["pratique-source"] or b"").rpartition(b"/")[2]) for each in lab.kafka.read(lab.destination(route))]
    return [offset for offset in came if offset in offsets]


def test_a_held_result_that_was_overtaken_leaves_only_if_two_sign(lab: Laboratory) -> None:
    preliminary, final, corrected = lab.put(result("S1", "11", "P", HIV), result("S1", "11", "F"), result("S1", "11", "C"))
    until(lab.is_worked_off, 60)
    held = lab.address("insurer", preliminary)

    assert lab.release(held) == ["superseded"]
    ended = lab.review("release", held, *lab.reviewing(), "--why", "clinical_need", "--waive", WAIVER, "--out", lab.folder / "two.jsonl")
    assert ended.exit_code == 0, ended.stderr
    assert answers(lab.review("cosign", lab.folder / "two.jsonl", *lab.signing("bruno"))) == ["released"]

    assert sent(lab, "insurer", preliminary, final, corrected) == [final, corrected, preliminary]


def test_what_parks_behind_a_held_result_is_released_in_order(lab: Laboratory) -> None:
    preliminary, final, corrected, other = held = lab.put(
        result("S2", "12", "P", HIV), result("S2", "12", "F"), result("S2", "12", "C"), result("S3", "13")
    )
    assert sent(lab, "ward", *held) == [other]

    assert lab.release(lab.address("ward", final), waive=()) == ["not_next"]
    ended = lab.review(
        "release", lab.address("ward", preliminary), "--with-parked", *lab.reviewing(), "--why", "clinical_need", "--waive", WAIVER
    )
    assert answers(ended) == ["released"] * 3
    (later,) = lab.put(result("S2", "12", "C"))

    assert sent(lab, "ward", *held, later) == [other, preliminary, final, corrected, later]


def test_a_held_result_does_not_come_after_the_merge_of_its_patient(lab: Laboratory) -> None:
    held, merged = lab.put(result("S4", "14", "F", HIV), merge("15", "14"))
    until(lab.is_worked_off, 60)

    assert lab.release(lab.address("insurer", held)) == ["superseded"]
    assert sent(lab, "insurer", held, merged) == [merged]


def test_no_result_comes_before_a_held_merge_of_its_patient(lab: Laboratory) -> None:
    merged, behind = lab.put(merge("17", "16", HIV), result("S5", "17"))
    until(lab.is_worked_off, 60)
    assert sent(lab, "ward", merged, behind) == []

    assert lab.release(lab.address("ward", behind), waive=()) == ["not_next"]
    assert lab.release(lab.address("ward", merged), lab.address("ward", behind), waive=("health.topic.hiv@NTE-3",)) == ["released"] * 2

    assert sent(lab, "ward", merged, behind) == [merged, behind]


def test_a_second_release_is_answered_and_does_nothing(lab: Laboratory) -> None:
    (held,) = lab.put(result("S6", "19", "F", HIV))
    until(lab.is_worked_off, 60)
    requests = lab.requests("insurer", held)

    with lab.asking() as alice, lab.asking() as another:
        assert alice(*requests) == [None]
        facts = len(lab.kafka.read(lab.topic(Purpose.FACTS)))
        assert another(*requests)[0] in (None, "not_held")  # that it was done may be heard late
    ended = lab.review("release", lab.address("insurer", held), *lab.reviewing(), "--why", "clinical_need", "--waive", WAIVER)

    assert (ended.exit_code, "decided already" in ended.stderr) == (1, True)
    assert sent(lab, "insurer", held) == [held]
    assert len(lab.kafka.read(lab.topic(Purpose.FACTS))) == facts


def test_forged_altered_and_replayed_requests_release_nothing(lab: Laboratory) -> None:
    first, second = lab.put(result("S7", "20", "F", HIV), result("S8", "21", "F", HIV))
    until(lab.is_worked_off, 60)
    (good,) = lab.requests("insurer", first)
    (other,) = lab.requests("insurer", second)
    asked = good.asked()
    altered = unsigned(asked.model_copy(update={"offset": second}))
    key, place = other.asked().address(), asked.partition
    forged = {
        "altered after it was signed": (key, altered.model_copy(update={"signatures": good.signatures})),
        "signed by somebody unknown": (key, signed(other.asked(), stranger())),
        "signed in another's name": (key, signed(other.asked(), Signer(lab.site.people[lab.signer("alice").person.id], b"m" * 32))),
        "for another cluster": (key, signed(other.asked().model_copy(update={"cluster": "another"}), lab.signer("alice"))),
        "at another record's key": (key, good),
        "with another record inside": (key, signed(other.asked().model_copy(update={"record": asked.record}), lab.signer("alice"))),
    }

    for key, request in forged.values():
        lab.ask_for(key, request.write(), place)
    lab.ask_for(asked.address(), good.write(), 1)
    lab.ask_for(key, b"nonsense", place)

    with lab.asking() as ask:
        assert ask(good) == [None]  # once it is answered, all before it were looked at
    assert lab.release(lab.address("insurer", second), by="bruno") == ["may_not_waive"]
    assert lab.release(lab.address("insurer", second), waive=()) == ["held_again (found)"]
    assert sent(lab, "insurer", first, second) == [first]


def test_a_seal_is_wrapped_anew_for_its_own_record_only(lab: Laboratory) -> None:
    first, second = lab.put(result("S9", "22", "F", HIV), result("S10", "23", "F", HIV))
    until(lab.is_worked_off, 60)
    held, other = lab.address("insurer", first), lab.address("insurer", second)
    with lab.asking() as ask:
        assert ask(lab.rewrapping("insurer", first, second)) == ["forged"]

    assert answers(lab.review("rewrap", held, other, *lab.reviewing())) == ["wrapped anew"] * 2

    assert lab.release(held, other) == ["released"] * 2
    assert sent(lab, "insurer", first, second) == [first, second]


def test_a_guard_that_is_killed_at_any_step_of_a_release_releases_once(kafka: Cluster, tmp_path: Path) -> None:
    """One guard dies at each step in turn, each time with a new request in hand, and is started again."""
    lab = a_laboratory(kafka, tmp_path)
    deaths = [End(step, 3 if step is Step.SENDING else 1) for step in Step if step is not Step.ABORTING]
    held = lab.put(*(result(f"S{number}", str(number), "F", HIV) for number in range(len(deaths))))
    with Fleet(tmp_path, fused(lab.ground, tmp_path, static=True, pipeline=lab.pipeline)) as fleet:
        fleet.start(0)
        until(lab.is_worked_off, 60)
        fleet.stop(0)
        for offset, end in zip(held, deaths, strict=True):
            (request,) = lab.requests("ward", offset)
            lab.send(request)
            assert fleet.start(0, end).wait(60) == -signal.SIGKILL, f"{end}\n{fleet.logs()}"
        fleet.start(0)
        lab.put(result("S99", "99"))  # so that it is up before it is told to end
        until(lambda: lab.is_answered() and lab.is_worked_off(), 60)
        assert fleet.stop_all() == [0]

    left = look(lab)
    assert wrongs(left) == []
    assert left.released("ward", 0) == [*held]


def test_a_frozen_guard_that_wakes_up_releases_nothing(kafka: Cluster, tmp_path: Path) -> None:
    """It stopped with the request in hand; another took its partitions over and released the record meanwhile."""
    lab = a_laboratory(kafka, tmp_path)
    (held,) = lab.put(result("S1", "1", "F", HIV))
    with Fleet(tmp_path, fused(lab.ground, tmp_path, pipeline=lab.pipeline)) as fleet:
        fleet.start(0)
        until(lab.is_worked_off, 60)
        fleet.stop(0)
        lab.send(*lab.requests("ward", held))
        zombie = fleet.start(0, End(Step.BEGINNING, 1, signal.SIGSTOP))
        until(lambda: frozen(zombie))
        fleet.start(1)
        until(lab.is_answered, 60)

        zombie.send_signal(signal.SIGCONT)
        lab.put(result("S2", "2"))
        until(lab.is_worked_off, 60)
        fleet.stop_all()

    left = look(lab)
    assert wrongs(left) == []
    assert left.released("ward", 0) == [held]


def test_parked_results_wait_whoever_dies_and_whoever_takes_over(kafka: Cluster, tmp_path: Path) -> None:
    lab = a_laboratory(kafka, tmp_path)
    with lab.guards() as fleet:
        fleet.start(0)
        held, parked = lab.put(result("S1", "1", "P", HIV), result("S1", "1"))
        until(lab.is_worked_off, 60)
        fleet.kill(0)
        fleet.start(1)  # takes over, once the group knows that the first is gone
        later, other = lab.put(result("S1", "1", "C"), result("S2", "2"))
        until(lab.is_worked_off, 60)
        fleet.tend()  # the first comes back: the partitions are shared anew
        (last,) = lab.put(result("S1", "1", "C"))
        assert sent(lab, "ward", held, parked, later, other, last) == [other]

        assert lab.release(*(lab.address("ward", each) for each in (held, parked, later, last))) == ["released"] * 4
        assert sent(lab, "ward", held, parked, later, other, last) == [other, held, parked, later, last]
        fleet.stop_all()

    assert wrongs(look(lab)) == []
