"""An episode as a FHIR R4 bundle in XML: patient, practitioner, order, specimen, observations with their narrative, report. Called by
`traffic`."""

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result, Status
from stream.synth.label import Piece, Planted, Rename, Sample, assemble
from stream.synth.markup import DECLARATION, Element, Written, elements, text

_FHIR = {"xmlns": "http://hl7.org/fhir"}
_XHTML = {"xmlns": "http://www.w3.org/1999/xhtml"}
_STATUS = {Status.PRELIMINARY: "preliminary", Status.FINAL: "final", Status.CORRECTED: "corrected", Status.CANCELLED: "cancelled"}
_FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def bundle(episode: Episode, rename: Rename = str) -> Sample:
    """The document. `rename` gives every element another name (drift)."""
    element = elements(rename)
    resources = [
        _patient(episode, element),
        _practitioner(episode, element),
        _order(episode, element),
        *(_observation(result, episode, element) for result in episode.results),
        _report(episode, element),
    ]
    entries = [element("entry", None, element("resource", None, resource)) for resource in resources]
    document = element("Bundle", _FHIR, element("type", {"value": "message"}), *entries)
    data, labels = assemble([DECLARATION, *document])
    return Sample(f"bundle-{episode.number:05d}.xml", "fhir_xml", data, labels)


def _value(element: Element, name: str, *pieces: Piece) -> Written:
    return element(name, {"value": pieces})


def _identifier(element: Element, system: str, value: Planted, code: str = "") -> Written:
    typed = [element("type", None, element("coding", None, _value(element, "code", code)))] if code else []
    return element("identifier", None, *typed, _value(element, "system", system), _value(element, "value", value))


def _patient(episode: Episode, element: Element) -> Written:
    patient, subject = episode.patient, episode.patient.ipp

    def planted(value: str, category: C) -> Planted:
        return Planted(value, category, subject)

    def name(use: str, family: str) -> Written:
        parts = (_value(element, part, planted(value, C.PERSON_NAME)) for part, value in (("family", family), ("given", patient.given)))
        return element("name", None, _value(element, "use", use), *parts)

    def telecom(system: str, value: Planted) -> Written:
        return element("telecom", None, _value(element, "system", system), _value(element, "value", value))

    return element(
        "Patient",
        None,
        _identifier(element, "urn:oid:1.2.250.1.213.1.4.8", planted(patient.nir, C.PERSON_INS)),
        _identifier(element, "urn:oid:1.2.250.1.999.1.3", planted(patient.ipp, C.PERSON_LOCAL_NUMBER), "PI"),
        name("official", patient.birth_family),
        name("usual", patient.family),
        telecom("phone", planted(patient.phone, C.CONTACT_PHONE)),
        telecom("email", planted(patient.email, C.CONTACT_EMAIL)),
        _value(element, "gender", planted("female" if patient.sex == "F" else "male", C.PERSON_SEX)),
        _value(element, "birthDate", planted(f"{patient.birth:%Y-%m-%d}", C.PERSON_BIRTH_DATE)),
        element(
            "address",
            None,
            _value(element, "line", planted(patient.street, C.CONTACT_ADDRESS)),
            _value(element, "city", planted(patient.city, C.CONTACT_CITY)),
            _value(element, "postalCode", planted(patient.postcode, C.CONTACT_POSTCODE)),
        ),
    )


def _practitioner(episode: Episode, element: Element) -> Written:
    doctor = episode.prescriber
    parts = (
        _value(element, part, Planted(value, C.PROFESSIONAL_NAME)) for part, value in (("family", doctor.family), ("given", doctor.given))
    )
    number = _identifier(element, "urn:oid:1.2.250.1.71.4.2.1", Planted(doctor.rpps, C.PROFESSIONAL_NUMBER))
    return element("Practitioner", None, number, element("name", None, *parts))


def _subject(episode: Episode, element: Element) -> Written:
    """Whom a resource is about, by name."""
    patient = episode.patient
    full = Planted(f"{patient.given.title()} {patient.family}", C.PERSON_NAME, patient.ipp)
    return element("subject", None, _value(element, "display", full))


def _order(episode: Episode, element: Element) -> Written:
    return element(
        "ServiceRequest",
        None,
        _identifier(element, "urn:oid:1.2.250.1.999.1.2", Planted(episode.order, C.SAMPLE_NUMBER)),
        _value(element, "status", "active"),
        _value(element, "priority", "stat" if episode.urgent else "routine"),
        _value(element, "intent", "order"),
        _subject(episode, element),
        element(
            "encounter",
            None,
            _identifier(element, "urn:oid:1.2.250.1.999.1.4", Planted(episode.visit, C.PERSON_VISIT_NUMBER, episode.patient.ipp)),
        ),
    )


def _coded(element: Element, code: str, label: Piece) -> Written:
    coding = (_value(element, "system", "http://loinc.org"), _value(element, "code", code), _value(element, "display", label))
    return element("code", None, element("coding", None, *coding), _value(element, "text", label))


def _observation(result: Result, episode: Episode, element: Element) -> Written:
    label = Planted(result.analyte.label, result.category)
    value = [Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)] if result.value else []
    said = element("p", None, text(label, " : ", *value, f" {result.analyte.unit}"))
    flag = element("coding", None, _value(element, "system", _FLAGS), _value(element, "code", result.flag))
    return element(
        "Observation",
        None,
        element("text", None, _value(element, "status", "generated"), element("div", _XHTML, said)),
        _value(element, "status", _STATUS[result.status]),
        _coded(element, result.analyte.loinc, label),
        _subject(episode, element),
        _value(element, "effectiveDateTime", f"{episode.drawn:%Y-%m-%dT%H:%M:%S}+01:00"),
        *([_answer(result, value, element)] if value else []),
        element("interpretation", None, flag),
        *([element("referenceRange", None, _value(element, "text", result.range))] if result.range else []),
    )


def _answer(result: Result, value: list[Planted], element: Element) -> Written:
    if not result.numeric:
        return _value(element, "valueString", *value)
    return element("valueQuantity", None, _value(element, "value", *value), _value(element, "unit", result.analyte.unit))


def _report(episode: Episode, element: Element) -> Written:
    conclusion = [piece for comment in episode.comments for piece in (*comment, " ")]
    return element(
        "DiagnosticReport",
        None,
        _value(element, "status", _STATUS[episode.status]),
        _coded(element, "11502-2", "CR d'examens biologiques"),
        _subject(episode, element),
        *([_value(element, "conclusion", *conclusion)] if conclusion else []),
    )
