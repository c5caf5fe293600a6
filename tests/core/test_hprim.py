"""Labelled files of HPRIM Sante and HPRIM Medecin through the shipped policies: what leaves, what stays, what is whole. In several
charsets, with names and numbers cut in two, under other names, and hidden in other formats."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from functools import cache
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Category, SequenceKind, Status, Urgency, Verdict
from stream.core.judge import inspect
from stream.core.sequence import sequences
from stream.core.triage import triage
from stream.synth.label import Label, Sample
from stream.synth.panels import ANALYTES
from stream.synth.traffic import Mix, traffic
from tests.core.decode.hprim import CUT, LETTER, PREGNANT, REPORT, TWO_PATIENTS
from tests.support.rulesets import a_record, forwarded, outcomes, ruleset

SANTE, MEDECIN = "hprim_sante", "hprim_medecin"
_IDENTITY = ("person", "contact", "insurance", "professional", "credential")
_SENT = {Category.PERSON_SEX}  # that the research policy allows
_RESULTS = {SANTE: ("OBX", 5), MEDECIN: ("RES", 4)}
_CONTINUED = b"\r\nA|"


@cache
def corpus(format_: str, drift: bool = False) -> tuple[Sample, ...]:
    return tuple(islice(traffic(20261127, drift, Mix((format_,), dirt=0.3)), 120))


def lines(sample: Sample, data: bytes) -> list[str]:
    """The lines of an outcome, with those that were cut made whole."""
    return data.replace(_CONTINUED, b"").decode(sample.charset).split("\r\n")


def readable(sample: Sample, data: bytes) -> str:
    """The text of an outcome with its escapes undone, in one case, without the labels of its tests: a patient may be called Fer."""
    text = re.sub(r"\\[A-Z]\\", "", "\n".join(lines(sample, data))).casefold()
    return re.sub("|".join(re.escape(analyte.label.casefold()) for analyte in ANALYTES), "", text)


def left(sample: Sample, data: bytes) -> list[Label]:
    """The planted identifiers that still stand in an outcome."""
    text = readable(sample, data)
    identities = [label for label in sample.labels if label.category.split(".")[0] in _IDENTITY and label.category not in _SENT]
    return [label for label in identities if re.search(rf"(?<![\w.]){re.escape(label.value.casefold())}(?![\w.])", text)]


def grammar(sample: Sample, data: bytes) -> list[tuple[str, int]]:
    """What a receiver counts on: the lines, which of them are marks or segments, and their number of fields."""
    return [
        (line if line.startswith("****") else line.partition("|")[0] if "|" in line else "", line.count("|"))
        for line in lines(sample, data)
    ]


def results(sample: Sample, data: bytes) -> list[str]:
    name, field = _RESULTS[sample.format]
    return [line.split("|")[field] for line in lines(sample, data) if line.startswith(f"{name}|")]


@pytest.mark.parametrize("format_", [SANTE, MEDECIN])
@pytest.mark.parametrize("drift", [False, True], ids=["as known", "the site's own lines renamed"])
def test_research_gets_every_numeric_result_and_no_planted_identifier(format_: str, drift: bool) -> None:
    for sample in corpus(format_, drift):
        value = forwarded(sample.data, "research")

        assert [(label.category, label.value) for label in left(sample, value)] == [], sample.name
        assert results(sample, sample.data) == results(sample, value), sample.name


@pytest.mark.parametrize("format_", [SANTE, MEDECIN])
@pytest.mark.parametrize("policy", ["research", "insurer"])
def test_an_outcome_has_the_lines_and_fields_of_the_original_and_is_an_outcome_of_itself(format_: str, policy: str) -> None:
    for sample in corpus(format_):
        value = forwarded(sample.data, policy)

        assert format_ in {document.format.name for document in inspect(a_record(value), ruleset(policy)).documents}, sample.name
        assert grammar(sample, sample.data) == grammar(sample, value), sample.name
        assert value == forwarded(value, policy), sample.name


@pytest.mark.parametrize("format_", [SANTE, MEDECIN])
@pytest.mark.parametrize("charset", ["mac_roman", "cp850"])
def test_an_old_charset_hides_no_identifier(format_: str, charset: str) -> None:
    written = [(sample, sample.data.replace(_CONTINUED, b"").decode(sample.charset)) for sample in corpus(format_)]
    old = [
        (sample, text.lstrip("\ufeff"))
        for sample, text in written
        if text.encode(charset, "ignore").decode(charset) == text.lstrip("\ufeff")
    ]

    assert len(old) > 60
    for sample, text in old:
        assert left(sample._replace(charset=charset), forwarded(text.encode(charset), "research")) == [], sample.name


@pytest.mark.parametrize("format_", [SANTE, MEDECIN])
def test_care_gets_every_file_byte_for_byte(format_: str) -> None:
    for sample in corpus(format_):
        outcome = outcomes(a_record(sample.data), ruleset("care"))[0]

        assert outcome.decision.verdict is Verdict.CLEAR
        assert outcome.forward is not None
        assert outcome.forward.value == sample.data


@pytest.mark.parametrize("format_", [SANTE, MEDECIN])
def test_every_charset_and_both_widths_occur(format_: str) -> None:
    assert len({sample.charset for sample in corpus(format_)}) >= 3
    cut = [sample for sample in corpus(format_) if any(_CONTINUED in sample.data[label.start : label.end] for label in sample.labels)]
    assert bool(cut) is (format_ == SANTE)


@pytest.mark.parametrize("segment", [b"AP", b"AC", b"C", b"OBR", b"OBX"])
def test_a_segment_under_another_name_leaks_nothing(segment: bytes) -> None:
    for sample in corpus(SANTE)[:60]:
        data = sample.data.replace(b"\r\n" + segment + b"|", b"\r\nXQ|")

        outcome = outcomes(a_record(data), ruleset("research"))[0]

        assert outcome.forward is None or not left(sample, outcome.forward.value or b""), sample.name


_WRAPPED: list[tuple[Callable[[bytes], bytes], Callable[[bytes], bytes], str]] = [
    (gzip.compress, gzip.decompress, "gzip"),
    (base64.b64encode, base64.b64decode, "base64"),
    (lambda data: json.dumps({"note": data.decode()}).encode(), lambda data: str(json.loads(data)["note"]).encode(), "a value of JSON"),
    (
        lambda data: b"MSH|^~\\&|A\rOBX|1|ED|CR||^AP^TEXT^Base64^" + base64.b64encode(data) + b"||||||F\r",
        lambda data: base64.b64decode(data.split(b"^")[-1].split(b"|")[0]),
        "an attachment of HL7",
    ),
    (lambda data: data.decode().encode("utf-16"), lambda data: data.decode("utf-16").encode(), "UTF-16"),
]


@pytest.mark.parametrize("data", [PREGNANT, CUT, REPORT, LETTER, TWO_PATIENTS], ids=["usual", "cut", "report", "letter", "two patients"])
@pytest.mark.parametrize(("wrap", "unwrap"), [each[:2] for each in _WRAPPED], ids=[each[2] for each in _WRAPPED])
def test_a_file_within_another_is_redacted_as_if_it_stood_alone(
    data: bytes, wrap: Callable[[bytes], bytes], unwrap: Callable[[bytes], bytes]
) -> None:
    assert unwrap(forwarded(wrap(data), "research")) == forwarded(data, "research")


def test_a_file_in_a_header_of_the_record_is_read_as_one() -> None:
    seen = inspect(a_record(None, None, (("copie", b"H|~^\\&|F\r\nP|1||||DURANDEL"),)), ruleset("research"))

    assert seen.documents[-1].format.name == SANTE


def test_a_name_is_remembered_for_its_own_patient_only() -> None:
    data = TWO_PATIENTS.replace(b"PSA total", b"DURANDEL LEGALLOIS PSA total")

    assert b"DURANDEL *** PSA total" in forwarded(data, "research")


def test_the_name_of_a_file_is_searched_for_every_patient() -> None:
    data = PREGNANT.replace(b"ORU0042", b"DURANDEL_ORU").replace(
        b"L|1", PREGNANT.split(b"\r\n")[1].replace(b"DURANDEL", b"BEAUMANOIR") + b"\r\nL|1"
    )
    seen = inspect(a_record(data), ruleset("research"))

    found = {seen.documents[0].format.path(seen.documents[0], place.leaf) for finding in seen.findings for place in finding.places}

    assert "H.3" in found


# ---- what the guard asks of a record --------------------------------------------------------------------------------

_TRIAGE = [
    (PREGNANT, Urgency.ROUTINE, Status.FINAL, "routine and final"),
    (PREGNANT.replace(b"~L|R||", b"~L|S||"), Urgency.URGENT, Status.FINAL, "asked for at once"),
    (PREGNANT.replace(b"|H|||F", b"|HH|||C"), Urgency.CRITICAL, Status.CORRECTED, "a critical value that was corrected"),
    (CUT.replace(b"||||||F", b"||||||P"), Urgency.ROUTINE, Status.PRELIMINARY, "preliminary"),
    (REPORT, Urgency.ROUTINE, Status.FINAL, "a report"),
    (REPORT.replace(b"|N|F|", b"|HH|P|"), Urgency.CRITICAL, Status.PRELIMINARY, "a critical value in a report"),
    (LETTER, Urgency.ROUTINE, Status.UNSTATED, "text says nothing"),
]


@pytest.mark.parametrize(("data", "urgency", "status", "why"), _TRIAGE)
def test_urgency_and_status_are_told(data: bytes, urgency: Urgency, status: Status, why: str) -> None:
    assert triage(inspect(a_record(data), ruleset("care")).documents)[:2] == (urgency, status), why


_SEQUENCES = [
    (PREGNANT, PREGNANT.replace(b"18250", b"18300"), True, "the same order of the same sender"),
    (PREGNANT, PREGNANT.replace(b"LAB2409120042", b"LAB2409120043"), False, "another order"),
    (PREGNANT, PREGNANT.replace(b"|LABT~", b"|LABX~"), False, "another sender"),
    (CUT, CUT.replace(b"POSITIF A CONFIRMER", b"NEGATIF"), True, "the placer's number, where the filler gives none"),
    (REPORT, REPORT.replace(b"NEGATIF", b"POSITIF"), True, "the same record of the same sender"),
    (REPORT, REPORT.replace(b"LAB2409120042", b"LAB2409120043"), False, "another record"),
]


@pytest.mark.parametrize(("one", "other", "same", "why"), _SEQUENCES)
def test_files_about_one_order_are_one_sequence(one: bytes, other: bytes, same: bool, why: str) -> None:
    first, second = (sequences(inspect(a_record(data), ruleset("care")), SequenceKind.ORDER, b"k" * 32).advances for data in (one, other))

    assert (first == second) is same, why


def test_each_patient_of_a_file_is_a_subject() -> None:
    assert [subject.identifier.value for subject in inspect(a_record(TWO_PATIENTS), ruleset("care")).subjects] == [
        "2840335999311",
        "1610456999207",
    ]
    assert [subject.identifier.value for subject in inspect(a_record(PREGNANT), ruleset("care")).subjects] == ["8009912345"]


# ---- laws -----------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([PREGNANT, CUT, REPORT, TWO_PATIENTS]), st.integers(0, 900), st.integers(0, 30), st.binary(max_size=10))
def test_no_mutation_is_forwarded_unlike_its_own_outcome(data: bytes, at: int, cut: int, new: bytes) -> None:
    mutated = data[:at] + new + data[at + cut :]
    once = outcomes(a_record(mutated), ruleset("research"))[0].forward

    if once is not None:
        again = outcomes(a_record(once.value), ruleset("research"))[0].forward
        assert again is not None
        assert again.value == once.value
