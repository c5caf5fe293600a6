"""Below which figures nothing may fall: those recorded for one small run, and how far each may be from it. Called by the gate in the tests
and by `pratique eval --floor`, which records them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from stream.evaluation.figures import ALL, Evaluation, Figures, Share, wilson


class Run(NamedTuple):
    """What the figures are of; the gate measures the same again."""

    policy: str
    formats: Sequence[str]
    records: int
    seed: int
    dirt: float
    clean: float


class Recorded(NamedTuple):
    """A share of so many trials, the more the better."""

    share: float
    trials: int

    @property
    def lowest(self) -> float:
        """The lower end of its interval."""
        return wilson(self.share, self.trials)[0]


class Floor(NamedTuple):
    """A run and its figures, by format, or category for all formats, and name."""

    run: Run
    figures: Mapping[str, Mapping[str, Recorded]]


class Fallen(NamedTuple):
    """A figure that is worse than it may be."""

    what: str
    figure: str
    recorded: Recorded
    found: float

    def __str__(self) -> str:
        return f"{self.what} {self.figure}: {self.found:.4f}, recorded {self.recorded.share:.4f}, {self.recorded.lowest:.4f} at least"


def figures(found: Evaluation) -> dict[str, dict[str, Recorded]]:
    """Those that a floor keeps. What has none is left out."""
    by = {name: _kept(_named(figures)) for name, figures in found.formats.items()}
    by |= {str(category): _kept({"recall": one.recall}) for category, one in found.categories[ALL].items()}
    return {name: kept for name, kept in by.items() if kept}


def _named(figures: Figures) -> Mapping[str, Share]:
    return {
        "recall": figures.recall,
        "leak-free": figures.leak_free,
        "precision": figures.precision,
        "clean untouched": figures.touched.rest,
        "results kept": figures.kept,
        "not held needlessly": figures.held_needlessly.rest,
    }


def _kept(named: Mapping[str, Share]) -> dict[str, Recorded]:
    return {name: Recorded(round(share.value, 6), share.trials) for name, share in named.items() if share.value is not None}


def fallen(found: Evaluation, floor: Floor) -> Iterator[Fallen]:
    """What is below its floor. Raises KeyError for a figure that is not found any more."""
    now = figures(found)
    for what, recorded in floor.figures.items():
        for figure, least in recorded.items():
            share = now[what][figure].share
            if share < least.lowest:
                yield Fallen(what, figure, least, share)


def write_floor(path: Path, run: Run, found: Evaluation) -> None:
    path.write_text(json.dumps({"run": run._asdict(), "figures": figures(found)}, indent=1) + "\n", "utf-8")


def read_floor(path: Path) -> Floor:
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    by = {what: {figure: Recorded(*recorded) for figure, recorded in each.items()} for what, each in read["figures"].items()}
    return Floor(Run(**read["run"]), by)
