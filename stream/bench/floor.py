"""What each stage may cost at most: the ratios to the calibration loop that were recorded, with headroom. Called by the gate in the tests,
and by `pratique bench floor`, which records them anew. Never compares times: a slower machine is slower at both."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from stream.bench.core import Cost, measure
from stream.core.ruleset import Ruleset

POLICY = "research"
RECORDS, ROUNDS = 50, 7
"""The same for what is recorded and for what is compared with it: a share of a seal's cost is by transaction."""
HEADROOM = 1.6
"""A stage that costs so many times what was recorded has become slower; less than that may be the machine."""
TRIES = 3

Floor = Mapping[str, Mapping[str, float]]
"""Ratios by format and stage."""


class Slower(NamedTuple):
    """A stage that costs more than it may."""

    format: str
    stage: str
    recorded: float
    found: float

    def __str__(self) -> str:
        return f"{self.format} {self.stage}: {self.found:.2f} calibration loops, {self.recorded:.2f} when recorded"


def found(ruleset: Ruleset) -> list[Cost]:
    """What the stages cost now; some seconds of work."""
    return measure(RECORDS, ROUNDS, ruleset)


def write_floor(path: Path, costs: Iterable[Cost]) -> None:
    floor: dict[str, dict[str, float]] = {}
    for cost in costs:
        floor.setdefault(cost.format, {})[cost.stage] = round(cost.ratio, 2)
    path.write_text(json.dumps(floor, indent=2) + "\n", "utf-8")


def read_floor(path: Path) -> Floor:
    floor: Floor = json.loads(path.read_text("utf-8"))
    return floor


def slower(find: Callable[[], Iterable[Cost]], floor: Floor) -> list[Slower]:
    """The stages that are beyond their headroom at every try. Raises KeyError for one that was never recorded."""
    least: dict[tuple[str, str], float] = {}
    beyond: list[Slower] = []
    for _ in range(TRIES):
        for cost in find():
            place = cost.format, cost.stage
            least[place] = min(cost.ratio, least.get(place, cost.ratio))
        each = (Slower(name, stage, floor[name][stage], ratio) for (name, stage), ratio in least.items())
        beyond = [one for one in each if one.found > HEADROOM * one.recorded]
        if not beyond:
            break
    return beyond
