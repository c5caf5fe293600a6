"""Labelled CDA and FHIR documents in XML through the shipped policies, alone and nested: what leaves, what stays, what is well formed."""

import base64
import html
import json
import re
from functools import cache
from itertools import islice
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Category, Reason, Verdict
from stream.synth.label import Label, Sample
from stream.synth.panels import ANALYTES
from stream.synth.traffic import Mix, traffic
from tests.support.rulesets import a_record, outcomes, ruleset

FORMATS = ("cda", "fhir_xml", "hprim_xml")
SEED, SIZE = 20261127, 60
_IDENTITY = ("person", "contact", "insurance", "professional", "credential")
_WAYS = [(form, drift) for form in FORMATS for drift in (False, True)]
_FAMILIES = ["person", "contact", "professional", "health.test", "health.result", "health.text", "sample", "admin"]
by_way = pytest.mark.parametrize(("form", "drift"), _WAYS, ids=lambda value: value if isinstance(value, str) else ("known", "drift")[value])


@cache
def corpus(form: str, drift: bool = False) -> tuple[Sample, ...]:
    return tuple(islice(traffic(SEED, drift, Mix(formats=(form,))), SIZE))


def sent(data: bytes, policy: str) -> bytes:
    outcome = outcomes(a_record(data), ruleset(policy))[0]
    assert outcome.forward is not None, outcome.decision.reasons
    return outcome.forward.value or b""


def left(sample: Sample, outcome: bytes) -> list[Label]:
    """The planted identifiers that still stand there. A patient may be called as an analyte: labels of tests do not count."""
    text = html.unescape(outcome.decode()).casefold()
    text = re.sub("|".join(re.escape(analyte.label.casefold()) for analyte in ANALYTES), "", text)
    planted = [each for each in sample.labels if each.category.split(".")[0] in _IDENTITY and each.category is not Category.PERSON_SEX]
    return [each for each in planted if re.search(rf"(?<![\w.]){re.escape(html.unescape(each.value).casefold())}(?![\w.])", text)]


def results(sample: Sample) -> list[str]:
    """Those that are numbers."""
    values = (label.value for label in sample.labels if label.category is Category.HEALTH_RESULT)
    return [value for value in values if re.fullmatch(r"\d+(\.\d+)?", value)]


def values(outcome: bytes) -> list[str]:
    """What attributes and texts of an outcome hold, in their order."""
    return [text for element in ET.fromstring(outcome).iter() for text in (*element.attrib.values(), element.text or "")]


@by_way
def test_research_gets_no_planted_identifier(form: str, drift: bool) -> None:
    assert [(sample.name, found) for sample in corpus(form, drift) for found in left(sample, sent(sample.data, "research"))] == []


@by_way
def test_research_gets_every_numeric_result(form: str, drift: bool) -> None:
    for sample in corpus(form, drift):
        kept = values(sent(sample.data, "research"))
        assert [result for result in results(sample) if result not in kept] == [], sample.name


@by_way
def test_care_gets_every_byte(form: str, drift: bool) -> None:
    for sample in corpus(form, drift):
        assert sent(sample.data, "care") == sample.data


@by_way
def test_acting_on_an_outcome_again_changes_nothing(form: str, drift: bool) -> None:
    for sample in corpus(form, drift):
        once = sent(sample.data, "research")
        assert sent(once, "research") == once, sample.name


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(_WAYS), st.integers(0, SIZE - 1), st.lists(st.sampled_from(_FAMILIES), unique=True, max_size=5), st.booleans())
def test_whatever_a_policy_takes_away_the_outcome_is_well_formed(way: tuple[str, bool], number: int, kept: list[str], masks: bool) -> None:
    allow = "".join(f"  - {{category: {family}}}\n" for family in kept)
    policy = (f"allow:\n{allow}" if allow else "") + f"unknown_structure: remove\ndefault: {'mask' if masks else 'remove'}\n"
    outcome = outcomes(a_record(corpus(*way)[number].data), ruleset(policy))[0]

    if outcome.forward is not None:
        ET.fromstring(outcome.forward.value or b"")


