"""What each stage may cost at most: the ratios to the calibration loop that were recorded, with headroom. Called by the gate in the tests,
and by `pratique bench core --write-floor`, which records them anew."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from stream.bench.core import Cost

HEADROOM = 1.6
"""A stage that costs so many times what was recorded has become slower; less than that may be the machine."""


class Slower(NamedTuple):
    """A stage that costs more than it may."""

    format: str
    stage: str
    recorded: float
    found: float

    def __str__(self) -> str:
        return f"{self.format} {self.stage}: {self.found:.2f} calibration loops, {self.recorded:.2f} when recorded"


Floor = Mapping[str, Mapping[str, float]]
"""Ratios by format and stage."""


def write_floor(path: Path, costs: Iterable[Cost]) -> None:
    floor: dict[str, dict[str, float]] = {}
    for cost in costs:
        floor.setdefault(cost.format, {})[cost.stage] = round(cost.ratio, 2)
    path.write_text(json.dumps(floor, indent=2) + "\n", "utf-8")


def read_floor(path: Path) -> Floor:
    floor: Floor = json.loads(path.read_text("utf-8"))
    return floor


def slower(costs: Iterable[Cost], floor: Floor) -> list[Slower]:
    """The stages beyond their headroom. Raises KeyError for one that was never recorded."""
    found = (Slower(cost.format, cost.stage, floor[cost.format][cost.stage], cost.ratio) for cost in costs)
    return [each for each in found if each.found > HEADROOM * each.recorded]
