"""What happened: a patient, a prescriber, results and comments. Formats write the same episode in their own way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from random import Random
from typing import NamedTuple

from schemas.vocabulary import Category as C
from stream.synth.comments import Comment, comments, fitting, values
from stream.synth.frames import CRITICAL
from stream.synth.label import Kind
from stream.synth.panels import PANELS, Analyte, Panel
from stream.synth.people import HOSPITAL, SITES, WARDS, Person, Physician, Site, person, physician


class Status(StrEnum):
    """How final results are, as HL7 writes it."""

    PRELIMINARY = "P"
    FINAL = "F"
    CORRECTED = "C"
    CANCELLED = "X"


class Result(NamedTuple):
    """One answer, as written: a number with unit and range, or words without them."""

    analyte: Analyte
    value: str
    flag: str  # LL L N H HH, A for abnormal words
    panel: Panel
    status: Status = Status.FINAL

    @property
    def range(self) -> str:
        """The reference range, as written."""
        return f"{self.analyte.low:.{self.analyte.digits}f} - {self.analyte.high:.{self.analyte.digits}f}" if self.numeric else ""

    @property
    def numeric(self) -> bool:
        """Whether the value is a number."""
        return not self.analyte.answers

    @property
    def category(self) -> C:
        """Of the label of what is measured."""
        return self.analyte.topic or C.HEALTH_TEST


class Episode(NamedTuple):
    """One order with its results, or what became known about its patient."""

    number: int
    patient: Person
    prescriber: Physician
    order: str
    sample: str
    visit: str
    drawn: datetime
    results: tuple[Result, ...]
    comments: tuple[Comment, ...]
    site: Site
    sent: datetime
    kind: Kind = Kind.REPORT
    status: Status = Status.FINAL
    urgent: bool = False
    ward: str = ""  # of the hospital; "" for who came to the laboratory
    former: Person | None = None  # the same person, as filed before a merge

    @property
    def panels(self) -> tuple[tuple[Panel, tuple[Result, ...]], ...]:
        """The results by panel, in their order."""
        groups = (tuple(group) for _, group in groupby(self.results, lambda result: result.panel.code))
        return tuple((group[0].panel, group) for group in groups)


def episode(
    random: Random, number: int, drawn: datetime | None = None, patient: Person | None = None, prescriber: Physician | None = None
) -> Episode:
    """A new order with its results, final, and up to three comments. Somebody new who came in the year 2026, unless said otherwise."""
    who, sent_by = patient or person(random), prescriber or physician(random)
    when = drawn or datetime(2026, 3, 2, 7) + timedelta(minutes=random.randrange(500_000))  # noqa: DTZ001  # local time, as laboratories write it
    ward = random.choice(WARDS) if random.random() < 0.35 else ""
    urgent = random.random() < (0.5 if ward in {"URG", "REA"} else 0.08)
    results = _results(random, who, when, bool(ward), urgent)
    sent = when + timedelta(minutes=random.randrange(25, 70) if urgent else random.randrange(90, 420), seconds=random.randrange(60))
    mentioned = values(random, who, sent_by, when, sent - timedelta(minutes=6))
    called = comments(random, mentioned, 1, CRITICAL) if any(result.flag in {"LL", "HH"} for result in results) else ()
    return Episode(
        number=number,
        patient=who,
        prescriber=sent_by,
        order=f"PRE-{random.randrange(10**5):05d}",
        sample=f"LAB-{when:%y%m%d}-{random.randrange(10**4):04d}",
        visit=f"V{when:%y%m%d}{random.randrange(1000):03d}",
        drawn=when,
        results=results,
        comments=(*called, *comments(random, mentioned, random.choice((0, 0, 1, 1, 1, 2, 2, 3)), fitting(who, when))),
        site=random.choice(SITES),
        sent=sent,
        urgent=urgent,
        ward=ward,
    )


def _results(random: Random, patient: Person, when: datetime, inside: bool, urgent: bool) -> tuple[Result, ...]:
    age = when.year - patient.birth.year
    fit = [panel for panel in PANELS if panel.sex in {"", patient.sex} and panel.youngest <= age and inside >= panel.inside]
    weights = [4 if panel.nabm or panel.code in {"NFS", "CRP"} else 1 for panel in fit]
    chosen = {panel.code: panel for panel in random.choices(fit, weights, k=random.choice((1, 2, 2, 3, 3, 4)))}
    if urgent:
        chosen.setdefault("IONO", next(panel for panel in fit if panel.code == "IONO"))
    return tuple(result for panel in chosen.values() for result in measured(random, panel))


def measured(random: Random, panel: Panel) -> Sequence[Result]:
    """A panel's results; what is derived agrees with what it is derived from."""
    drawn = {analyte.loinc: _drawn(random, analyte) for analyte in panel.analytes if analyte.derived is None}
    return [
        _answered(random, analyte, panel)
        if analyte.answers
        else _written(analyte, analyte.derived(drawn) if analyte.derived else drawn[analyte.loinc], panel)
        for analyte in panel.analytes
    ]


def _answered(random: Random, analyte: Analyte, panel: Panel) -> Result:
    answer = random.choice(analyte.answers)
    return Result(analyte, answer, "N" if answer == analyte.answers[0] else "A", panel)


def _drawn(random: Random, analyte: Analyte) -> float:
    """Within the range mostly, beyond it sometimes, far beyond seldom."""
    middle, spread = (analyte.low + analyte.high) / 2, analyte.high - analyte.low
    width = random.choice((0.2, 0.25, 0.25, 0.25, 0.4, 0.4, 0.8))
    return max(analyte.low * 0.4, random.gauss(middle, spread * width), 0.0)


def _written(analyte: Analyte, value: float, panel: Panel) -> Result:
    text = f"{value:.{analyte.digits}f}"
    shown = float(text)
    lowest, highest = analyte.critical
    flag = "LL" if shown < lowest else "HH" if shown > highest else "L" if shown < analyte.low else "H" if shown > analyte.high else "N"
    return Result(analyte, text, flag, panel)


def receiver(episode: Episode) -> str:
    """The system that reads."""
    return HOSPITAL if episode.ward else "DMP-VILLE"
