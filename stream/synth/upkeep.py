"""What a laboratory sends that is about nobody, and looks alike: quality control, its catalogue, the logs of its instruments.
Called by `traffic`."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from stream.synth.episode import Result, measured
from stream.synth.label import Kind
from stream.synth.panels import PANELS, Panel
from stream.synth.people import SITES, Site

_NUMERIC = tuple(panel for panel in PANELS if all(not analyte.answers for analyte in panel.analytes))
_INSTRUMENTS = {"SER": "CHIM-A", "SANG": "HEMATO-1", "PLAS": "COAG-2", "SANGA": "GAZ-3"}
"""What measures a specimen."""
_LINES = (
    "Calibration acceptée, lot réactif {lot}, péremption 2027-01-31",
    "Blanc réactif conforme (0.{small:03d})",
    "Bouchon détecté, échantillon {tube} repris",
    "Code-barres illisible en position {small}",
    "Niveau bas : tampon de lavage, cartouche {gtin}",
    "Maintenance journalière terminée en {small} s",
    "Dérive de la voie Na+ : pente {small}.2 mV, recalibration",
    "Connexion au middleware rétablie, {small} messages en attente, horloge {clock}",
    "CQ niveau 2 : règle 1-2s franchie, 1-3s respectée",
    "Rose bengale : lot {lot} épuisé",
)


class Upkeep(NamedTuple):
    """One such message: of a control its results, of a catalogue its panels, of a log its lines."""

    number: int
    kind: Kind
    sent: datetime
    site: Site
    instrument: str
    lot: str
    level: int  # of the control
    results: tuple[Result, ...] = ()
    panels: tuple[Panel, ...] = ()
    lines: tuple[tuple[datetime, str], ...] = ()


def upkeep(random: Random, number: int, sent: datetime) -> Upkeep:
    """A new one."""
    kind = random.choice((Kind.CONTROL, Kind.CONTROL, Kind.CATALOGUE, Kind.LOG))
    of_it = Upkeep(
        number, kind, sent, random.choice(SITES), random.choice(tuple(_INSTRUMENTS.values())), _lot(random), random.choice((1, 2, 3))
    )
    if kind is Kind.CONTROL:
        panel = random.choice(_NUMERIC)
        return of_it._replace(instrument=_INSTRUMENTS[panel.specimen.partition("^")[0]], results=tuple(measured(random, panel)))
    if kind is Kind.CATALOGUE:
        return of_it._replace(panels=tuple(random.sample(PANELS, 4)))
    return of_it._replace(lines=tuple(_line(random, sent, number) for number in range(random.randrange(3, 8))))


def _line(random: Random, sent: datetime, number: int) -> tuple[datetime, str]:
    text = random.choice(_LINES).format(
        lot=_lot(random),
        small=random.randrange(2, 60),
        tube=f"{sent:%y%m%d}{random.randrange(10**5):05d}",
        gtin=f"34015{random.randrange(10**8):08d}",
        clock=f"{sent:%Y%m%d%H%M%S}",
    )
    return sent + timedelta(seconds=7 * number), text


def _lot(random: Random) -> str:
    return f"{random.randrange(10**5, 10**6)}{random.choice('ABCDEF')}"
