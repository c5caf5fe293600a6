"""An episode as the billed acts that a laboratory tells in HPRIM XML: patient, visit, insured person, acts of the nomenclature. Called by
`traffic`."""

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode
from stream.synth.label import Planted, Rename, Sample, assemble
from stream.synth.markup import DECLARATION, Element, Written, elements, text


def acts(episode: Episode, rename: Rename = str) -> Sample:
    """The document. `rename` gives every element another name (drift)."""
    element = elements(rename)
    document = element(
        "evenementsServeurActes",
        {"acquittementAttendu": "non", "version": "1.05"},
        element(
            "enteteMessage",
            {"modeTraitement": "normal"},
            element("identifiantMessage", None, text(f"MSG{episode.number:08d}")),
            element("dateHeureProduction", None, text(f"{episode.sent:%Y-%m-%dT%H:%M:%S}")),
            element("emetteur", None, element("agents", None, _agent(element, episode.site.code))),
        ),
        element(
            "evenementServeurActe",
            None,
            element("dateAction", None, text(f"{episode.drawn:%Y-%m-%d}")),
            _patient(episode, element),
            element("venue", None, _numbered(element, Planted(episode.visit, C.PERSON_VISIT_NUMBER, episode.patient.ipp))),
            element("debiteurs", None, _payer(episode, element)),
            element("actesNABM", None, *(_act(panel.nabm or panel.code, episode, element) for panel, _ in episode.panels)),
        ),
    )
    data, labels = assemble([DECLARATION, *document])
    return Sample(f"hprim-{episode.number:05d}.xml", "hprim_xml", data, labels)


def _agent(element: Element, code: str) -> Written:
    written = element("code", None, text(Planted(code, C.PROFESSIONAL_ESTABLISHMENT)))
    return element("agent", {"categorie": "application"}, written)


def _numbered(element: Element, number: Planted) -> Written:
    return element("identifiant", None, element("emetteur", None, element("valeur", None, text(number))))


def _patient(episode: Episode, element: Element) -> Written:
    patient, subject = episode.patient, episode.patient.ipp

    def leaf(name: str, value: str, category: C) -> Written:
        return element(name, None, text(Planted(value, category, subject)))

    person = element(
        "personnePhysique",
        {"sexe": Planted(patient.sex, C.PERSON_SEX, subject)},
        leaf("nomUsuel", patient.family, C.PERSON_NAME),
        leaf("nomNaissance", patient.birth_family, C.PERSON_NAME),
        element("prenoms", None, leaf("prenom", patient.given, C.PERSON_NAME)),
        element(
            "adresses",
            None,
            element(
                "adresse",
                None,
                leaf("ligne", patient.street, C.CONTACT_ADDRESS),
                leaf("ville", patient.city, C.CONTACT_CITY),
                leaf("codePostal", patient.postcode, C.CONTACT_POSTCODE),
            ),
        ),
        element("telephones", None, leaf("telephone", patient.phone, C.CONTACT_PHONE)),
        element("emails", None, leaf("email", patient.email, C.CONTACT_EMAIL)),
        element("dateNaissance", None, leaf("date", f"{patient.birth:%Y-%m-%d}", C.PERSON_BIRTH_DATE)),
    )
    return element("patient", None, _numbered(element, Planted(patient.ipp, C.PERSON_LOCAL_NUMBER, subject)), person)


def _payer(episode: Episode, element: Element) -> Written:
    patient, subject = episode.patient, episode.patient.ipp
    return element(
        "debiteur",
        None,
        element("assurance", None, element("nom", None, text(Planted(patient.insurer.name, C.INSURANCE_INSURER)))),
        element("numeroAdherent", None, text(Planted(patient.member, C.INSURANCE_MEMBER, subject))),
        element("assure", None, element("immatriculation", None, text(Planted(patient.nir, C.PERSON_NIR, subject)))),
    )


def _act(code: str, episode: Episode, element: Element) -> Written:
    doctor = episode.prescriber
    person = element(
        "personne",
        None,
        element("nomUsuel", None, text(Planted(doctor.family, C.PROFESSIONAL_NAME))),
        element("prenoms", None, element("prenom", None, text(Planted(doctor.given, C.PROFESSIONAL_NAME)))),
    )
    number = element("numeroRPPS", None, text(Planted(doctor.rpps, C.PROFESSIONAL_NUMBER)))
    return element(
        "acteNABM",
        {"action": "création", "facturable": "oui"},
        element("codeActe", None, text(Planted(code, C.ADMIN_ACT))),
        element("quantite", None, text("1")),
        element("execute", None, element("date", None, text(f"{episode.drawn:%Y-%m-%d}"))),
        element("prescripteur", None, element("medecin", {"lien": "prescripteur"}, number, person)),
    )
