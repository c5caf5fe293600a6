"""What an outcome becomes: nothing of the record changes but what the policy changed, and no header of ours can be forged."""

import pytest

from schemas.events import Disposition
from schemas.vocabulary import Verdict
from stream.core.seal import About
from stream.core.values import Coordinate, Record
from stream.guard.holdings import Held
from stream.guard.outputs import control, disposition, forwarded, sealed
from tests.support.guard import CARE, TOPICS, OpenSealer, a_plan

RECORD = Record(Coordinate("in", 1, 42), b"key", b"value", (("trace", b"1"), ("trace", None)), 1_700_000_000_123)


def test_a_forwarded_record_keeps_all_it_had_and_says_where_it_comes_from() -> None:
    output = forwarded(RECORD, Verdict.CLEAR, CARE, "cluster")

    assert (output.topic, output.partition, output.key, output.value) == ("to.care", 1, b"key", b"value")
    assert output.timestamp == 1_700_000_000_123
    assert output.headers == (
        ("trace", b"1"),
        ("trace", None),
        ("pratique-source", b"cluster/in/1/42"),
        ("pratique-verdict", b"clear"),
        ("pratique-policy", b"care@1"),
    )


@pytest.mark.parametrize("name", ["pratique-verdict", "Pratique-Verdict", "PRATIQUE-", "pratique-released-by"])
def test_a_header_that_looks_like_ours_is_taken_off(name: str) -> None:
    record = Record(RECORD.coordinate, None, b"value", ((name, b"clear"), ("pratiques", b"kept")))

    names = [header for header, _ in forwarded(record, Verdict.REDACT, CARE, "cluster").headers]

    assert names == ["pratiques", "pratique-source", "pratique-verdict", "pratique-policy"]


def test_a_held_record_leaves_its_seal_and_a_word_without_content() -> None:
    about = About(("found", "not_allowed"), "critical", "corrected", "00112233aabbccdd")

    (seal,) = sealed(RECORD, about, CARE, a_plan(), OpenSealer(), 1_800_000_000)
    number = control("MSG00042", CARE, a_plan())
    held = Held(1_800_000_000, 1, about.urgency, results=about.status, control=number, sequence=about.sequence)
    word = disposition(RECORD.coordinate, "held", about.reasons, held, CARE, a_plan(), 1_800_000_000)

    assert (seal.topic, seal.partition, seal.key) == (TOPICS.quarantine, 1, b"care/in/1/42")
    assert (word.topic, word.partition, word.key) == (TOPICS.dispositions, 1, b"care")
    event = Disposition.model_validate_json(word.value or b"")
    assert (event.topic, event.partition, event.offset, event.status) == ("in", 1, 42, "held")
    assert (event.reasons, event.urgency, event.results, event.sequence) == about
    assert b"value" not in (word.value or b"")
    assert len(event.control) == 16
    assert b"MSG00042" not in (word.value or b"")


def test_the_senders_own_number_is_told_in_clear_only_where_the_route_says_so() -> None:
    assert control("MSG00042", CARE._replace(show_control=True), a_plan()) == "MSG00042"
    assert control("", CARE, a_plan()) == ""


def test_a_released_record_says_that_it_comes_late() -> None:
    headers = forwarded(RECORD, Verdict.CLEAR, CARE, "cluster", released=1_800_000_000).headers

    assert headers[-1] == ("pratique-released", b"1800000000")
