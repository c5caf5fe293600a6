"""Labelled FHIR bundles through the shipped policies: what leaves, what stays, what is linked, and whether it is still FHIR."""

import json
import re
from functools import cache
from itertools import islice
from random import Random
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Category, SequenceKind, Status, Urgency, Verdict
from stream.core.judge import inspect
from stream.core.pseudonym import is_pseudonym
from stream.core.sequence import Sequences, sequences
from stream.core.triage import triage
from stream.synth.label import Label, Sample
from stream.synth.panels import ANALYTES
from stream.synth.traffic import Mix, traffic
from tests.support.rulesets import a_record, forwarded, outcomes, ruleset

SEED, SIZE = 20261127, 60
_IDENTITY = ("person", "contact", "insurance", "professional", "credential")
_FAMILIES = ["person", "contact", "professional", "health.test", "health.result", "health.text", "sample", "admin", "technical"]
by_drift = pytest.mark.parametrize("drift", [False, True], ids=["as known", "every key renamed"])


@cache
def corpus(drift: bool = False) -> tuple[Sample, ...]:
    return tuple(islice(traffic(SEED, drift, Mix(formats=("fhir",))), SIZE))


def left(sample: Sample, outcome: bytes) -> list[Label]:
    """The planted identifiers that still stand there. A patient may be called as an analyte: labels of tests do not count."""
    text = outcome.decode().replace('\\"', '"').casefold()
    text = re.sub("|".join(re.escape(analyte.label.casefold()) for analyte in ANALYTES), "", text)
    planted = [each for each in sample.labels if each.category.split(".")[0] in _IDENTITY and each.category is not Category.PERSON_SEX]
    return [each for each in planted if re.search(rf"(?<![\w.]){re.escape(each.value.casefold())}(?![\w.])", text)]


