"""What the laboratory measures: analytes in the panels that are ordered together. Data only.

LOINC codes pass their check digit. NABM codes stand where a public table of acts was read; the other panels
have the laboratory's own code alone.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from schemas.vocabulary import Category as C

_HIGHEST = 1e9


class Analyte(NamedTuple):
    """What is measured. `topic` says which sensitive topic its mere order reveals; `answers` are what it says in words, the usual first."""

    loinc: str
    label: str
    unit: str = ""
    low: float = 0
    high: float = 0
    digits: int = 0
    topic: C | None = None
    critical: tuple[float, float] = (-1, _HIGHEST)  # below and above which somebody is called
    derived: Callable[[Mapping[str, float]], float] | None = None  # from what is drawn of the panel, by LOINC code
    answers: tuple[str, ...] = ()


class Panel(NamedTuple):
    """What is ordered together, with the laboratory's own code."""

    code: str
    label: str
    analytes: tuple[Analyte, ...]
    nabm: str = ""
    sex: str = ""  # of the patients it is ordered for
    youngest: int = 0  # of them, in years
    inside: bool = False  # only for the wards of the hospital
    specimen: str = "SER^Sérum"


def _pregnancy(loinc: str, label: str, unit: str, high: float) -> Analyte:
    return Analyte(loinc, label, unit, 0, high, 0, C.HEALTH_TOPIC_PREGNANCY)


def _search(loinc: str, label: str, topic: C, found: str = "Positif") -> Analyte:
    return Analyte(loinc, label, topic=topic, answers=("Négatif", "Négatif", "Négatif", "Négatif", "Négatif", found))


_BLOOD, _PLASMA, _URINE = "SANG^Sang total EDTA", "PLAS^Plasma citraté", "URI^Urine"

