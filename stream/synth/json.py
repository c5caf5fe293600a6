"""An episode as the JSON that a laboratory system posts, with French keys; and so what is about nobody. Called by `traffic`."""

import json
from collections.abc import Iterable, Mapping

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result, Status
from stream.synth.label import Kind, Piece, Planted, Rename, Sample, assemble, escaped, joined
from stream.synth.people import Person
from stream.synth.upkeep import Upkeep

Written = list[Piece]
_STATUS = {Status.PRELIMINARY: "provisoire", Status.FINAL: "définitif", Status.CORRECTED: "corrigé", Status.CANCELLED: "annulé"}


def report(episode: Episode, rename: Rename = str) -> Sample:
    """Its document. `rename` gives every key another name (drift)."""
    said = _identity(episode, rename) if episode.kind in {Kind.UPDATE, Kind.MERGE} else _results(episode, rename)
    document = {
        "messageId": _string(f"MSG{episode.number:08d}"),
        "dateEmission": _string(f"{episode.sent:%Y-%m-%dT%H:%M:%S}"),
        "emetteur": _string(Planted(episode.site.code, C.PROFESSIONAL_ESTABLISHMENT)),
        "patient": _object(_patient(episode.patient, episode.patient.ipp), rename),
        **said,
    }
    data, labels = assemble(_object(document, rename))
    return Sample(f"{episode.kind}-{episode.number:05d}.json", "json", data, labels)


def keep(upkeep: Upkeep, rename: Rename = str) -> Sample:
    """The document of what is about nobody."""
    document = {
        "messageId": _string(f"MSG{upkeep.number:08d}"),
        "dateEmission": _string(f"{upkeep.sent:%Y-%m-%dT%H:%M:%S}"),
        "emetteur": _string(Planted(upkeep.site.code, C.PROFESSIONAL_ESTABLISHMENT)),
        "automate": _string(upkeep.instrument),
        **_kept(upkeep, rename),
    }
    data, labels = assemble(_object(document, rename))
    return Sample(f"{upkeep.kind}-{upkeep.number:05d}.json", "json", data, labels)


def _kept(upkeep: Upkeep, rename: Rename) -> dict[str, Written]:
    if upkeep.kind is Kind.CONTROL:
        measured = _array(_object(_measure(result), rename) for result in upkeep.results)
        return {"lot": _string(upkeep.lot), "niveau": [str(upkeep.level)], "mesures": measured}
    if upkeep.kind is Kind.CATALOGUE:
        tests = (analyte for panel in upkeep.panels for analyte in panel.analytes)
        listed = [{"loinc": _string(test.loinc), "libelle": _string(test.label), "unite": _string(test.unit)} for test in tests]
        return {"examens": _array(_object(test, rename) for test in listed)}
    lines = [{"horodatage": _string(f"{when:%Y-%m-%d %H:%M:%S}"), "evenement": _string(text)} for when, text in upkeep.lines]
    return {"journal": _array(_object(line, rename) for line in lines)}


def _measure(result: Result) -> dict[str, Written]:
    return {
        "loinc": _string(result.analyte.loinc),
        "libelle": _string(result.analyte.label),
        "valeur": [result.value],
        "unite": _string(result.analyte.unit),
        "reference": _string(result.range),
    }


def _identity(episode: Episode, rename: Rename) -> dict[str, Written]:
    if episode.former is None:
        return {"evenement": _string("MISE_A_JOUR"), "comptePortail": _object(_account(episode.patient), rename)}
    return {"evenement": _string("FUSION"), "ancienDossier": _object(_patient(episode.former, episode.patient.ipp), rename)}


def _account(patient: Person) -> dict[str, Written]:
    return {
        "login": _string(Planted(patient.login, C.CREDENTIAL_LOGIN, patient.ipp)),
        "motDePasse": _string(Planted(patient.password, C.CREDENTIAL_PASSWORD, patient.ipp)),
    }