def numbers(data: bytes) -> list[str]:
    """The numbers of a document, as written."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    json.loads(data, parse_float=keep, parse_int=keep)
    return found


@by_drift
def test_research_gets_no_planted_identifier(drift: bool) -> None:
    assert [(sample.name, found) for sample in corpus(drift) for found in left(sample, forwarded(sample.data, "research"))] == []


@by_drift
def test_research_gets_every_numeric_result(drift: bool) -> None:
    for sample in corpus(drift):
        assert numbers(sample.data) == numbers(forwarded(sample.data, "research")), sample.name


@by_drift
def test_care_gets_every_byte(drift: bool) -> None:
    for sample in corpus(drift):
        assert sample.data == forwarded(sample.data, "care")


@by_drift
def test_acting_on_an_outcome_again_changes_nothing(drift: bool) -> None:
    for sample in corpus(drift):
        for policy in ("research", "insurer"):
            once = forwarded(sample.data, policy)
            assert once == forwarded(once, policy), sample.name


@settings(deadline=None, max_examples=60)
@given(st.integers(0, SIZE - 1), st.lists(st.sampled_from(_FAMILIES), unique=True, max_size=5), st.booleans())
def test_whatever_a_policy_takes_away_the_outcome_is_fhir(number: int, kept: list[str], masks: bool) -> None:
    allow = "".join(f"  - {{category: {family}}}\n" for family in kept)
    policy = (f"allow:\n{allow}" if allow else "") + f"unknown_structure: remove\ndefault: {'mask' if masks else 'remove'}\n"
    outcome = outcomes(a_record(corpus()[number].data), ruleset(policy))[0]

    if outcome.forward is not None:
        Bundle.model_validate_json(outcome.forward.value or b"")


@pytest.mark.parametrize("policy", ["research", "insurer"])
def test_what_the_shipped_policies_send_is_fhir(policy: str) -> None:
    for sample in corpus():
        Bundle.model_validate_json(sample.data)
        Bundle.model_validate_json(forwarded(sample.data, policy))


def test_a_policy_that_allows_only_tests_lets_no_result_or_comment_leave() -> None:
    policy = "allow:\n  - {category: health.test}\nunknown_structure: remove\ndefault: remove\n"
    for sample in corpus():
        outcome = forwarded(sample.data, policy)
        assert [] == numbers(outcome), sample.name
        assert not any(word in outcome.decode() for word in ("hémolysé", "enceinte")), sample.name


# ---- links ------------------------------------------------------------------------------------------------------------


def entry(type_: str, number: str = "", **elements: Any) -> dict[str, Any]:
    """An entry of a bundle, under the URL of its number."""
    named = {"id": number} if number else {}
    url = {"fullUrl": f"https://fhir.labo.example/r4/{type_}/{number}"} if number else {}
    return {**url, "resource": {"resourceType": type_, **named, **elements}}


def bundle(*entries: Any) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, ensure_ascii=False).encode()


_A = entry("Patient", "8009912345", name=[{"family": "DURANDEL", "given": ["ELODIE"]}], telecom=[{"value": "0199001234"}])
_B = entry("Patient", "8009967890", name=[{"family": "LEGALLOIS", "given": ["MARCEL"]}], birthDate="1961-04-18")
_SUBJECT = {"reference": "Patient/8009912345"}
_CODE: dict[str, Any] = {"code": {"text": "Glucose"}, "status": "final"}


def test_a_patients_pseudonym_links_id_url_and_references() -> None:
    data = bundle(_A, entry("Observation", subject=_SUBJECT, **_CODE), entry("ServiceRequest", "PRE-5512", subject=_SUBJECT))
    patient, observation, order = json.loads(forwarded(data, "research"))["entry"]
    number = patient["resource"]["id"]

    assert is_pseudonym(number)
    assert patient["fullUrl"] == f"https://fhir.labo.example/r4/Patient/{number}"
    assert {each["resource"]["subject"]["reference"] for each in (observation, order)} == {f"Patient/{number}"}
    assert is_pseudonym(order["resource"]["id"])


def test_what_is_taught_by_one_entry_is_found_in_all() -> None:
    data = bundle(
        entry("Observation", note=[{"text": "Durandel Elodie vue, et M. Legallois, 18/04/1961"}], **_CODE),
        _A,
        _B,
        entry("DiagnosticReport", conclusion="appeler Elodie Durandel au 01 99 00 12 34, pas Marcel", **_CODE),
    )
    outcome = forwarded(data, "research").decode().casefold()

    assert [] == [word for word in ("durandel", "elodie", "legallois", "marcel", "18/04", "01 99") if word in outcome]


def test_a_patient_who_hangs_in_a_report_is_known_in_all_of_it() -> None:
    contained = [{"resourceType": "Patient", "id": "p1", "name": [{"family": "DURANDEL"}]}]
    data = bundle(entry("DiagnosticReport", contained=contained, subject={"reference": "#p1"}, conclusion="Vu DURANDEL", **_CODE))
    report = json.loads(forwarded(data, "research"))["entry"][0]["resource"]

    assert "Vu ***" == report["conclusion"]
    assert "#p1" == report["subject"]["reference"]


def test_every_patient_of_a_bundle_is_a_subject() -> None:
    of_b = entry("Observation", subject={"reference": "Patient/8009967890"}, **_CODE)
    of_a = entry("Observation", subject=_SUBJECT, **_CODE)

    def counted(*entries: Any) -> int:
        return len({each.identifier for each in inspect(a_record(bundle(*entries)), ruleset()).subjects})

    assert [1, 2, 2, 2] == [counted(_A, of_a), counted(_A, _B, of_a, of_b), counted(of_a, of_b, of_a), counted(_A, of_b)]


def test_a_result_goes_with_its_narrative_components_and_notes() -> None:
    narrative = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Glucose : 0.92</p></div>'}
    whole = entry(
        "Observation",
        text=narrative,
        valueQuantity={"value": 0.92, "unit": "g/L"},
        component=[{"valueInteger": 3}],
        note=[{"text": "vue"}],
        **_CODE,
    )
    policy = "allow:\n  - {category: health.test}\n  - {category: health.text}\nunknown_structure: remove\ndefault: remove\n"
    outcome = forwarded(bundle(whole), policy).decode()

    assert "Glucose" in outcome
    assert not any(value in outcome for value in ("0.92", "vue", ": 3"))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, SIZE - 1), min_size=2, max_size=3, unique=True), st.randoms())
def test_bundles_in_one_hide_no_identifier_in_each_other(mixed: list[int], order: Random) -> None:
    samples = [corpus()[number] for number in mixed]
    entries = [each for sample in samples for each in json.loads(sample.data)["entry"]]
    order.shuffle(entries)
    outcome = forwarded(bundle(*entries), "research")

    assert [] == [label for sample in samples for label in left(sample, outcome)]
    patients = {label.subject for sample in samples for label in sample.labels if label.subject}
    assert len(patients) <= len(inspect(a_record(bundle(*entries)), ruleset()).subjects)


@pytest.mark.parametrize("written", ["json", "xml"])
def test_a_pseudonym_links_in_json_and_in_xml(written: str) -> None:
    data = {
        "json": bundle(_A, entry("Observation", subject=_SUBJECT, **_CODE)),
        "xml": b'<Bundle xmlns="http://hl7.org/fhir"><entry><fullUrl value="https://x.example/Patient/8009912345"/><resource><Patient>'
        b'<id value="8009912345"/></Patient></resource></entry><entry><resource><Observation><subject>'
        b'<reference value="Patient/8009912345"/></subject></Observation></resource></entry></Bundle>',
    }[written]
    found = re.findall(rb"pq1-[a-z2-7]{8}-[a-z2-7]{26}", outcome := forwarded(data, "research"))

    assert [found[0]] * 3 == found
    assert 2 == outcome.count(b"Patient/" + found[0])


def test_outside_of_its_resources_a_document_is_plain_json() -> None:
    value = {"nom": "DURANDEL", "corps": json.loads(bundle(_A))}
    outcome = json.loads(forwarded(json.dumps(value).encode(), "research"))

    assert "" == outcome["nom"]
    assert "_family" in outcome["corps"]["entry"][0]["resource"]["name"][0]


# ---- triage and sequence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "urgency", "status"),
    [
        ([entry("ServiceRequest", priority="stat")], Urgency.URGENT, Status.UNSTATED),
        ([entry("ServiceRequest", priority="asap", status="active")], Urgency.URGENT, Status.UNSTATED),
        ([entry("ServiceRequest", priority="routine")], Urgency.ROUTINE, Status.UNSTATED),
        ([entry("Observation", interpretation=[{"coding": [{"code": "HH"}]}], **_CODE)], Urgency.CRITICAL, Status.FINAL),
        ([entry("Observation", interpretation=[{"coding": [{"code": "AA"}]}], status="preliminary")], Urgency.CRITICAL, Status.PRELIMINARY),
        ([entry("DiagnosticReport", status="amended")], Urgency.ROUTINE, Status.CORRECTED),
        ([entry("DiagnosticReport", status="corrected"), entry("Observation", **_CODE)], Urgency.ROUTINE, Status.CORRECTED),
        ([entry("DiagnosticReport", status="entered-in-error")], Urgency.ROUTINE, Status.CANCELLED),
    ],
)
def test_fhir_says_how_urgent_and_final_it_is(entries: Any, urgency: Urgency, status: Status) -> None:
    told = triage(inspect(a_record(bundle(*entries)), ruleset()).documents)

    assert (urgency, status) == (told.urgency, told.status)


def test_reports_of_one_order_follow_each_other() -> None:
    def told(number: str, status: str, sender: str = "LABO") -> Sequences:
        identifier = [{"type": {"coding": [{"code": "FILL"}]}, "value": number}]
        header = entry("MessageHeader", source={"endpoint": sender})
        data = bundle(header, entry("DiagnosticReport", identifier=identifier, status=status))
        return sequences(inspect(a_record(data), ruleset()), SequenceKind.ORDER, b"k" * 32)

    first = told("LAB-1", "final")
    assert set(first.advances) & set(told("LAB-1", "amended").follows)
    assert not set(first.advances) & set(told("LAB-2", "final").follows)
    assert not set(first.advances) & set(told("LAB-1", "final", "AUTRE").follows)


def test_care_is_not_asked() -> None:
    assert Verdict.CLEAR is outcomes(a_record(bundle(_A, _B)), ruleset("care"))[0].decision.verdict
