"""The profile of HPRIM XML (events of billing and administration) as a table, written like that of CDA. Compiled by `nodes`. Names that
it does not have are those of the key dictionary: HPRIM writes `nomUsuel`, `codePostal` and `dateNaissance` as everybody does.
"""

from collections.abc import Mapping

_NUMBERED = {
    "": "$1",
    **dict.fromkeys("valeur numeroIdentifiant".split(), "$1"),
    **dict.fromkeys("emetteur recepteur".split(), "number $1"),
    **dict.fromkeys("@portee @etat @referent".split(), "structure"),
}
_FLAGS = dict.fromkeys(
    "@action @facturable @facture @valide @signe @documentaire @gratuit @remboursementExceptionnel @facturation @valeur @statut @principal "
    "@optionCoordination @topPreventionActionAmoAmc @executionNuit @executionDimancheJourFerie @acteHorsNomenclature @porteeCle @portee "
    "@activiteRecherche @rapportExoneration @supplementCharges @exonerationCCAM @PMSI @ententePrealable @indicateurParcoursSoins".split(),
    "structure",
)

HPRIM: Mapping[str, Mapping[str, str]] = {
    "message": {
        "enteteMessage": "heading",
        **dict.fromkeys(
            "evenementServeurActe evenementPatient evenementPMSI evenementFraisDivers evenementServeurIntervention evenementServeurLPP "
            "evenementServeurUCD evenementServeurEtatsPatient "
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
    "agent": {"": "establishment.name", "code": "establishment.number", "libelle": "establishment.name", "@categorie": "structure"},
    "number": _NUMBERED,
    "event": {
        "dateAction": "admin.date",
        "acteur": "doctors",
        "patient": "patient",
        "venue": "visit",
        "mouvement": "visit",
        "intervention": "intervention",
        **dict.fromkeys("actesCCAM actesNGAP actesNABM actesDivers fraisDivers forfaits LPPs".split(), "acts"),
        "UCDs": "drugs",
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
        "uniteFonctionnelle": "agent",
        "uniteFonctionnelleResponsable": "agent",
        "indicateurs": "acts",
    },
    "doctors": {
        **dict.fromkeys("medecin medecins participant medecinExecutant medecinResponsable".split(), "doctors"),
        "numeroAdeli": "professional.number",
        "numeroRPPS": "professional.number",
        "identification": "doctor",
        "personne": "doctorPerson",
        "@lien": "structure",
        "@principal": "structure",
    },
    "doctor": {"code": "professional.number", "libelle": "professional.name.full"},
    "doctorPerson": {"nomUsuel": "professional.name.family", "prenoms": "doctorPerson", "prenom": "professional.name.given"},
    "acts": {
        **_FLAGS,
        "": "admin.act",
        "*": "act",
        **dict.fromkeys("acteCCAM acteNGAP acteNABM acteDivers fraisDivers forfait LPP NABMs".split(), "acts"),
        **dict.fromkeys("prescription denomination".split(), "acts"),
        "identifiant": "number sample.number",
        **dict.fromkeys("dateAction execute dateExecution datePose".split(), "moment"),
        **dict.fromkeys("acteur executant prestataire prescripteur medecins".split(), "doctors"),
        "identifiantFournisseur": "agent",
        "commentaire": "health.text",
        "motif": "health.text",
    },
    "drugs": {
        **_FLAGS,
        "": "drug.label",
        "*": "drug.label",
        **dict.fromkeys("UCD denomination".split(), "drugs"),
        "codeUCD": "drug.code",
        "identifiant": "number sample.number",
        **dict.fromkeys("dateAction dateDelivrance execute".split(), "moment"),
        **dict.fromkeys("acteur executant prestataire prescripteur medecins".split(), "doctors"),
        "identifiantFournisseur": "agent",
        "quantite": "drug.label",
    },
    "act": {**_FLAGS, "": "admin.act", "*": "act", "@valeur": "admin.act"},
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
    "evenementsServeurIntervention evenementsServeurInterventions evenementsServeurLPP evenementsServeurUCD "
    "evenementsMouvementPatient".split()
)
"""The names of messages."""

PERSONS = frozenset({"event"})
"""Tables whose elements are each about a person."""
