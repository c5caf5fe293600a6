"""An episode as a CDA R2 report of laboratory examinations, in the shape of the French CR-BIO: a narrative table and coded entries.
Called by `traffic`."""

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result, Status
from stream.synth.label import Piece, Planted, Rename, Sample, assemble
from stream.synth.markup import DECLARATION, Element, Written, elements, text

_LOINC = "2.16.840.1.113883.6.1"
_SPACES = {
    "xmlns": "urn:hl7-org:v3",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:lab": "urn:oid:1.3.6.1.4.1.19376.1.3.2",
}


def report(episode: Episode, rename: Rename = str) -> Sample:
    """The document. `rename` gives every element another name (drift)."""
    element = elements(rename)
    when = {"value": f"{episode.drawn:%Y%m%d%H%M%S}+0100"}
    document = element(
        "ClinicalDocument",
        _SPACES,
        element("realmCode", {"code": "FR"}),
        element("typeId", {"root": "2.16.840.1.113883.1.3", "extension": "POCD_HD000040"}),
        element("templateId", {"root": "1.2.250.1.213.1.1.1.55", "extension": "2024.01"}),
        element("id", {"root": f"1.2.250.1.999.1.1.{episode.number}"}),
        _code(element, "code", "11502-2", "CR d'examens biologiques"),
        element("title", None, text("Compte rendu d'examens biologiques")),
        element("effectiveTime", when),
        element("confidentialityCode", {"code": "N", "codeSystem": "2.16.840.1.113883.5.25"}),
        element("languageCode", {"code": "fr-FR"}),
        element("recordTarget", None, _patient(episode, element)),
        element("author", None, element("time", when), _physician(episode, element, "assignedAuthor")),
        element(
            "inFulfillmentOf", None, element("order", None, _id(element, "1.2.250.1.999.1.2", Planted(episode.order, C.SAMPLE_NUMBER)))
        ),
        element("componentOf", None, _encounter(episode, element)),
        element("component", None, element("structuredBody", None, element("component", None, _section(episode, element)))),
    )
    data, labels = assemble([DECLARATION, *document])
    return Sample(f"cr-bio-{episode.number:05d}.xml", "cda", data, labels)


def _id(element: Element, root: str, extension: Piece) -> Written:
    return element("id", {"root": root, "extension": extension})


def _code(element: Element, name: str, code: str, label: Piece) -> Written:
    return element(name, {"code": code, "displayName": label, "codeSystem": _LOINC, "codeSystemName": "LOINC"})


def _patient(episode: Episode, element: Element) -> Written:
    patient, subject = episode.patient, episode.patient.ipp

    def planted(value: str, category: C) -> Planted:
        return Planted(value, category, subject)

    def leaf(name: str, value: str, category: C, **attributes: str) -> Written:
        return element(name, attributes, text(planted(value, category)))

    return element(
        "patientRole",
        {"classCode": "PAT"},
        _id(element, "1.2.250.1.213.1.4.8", planted(patient.nir, C.PERSON_INS)),
        _id(element, "1.2.250.1.999.1.3", planted(patient.ipp, C.PERSON_LOCAL_NUMBER)),
        element(
            "addr",
            {"use": "H"},
            leaf("streetAddressLine", patient.street, C.CONTACT_ADDRESS),
            leaf("postalCode", patient.postcode, C.CONTACT_POSTCODE),
            leaf("city", patient.city, C.CONTACT_CITY),
        ),
        _telecom(element, "tel:", planted(patient.phone, C.CONTACT_PHONE)),
        _telecom(element, "mailto:", planted(patient.email, C.CONTACT_EMAIL)),
        element(
            "patient",
            None,
            element(
                "name",
                None,
                leaf("family", patient.birth_family, C.PERSON_NAME, qualifier="BR"),
                leaf("family", patient.family, C.PERSON_NAME, qualifier="SP"),
                leaf("given", patient.given, C.PERSON_NAME),
            ),
            element("administrativeGenderCode", {"code": planted(patient.sex, C.PERSON_SEX), "codeSystem": "2.16.840.1.113883.5.1"}),
            element("birthTime", {"value": planted(f"{patient.birth:%Y%m%d}", C.PERSON_BIRTH_DATE)}),
        ),
    )


