"""The profile of HPRIM XML (events of billing and administration) as a table, written like that of CDA. Compiled by `nodes`. Names that
it does not have are those of the key dictionary: HPRIM writes `nomUsuel`, `codePostal` and `dateNaissance` as everybody does.
"""

from collections.abc import Mapping

_NUMBERED = {"emetteur": "number $1", "recepteur": "number $1", "valeur": "$1", "": "$1", "numeroIdentifiant": "$1", "portee": "structure"}

HPRIM: Mapping[str, Mapping[str, str]] = {
    "message": {
        "enteteMessage": "heading",
        **dict.fromkeys(
            "evenementServeurActe evenementPatient evenementPMSI evenementFraisDivers evenementIntervention evenementServeurEtatsPatient "
            "evenementMouvementPatient evenementMajStructure".split(),
            "event",
        ),
        "@acquittementAttendu": "structure",
        "@version": "structure",
    },
    "heading": {
        "identifiantMessage": "technical.control",
        "dateHeureProduction": "admin.date",
        "emetteur": "agents",
        "destinataire": "agents",
        "@modeTraitement": "structure",
    },
    "agents": {"agents": "agents", "agent": "agent"},
    "agent": {"code": "establishment.number", "libelle": "establishment.name", "@categorie": "structure"},
    "number": _NUMBERED,
    "event": {
        "dateAction": "admin.date",
        "patient": "patient",
        "venue": "visit",
        "mouvement": "visit",
        "intervention": "intervention",
        **dict.fromkeys("actesCCAM actesNGAP actesNABM actesDivers fraisDivers forfaits".split(), "acts"),
        "debiteurs": "payers",
        **dict.fromkeys("diagnostics rss dp dr das diagnosticPrincipal diagnosticRelie diagnosticsSignificatifs".split(), "diagnoses"),
        **dict.fromkeys("evenementPatient enregistrementPatient mouvementPatient venuePatient".split(), "event"),
    },
    "patient": {
        "identifiant": "number person.identifier",
        "identifiantPatient": "number person.identifier",
        "numeroIdentifiantSante": "person.ins",
        "matriculeINS": "person.ins",
        "personnePhysique": "patient",
        "prenoms": "patient",
        "prenom": "person.name.given",
        "adresses": "patient",
        "telephones": "patient",
        "emails": "patient",
        "dateNaissance": "birth",
        "lieuNaissance": "birthplace",
        "signaletique": "patient",
        "@sexe": "person.sex",
        "@adresseUtilisee": "structure",
        "@lienNomNaissance": "structure",
    },
    "birth": {"": "person.birth_date", "date": "person.birth_date", "heure": "person.birth_date", "dateLunaire": "person.birth_date"},
    "birthplace": dict.fromkeys(("", "*"), "person.birth_place"),
    "visit": {
        "identifiant": "number person.visit_number",
        "numeroVenue": "number person.visit_number",
        "debut": "moment",
        "fin": "moment",
        "entree": "moment",
        "sortie": "moment",
        "natureVenueHospitaliere": "admin.code",
        "Placement": "placement",
        "placement": "placement",
        "medecins": "doctors",
    },
    "moment": {"": "admin.date", "*": "moment", "@valeur": "admin.code"},
    "placement": dict.fromkeys(("", "*"), "establishment.location"),
    "intervention": {
        "identifiant": "number sample.number",
        "debut": "moment",
        "fin": "moment",
        "libelle": "health.text",
        "libelleComplementaire": "health.text",
        "commentaire": "health.text",
        "medecins": "doctors",
        "participants": "doctors",
        "indicateurs": "acts",
    },
    "doctors": {
        **dict.fromkeys("medecin medecins participant medecinExecutant".split(), "doctors"),
        "numeroAdeli": "professional.number",
        "numeroRPPS": "professional.number",
        "identification": "doctor",
        "personne": "doctorPerson",
        "@lien": "structure",
    },
    "doctor": {"code": "professional.number", "libelle": "professional.name.full"},
    "doctorPerson": {"nomUsuel": "professional.name.family", "prenoms": "doctorPerson", "prenom": "professional.name.given"},
    "acts": {
        **dict.fromkeys("acteCCAM acteNGAP acteNABM acteDivers fraisDivers forfait".split(), "acts"),
        "identifiant": "number sample.number",
        "execute": "moment",
        "dateExecution": "moment",
        "executant": "doctors",
        "medecins": "doctors",
        "prescripteur": "doctors",
        "prescription": "acts",
        "commentaire": "health.text",
        "motif": "health.text",
        "": "admin.act",
        "*": "act",
        **dict.fromkeys(
            "@action @facturable @valide @documentaire @gratuit @remboursementExceptionnel @facturation @valeur @statut".split(),
            "structure",
        ),
    },
    "act": {"": "admin.act", "*": "act", "@valeur": "admin.act"},
    "payers": {
        "debiteur": "payers",
        "assurance": "payers",
        "nom": "insurance.insurer",
        "numeroAdherent": "insurance.member",
        "identifiant": "number insurance.member",
        **dict.fromkeys("obligatoire complementaire".split(), "payer"),
        **dict.fromkeys("assure beneficiaire".split(), "insured"),
        "dates": "moment",
    },
    "payer": {"*": "insurance.insurer", "": "insurance.insurer", "numeroAdherent": "insurance.member", "contrat": "insurance.member"},
    "insured": {
        "immatriculation": "relative.nir",
        "numeroSecuriteSociale": "relative.nir",
        "personne": "insuredPerson",
        "personnePhysique": "insuredPerson",
        **dict.fromkeys("rangGemellaire rang qualite".split(), "insurance.member"),
    },
    "insuredPerson": {
        **dict.fromkeys("nomUsuel nomNaissance".split(), "relative.name.family"),
        "prenoms": "insuredPerson",
        "prenom": "relative.name.given",
        "dateNaissance": "relativeBirth",
        "@sexe": "relative.sex",
    },
    "relativeBirth": {"": "relative.birth_date", "date": "relative.birth_date"},
    "diagnoses": {
        "": "diagnosis.label",
        "*": "diagnoses",
        "codeCim10": "diagnosis.code",
        "codeCIM10": "diagnosis.code",
        "code": "diagnosis.code",
        "libelle": "diagnosis.label",
    },
}

CONTEXTS: Mapping[str, str] = {
    "patient": "patient",
    "insured": "relative",
    "insuredPerson": "relative",
    "doctors": "professional",
    "doctorPerson": "professional",
    "acts": "billing",
    "payers": "insurer",
}

DOCUMENTS = tuple(
    "evenementsServeurActes evenementsPatients evenementsPMSI evenementsFraisDivers evenementsServeurEtatsPatient "
    "evenementsServeurIntervention evenementsMouvementPatient".split()
)
"""The names of messages."""

PERSONS = frozenset({"event"})
"""Tables whose elements are each about a person."""
