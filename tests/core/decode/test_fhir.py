"""What the places of FHIR mean in its JSON, which results and persons are told apart, and how a value is said to be absent. All persons are
invented."""

import json
from typing import Any

import pytest

from stream.core.decode.json import FORMAT
from stream.core.decode.links import linked
from stream.core.decode.tables import TABLES
from stream.core.roles import INDEX, ROLES
from stream.core.values import Columns, Document, Edit, Limits, Origin, Part, PartKind

UUID = "5f0c8a52-0d6c-4d5e-8f8e-0d2c8a520d6c"
_HL7 = "http://hl7.org/fhir/StructureDefinition"
_CORE = "https://hl7.fr/ig/fhir/core/StructureDefinition"
MASKED = {"url": f"{_HL7}/data-absent-reason", "valueCode": "masked"}


def read(value: Any) -> Document:
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns)
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


def places(value: Any) -> dict[str, tuple[str, str]]:
    """Role and text of each value by its path."""
    document = read(value)
    found = {}
    for leaf, role in enumerate(document.columns.role):
        if not ROLES[role].name.startswith("key"):
            found[FORMAT.path(document, leaf)] = ROLES[role].name, FORMAT.text(document, leaf).text
    return found


def resource(type_: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": type_, **elements}


# ---- places -----------------------------------------------------------------------------------------------------------

_INS = {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "284033599931111"}


def typed(code: str, value: str) -> dict[str, Any]:
    return {"type": {"coding": [{"code": code}]}, "value": value}


@pytest.mark.parametrize(
    ("value", "path", "role", "text"),
    [
        (resource("Patient", identifier=[_INS]), "identifier[1].value", "person.ins", "284033599931111"),
        (resource("Patient", identifier=[typed("PI", "8009912345")]), "identifier[1].value", "person.local_number", "8009912345"),
        (resource("Patient", identifier=[{"value": "8009912345"}]), "identifier[1].value", "person.identifier", "8009912345"),
        (resource("RelatedPerson", identifier=[_INS]), "identifier[1].value", "relative.nir", "284033599931111"),
        (resource("RelatedPerson", name=[{"family": "LEGALLOIS"}]), "name[1].family", "relative.name.family", "LEGALLOIS"),
        (resource("Patient", contact=[{"name": {"text": "Mère"}}]), "contact[1].name.text", "relative.name.full", "Mère"),
        (
            resource("Patient", link=[{"other": {"reference": "Patient/777001"}}]),
            "link[1].other.reference",
            "person.prior_number",
            "777001",
        ),
        (resource("Practitioner", name=[{"family": "KERVELLA"}]), "name[1].family", "professional.name.family", "KERVELLA"),
        (resource("Practitioner", telecom=[{"value": "0199001234"}]), "telecom[1].value", "professional.contact", "0199001234"),
        (resource("Organization", name="LABO TEST"), "name", "establishment.name", "LABO TEST"),
        (resource("Encounter", identifier=[{"value": "V240912001"}]), "identifier[1].value", "person.visit_number", "V240912001"),
        (resource("Encounter", status="finished"), "status", "admin.code", "finished"),
        (resource("Coverage", subscriberId="ADH0099"), "subscriberId", "insurance.member", "ADH0099"),
        (resource("Coverage", payor=[{"display": "MUTUELLE"}]), "payor[1].display", "insurance.insurer", "MUTUELLE"),
        (resource("Coverage", subscriber={"display": "M. LEGALLOIS"}), "subscriber.display", "relative.name.full", "M. LEGALLOIS"),
        (resource("Observation", valueQuantity={"value": 5.2}), "valueQuantity.value", "result.number", "5.2"),
        (resource("Observation", valueQuantity={"value": 5, "comparator": "<"}), "valueQuantity.comparator", "result.flag", "<"),
        (resource("Observation", valueRatio={"numerator": {"value": 1}}), "valueRatio.numerator.value", "result.number", "1"),
        (resource("Observation", valueString="positif"), "valueString", "result.text", "positif"),
        (resource("Observation", valueCodeableConcept={"text": "Négatif"}), "valueCodeableConcept.text", "result.text", "Négatif"),
        (resource("Observation", component=[{"valueInteger": 3}]), "component[1].valueInteger", "result.number", "3"),
        (resource("Observation", component=[{"code": {"text": "VIH"}}]), "component[1].code.text", "test.label", "VIH"),
        (resource("Observation", interpretation=[{"coding": [{"code": "HH"}]}]), "interpretation[1].coding[1].code", "result.flag", "HH"),
        (resource("Observation", referenceRange=[{"low": {"value": 3}}]), "referenceRange[1].low.value", "result.range", "3"),
        (resource("Observation", note=[{"text": "vue hier"}]), "note[1].text", "health.text", "vue hier"),
        (resource("Observation", note=[{"authorString": "Dr K"}]), "note[1].authorString", "professional.name.full", "Dr K"),
        (resource("Observation", status="amended"), "status", "result.status", "amended"),
        (resource("DiagnosticReport", conclusion="PSA 14,2"), "conclusion", "health.text", "PSA 14,2"),
        (resource("DiagnosticReport", conclusionCode=[{"text": "VIH"}]), "conclusionCode[1].text", "diagnosis.label", "VIH"),
        (resource("DiagnosticReport", presentedForm=[{"title": "X.pdf"}]), "presentedForm[1].title", "health.text", "X.pdf"),
        (resource("DiagnosticReport", identifier=[{"value": "R1"}]), "identifier[1].value", "order.filler", "R1"),
        (resource("ServiceRequest", identifier=[typed("FILL", "F-1")]), "identifier[1].value", "order.filler", "F-1"),
        (resource("ServiceRequest", identifier=[typed("PLAC", "P-1")]), "identifier[1].value", "order.placer", "P-1"),
        (resource("ServiceRequest", priority="stat"), "priority", "order.priority", "stat"),
        (resource("ServiceRequest", reasonCode=[{"text": "grossesse"}]), "reasonCode[1].text", "diagnosis.label", "grossesse"),
        (resource("Specimen", accessionIdentifier={"value": "LAB-1"}), "accessionIdentifier.value", "sample.number", "LAB-1"),
        (resource("Specimen", type={"text": "Sang"}), "type.text", "sample.kind", "Sang"),
        (
            resource("Specimen", collection={"collector": {"display": "IDE R"}}),
            "collection.collector.display",
            "professional.name.full",
            "IDE R",
        ),
        (resource("Condition", code={"text": "VIH"}), "code.text", "diagnosis.label", "VIH"),
        (resource("FamilyMemberHistory", name="Jeanne"), "name", "relative.name.full", "Jeanne"),
        (resource("MedicationRequest", dosageInstruction=[{"text": "1/j"}]), "dosageInstruction[1].text", "drug.label", "1/j"),
        (resource("MedicationStatement", medicationCodeableConcept={"text": "X"}), "medicationCodeableConcept.text", "drug.label", "X"),
        (resource("Procedure", code={"text": "FIV"}), "code.text", "test.label", "FIV"),
        (
            resource("DocumentReference", content=[{"attachment": {"data": "aGVsbG8="}}]),
            "content[1].attachment.data",
            "result.attachment",
            "aGVsbG8=",
        ),
        (resource("Composition", section=[{"title": "Sérologie"}]), "section[1].title", "health.text", "Sérologie"),
        (resource("Binary", data="aGVsbG8="), "data", "result.attachment", "aGVsbG8="),
        (resource("QuestionnaireResponse", item=[{"text": "À jeun ?"}]), "item[1].text", "test.label", "À jeun ?"),
        (resource("QuestionnaireResponse", item=[{"answer": [{"valueString": "X Y"}]}]), "item[1].answer[1].valueString", "unknown", "X Y"),
        (
            resource("QuestionnaireResponse", item=[{"answer": [{"valueDecimal": 1.5}]}]),
            "item[1].answer[1].valueDecimal",
            "result.number",
            "1.5",
        ),
        (resource("Bundle", identifier={"value": "MSG1"}), "identifier.value", "technical.control", "MSG1"),
        (resource("Parameters", parameter=[{"name": "a", "valueString": "X Y"}]), "parameter[1].valueString", "unknown", "X Y"),
        (
            resource("Parameters", parameter=[{"valueIdentifier": _INS}]),
            "parameter[1].valueIdentifier.value",
            "person.ins",
            "284033599931111",
        ),
        (resource("MessageHeader", source={"endpoint": "LABO"}), "source.endpoint", "establishment.sender", "LABO"),
        (resource("OperationOutcome", issue=[{"diagnostics": "M. X"}]), "issue[1].diagnostics", "admin.text", "M. X"),
        (
            resource("Observation", contained=[resource("Patient", birthDate="1984-03-12")]),
            "contained[1].birthDate",
            "person.birth_date",
            "1984-03-12",
        ),
        (resource("Observation", subject={"identifier": _INS}), "subject.identifier.value", "person.ins", "284033599931111"),
        (resource("Observation", meta={"security": [{"code": "R"}]}), "meta.security[1].code", "admin.code", "R"),
        (resource("Observation", vq=5.2), "#2", "unknown.number", "5.2"),
        (resource("Patient", vq="X Y"), "#2", "unknown", "X Y"),
        (resource("Appareil", nom="X"), "nom", "person.name.family", "X"),
    ],
)
def test_an_element_means_what_its_type_says(value: Any, path: str, role: str, text: str) -> None:
    assert places(value)[path] == (role, text)


@pytest.mark.parametrize(
    ("extension", "role"),
    [
        ({"url": f"{_HL7}/patient-birthPlace", "valueAddress": {"city": "RENNES"}}, "person.birth_place"),
        ({"url": f"{_HL7}/patient-birthTime", "valueDateTime": "1984-03-12T04:20:00Z"}, "person.birth_date"),
        ({"valueString": "ELODIE MARIE", "url": f"{_CORE}/fr-core-patient-birth-list-given-name"}, "person.name.given"),
        ({"url": f"{_HL7}/patient-mothersMaidenName", "valueString": "MARTINEAU"}, "relative.name.family"),
        (
            {"extension": [{"url": "identityStatus", "valueCoding": {"code": "VALI"}}], "url": f"{_CORE}/fr-core-identity-reliability"},
            "admin.code",
        ),
        ({"url": f"{_HL7}/data-absent-reason", "valueCode": "masked"}, "structure.code"),
        ({"url": f"{_HL7}/data-absent-reason", "valueCode": "DURANDEL"}, "unknown"),
        ({"url": "https://labo.example/x", "valueString": "DURANDEL"}, "unknown"),
        ({"url": "https://labo.example/x", "valueHumanName": {"family": "DURANDEL"}}, "person.name.family"),
        ({"url": "https://labo.example/x", "valueIdentifier": _INS}, "person.ins"),
    ],
)
def test_the_value_of_an_extension_is_what_its_url_says(extension: Any, role: str) -> None:
    said = places(resource("Patient", extension=[extension]))

    assert role in {name for name, text in said.values() if not text.startswith("urn:")}


def test_an_extension_of_a_primitive_is_of_its_person() -> None:
    birth = {"extension": [{"url": f"{_HL7}/patient-birthTime", "valueDateTime": "1984-03-12T04:20:00Z"}]}

    assert "person.birth_date" == places(resource("Patient", _birthDate=birth))["_birthDate.extension[1].valueDateTime"][0]


def test_the_url_of_an_extension_is_a_name_and_known_where_it_is_published() -> None:
    document = read(resource("Patient", extension=[{"url": "https://labo.example/DURANDEL"}, {"url": f"{_HL7}/patient-religion"}]))
    strange = [FORMAT.text(document, leaf).text for leaf, role in enumerate(document.columns.role) if role == INDEX["key.unknown"]]

    assert ["https://labo.example/DURANDEL"] == strange


def test_words_of_the_format_are_no_places() -> None:
    value = resource("Patient", name=[{"use": "official"}], telecom=[{"system": "phone"}], text={"status": "generated"})

    assert {} == places(value)
    assert {"name[1].use": ("technical.code", "DURANDEL")} == places(resource("Patient", name=[{"use": "DURANDEL"}]))


def test_tables_of_objects_exist_and_roles_too() -> None:
    lines = [line for table in TABLES.values() for line in table.values()]
    below = {line.below.partition("@")[0] for line in lines if line.below != "-"}

    assert {name for name in below if name[0].isupper()} <= set(TABLES) | {"Contained", "Control"}
    roles = {line.role for line in lines if not line.role.startswith((".", "id:"))}
    assert roles <= set(INDEX) | {"?", "result", "reference", "link", "structure", "system", "name"}


# ---- ids and references -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "role", "part"),
    [
        ("Patient/8009912345", "person.local_number", "8009912345"),
        ("Patient/8009912345/_history/2", "person.local_number", "8009912345"),
        ("https://fhir.labo.example/r4/Patient/8009912345", "person.local_number", "8009912345"),
        (r"https:\/\/fhir.labo.example\/r4\/Patient\/8009912345", "person.local_number", "8009912345"),
        ("Patient?identifier=urn:oid:1.2.3|8009912345", "person.local_number", "8009912345"),
        ("https://x.example/8009912345/Patient/1", "technical.text", "https://x.example/8009912345/Patient/1"),
        ("https://x.example/ipp8009912345/Patient/1", "person.local_number", "https://x.example/ipp8009912345/Patient/1"),
        ("Practitioner/99900000011", "professional.number", "99900000011"),
        ("Encounter/V240912001", "person.visit_number", "V240912001"),
        ("ServiceRequest/PRE-5512", "sample.number", "PRE-5512"),
        ("#8009912345", "person.local_number", "8009912345"),
        ("8009912345", "person.local_number", "8009912345"),
        ("urn:uuid:8009912345", "person.local_number", "8009912345"),
        (f"Patient/{UUID}", "structure.code", UUID),
        (f"urn:uuid:{UUID}", "technical.text", f"urn:uuid:{UUID}"),
        ("urn:uuid:p1", "technical.text", "urn:uuid:p1"),
        ("#p1", "structure.code", "p1"),
        ("Patient/123", "person.local_number", "123"),
        ("Patient/durandel-elodie", "person.local_number", "durandel-elodie"),
        ("Device/8009912345", "technical.text", "Device/8009912345"),
        ("M. DURANDEL 8009912345", "technical.text", "M. DURANDEL 8009912345"),
        pytest.param("urn:uuid:" + "1" * 600, "technical.text", "urn:uuid:" + "1" * 600, id="too long"),
    ],
)
def test_the_number_in_a_reference_is_told_apart(value: str, role: str, part: str) -> None:
    found = linked(value.encode(), INDEX["person.local_number"])

    assert (role, part) == (ROLES[found.role].name, value[found.start : found.end])


