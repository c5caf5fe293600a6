"""What the places of CDA R2, HPRIM XML and FHIR XML mean, and how they say that a value is absent."""

import pytest

from stream.core.decode.xml.cda import CDA
from stream.core.decode.xml.hprim import HPRIM
from stream.core.decode.xml.nodes import node
from stream.core.roles import INDEX
from tests.core.decode.xml import places, read, roles, texts, without

_HEADER = b"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="cda.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">
<recordTarget><patientRole classCode="PAT">
<id extension="284033599931111" root="1.2.250.1.213.1.4.8"/><id root="1.2.250.1.999.1.3" extension="8009912345"/>
<id root="7d3a2b1c-0f6e-4a5b-9c8d-1e2f3a4b5c6d"/>
<addr use="H">12 rue <houseNumber>12</houseNumber><postalCode>35000</postalCode><city>RENNES</city></addr>
<telecom value="tel:0199001234" use="H"/><telecom value="MAILTO:elodie@example.org"/>
<patient><name use="L">Mme <family qualifier="BR">DURANDEL</family><given>ELODIE</given></name>
<administrativeGenderCode code="F"/><birthTime value="19840312"/><sdtc:deceasedTime value="20240101"/>
<guardian><guardianPerson><name><family>MARTINEAU</family></name></guardianPerson></guardian>
<birthplace><place><name>Maternite</name><addr><city>VANNES</city></addr></place></birthplace></patient>
</patientRole></recordTarget>
<author><time value="20240912"/><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="99900000011"/>
<assignedPerson><name><family>KERVELLA</family></name></assignedPerson>
<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1990000010"/><name>LABO TEST</name></representedOrganization>
</assignedAuthor></author>
<informant><relatedEntity classCode="ECON"><telecom value="tel:0261911234"/><relatedPerson><name><given>JEANNE</given></name>
</relatedPerson></relatedEntity></informant>
<participant typeCode="IND"><associatedEntity classCode="NOK"><associatedPerson><name><given>PAUL</given></name></associatedPerson>
</associatedEntity></participant>
<participant typeCode="REF"><associatedEntity classCode="PROV"><associatedPerson><name><given>YANN</given></name></associatedPerson>
</associatedEntity></participant>
<inFulfillmentOf><order><id root="1.2.3" extension="PRE-5512"/></order></inFulfillmentOf>
<componentOf><encompassingEncounter><id root="1.2.4" extension="V240912001"/></encompassingEncounter></componentOf>
</ClinicalDocument>"""


def test_the_header_of_cda_is_known() -> None:
    assert roles(_HEADER) | {"PAT": ""} == {
        'xml-stylesheet type="text/xsl" href="cda.xsl"': "technical.text",
        "284033599931111": "person.ins",
        "1.2.250.1.213.1.4.8": "structure.code",
        "1.2.250.1.999.1.3": "structure.code",
        "8009912345": "person.identifier",
        "7d3a2b1c-0f6e-4a5b-9c8d-1e2f3a4b5c6d": "person.identifier",
        "12 rue": "contact.address",
        "12": "contact.address",
        "35000": "contact.postcode",
        "RENNES": "contact.city",
        "0199001234": "contact.phone",
        "elodie@example.org": "contact.email",
        "Mme": "person.name.full",
        "DURANDEL": "person.name.family",
        "ELODIE": "person.name.given",
        "F": "person.sex",
        "19840312": "person.birth_date",
        "20240101": "person.death",
        "MARTINEAU": "relative.name.family",
        "Maternite": "person.birth_place",
        "VANNES": "person.birth_place",
        "20240912": "admin.date",
        "1.2.250.1.71.4.2.1": "structure.code",
        "99900000011": "professional.number",
        "KERVELLA": "professional.name.family",
        "1.2.250.1.71.4.2.2": "structure.code",
        "1990000010": "establishment.number",
        "LABO TEST": "establishment.name",
        "0261911234": "contact.phone",
        "JEANNE": "relative.name.given",
        "PAUL": "relative.name.given",
        "YANN": "professional.name.given",
        "1.2.3": "structure.code",
        "PRE-5512": "order.placer",
        "1.2.4": "structure.code",
        "V240912001": "person.visit_number",
        "PAT": "",
    }


def test_the_secure_mail_of_a_patient_is_the_patients_wherever_it_stands() -> None:
    data = (
        b'<ClinicalDocument><author><assignedAuthor><telecom value="mailto:284033599931111@patient.mssante.fr"/>'
        b'<telecom value="mailto:yann@mssante.example"/></assignedAuthor></author></ClinicalDocument>'
    )

    assert roles(data) == {"284033599931111@patient.mssante.fr": "contact.email", "yann@mssante.example": "professional.contact"}


def test_what_takes_part_as_a_specimen_is_one() -> None:
    number, kind = b'<id root="1.2.3" extension="LAB-0042"/>', b'<playingEntity><code displayName="sang"/></playingEntity>'
    entity = b'<participantRole classCode="SPEC">' + number + kind + b"</participantRole>"
    data = b"<ClinicalDocument><participant>" + entity + b"</participant></ClinicalDocument>"

    assert roles(data) == {"1.2.3": "structure.code", "LAB-0042": "sample.number", "sang": "sample.kind"}


_BODY = b"""<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><component><structuredBody>
<component><section>
<title>Serologie</title><text>Vu <content ID="c1">avec elle</content><table><tbody><tr><td>VIH</td><td>Positif</td></tr><tr>
<td>TSH</td><td>1.78</td></tr></tbody></table></text>
<entry><organizer><component><observation classCode="OBS" moodCode="EVN"><code code="3016-3" displayName="TSH">
<translation code="TSHL"/></code>
<value xsi:type="PQ" value="1.78" unit="mUI/L"/><interpretationCode code="N"/>
<entryRelationship><act><text>A controler</text></act></entryRelationship>
<referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="0.4" unit="UI"/></value></observationRange></referenceRange>
</observation></component></organizer></entry>
<entry><observationMedia><value mediaType="image/png" representation="B64">aGVsbG8=</value></observationMedia></entry>
</section></component></structuredBody></component></ClinicalDocument>"""


def test_the_body_of_cda_is_known() -> None:
    assert roles(_BODY) == {
        "Serologie": "test.label",
        "Vu": "health.text",
        "c1": "technical.code",
        "avec elle": "health.text",
        "VIH": "result.text",
        "Positif": "result.text",
        "TSH": "test.label",
        "1.78": "result.number",
        "3016-3": "test.code",
        "TSHL": "test.code",
        "mUI/L": "result.unit",
        "N": "result.flag",
        "A controler": "health.text",
        "0.4": "result.range",
        "UI": "result.unit",
        "aGVsbG8=": "result.attachment",
    }


def test_an_observation_with_its_notes_and_a_row_of_a_table_are_results() -> None:
    document = read(_BODY)
    said = texts(document)

    assert [said[first:last] for first, last in document.columns.groups] == [
        ["VIH", "Positif"],
        ["TSH", "1.78"],
        ["3016-3", "TSH", "TSHL", "1.78", "mUI/L", "N", "A controler", "0.4", "UI"],
    ]


def test_a_document_in_an_envelope_is_known() -> None:
    data = b"<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'><soap:Body>" + _HEADER[_HEADER.index(b"<Clin") :]

    assert roles(data + b"</soap:Body></soap:Envelope>")["DURANDEL"] == "person.name.family"


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("284033599931111", b'<id extension="284033599931111" root=', b'<id nullFlavor="MSK" root='),
        ("7d3a2b1c-0f6e-4a5b-9c8d-1e2f3a4b5c6d", b'<id root="7d3a2b1c-0f6e-4a5b-9c8d-1e2f3a4b5c6d"/>', b'<id nullFlavor="MSK"/>'),
        ("0199001234", b'<telecom value="tel:0199001234" use="H"/>', b'<telecom nullFlavor="MSK" use="H"/>'),
        ("DURANDEL", b'<family qualifier="BR">DURANDEL<', b'<family qualifier="BR" nullFlavor="MSK"><'),
        ("F", b'<administrativeGenderCode code="F"/>', b'<administrativeGenderCode nullFlavor="MSK"/>'),
        ("1.2.3", b'<id root="1.2.3" extension', b"<id extension"),
    ],
)
def test_what_is_removed_from_cda_is_masked(text: str, before: bytes, after: bytes) -> None:
    assert before in _HEADER
    assert without(_HEADER, text) == _HEADER.replace(before, after)


def test_a_narrative_has_no_null_flavor() -> None:
    assert without(_BODY, "Positif") == _BODY.replace(b"Positif", b"")


def test_an_element_is_masked_once() -> None:
    data = b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title code="x">y<!--z--></title><title nullFlavor="NI">u</title></ClinicalDocument>'

    assert b'<title nullFlavor="MSK">y' in without(data, "x")
    assert b'<title code="x"><!--' in without(data, "y")
    assert b'<title nullFlavor="NI"></title>' in without(data, "u")


_HPRIM = """<evenementsServeurActes version="1.05" acquittementAttendu="oui"><enteteMessage modeTraitement="test">
<identifiantMessage>MSG0042</identifiantMessage><emetteur><agents><agent categorie="application"><code>SIL</code></agent></agents>
</emetteur></enteteMessage>
<evenementServeurActe><patient><identifiant><emetteur><valeur>8009912345</valeur></emetteur></identifiant>
<personnePhysique sexe="F"><nomUsuel>DURANDEL</nomUsuel><prenoms><prenom>Élodie</prenom></prenoms>
<adresses><adresse><ligne>12 rue des Lices</ligne><ville>RENNES</ville><codePostal>35000</codePostal></adresse></adresses>
<dateNaissance><date>1984-03-12</date></dateNaissance></personnePhysique></patient>
<venue><identifiant><emetteur><valeur>V240912001</valeur></emetteur></identifiant><entree><dateHeureOptionnelle><date>2024-09-12</date>
</dateHeureOptionnelle></entree></venue>
<debiteurs><debiteur><assurance><nom>MUTUELLE-TEST</nom></assurance><assure><immatriculation>161045699920762</immatriculation>
<personne><nomUsuel>LEGALLOIS</nomUsuel></personne></assure></debiteur></debiteurs>
<actesNGAP><acteNGAP facturable="oui"><lettreCle>B</lettreCle><coefficient>40</coefficient><medecins><medecin lien="exec">
<numeroAdeli>359900011</numeroAdeli><personne><nomUsuel>KERVELLA</nomUsuel></personne></medecin></medecins></acteNGAP></actesNGAP>
</evenementServeurActe></evenementsServeurActes>""".encode()


def test_the_acts_of_hprim_are_known() -> None:
    found = {text: role for text, role in roles(_HPRIM).items() if role not in {"key.unknown", "structure.code"}}

    assert found == {
        "MSG0042": "technical.control",
        "SIL": "establishment.number",
        "8009912345": "person.identifier",
        "F": "person.sex",
        "DURANDEL": "person.name.family",
        "Élodie": "person.name.given",
        "12 rue des Lices": "contact.address",
        "RENNES": "contact.city",
        "35000": "contact.postcode",
        "1984-03-12": "person.birth_date",
        "V240912001": "person.visit_number",
        "2024-09-12": "admin.date",
        "MUTUELLE-TEST": "insurance.insurer",
        "161045699920762": "relative.nir",
        "LEGALLOIS": "relative.name.family",
        "B": "admin.act",
        "40": "admin.act",
        "359900011": "professional.number",
        "KERVELLA": "professional.name.family",
    }


def test_who_acts_and_what_is_delivered_is_known() -> None:
    executed = (
        b'<executant><medecins><medecinExecutant principal="oui"><medecin><numeroAdeli>359900011</numeroAdeli></medecin></medecinExecutant>'
    )
    act = b'<acteCCAM action="creation" facture="non"><codeActe>YYYY001</codeActe>' + executed + b"</medecins></executant></acteCCAM>"
    drug = b"<UCDs><UCD><codeUCD>9999999</codeUCD><denomination><libelle>LEVOTHYROX</libelle></denomination></UCD></UCDs>"
    events = (
        b"<evenementServeurActe><acteur><identification><code>X1</code><libelle>DR KERVELLA</libelle></identification></acteur><actesCCAM>"
    )
    found = roles(b"<evenementsServeurActes>" + events + act + b"</actesCCAM>" + drug + b"</evenementServeurActe></evenementsServeurActes>")

    assert {text: role for text, role in found.items() if role not in {"key.unknown", "structure.code"}} == {
        "X1": "professional.number",
        "DR KERVELLA": "professional.name.full",
        "YYYY001": "admin.act",
        "359900011": "professional.number",
        "9999999": "drug.code",
        "LEVOTHYROX": "drug.label",
    }


def test_each_event_of_hprim_is_about_a_patient_of_its_own() -> None:
    start, end = _HPRIM.index(b"<evenementServeurActe>"), _HPRIM.index(b"</evenementsServeurActes>")
    document = read(_HPRIM[:end] + _HPRIM[start:end] + _HPRIM[end:])

    assert [texts(document)[first] for first in document.columns.scopes] == ["8009912345", "8009912345"]


_FHIR = b"""<Bundle xmlns="http://hl7.org/fhir"><entry><fullUrl value="urn:uuid:p1"/><resource><Patient><id value="8009912345"/>
<contained><Organization><name value="LABO TEST"/></Organization></contained>
<extension url="http://hl7.org/fhir/StructureDefinition/patient-birthPlace"><valueAddress><city value="VANNES"/></valueAddress>
</extension>
<identifier><type><coding><code value="INS-NIR"/></coding></type><system value="urn:oid:1.2.250.1.213.1.4.8"/>
<value value="284033599931111"/></identifier>
<name><family value="DURANDEL"/><given value="Elodie"/></name><telecom><value value="+33199001234"/></telecom>
<photo><data value="aGVsbG8="/></photo></Patient></resource></entry>
<entry><resource><Observation><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">
<p class="x">Glucose <b>5.2</b></p></div></text>
<code><coding><system value="http://loinc.org"/><code value="2345-7"/></coding></code><subject><display value="Mme D"/></subject>
<valueQuantity><value value="5.2"/><unit value="g/L"/></valueQuantity><note><text value="vu hier"/></note></Observation></resource>
</entry></Bundle>"""


def test_fhir_is_known_by_its_element_names() -> None:
    assert places(_FHIR) == {
        "Bundle.entry.fullUrl": ("technical.text", "urn:uuid:p1"),
        "Bundle.entry.resource.Patient.id": ("person.local_number", "8009912345"),
        "Bundle.entry.resource.Patient.contained.Organization.name": ("establishment.name", "LABO TEST"),
        "Bundle.entry.resource.Patient.extension.valueAddress.city": ("person.birth_place", "VANNES"),
        "Bundle.entry.resource.Patient.identifier.type.coding.code": ("structure.code", "INS-NIR"),
        "Bundle.entry.resource.Patient.identifier.system": ("structure.code", "urn:oid:1.2.250.1.213.1.4.8"),
        "Bundle.entry.resource.Patient.identifier.value": ("person.ins", "284033599931111"),
        "Bundle.entry.resource.Patient.name.family": ("person.name.family", "DURANDEL"),
        "Bundle.entry.resource.Patient.name.given": ("person.name.given", "Elodie"),
        "Bundle.entry.resource.Patient.telecom.value": ("contact.phone", "+33199001234"),
        "Bundle.entry.resource.Patient.photo.data": ("result.attachment", "aGVsbG8="),
        "Bundle.entry[2].resource.Observation.text.div.p.@class": ("structure.code", "x"),
        "Bundle.entry[2].resource.Observation.text.div.p": ("health.text", "Glucose"),
        "Bundle.entry[2].resource.Observation.text.div.p.b": ("health.text", "5.2"),
        "Bundle.entry[2].resource.Observation.code.coding.system": ("test.system", "http://loinc.org"),
        "Bundle.entry[2].resource.Observation.code.coding.code": ("test.code", "2345-7"),
        "Bundle.entry[2].resource.Observation.subject.display": ("person.name.full", "Mme D"),
        "Bundle.entry[2].resource.Observation.valueQuantity.value": ("result.number", "5.2"),
        "Bundle.entry[2].resource.Observation.valueQuantity.unit": ("result.unit", "g/L"),
        "Bundle.entry[2].resource.Observation.note.text": ("health.text", "vu hier"),
    }


def test_fhir_patients_have_scopes_of_their_own() -> None:
    second = _FHIR[_FHIR.index(b"<entry>") : _FHIR.index(b"</entry>") + 8].replace(b"p1", b"p2")
    document = read(_FHIR.replace(b"</Bundle>", second + b"</Bundle>"))

    assert [texts(document)[first] for first in document.columns.scopes] == ["urn:uuid:p1", "urn:uuid:p2"]


def test_what_is_removed_from_fhir_says_that_it_is_masked() -> None:
    reason = b'<extension url="http://hl7.org/fhir/StructureDefinition/data-absent-reason"><valueCode value="masked"/></extension>'
    masked = b"<family>" + reason + b"</family>"
    outcome = without(_FHIR, "DURANDEL")

    assert outcome == _FHIR.replace(b'<family value="DURANDEL"/>', masked)
    assert not {"masked", "http://hl7.org/fhir/StructureDefinition/data-absent-reason"} & set(texts(read(outcome)))


def test_what_is_removed_from_a_narrative_of_fhir_is_empty() -> None:
    assert without(_FHIR, "Glucose") == _FHIR.replace(b">Glucose <", b"> <")


_TABLES = [(profile, name) for profile, tables in (("cda", CDA), ("hprim", HPRIM)) for name in tables]


@pytest.mark.parametrize(("profile", "name"), _TABLES)
def test_every_entry_of_a_table_is_a_place(profile: str, name: str) -> None:
    table = {"cda": CDA, "hprim": HPRIM}[profile][name]
    asked = "person" if any(entry[0] == "." for entry in table.values()) else "test.code test.label test.system"
    kind = node(profile, name, asked)

    for key in table:
        step = kind.attribute(key[1:].encode()) if key[:1] == "@" else kind.element(key.encode()) if key else kind.whole()
        assert step.known or key == "*"
        assert step.role in INDEX.values()
