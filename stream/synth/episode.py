"""What happened: a patient, a prescriber, results and comments. Formats write the same episode in their own way."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from schemas.vocabulary import Category as C
from stream.synth.label import Kind, Piece, Planted, compose
from stream.synth.people import Person, Physician, person, physician


class Analyte(NamedTuple):
    """What a laboratory measures. `topic` says which sensitive topic its mere order reveals."""

    loinc: str
    label: str
    unit: str
    low: float
    high: float
    digits: int
    topic: C | None = None


ANALYTES = (
    Analyte("718-7", "Hémoglobine", "g/dL", 12.0, 16.0, 1),
    Analyte("777-3", "Plaquettes", "G/L", 150, 400, 0),
    Analyte("6690-2", "Leucocytes", "G/L", 4.0, 10.0, 1),
    Analyte("2345-7", "Glucose", "g/L", 0.7, 1.1, 2),
    Analyte("2160-0", "Créatinine", "µmol/L", 50, 110, 0),
    Analyte("2951-2", "Sodium", "mmol/L", 135, 145, 0),
    Analyte("2823-3", "Potassium", "mmol/L", 3.5, 5.1, 1),
    Analyte("2498-4", "Fer sérique", "µmol/L", 9.0, 30.0, 1),
    Analyte("2276-4", "Ferritine", "µg/L", 15, 150, 0),
    Analyte("3016-3", "TSH", "mUI/L", 0.4, 4.0, 2),
    Analyte("1988-5", "CRP", "mg/L", 0, 5, 1),
    Analyte("2093-3", "Cholestérol total", "g/L", 1.5, 2.0, 2),
    Analyte("21198-7", "Beta-HCG", "UI/L", 0, 5, 0, C.HEALTH_TOPIC_PREGNANCY),
    Analyte("2857-1", "PSA total", "ng/mL", 0, 4, 2, C.HEALTH_TOPIC_ONCOLOGY),
    Analyte("3773-9", "Méthadone urinaire", "ng/mL", 0, 300, 0, C.HEALTH_TOPIC_ADDICTION),
)


class Result(NamedTuple):
    """One measured value, as written."""

    analyte: Analyte
    value: str
    flag: str

    @property
    def range(self) -> str:
        """The reference range, as written."""
        return f"{self.analyte.low:.{self.analyte.digits}f} - {self.analyte.high:.{self.analyte.digits}f}"


class Episode(NamedTuple):
    """One order with its results."""

    number: int
    patient: Person
    prescriber: Physician
    order: str
    sample: str
    visit: str
    drawn: datetime
    results: tuple[Result, ...]
    comments: tuple[tuple[Piece, ...], ...]
    kind: Kind = Kind.REPORT


_COMMENTS = (
    "Prélèvement hémolysé, résultats à interpréter avec prudence.",
    "Patiente enceinte de 12 SA, sous Levothyrox.",
    "Rappeler {title} {family} au {mobile} pour le résultat.",
    "Résultat transmis par téléphone au Dr {prescriber} à 10:30.",
    "Sérologie VIH négative, contrôle à 6 semaines.",
    "Patient connu pour tumeur de la prostate, vu avec {relation} {spouse}.",
    "Né(e) le {birth}, identité vérifiée, NIR {nir}.",
    "Adresser le compte rendu à {email}.",
    "{given} {family} demande une copie au {street}, {city}.",
    "Contrôle conseillé dans 3 mois.",
)


def episode(random: Random, number: int) -> Episode:
    """A new episode with one to six results and up to three comments."""
    patient, prescriber = person(random), physician(random)
    drawn = datetime(2026, 3, 2, 7) + timedelta(minutes=random.randrange(500_000))  # noqa: DTZ001  # local time, as laboratories write it
    analytes = random.sample(ANALYTES, random.randrange(1, 7))
    values = planted(patient, prescriber)
    comments = random.sample(_COMMENTS, random.randrange(4))
    return Episode(
        number=number,
        patient=patient,
        prescriber=prescriber,
        order=f"PRE-{random.randrange(10**5):05d}",
        sample=f"LAB-{drawn:%y%m%d}-{random.randrange(10**4):04d}",
        visit=f"V{drawn:%y%m%d}{random.randrange(1000):03d}",
        drawn=drawn,
        results=tuple(_result(random, analyte) for analyte in analytes),
        comments=tuple(tuple(compose(comment, values)) for comment in comments),
    )


def planted(patient: Person, prescriber: Physician) -> dict[str, Planted]:
    """The values that a comment may hold, with their categories. Names are spelled as people write them, not as fields hold them."""
    nir = patient.nir
    subject = patient.ipp
    return {
        "title": Planted("Mme" if patient.sex == "F" else "M.", C.ADMIN_TEXT),
        "family": Planted(patient.family, C.PERSON_NAME, subject),
        "given": Planted(patient.given.title(), C.PERSON_NAME, subject),
        "relation": Planted("son époux" if patient.sex == "F" else "son épouse", C.ADMIN_TEXT),
        "spouse": Planted(patient.spouse, C.PERSON_NAME),
        "mobile": Planted(" ".join(patient.mobile[i : i + 2] for i in range(0, 10, 2)), C.CONTACT_PHONE, subject),
        "email": Planted(patient.email, C.CONTACT_EMAIL, subject),
        "birth": Planted(f"{patient.birth:%d/%m/%Y}", C.PERSON_BIRTH_DATE, subject),
        "nir": Planted(f"{nir[0]} {nir[1:3]} {nir[3:5]} {nir[5:7]} {nir[7:10]} {nir[10:13]} {nir[13:]}", C.PERSON_NIR, subject),
        "street": Planted(patient.street.lower(), C.CONTACT_ADDRESS, subject),
        "city": Planted(patient.city.title(), C.CONTACT_CITY, subject),
        "prescriber": Planted(prescriber.family, C.PROFESSIONAL_NAME),
    }


def _result(random: Random, analyte: Analyte) -> Result:
    spread = (analyte.high - analyte.low) or 1
    value = max(0.0, random.uniform(analyte.low - spread / 3, analyte.high + spread / 2))
    flag = "L" if value < analyte.low else "H" if value > analyte.high else "N"
    return Result(analyte, f"{value:.{analyte.digits}f}", flag)