@pytest.mark.parametrize(
    ("kind", "id_", "role"),
    [
        ("Patient", "8009912345", "person.local_number"),
        ("Patient", UUID, "structure.code"),
        ("Patient", "p1", "structure.code"),
        ("Practitioner", "99900000011", "professional.number"),
        ("Observation", "OBS-240912-1", "sample.number"),
    ],
)
def test_an_id_that_is_a_number_is_one(kind: str, id_: str, role: str) -> None:
    assert (role, id_) == places(resource(kind, id=id_))["id"]


def test_the_number_of_a_patient_in_the_url_of_an_entry_is_one() -> None:
    value = resource("Bundle", entry=[{"fullUrl": "https://x.example/Patient/8009912345", "request": {"url": "Patient/8009912345"}}])

    assert {("person.local_number", "8009912345")} == set(places(value).values())


# ---- results and persons ----------------------------------------------------------------------------------------------


def test_an_observation_is_one_result_with_its_components_and_notes() -> None:
    one = resource("Observation", component=[{"valueInteger": 3}, {"valueInteger": 4}], note=[{"text": "vue"}], status="final")
    document = read(resource("Bundle", entry=[{"resource": one}, {"resource": one}]))
    groups = document.columns.groups

    assert 2 == len(groups)
    first, last = groups[0]
    inside = [FORMAT.path(document, leaf) for leaf in range(first, last)]
    assert {"entry[1].resource.component[2].valueInteger", "entry[1].resource.note[1].text", "entry[1].resource.status"} <= set(inside)


