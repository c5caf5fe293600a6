"""An episode as the JSON that a laboratory system posts, with French keys; and so what is about nobody. Called by `traffic`."""

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result, Status
from stream.synth.label import Kind, Planted, Rename, Sample, assemble
from stream.synth.objects import Written, array, members, string
from stream.synth.people import Person
from stream.synth.upkeep import Upkeep

_STATUS = {Status.PRELIMINARY: "provisoire", Status.FINAL: "définitif", Status.CORRECTED: "corrigé", Status.CANCELLED: "annulé"}


def report(episode: Episode, rename: Rename = str) -> Sample:
    """Its document. `rename` gives every key another name (drift)."""
    said = _identity(episode, rename) if episode.kind in {Kind.UPDATE, Kind.MERGE} else _results(episode, rename)
    document = {
        "messageId": string(f"MSG{episode.number:08d}"),
        "dateEmission": string(f"{episode.sent:%Y-%m-%dT%H:%M:%S}"),
        "emetteur": string(Planted(episode.site.code, C.PROFESSIONAL_ESTABLISHMENT)),
        "patient": members(_patient(episode.patient, episode.patient.ipp), rename),
        **said,
    }
    data, labels = assemble(members(document, rename))
    return Sample(f"{episode.kind}-{episode.number:05d}.json", "json", data, labels)


def keep(upkeep: Upkeep, rename: Rename = str) -> Sample:
    """The document of what is about nobody."""
    document = {
        "messageId": string(f"MSG{upkeep.number:08d}"),
        "dateEmission": string(f"{upkeep.sent:%Y-%m-%dT%H:%M:%S}"),
        "emetteur": string(Planted(upkeep.site.code, C.PROFESSIONAL_ESTABLISHMENT)),
        "automate": string(upkeep.instrument),
        **_kept(upkeep, rename),
    }
    data, labels = assemble(members(document, rename))
    return Sample(f"{upkeep.kind}-{upkeep.number:05d}.json", "json", data, labels)


def _kept(upkeep: Upkeep, rename: Rename) -> dict[str, Written]:
    if upkeep.kind is Kind.CONTROL:
        measured = array(members(_measure(result), rename) for result in upkeep.results)
        return {"lot": string(upkeep.lot), "niveau": [str(upkeep.level)], "mesures": measured}
    if upkeep.kind is Kind.CATALOGUE:
        tests = (analyte for panel in upkeep.panels for analyte in panel.analytes)
        listed = [{"loinc": string(test.loinc), "libelle": string(test.label), "unite": string(test.unit)} for test in tests]
        return {"examens": array(members(test, rename) for test in listed)}
    lines = [{"horodatage": string(f"{when:%Y-%m-%d %H:%M:%S}"), "evenement": string(text)} for when, text in upkeep.lines]
    return {"journal": array(members(line, rename) for line in lines)}


def _measure(result: Result) -> dict[str, Written]:
    return {
        "loinc": string(result.analyte.loinc),
        "libelle": string(result.analyte.label),
        "valeur": [result.value],
        "unite": string(result.analyte.unit),
        "reference": string(result.range),
    }


def _identity(episode: Episode, rename: Rename) -> dict[str, Written]:
    if episode.former is None:
        return {"evenement": string("MISE_A_JOUR"), "comptePortail": members(_account(episode.patient), rename)}
    return {"evenement": string("FUSION"), "ancienDossier": members(_patient(episode.former, episode.patient.ipp), rename)}


def _account(patient: Person) -> dict[str, Written]:
    return {
        "login": string(Planted(patient.login, C.CREDENTIAL_LOGIN, patient.ipp)),
        "motDePasse": string(Planted(patient.password, C.CREDENTIAL_PASSWORD, patient.ipp)),
    }


def _results(episode: Episode, rename: Rename) -> dict[str, Written]:
    return {
        "prescripteur": members(_prescriber(episode), rename),
        "demande": members(_order(episode), rename),
        "resultats": array(members(_result(result, episode), rename) for result in episode.results),
        "commentaires": array(string(*comment) for comment in episode.comments),
    }


def _patient(patient: Person, subject: str) -> dict[str, Written]:
    return {
        "ipp": string(Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject)),
        "nir": string(Planted(patient.nir, C.PERSON_NIR, subject)),
        "nom": string(Planted(patient.family, C.PERSON_NAME, subject)),
        "nomNaissance": string(Planted(patient.birth_family, C.PERSON_NAME, subject)),
        "prenom": string(Planted(patient.given, C.PERSON_NAME, subject)),
        "dateNaissance": string(Planted(f"{patient.birth:%Y-%m-%d}", C.PERSON_BIRTH_DATE, subject)),
        "sexe": string(Planted(patient.sex, C.PERSON_SEX, subject)),
        "telephone": string(Planted(patient.phone, C.CONTACT_PHONE, subject)),
        "portable": string(Planted(patient.mobile, C.CONTACT_PHONE, subject)),
        "email": string(Planted(patient.email, C.CONTACT_EMAIL, subject)),
        "adresse": string(Planted(patient.street, C.CONTACT_ADDRESS, subject)),
        "codePostal": string(Planted(patient.postcode, C.CONTACT_POSTCODE, subject)),
        "ville": string(Planted(patient.city, C.CONTACT_CITY, subject)),
        "mutuelle": string(Planted(patient.insurer.name, C.INSURANCE_INSURER)),
        "adherent": string(Planted(patient.member, C.INSURANCE_MEMBER, subject)),
    }


def _prescriber(episode: Episode) -> dict[str, Written]:
    doctor = episode.prescriber
    return {
        "rpps": string(Planted(doctor.rpps, C.PROFESSIONAL_NUMBER)),
        "nom": string(Planted(doctor.family, C.PROFESSIONAL_NAME)),
        "prenom": string(Planted(doctor.given, C.PROFESSIONAL_NAME)),
    }


def _order(episode: Episode) -> dict[str, Written]:
    return {
        "numeroDemande": string(Planted(episode.order, C.SAMPLE_NUMBER)),
        "numeroEchantillon": string(Planted(episode.sample, C.SAMPLE_NUMBER)),
        "numeroVenue": string(Planted(episode.visit, C.PERSON_VISIT_NUMBER, episode.patient.ipp)),
        "datePrelevement": string(f"{episode.drawn:%Y-%m-%dT%H:%M:%S}"),
        "urgent": ["true" if episode.urgent else "false"],
        "statut": string(_STATUS[episode.status]),
    }


def _result(result: Result, episode: Episode) -> dict[str, Written]:
    value = Planted(result.value, C.HEALTH_RESULT, episode.patient.ipp)
    return {
        "code": string(result.panel.code),
        "loinc": string(result.analyte.loinc),
        "libelle": string(Planted(result.analyte.label, result.category)),
        "valeur": ["null"] if not result.value else [value] if result.numeric else string(value),
        "unite": string(result.analyte.unit),
        "reference": string(result.range),
        "flag": string(result.flag),
        "statut": string(_STATUS[result.status]),
    }
