"""What leaves of HL7 v2 messages is read and validated by another library (hl7apy): redaction breaks no rule that the original kept."""

from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import ValidationError
from hl7apy.parser import parse_message

from stream.core.decode.hl7v2.charset import charset
from stream.synth.label import Sample
from stream.synth.traffic import Mix, traffic
from tests.support.rulesets import forwarded

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library leaves its report open

_OUTSIDE = (b"IN1", b"ZLB")  # segments that ORU^R01 has no place for


def message(sample: Sample) -> bytes:
    """A message of the laboratory, with the segments that the standard lists for it."""
    return b"\r".join(line for line in sample.data.split(b"\r") if line[:3] not in _OUTSIDE)


_MESSAGES = [message(sample) for sample in islice(traffic(11, mix=Mix(("hl7v2",))), 40)]


def faults(data: bytes, folder: Path) -> set[str]:
    """What the library says against a message."""
    report = folder / "report"
    parsed = parse_message(data.decode(charset(data)), validation_level=VALIDATION_LEVEL.TOLERANT)
    with suppress(ValidationError):
        parsed.validate(report_file=str(report))
    return set(report.read_text().splitlines())


@pytest.mark.parametrize("original", _MESSAGES, ids=range(len(_MESSAGES)))
def test_an_outcome_keeps_every_rule_that_the_original_kept(original: bytes, tmp_path: Path) -> None:
    assert faults(forwarded(original, "research"), tmp_path) <= faults(original, tmp_path)


def test_a_policy_that_removes_what_the_standard_requires_breaks_no_other_rule(tmp_path: Path) -> None:
    new = faults(forwarded(_MESSAGES[0], "insurer"), tmp_path) - faults(_MESSAGES[0], tmp_path)

    assert {fault.partition(" child ")[0] for fault in new} == {"Error: Missing required"}