def bundle(*resources: Any) -> Any:
    return resource("Bundle", entry=[{"resource": each} for each in resources])


_A, _B = resource("Patient", id="8009912345"), resource("Patient", id="8009967890")
_OF_A, _OF_B = (resource("Observation", subject={"reference": f"Patient/{number}"}) for number in ("8009912345", "8009967890"))


@pytest.mark.parametrize(
    ("value", "scopes", "why"),
    [
        (bundle(_A, _OF_A, _OF_A), 0, "one patient and what refers to it"),
        (bundle(_OF_A, _A), 0, "whatever comes first"),
        (bundle(_A, _B, _OF_A, _OF_B), 2, "two patients"),
        (bundle(_OF_A, _OF_B, _OF_A), 2, "two patients by reference only"),
        (bundle(_A, _OF_B), 2, "one by reference"),
        (bundle(resource("Observation", contained=[_A, _B])), 2, "two contained"),
        (resource("Parameters", parameter=[{"resource": _A}, {"resource": _B}]), 2, "two parameters"),
        (bundle(_A, resource("RelatedPerson", id="8009900001"), resource("Practitioner", id="99900000011")), 0, "others are nobody"),
    ],
)
def test_each_further_patient_opens_a_scope(value: Any, scopes: int, why: str) -> None:
    assert scopes == len(read(value).columns.scopes), why


