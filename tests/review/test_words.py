"""What an answer of the guard says to the person who asked."""

import pytest

from schemas.vocabulary import Refusal, Request
from stream.review.address import Address
from stream.review.answers import Answer
from stream.review.words import in_a_line

HELD = Address("insurer", "lis.results", 3, 1234)


@pytest.mark.parametrize("refusal", [*Refusal])
def test_every_refusal_says_what_to_do(refusal: Refusal) -> None:
    line = in_a_line(Answer(HELD, "release", refusal.value, reasons=("found",)))

    assert line.startswith(f"insurer/lis.results/3/1234: refused, {refusal} (found): ")
    assert not line.endswith("the guard refused")


@pytest.mark.parametrize("request_", [*Request])
def test_everything_that_is_done_is_told_as_past(request_: Request) -> None:
    assert in_a_line(Answer(HELD, request_.value, None)) != f"{HELD}: {request_}"


@pytest.mark.parametrize(
    ("verdict", "told"), [("clear", "released"), ("redact", "released, redacted"), ("drop", "dropped: the policy of now drops it")]
)
def test_a_release_tells_what_became_of_the_record(verdict: str, told: str) -> None:
    assert in_a_line(Answer(HELD, "release", None, verdict)) == f"{HELD}: {told}"
