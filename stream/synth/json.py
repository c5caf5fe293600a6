"""An episode as the JSON that a laboratory system posts, with French keys. Called by `traffic`."""

import json
from collections.abc import Iterable, Mapping

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result
from stream.synth.label import Piece, Planted, Rename, Sample, assemble, escaped, joined

Written = list[Piece]


def report(episode: Episode, rename: Rename = str) -> Sample:
    """The document. `rename` gives every key another name (drift)."""
    document = {
        "messageId": _string(f"MSG{episode.number:08d}"),
        "patient": _object(_patient(episode), rename),
        "prescripteur": _object(_prescriber(episode), rename),
        "demande": _object(_order(episode), rename),
        "resultats": _array(_object(_result(result, episode), rename) for result in episode.results),
        "commentaires": _array(_string(*comment) for comment in episode.comments),
    }
    data, labels = assemble(_object(document, rename))
    return Sample(f"report-{episode.number:05d}.json", "json", data, labels)


def _patient(episode: Episode) -> dict[str, Written]:
    patient, subject = episode.patient, episode.patient.ipp
    return {
        "ipp": _string(Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject)),
        "nir": _string(Planted(patient.nir, C.PERSON_NIR, subject)),
        "nom": _string(Planted(patient.family, C.PERSON_NAME, subject)),
        "nomNaissance": _string(Planted(patient.birth_family, C.PERSON_NAME, subject)),
        "prenom": _string(Planted(patient.given, C.PERSON_NAME, subject)),
        "dateNaissance": _string(Planted(f"{patient.birth:%Y-%m-%d}", C.PERSON_BIRTH_DATE, subject)),
        "sexe": _string(patient.sex),
        "telephone": _string(Planted(patient.phone, C.CONTACT_PHONE, subject)),
        "email": _string(Planted(patient.email, C.CONTACT_EMAIL, subject)),
        "adresse": _string(Planted(patient.street, C.CONTACT_ADDRESS, subject)),
        "codePostal": _string(Planted(patient.postcode, C.CONTACT_POSTCODE, subject)),
        "ville": _string(Planted(patient.city, C.CONTACT_CITY, subject)),
        "adherent": _string(Planted(patient.member, C.INSURANCE_MEMBER, subject)),
        "login": _string(Planted(patient.login, C.CREDENTIAL_LOGIN, subject)),
        "motDePasse": _string(Planted(patient.password, C.CREDENTIAL_PASSWORD, subject)),
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
        "numeroVenue": _string(Planted(episode.visit, C.PERSON_VISIT_NUMBER)),
        "datePrelevement": _string(f"{episode.drawn:%Y-%m-%dT%H:%M:%S}"),
    }


def _result(result: Result, episode: Episode) -> dict[str, Written]:
    return {
        "loinc": _string(result.analyte.loinc),
        "libelle": _string(result.analyte.label),
        "valeur": [Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)],
        "unite": _string(result.analyte.unit),
        "reference": _string(result.range),
        "flag": _string(result.flag),
    }


def _string(*pieces: Piece) -> Written:
    return ['"', *escaped(pieces, lambda text: json.dumps(text, ensure_ascii=False)[1:-1]), '"']


def _object(members: Mapping[str, Written], rename: Rename) -> Written:
    return ["{", *joined([[f'"{rename(key)}": ', *value] for key, value in members.items()], ", "), "}"]


def _array(items: Iterable[Written]) -> Written:
    return ["[", *joined(list(items), ", "), "]"]