def test_lines_of_fhir_are_about_the_patients_they_name() -> None:
    lines = [json.dumps(each).encode() for each in (_A, _OF_A, _B)]

    assert 2 == len(read(b"\n".join(lines)).columns.scopes)


# ---- absent -----------------------------------------------------------------------------------------------------------


def without(value: Any, *paths: str) -> Any:
    """What is left when the values at these paths are removed."""
    document = read(value)
    data = bytearray(document.data)
    for leaf in reversed(range(len(document.columns.start))):
        if FORMAT.path(document, leaf) in paths and not ROLES[document.columns.role[leaf]].name.startswith("key"):
            written = FORMAT.write(document, leaf, None)
            assert written is not None
            edit = written if isinstance(written, Edit) else Edit(document.columns.start[leaf], document.columns.end[leaf], written)
            data[edit.start : edit.end] = edit.new
    return json.loads(data)


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        (resource("Patient", birthDate="1984"), "birthDate", resource("Patient", _birthDate={"extension": [MASKED]})),
        (resource("Patient", deceasedBoolean=True), "deceasedBoolean", resource("Patient", _deceasedBoolean={"extension": [MASKED]})),
        (resource("Patient", id="8009912345", active=True), "id", resource("Patient", active=True)),
        ({"id": "8009912345", **resource("Patient")}, "id", resource("Patient")),
        (
            resource("Patient", name=[{"given": ["A B"]}]),
            "name[1].given[1]",
            resource("Patient", name=[{"_given": [{"extension": [MASKED]}]}]),
        ),
        (resource("Patient", name=[{"given": ["A", "B"]}]), "name[1].given[2]", resource("Patient", name=[{"given": ["A", None]}])),
        (
            resource("Patient", birthDate="1984", _birthDate={"id": "x"}),
            "birthDate",
            resource("Patient", birthDate=None, _birthDate={"id": "x"}),
        ),
        (
            resource("Observation", subject={"reference": "Patient/8009912345"}),
            "subject.reference",
            resource("Observation", subject={"_reference": {"extension": [MASKED]}}),
        ),
        (
            resource("Patient", extension=[{"url": "https://labo.example/x", "valueString": "X Y"}]),
            "extension[1].valueString",
            resource("Patient", extension=[{"url": "https://labo.example/x", "extension": [MASKED]}]),
        ),
        (
            resource("Observation", text={"div": "<p>&nbsp;X</p>"}),
            "text.div",
            resource("Observation", text={"div": '<div xmlns="http://www.w3.org/1999/xhtml"/>'}),
        ),
        ({"ipp": "8009912345", "corps": resource("Patient")}, "ipp", {"ipp": "", "corps": resource("Patient")}),
        ({"corps": resource("Patient"), "valeur": 5}, "valeur", {"corps": resource("Patient"), "valeur": None}),
    ],
)
def test_absent_is_said_as_fhir_says_it(value: Any, path: str, expected: Any) -> None:
    assert expected == without(value, path)


def test_all_that_is_removed_at_once_leaves_json() -> None:
    value = resource("Patient", id="8009912345", name=[{"family": "DURANDEL", "given": ["ELODIE"]}], gender="female")
    left = without(value, "id", "name[1].family", "name[1].given[1]", "gender")

    masked = {"extension": [MASKED]}
    assert resource("Patient", name=[{"_family": masked, "_given": [masked]}], _gender=masked) == left