@pytest.mark.parametrize("form", FORMATS)
def test_a_policy_that_allows_only_tests_lets_no_result_or_comment_leave(form: str) -> None:
    policy = "allow:\n  - {category: health.test}\nunknown_structure: remove\ndefault: remove\n"
    for sample in corpus(form):
        outcome = outcomes(a_record(sample.data), ruleset(policy))[0]
        assert outcome.forward is not None
        said = values(outcome.forward.value or b"")
        assert [result for result in results(sample) if len(result) > 2 and result in said] == [], sample.name
        assert not any("hémolysé" in each or "enceinte" in each for each in said), sample.name


def test_an_insurer_gets_the_acts_and_whom_they_are_billed_for() -> None:
    for sample in corpus("hprim_xml"):
        said = values(sent(sample.data, "insurer"))
        acts = [label.value for label in sample.labels if label.category is Category.ADMIN_ACT and label.value.isdigit()]  # VIH is a topic
        names = [label.value for label in sample.labels if label.category is Category.PERSON_NAME]
        doctors = {label.value for label in sample.labels if label.category is Category.PROFESSIONAL_NAME} - {*names}
        assert [each for each in (*acts, names[0]) if each not in said] == [], sample.name
        assert [each for each in said if each in doctors] == [], sample.name


# ---- nested -----------------------------------------------------------------------------------------------------------


def in_hl7(data: bytes) -> bytes:
    return (
        b"MSH|^~\\&|A|B|C|D|20240912||ORU^R01^ORU_R01|1|P|2.5||||||UNICODE UTF-8\rOBX|1|ED|11502-2^CR^LN||^AP^XML^Base64^"
        + base64.b64encode(data)
        + b"||||||F\r"
    )


def from_hl7(outcome: bytes) -> bytes:
    return base64.b64decode(outcome.split(b"^Base64^")[1].split(b"|")[0])


def in_hl7_text(data: bytes) -> bytes:
    escapes = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\X0A\\"}
    text = "".join(escapes.get(character, character) for character in data.decode())
    return b"MSH|^~\\&|A|B|C|D|20240912||ORU^R01^ORU_R01|1|P|2.5||||||UNICODE UTF-8\rNTE|1|L|" + text.encode() + b"\r"


def from_hl7_text(outcome: bytes) -> bytes:
    escapes = {"E": b"\\", "F": b"|", "S": b"^", "T": b"&", "R": b"~", "X0A": b"\n"}
    return re.sub(rb"\\([A-Z0-9]+)\\", lambda found: escapes[found[1].decode()], outcome.split(b"NTE|1|L|")[1].split(b"\r")[0])


def in_json(data: bytes) -> bytes:
    return json.dumps({"compteRendu": data.decode()}).encode()


def from_json(outcome: bytes) -> bytes:
    text: str = json.loads(outcome)["compteRendu"]
    return text.encode()


def in_base64_in_json(data: bytes) -> bytes:
    return json.dumps({"presentedForm": [{"contentType": "text/xml", "data": base64.b64encode(data).decode()}]}).encode()


def from_base64_in_json(outcome: bytes) -> bytes:
    return base64.b64decode(json.loads(outcome)["presentedForm"][0]["data"])


def in_escaped_xml(data: bytes) -> bytes:
    return b"<document><contenu>" + html.escape(data.decode()).encode() + b"</contenu></document>"


def from_escaped_xml(outcome: bytes) -> bytes:
    return (ET.fromstring(outcome)[0].text or "").encode()


def in_cdata(data: bytes) -> bytes:
    return b"<document><contenu><![CDATA[" + data + b"]]></contenu></document>"


def in_utf16(data: bytes) -> bytes:
    return data.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16")


def from_utf16(outcome: bytes) -> bytes:
    return outcome.decode("utf-16").replace("UTF-16", "UTF-8").encode()


def in_cda(data: bytes) -> bytes:
    body = b'<text mediaType="text/xml" representation="B64">\n' + base64.encodebytes(data).strip() + b"\n</text>"
    return b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>' + body + b"</nonXMLBody></component></ClinicalDocument>"