def _results(episode: Episode, rename: Rename) -> dict[str, Written]:
    return {
        "prescripteur": _object(_prescriber(episode), rename),
        "demande": _object(_order(episode), rename),
        "resultats": _array(_object(_result(result, episode), rename) for result in episode.results),
        "commentaires": _array(_string(*comment) for comment in episode.comments),
    }


def _patient(patient: Person, subject: str) -> dict[str, Written]:
    return {
        "ipp": _string(Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject)),
        "nir": _string(Planted(patient.nir, C.PERSON_NIR, subject)),
        "nom": _string(Planted(patient.family, C.PERSON_NAME, subject)),
        "nomNaissance": _string(Planted(patient.birth_family, C.PERSON_NAME, subject)),
        "prenom": _string(Planted(patient.given, C.PERSON_NAME, subject)),
        "dateNaissance": _string(Planted(f"{patient.birth:%Y-%m-%d}", C.PERSON_BIRTH_DATE, subject)),
        "sexe": _string(Planted(patient.sex, C.PERSON_SEX, subject)),
        "telephone": _string(Planted(patient.phone, C.CONTACT_PHONE, subject)),
        "portable": _string(Planted(patient.mobile, C.CONTACT_PHONE, subject)),
        "email": _string(Planted(patient.email, C.CONTACT_EMAIL, subject)),
        "adresse": _string(Planted(patient.street, C.CONTACT_ADDRESS, subject)),
        "codePostal": _string(Planted(patient.postcode, C.CONTACT_POSTCODE, subject)),
        "ville": _string(Planted(patient.city, C.CONTACT_CITY, subject)),
        "mutuelle": _string(Planted(patient.insurer.name, C.INSURANCE_INSURER)),
        "adherent": _string(Planted(patient.member, C.INSURANCE_MEMBER, subject)),
    }


def _prescriber(episode: Episode) -> dict[str, Written]:
    doctor = episode.prescriber
    return {
        "rpps": _string(Planted(doctor.rpps, C.PROFESSIONAL_NUMBER)),
        "nom": _string(Planted(doctor.family, C.PROFESSIONAL_NAME)),
        "prenom": _string(Planted(doctor.given, C.PROFESSIONAL_NAME)),
    }


def _order(episode: Episode) -> dict[str, Written]:
    return {
        "numeroDemande": _string(Planted(episode.order, C.SAMPLE_NUMBER)),
        "numeroEchantillon": _string(Planted(episode.sample, C.SAMPLE_NUMBER)),
        "numeroVenue": _string(Planted(episode.visit, C.PERSON_VISIT_NUMBER, episode.patient.ipp)),
        "datePrelevement": _string(f"{episode.drawn:%Y-%m-%dT%H:%M:%S}"),
        "urgent": ["true" if episode.urgent else "false"],
        "statut": _string(_STATUS[episode.status]),
    }


def _result(result: Result, episode: Episode) -> dict[str, Written]:
    value = Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)
    return {
        "code": _string(result.panel.code),
        "loinc": _string(result.analyte.loinc),
        "libelle": _string(Planted(result.analyte.label, result.category)),
        "valeur": ["null"] if not result.value else [value] if result.numeric else _string(value),
        "unite": _string(result.analyte.unit),
        "reference": _string(result.range),
        "flag": _string(result.flag),
        "statut": _string(_STATUS[result.status]),
    }


def _string(*pieces: Piece) -> Written:
    return ['"', *escaped(pieces, lambda text: json.dumps(text, ensure_ascii=False)[1:-1]), '"']


def _object(members: Mapping[str, Written], rename: Rename) -> Written:
    return ["{", *joined([[f'"{rename(key)}": ', *value] for key, value in members.items()], ", "), "}"]


def _array(items: Iterable[Written]) -> Written:
    return ["[", *joined(list(items), ", "), "]"]
