"""A few hundred labelled records of the synthetic laboratory through the shipped policies: what leaves, what stays, what is whole."""

import json
import re
from functools import cache
from itertools import islice

import pytest

from schemas.vocabulary import Category, Verdict
from stream.core.values import Record
from stream.synth.label import Label, Sample
from stream.synth.panels import ANALYTES
from stream.synth.traffic import traffic
from tests.support.rulesets import a_record, outcomes, ruleset

SEED, SIZE = 20261124, 300
NAME_ONLY = "allow:\n  - {category: person.name}\nunknown_structure: remove\ndefault: remove\n"
_IDENTITY = ("person", "contact", "insurance", "professional", "credential")
_SENT = {Category.PERSON_SEX}  # that the research policy allows


@cache
def corpus(drift: bool) -> tuple[Sample, ...]:
    return tuple(islice(traffic(SEED, drift), SIZE))


def sent(sample: Sample, policy: str) -> Record:
    outcome = outcomes(a_record(sample.data), ruleset(policy))[0]
    assert outcome.forward is not None, (sample.name, outcome.decision)
    return outcome.forward


def identities(sample: Sample) -> list[Label]:
    return [label for label in sample.labels if label.category.split(".")[0] in _IDENTITY and label.category not in _SENT]


def readable(sample: Sample, data: bytes) -> str:
    """The text of an outcome with its escapes undone, in one case, without the labels of its tests: a patient may be called Fer."""
    text = re.sub(r"\\[A-Z]\\", "", data.decode(sample.charset)).replace('\\"', '"').casefold()
    return re.sub("|".join(re.escape(analyte.label.casefold()) for analyte in ANALYTES), "", text)


@pytest.mark.parametrize("drift", [False, True], ids=["as known", "every key and Z segment renamed"])
def test_research_gets_no_planted_identifier(drift: bool) -> None:
    left = []
    for sample in corpus(drift):
        text = readable(sample, sent(sample, "research").value or b"")
        left += [(sample.name, label.category) for label in identities(sample) if _stands(label.value, text)]

    assert left == []


def _stands(value: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(value.casefold())}(?![\w.])", text) is not None


@pytest.mark.parametrize("drift", [False, True], ids=["as known", "every key and Z segment renamed"])
def test_research_gets_every_numeric_result(drift: bool) -> None:
    for sample in corpus(drift):
        assert _numbers(sample, sample.data) == _numbers(sample, sent(sample, "research").value or b""), sample.name


def _numbers(sample: Sample, data: bytes) -> list[str]:
    """The numeric results of a record, in order; in JSON they are the numbers, in HL7 the OBX-5."""
    if sample.format == "json":
        found: list[str] = []

        def keep(text: str) -> str:
            found.append(text)
            return text

        json.loads(data, parse_float=keep, parse_int=keep)
        return found
    segments = [segment.split("|") for segment in data.decode(sample.charset).split("\r")]
    return [fields[5] for fields in segments if fields[0] == "OBX" and fields[2] == "NM"]


def test_research_gets_every_result_in_words() -> None:
    for sample in corpus(False):
        text = sent(sample, "research").value or b""
        results = [label.value for label in sample.labels if label.category is Category.HEALTH_RESULT]
        assert [result for result in results if result.encode(sample.charset) not in text] == [], sample.name


def test_a_policy_that_allows_only_a_name_lets_no_test_result_or_comment_leave() -> None:
    for sample in corpus(False):
        text = readable(sample, sent(sample, NAME_ONLY).value or b"")
        results = [label.value for label in sample.labels if label.category is Category.HEALTH_RESULT and len(label.value) > 3]
        assert [result for result in results if _stands(result, text)] == [], sample.name
        assert not any(word in text for word in ("2345-7", "prélèvement", "enceinte", "contrôle")), sample.name
        names = [label.value.casefold() for label in sample.labels if label.category is Category.PERSON_NAME]
        assert not names or any(name in text for name in names), sample.name


@pytest.mark.parametrize("drift", [False, True])
def test_care_gets_every_record_byte_for_byte(drift: bool) -> None:
    for sample in corpus(drift):
        outcome = outcomes(a_record(sample.data), ruleset("care"))[0]
        assert Verdict.CLEAR is outcome.decision.verdict
        assert outcome.forward is not None
        assert sample.data == outcome.forward.value


def test_acting_on_an_outcome_again_changes_nothing() -> None:
    for sample in corpus(False):
        once = sent(sample, "research")
        again = outcomes(a_record(once.value), ruleset("research"))[0]
        assert again.forward is not None
        assert once.value == again.forward.value, sample.name