def _telecom(element: Element, scheme: str, reached: Planted) -> Written:
    return element("telecom", {"value": (scheme, reached)})


def _physician(episode: Episode, element: Element, name: str) -> Written:
    doctor = episode.prescriber
    return element(
        name,
        None,
        _id(element, "1.2.250.1.71.4.2.1", Planted(doctor.rpps, C.PROFESSIONAL_NUMBER)),
        element(
            "assignedPerson",
            None,
            element(
                "name",
                None,
                element("family", None, text(Planted(doctor.family, C.PROFESSIONAL_NAME))),
                element("given", None, text(Planted(doctor.given, C.PROFESSIONAL_NAME))),
            ),
        ),
    )


def _encounter(episode: Episode, element: Element) -> Written:
    visit = _id(element, "1.2.250.1.999.1.4", Planted(episode.visit, C.PERSON_VISIT_NUMBER, episode.patient.ipp))
    return element("encompassingEncounter", None, visit, element("effectiveTime", {"value": f"{episode.drawn:%Y%m%d%H%M%S}"}))


def _section(episode: Episode, element: Element) -> Written:
    """What is read by people, and the same for machines."""
    entries = (element("entry", {"typeCode": "DRIV"}, _observation(result, episode, element)) for result in episode.results)
    comments = [element("paragraph", None, text(*comment)) for comment in episode.comments]
    return element(
        "section",
        None,
        _code(element, "code", "18725-2", "Examens"),
        element("title", None, text("Résultats")),
        element("text", None, _table(episode, element), *comments),
        *entries,
    )


def _table(episode: Episode, element: Element) -> Written:
    heads = element("tr", None, *(element("th", None, text(head)) for head in ("Analyse", "Résultat", "Unité", "Référence")))
    rows = [_row(result, episode, element) for result in episode.results]
    return element("table", None, element("thead", None, heads), element("tbody", None, *rows))


def _row(result: Result, episode: Episode, element: Element) -> Written:
    cells: tuple[Piece, ...] = (_label(result), *_value(result, episode), result.analyte.unit, result.range)
    return element("tr", None, *(element("td", None, text(cell)) for cell in cells))


def _label(result: Result) -> Planted:
    return Planted(result.analyte.label, result.category)


def _value(result: Result, episode: Episode) -> list[Planted]:
    return [Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)] if result.value else []


def _observation(result: Result, episode: Episode, element: Element) -> Written:
    return element(
        "observation",
        {"classCode": "OBS", "moodCode": "EVN"},
        _code(element, "code", result.analyte.loinc, _label(result)),
        element("statusCode", {"code": "active" if result.status is Status.PRELIMINARY else "completed"}),
        element("effectiveTime", {"value": f"{episode.drawn:%Y%m%d%H%M%S}"}),
        _answer(result, episode, element),
        element("interpretationCode", {"code": result.flag, "codeSystem": "2.16.840.1.113883.5.83"}),
        *([_bounds(result, element)] if result.range else []),
    )


def _answer(result: Result, episode: Episode, element: Element) -> Written:
    if not result.value:
        return element("value", {"xsi:type": "PQ", "nullFlavor": "NA"})
    value = _value(result, episode)
    if result.numeric:
        return element("value", {"xsi:type": "PQ", "value": value, "unit": result.analyte.unit})
    return element("value", {"xsi:type": "ST"}, text(*value))


def _bounds(result: Result, element: Element) -> Written:
    unit = result.analyte.unit
    ends = (("low", result.analyte.low), ("high", result.analyte.high))
    bounds = (element(name, {"value": f"{bound}", "unit": unit}) for name, bound in ends)
    return element("referenceRange", None, element("observationRange", None, element("value", {"xsi:type": "IVL_PQ"}, *bounds)))