def in_indented_cda(data: bytes) -> bytes:
    return in_cda(data).replace(b"\n", b"\r\n\t\t")


def from_cda(outcome: bytes) -> bytes:
    return base64.b64decode(ET.fromstring(outcome)[0][0][0].text or "")


_NESTS = {
    "base64 in HL7": (in_hl7, from_hl7),
    "text in HL7": (in_hl7_text, from_hl7_text),
    "text in JSON": (in_json, from_json),
    "base64 in JSON": (in_base64_in_json, from_base64_in_json),
    "escaped in XML": (in_escaped_xml, from_escaped_xml),
    "CDATA in XML": (in_cdata, from_escaped_xml),
    "UTF-16": (in_utf16, from_utf16),
    "base64 in CDA": (in_cda, from_cda),
    "indented base64 in CDA": (in_indented_cda, from_cda),
}


@pytest.mark.parametrize("nest", _NESTS)
def test_what_is_nested_is_acted_on_as_if_it_stood_alone(nest: str) -> None:
    wrap, unwrap = _NESTS[nest]
    for sample in corpus("cda")[:12]:
        assert unwrap(sent(wrap(sample.data), "research")) == sent(sample.data, "research"), sample.name


def test_a_text_with_tags_in_it_stays_a_text() -> None:
    data = json.dumps({"patient": {"nom": "DURANDEL"}, "commentaire": "<p>Tube de <b>Durandel</b> coagulé</p>"}, ensure_ascii=False)

    assert "<p>Tube de <b>***</b> coagulé</p>" == json.loads(sent(data.encode(), "research"))["commentaire"]


@pytest.mark.parametrize("inner", ["<z><nom>LEGALLOIS</nom></z>", "<z>&#76;EGALLOIS</z>", "<z a='1'><b nir='x'/>LEGALLOIS</z>"])
def test_what_is_known_or_spelled_in_a_text_makes_it_a_document(inner: str) -> None:
    data = json.dumps({"commentaire": inner})

    assert "EGALLOIS" not in sent(data.encode(), "research").decode()


def test_a_name_is_found_again_in_the_comments_and_attachments_of_its_document() -> None:
    data = (
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><patient><name><family>DURANDEL</family></name></patient>'
        b"</patientRole></recordTarget><component><structuredBody><component><section><text>vu Durandel hier</text>"
        b"<entry><observationMedia>"
        b'<value representation="B64">' + base64.b64encode(b"Compte rendu de DURANDEL") + b"</value></observationMedia></entry></section>"
        b"</component></structuredBody></component></ClinicalDocument>"
    )
    outcome = sent(data, "research")

    assert b"<text>vu *** hier</text>" in outcome
    assert base64.b64decode(re.findall(rb'B64">(.*?)<', outcome)[0]) == b"Compte rendu de ***"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!DOCTYPE a [<!ENTITY x 'DURANDEL'>]><a>&x;</a>", Reason.DOCUMENT_TYPE),
        (b"<a>" * 100_000 + b"</a>" * 100_000, Reason.TOO_DEEP),
        (b"<a><b></a></b>", Reason.UNDECODABLE),
        (b'<a b="' + b"x" * 100_000, Reason.UNDECODABLE),
    ],
    ids=["entities", "depth", "crossed", "unclosed"],
)
def test_attacks_are_held_on_every_route_that_inspects(data: bytes, reason: Reason) -> None:
    for outcome in outcomes(a_record(data), ruleset("research", "insurer")):
        assert outcome.decision[:2] == (Verdict.QUARANTINE, (reason,))


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(_WAYS), st.integers(0, SIZE - 1), st.integers(0, 5000), st.integers(0, 30), st.binary(max_size=10))
def test_no_mutation_makes_the_core_raise(way: tuple[str, bool], number: int, at: int, cut: int, new: bytes) -> None:
    data = corpus(*way)[number].data
    mutated = data[:at] + new + data[at + cut :]

    for outcome in outcomes(a_record(mutated), ruleset("care", "research", "insurer")):
        assert Reason.EXCEPTION not in outcome.decision.reasons
