"""What the key dictionary makes of documents as laboratories, hospitals and FHIR servers write them. All persons are invented."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.decode.json import FORMAT
from stream.core.decode.json.keys import keys_of
from stream.core.decode.names import KEPT, ROOT, context
from stream.core.roles import ROLES, TREAT
from stream.core.values import Columns, Document, Limits, Origin, Part, PartKind, Treat


def read(value: Any) -> Document:
    data = json.dumps(value, ensure_ascii=False).encode()
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns)
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


def roles(value: Any) -> dict[str, str]:
    """Role name of each value by its path."""
    document = read(value)
    named = [(FORMAT.path(document, leaf), ROLES[role].name) for leaf, role in enumerate(document.columns.role)]
    return {path: name for path, name in named if not name.startswith("key")}


_EXPORT = {
    "N_DOSSIER": "person.local_number",
    "NOM": "person.name.family",
    "NOM_JF": "person.name.family",
    "PRENOM": "person.name.given",
    "DDN": "person.birth_date",
    "SEXE": "person.sex",
    "NO_SECU": "person.nir",
    "CLE": "person.nir",
    "RANG": "insurance.member",
    "ADRESSE": "contact.address",
    "ADR2": "contact.address",
    "CP": "contact.postcode",
    "VILLE": "contact.city",
    "TEL": "contact.phone",
    "PORT": "contact.phone",
    "MAIL": "contact.email",
    "GROUPE": "person.blood_group",
    "MEDECIN_TRT": "professional.name.full",
    "RPPS": "professional.number",
    "MUTUELLE": "insurance.insurer",
    "ADHERENT": "insurance.member",
    "ALD": "insurance.member",
    "IBAN": "insurance.account",
    "LOGIN_WEB": "credential.login",
    "MDP_WEB": "credential.password",
    "COMMENTAIRE": "health.text",
    "RENS_CLIN": "health.text",
    "CONJOINT": "relative.name.full",
    "NDA": "person.visit_number",
    "TRAITEMENT": "drug.label",
    "DIAGNOSTIC": "diagnosis.label",
}


@pytest.mark.parametrize(("key", "role"), _EXPORT.items())
@pytest.mark.parametrize("spell", [str, str.lower, str.title, lambda key: key.replace("_", "-"), lambda key: key.replace("_", "")])
def test_a_column_of_an_export_is_known_however_it_is_spelt(key: str, role: str, spell: Any) -> None:
    assert roles({spell(key): "x"}) == {spell(key): role}


@pytest.mark.parametrize(
    ("key", "role", "why"),
    [
        ("patientName", "person.name.full", "a context and a key, English order"),
        ("nom_patient", "person.name.family", "the same, French order"),
        ("nomMedecin", "professional.name.family", "a name is the name of who is meant"),
        ("tel_medecin", "professional.contact", "a phone too"),
        ("prescripteurRpps", "professional.number", "the plural s of the dictionary is no trap"),
        ("libelleAnalyse", "test.label", "a label of a test"),
        ("Numéro de téléphone", "contact.phone", "accents and blanks"),
        ("téléphones", "contact.phone", "plural"),
        ("tel2", "contact.phone", "numbered"),
    ],
)
def test_a_key_of_several_known_words_is_known(key: str, role: str, why: str) -> None:
    assert roles({key: "x"}) == {key: role}, why


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("patientDURANDEL", "a name beside a known word"),
        ("nir_284033599931111", "a number beside a known word"),
        ("nomДюран", "letters that fold to nothing"),
        ("vih", "a key that tells a test is data itself"),
        ("enceinte", "a key that tells a state is data itself"),
        ("nom\u200bX", "an invisible character"),
        ("n" * 65, "longer than any key"),
    ],
)
def test_a_key_that_holds_more_than_known_words_is_data(key: str, why: str) -> None:
    document = read({key: "x"})
    assert ROLES[document.columns.role[0]].name == "key.unknown", why
    assert FORMAT.path(document, 1) == "#1"


_ORDER = {
    "messageId": "MSG1",
    "laboratoire": {"nom": "LABO TEST", "finess": "990000010"},
    "patient": {
        "identifiants": [{"type": "INS", "valeur": "284033599931111"}, {"type": "IPP", "valeur": "8009912345"}],
        "nom": "DURANDEL",
        "contacts": [{"lien": "conjoint", "nom": "LEGALLOIS", "telephone": "0199001234"}],
        "adresse": {"rue": "12 RUE DES LICES", "cp": "35000", "ville": "RENNES"},
        "mutuelle": {"nom": "MUTUELLE-TEST", "code": "75500017", "numero": "ADH1"},
        "poids": {"valeur": 61, "unite": "kg"},
        "zzz": 35000,
    },
    "prescripteur": {"nom": "KERVELLA", "code": "KER01", "telephone": "0199001235"},
    "prelevement": {"numero": "LAB-1", "type": "Sang", "date": "2024-09-12"},
    "references": [{"resultat": {"reference": "Observation/1"}}],
    "resultats": [
        {
            "reference": "0.70 - 1.10",
            "code": "21198-7",
            "nom": "bHCG",
            "valeur": "18250",
            "unite": "UI/L",
            "norme": "0 - 5",
            "flag": "H",
            "statut": "F",
        }
    ],
}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("messageId", "technical.control"),
        ("laboratoire.nom", "establishment.name"),
        ("laboratoire.finess", "establishment.number"),
        ("patient.identifiants[1].valeur", "person.ins"),
        ("patient.identifiants[2].valeur", "person.local_number"),
        ("patient.nom", "person.name.family"),
        ("patient.contacts[1].nom", "relative.name.family"),
        ("patient.contacts[1].lien", "relative.attribute"),
        ("patient.adresse.cp", "contact.postcode"),
        ("patient.mutuelle.nom", "insurance.insurer"),
        ("patient.mutuelle.numero", "insurance.member"),
        ("patient.poids.valeur", "result.number"),
        ("patient.#7", "unknown"),
        ("prescripteur.nom", "professional.name.family"),
        ("prescripteur.code", "professional.number"),
        ("prescripteur.telephone", "professional.contact"),
        ("prelevement.numero", "sample.number"),
        ("prelevement.type", "sample.kind"),
        ("resultats[1].code", "test.code"),
        ("resultats[1].nom", "test.label"),
        ("resultats[1].reference", "result.range"),
        ("references[1].resultat.reference", "technical.text"),
        ("resultats[1].valeur", "result.number"),
        ("resultats[1].unite", "result.unit"),
        ("resultats[1].norme", "result.range"),
        ("resultats[1].flag", "result.flag"),
        ("resultats[1].statut", "result.status"),
    ],
)
def test_the_same_key_means_what_its_object_is_about(path: str, role: str) -> None:
    assert roles(_ORDER)[path] == role


_PATIENT = {
    "resourceType": "Patient",
    "id": "8009912345",
    "identifier": [
        {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "284033599931111"},
        {"type": {"coding": [{"code": "PI"}]}, "value": "8009912345"},
    ],
    "name": [{"family": "DURANDEL", "given": ["Elodie", "Marie"]}],
    "birthDate": "1984-03-12",
    "deceasedBoolean": False,
    "telecom": [{"system": "email", "value": "elodie.d@example.org"}, {"system": "phone", "value": "0199001234"}],
    "address": [{"line": ["12 rue des Lices"], "city": "Rennes", "postalCode": "35000"}],
    "contact": [{"name": {"family": "LEGALLOIS"}}],
    "generalPractitioner": [{"display": "Dr KERVELLA"}],
}
_OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "21198-7", "display": "beta-HCG"}], "text": "beta-HCG"},
    "subject": {"reference": "urn:uuid:p1", "display": "Mme DURANDEL"},
    "performer": [{"display": "Dr KERVELLA"}],
    "valueQuantity": {"value": 18250, "unit": "UI/L", "code": "[iU]/L"},
    "referenceRange": [{"low": {"value": 0}, "high": {"value": 5}, "text": "0-5"}],
    "interpretation": [{"coding": [{"code": "H"}]}],
    "note": [{"text": "grossesse 7 SA"}],
}
_CONDITION = {"resourceType": "Condition", "code": {"coding": [{"code": "B20"}], "text": "VIH"}}
_BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": _PATIENT}, {"resource": _OBSERVATION}, {"resource": _CONDITION}]}
_FHIR = [
    ("entry[1].resource.id", "person.local_number"),
    ("entry[1].resource.identifier[1].value", "person.ins"),
    ("entry[1].resource.identifier[2].value", "person.local_number"),
    ("entry[1].resource.name[1].family", "person.name.family"),
    ("entry[1].resource.name[1].given[2]", "person.name.given"),
    ("entry[1].resource.deceasedBoolean", "person.death"),
    ("entry[1].resource.telecom[1].value", "contact.email"),
    ("entry[1].resource.telecom[2].value", "contact.phone"),
    ("entry[1].resource.address[1].line[1]", "contact.address"),
    ("entry[1].resource.contact[1].name.family", "relative.name.family"),
    ("entry[1].resource.generalPractitioner[1].display", "professional.name.full"),
    ("entry[2].resource.code.coding[1].system", "test.system"),
    ("entry[2].resource.code.coding[1].code", "test.code"),
    ("entry[2].resource.code.text", "test.label"),
    ("entry[2].resource.subject.display", "person.name.full"),
    ("entry[2].resource.performer[1].display", "professional.name.full"),
    ("entry[2].resource.valueQuantity.value", "result.number"),
    ("entry[2].resource.valueQuantity.code", "result.unit"),
    ("entry[2].resource.referenceRange[1].high.value", "result.range"),
    ("entry[2].resource.interpretation[1].coding[1].code", "result.flag"),
    ("entry[2].resource.note[1].text", "health.text"),
    ("entry[3].resource.code.coding[1].code", "diagnosis.code"),
    ("entry[3].resource.code.text", "diagnosis.label"),
]


@pytest.mark.parametrize(("path", "role"), _FHIR)
def test_fhir_comes_out_of_the_same_dictionary(path: str, role: str) -> None:
    assert roles(_BUNDLE)[path] == role


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(element) for element in value] if isinstance(value, list) else value


def test_a_resource_type_counts_wherever_it_stands_in_its_resource() -> None:
    assert roles(_sorted(_BUNDLE)) == roles(_BUNDLE)


def test_a_fhir_result_is_one_group_with_its_code_range_and_notes() -> None:
    document = read(_BUNDLE)
    (first, last), *others = document.columns.groups
    assert others == []
    paths = [FORMAT.path(document, leaf) for leaf in range(first, last)]
    assert paths[0] == "entry[2].resource.resourceType"
    assert paths[-1] == "entry[2].resource.note[1].text"


@pytest.mark.parametrize(
    ("value", "path", "role", "why"),
    [
        ({"xx": 5.2}, "#1", "unknown.number", "a number"),
        ({"xx": "5,2"}, "#1", "unknown.number", "a number as text"),
        ({"xx": 18250}, "#1", "unknown.number", "a JSON number is no postcode"),
        ({"xx": "18250"}, "#1", "unknown", "five digits alone may be a postcode"),
        ({"xx": "18250", "yy": "UI/L"}, "#1", "unknown.number", "beside a unit they are a result"),
        ({"yy": "21198-7", "xx": "18250"}, "#2", "unknown.number", "beside a LOINC code too"),
        ({"yy": {"u": "UI/L"}, "xx": ["18250"]}, "#2[1]", "unknown.number", "a unit below, and a list"),
        ({"xx": 639981234}, "#1", "unknown", "a phone number as a number"),
        ({"tel": 639981234}, "tel", "contact.phone", "a known key wins"),
        ({"xx": "µmol/L"}, "#1", "unknown.unit", "a unit"),
        ({"xx": True}, "#1", "unknown.literal", "a literal"),
        ({"nom": None}, "nom", "unknown.literal", "null says nothing, whatever the key"),
        ({"decede": True}, "decede", "person.death", "true says something under a known key"),
        ({"patient": {"xx": 35000}}, "patient.#1", "unknown", "in a person nothing is a measurement"),
        ({"valeur": "négatif"}, "valeur", "result.text", "a result in words"),
        ({"valeur": "284033599931111"}, "valeur", "result.text", "no measurement: scanned"),
    ],
)
def test_a_value_without_a_known_key_is_told_by_its_shape(value: Any, path: str, role: str, why: str) -> None:
    assert roles(value)[path] == role, why


def test_a_unit_with_the_slash_escaped_is_still_a_unit() -> None:
    data = rb'{"xx":"g\/L"}'
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns)
    assert ROLES[columns.role[1]].name == "unknown.unit"


def _starts(value: Any) -> list[str]:
    """The path of the first leaf of each scope."""
    document = read(value)
    return [FORMAT.path(document, leaf) for leaf in document.columns.scopes]


_A = {"nom": "DURANDEL", "ddn": "1984-03-12", "resultats": [{"test": "Na", "valeur": 140}, {"test": "K", "valeur": 4}]}
_B = {"nom": "LEGALLOIS", "ddn": "1961-04-18"}
_OTHER = {**_PATIENT, "id": "000777"}


@pytest.mark.parametrize(
    ("value", "expected", "why"),
    [
        (_A, [], "one patient; his results are no further ones"),
        ({"patients": [_A, _B]}, ["patients[1].nom", "patients[2].nom"], "two patients"),
        ({"data": {"xx": [_A, _B]}}, ["data.#1[1].nom", "data.#1[2].nom"], "under an unknown key too"),
        ([_A, _B], ["[1].nom", "[2].nom"], "rows at the top"),
        ([{"xx": "1"}, {"xx": "2"}], ["[1].#1", "[2].#1"], "rows at the top, whatever they hold"),
        ({"patients": [_A]}, [], "one element is the record as a whole"),
        ({"patient": {"nom": "A", "contacts": [_A, _B]}}, [], "relatives are no subjects"),
        ({"patient": {"visites": [_A, _B]}}, [], "within one patient"),
        ({"identifiants": [{"type": "INS", "valeur": "1"}, {"type": "PI", "valeur": "2"}]}, [], "two numbers of one person"),
        (_BUNDLE, [], "one patient with what was observed"),
        (
            {"resourceType": "Bundle", "entry": [{"resource": entry} for entry in (_PATIENT, _OBSERVATION, _OTHER)]},
            ["entry[1].resource", "entry[3].resource"],
            "two patients; what follows a patient is about that one",
        ),
    ],
)
def test_a_scope_starts_with_each_further_person(value: Any, expected: list[str], why: str) -> None:
    assert _starts(value) == expected, why


def test_documents_one_a_line_are_rows() -> None:
    data = b'{"nom":"DURANDEL"}\n{"nom":"LEGALLOIS"}\n'
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns)
    document = Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))
    assert [FORMAT.path(document, leaf) for leaf in columns.scopes] == ["[1].nom", "[2].nom"]


def test_a_value_is_named_by_its_key_and_an_element_by_the_key_of_its_array() -> None:
    document = read({"note": "a", "xs": ["b", {"t": "c"}], "": "d"})
    texts = [FORMAT.text(document, leaf).text for leaf in range(len(document.columns.start))]
    named = [texts[label] if label >= 0 else "" for label in document.columns.labels]
    assert dict(zip(texts, named, strict=True)) == {"note": "", "a": "note", "xs": "", "b": "xs", "t": "", "c": "t", "d": ""}


def test_a_row_of_results_that_names_its_patient_is_no_analysis() -> None:
    assert roles({"resultats": [{"nom": "DURANDEL", "prenom": "ELODIE", "analyse": "VIH"}]})["resultats[1].nom"] == "person.name.family"
    assert roles({"resultats": [{"NOM": "DURANDEL", "PRENOM": "ELODIE", "EXAMEN": "VIH"}]})["resultats[1].NOM"] == "person.name.family"


def test_groups_are_the_innermost_results_and_disjoint() -> None:
    document = read({"valeur": 1, "xs": [{"valeur": 2, "unite": "g/L"}, {"valeur": 3}]})
    assert [FORMAT.path(document, first) for first, _ in document.columns.groups] == ["#2[1].valeur", "#2[2].valeur"]
    assert all(last <= first for (_, last), (first, _) in pairwise(document.columns.groups))


_names = st.sampled_from(
    ["nom", "patient", "resultats", "valeur", "unite", "identifiants", "type", "prescripteur", "note", "xx", "value", "code", "entry"]
)
_things = st.recursive(
    st.sampled_from([None, True, 5.2, "18250", "UI/L", "21198-7", "DURANDEL", "", "H"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_names, _things, max_size=4))
def test_every_leaf_has_a_role_and_groups_and_scopes_are_within_the_leaves(value: Any) -> None:
    columns = read(value).columns
    count = len(columns.start)
    assert max(columns.role, default=0) < len(ROLES)
    assert all(0 <= first < last <= count for first, last in columns.groups)
    assert all(last <= first for (_, last), (first, _) in pairwise(columns.groups))
    assert list(columns.scopes) == sorted({scope for scope in columns.scopes if scope < count})
    assert all(-1 <= label < leaf for leaf, label in enumerate(columns.labels))


@pytest.mark.parametrize("table", ["patient", "relative", "professional", "insurer", "establishment"])
def test_nothing_unknown_about_a_person_or_body_is_left_unscanned(table: str) -> None:
    entry = context(table).entry("zz9x")
    assert entry.judge is not None
    assert all(TREAT[entry.judge(value, False)] == Treat.UNKNOWN for value in (b"35000", b"5.2", b"A", b"g/L"))


def test_unknown_keys_do_not_fill_the_memory() -> None:
    for number in range(10_000):
        assert ROOT.entry(f"key of nobody {number}") is keys_of(ROOT)[b"key of nobody %d" % number]
    assert len(ROOT.known) <= KEPT
    assert len(keys_of(ROOT)) <= KEPT