PANELS = (
    Panel(
        "NFS",
        "Hémogramme",
        (
            Analyte("789-8", "Hématies", "T/L", 4.0, 5.8, 2),
            Analyte(
                "718-7",
                "Hémoglobine",
                "g/dL",
                12.0,
                17.0,
                1,
                critical=(7, 20),
                derived=lambda v: v["789-8"] * v["787-2"] * v["786-4"] / 1000,
            ),
            Analyte("4544-3", "Hématocrite", "%", 36, 50, 1, derived=lambda v: v["789-8"] * v["787-2"] / 10),
            Analyte("787-2", "VGM", "fL", 80, 98, 1),
            Analyte("785-6", "TCMH", "pg", 27, 32, 1, derived=lambda v: v["787-2"] * v["786-4"] / 100),
            Analyte("786-4", "CCMH", "g/dL", 31.5, 35.5, 1),
            Analyte("6690-2", "Leucocytes", "G/L", 4.0, 10.0, 2, critical=(0.5, 50)),
            Analyte("777-3", "Plaquettes", "G/L", 150, 400, 0, critical=(30, 1000)),
        ),
        specimen=_BLOOD,
    ),
    Panel(
        "IONO",
        "Ionogramme sanguin",
        (
            Analyte("2951-2", "Sodium", "mmol/L", 136, 145, 0, critical=(120, 160)),
            Analyte("2823-3", "Potassium", "mmol/L", 3.5, 5.1, 1, critical=(2.8, 6.2)),
            Analyte("2075-0", "Chlorures", "mmol/L", 98, 107, 0),
        ),
        "1609",
    ),
    Panel(
        "UC",
        "Urée et créatinine",
        (Analyte("22664-7", "Urée", "mmol/L", 2.8, 8.1, 1), Analyte("14682-9", "Créatinine", "µmol/L", 50, 104, 0, critical=(0, 600))),
        "0593",
    ),
    Panel("GLY", "Glycémie à jeun", (Analyte("2345-7", "Glucose", "g/L", 0.70, 1.10, 2, critical=(0.4, 4.5)),), "0552"),
    Panel("HBA1C", "Hémoglobine glyquée", (Analyte("4548-4", "HbA1c", "%", 4.0, 6.0, 1),), specimen=_BLOOD),
    Panel(
        "EAL",
        "Exploration d'une anomalie lipidique",
        (
            Analyte("2093-3", "Cholestérol total", "g/L", 1.50, 2.00, 2),
            Analyte("2571-8", "Triglycérides", "g/L", 0.40, 1.50, 2),
            Analyte("2085-9", "Cholestérol HDL", "g/L", 0.40, 0.75, 2),
            Analyte(
                "13457-7", "Cholestérol LDL calculé", "g/L", 0.70, 1.60, 2, derived=lambda v: v["2093-3"] - v["2085-9"] - v["2571-8"] / 5
            ),
        ),
        "0996",
    ),
    Panel(
        "BHEP",
        "Bilan hépatique",
        (
            Analyte("1920-8", "ASAT", "U/L", 10, 40, 0),
            Analyte("1742-6", "ALAT", "U/L", 10, 45, 0, critical=(-1, 1000)),
            Analyte("2324-2", "Gamma-GT", "U/L", 8, 60, 0),
            Analyte("6768-6", "Phosphatases alcalines", "U/L", 40, 130, 0),
            Analyte("14631-6", "Bilirubine totale", "µmol/L", 5, 21, 0),
        ),
    ),
    Panel(
        "MART",
        "Bilan martial",
        (Analyte("14798-3", "Fer sérique", "µmol/L", 9.0, 30.0, 1), Analyte("2276-4", "Ferritine", "µg/L", 15, 150, 0)),
    ),
    Panel("TSH", "TSH ultrasensible", (Analyte("3016-3", "TSH", "mUI/L", 0.40, 4.00, 2),)),
    Panel("CRP", "Protéine C réactive", (Analyte("1988-5", "CRP", "mg/L", 0, 5, 1, critical=(-1, 200)),)),
    Panel(
        "TP",
        "Taux de prothrombine",
        (Analyte("5894-1", "Taux de prothrombine", "%", 70, 120, 0), Analyte("6301-6", "INR", "", 0.90, 1.20, 2, critical=(-1, 5))),
        specimen=_PLASMA,
    ),
    Panel("DDIM", "D-dimères", (Analyte("48065-7", "D-dimères", "ng/mL FEU", 100, 500, 0),), specimen=_PLASMA),
    Panel("TROP", "Troponine T hypersensible", (Analyte("67151-1", "Troponine T hs", "ng/L", 3, 14, 0, critical=(-1, 52)),), inside=True),
    Panel("VITD", "25-OH vitamine D", (Analyte("1989-3", "25-OH vitamine D3", "ng/mL", 30, 60, 1),)),
    Panel(
        "GDS",
        "Gaz du sang artériel",
        (
            Analyte("2744-1", "pH", "", 7.38, 7.42, 2, critical=(7.2, 7.6)),
            Analyte("2019-8", "pCO2", "mmHg", 36, 44, 0),
            Analyte("2703-7", "pO2", "mmHg", 80, 100, 0, critical=(50, _HIGHEST)),
            Analyte("1960-4", "Bicarbonates", "mmol/L", 22, 26, 1),
            Analyte("2518-9", "Lactates", "mmol/L", 0.5, 2.0, 1, critical=(-1, 4)),
        ),
        "0999",
        inside=True,
        specimen="SANGA^Sang artériel",
    ),
    Panel("BHCG", "Bêta-HCG plasmatique", (_pregnancy("21198-7", "Beta-HCG", "UI/L", 5),), sex="F", youngest=15),
    Panel("PSA", "PSA total", (Analyte("2857-1", "PSA total", "ng/mL", 0, 4, 2, C.HEALTH_TOPIC_ONCOLOGY),), sex="M", youngest=45),
    Panel(
        "VIH",
        "Sérologie VIH 1+2",
        (_search("56888-1", "Ac anti-VIH 1+2 et Ag p24", C.HEALTH_TOPIC_HIV, "Positif, à confirmer"),),
        youngest=15,
    ),
    Panel(
        "HEPV",
        "Sérologies hépatites B et C",
        (
            _search("5196-1", "Ag HBs", C.HEALTH_TOPIC_HEPATITIS),
            _search("16128-1", "Ac anti-VHC", C.HEALTH_TOPIC_HEPATITIS),
        ),
    ),
    Panel(
        "CHLA",
        "Chlamydia trachomatis, PCR",
        (_search("21613-5", "Chlamydia trachomatis, ADN", C.HEALTH_TOPIC_STI),),
        youngest=15,
        specimen=_URINE,
    ),
    Panel(
        "METH", "Méthadone urinaire", (_search("3773-9", "Méthadone", C.HEALTH_TOPIC_ADDICTION, "Présence"),), youngest=18, specimen=_URINE
    ),
    Panel(
        "ECBU",
        "Examen cytobactériologique des urines",
        (
            Analyte(
                "630-4",
                "Culture urinaire",
                answers=("Absence de germe", "Absence de germe", "Escherichia coli, 10^6 UFC/mL", "Flore polymorphe, à recontrôler"),
            ),
        ),
        specimen=_URINE,
    ),
)
ANALYTES = tuple(analyte for panel in PANELS for analyte in panel.analytes)
