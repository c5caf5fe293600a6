"""`pratique bench core`: what a record costs in the core, by stage and format, beside a calibration loop of the same run.

Quote the ratios; microseconds are this machine's, of this minute.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from time import process_time
from typing import Annotated, NamedTuple, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from stream.cli.offline import offline_ruleset
from stream.cli.output import Listing
from stream.core.act import act
from stream.core.decide import decide
from stream.core.decode import decode
from stream.core.detect import detect
from stream.core.judge import inspect, judge
from stream.core.ruleset import Ruleset
from stream.core.values import Coordinate, Record, Standing
from stream.synth.traffic import traffic

Item = TypeVar("Item")

app = typer.Typer(help="Measure.", no_args_is_help=True)


class Cost(NamedTuple):
    """Microseconds of CPU for one record, and how many calibration loops that is."""

    format: str
    bytes: int  # mean size of a record
    stage: str
    microseconds: float
    ratio: float


@app.callback()
def bench() -> None:
    """Measure."""


@app.command()
def core(
    records: Annotated[int, typer.Option(min=10, help="Records a format.")] = 500,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the fastest counts.")] = 7,
    policy: Annotated[str, typer.Option(help="A shipped policy's name, or a file.")] = "research",
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """Microseconds a record by stage and format."""
    costs = measure(records, rounds, policy)
    if output is Listing.JSONL:
        for cost in costs:
            typer.echo(json.dumps(cost._asdict()))
        return
    table = Table("format", "bytes", "stage", "µs a record", "× calibration")
    for cost in costs:
        table.add_row(cost.format, str(cost.bytes), cost.stage, f"{cost.microseconds:.1f}", f"{cost.ratio:.2f}")
    Console().print(table)


def measure(records: int, rounds: int, policy: str) -> list[Cost]:
    """The cost of each stage for each format, all in this run."""
    ruleset = offline_ruleset(policy)
    unit = _fastest(lambda: _each(range(records), lambda _: _calibrate()), rounds) / records
    costs = []
    for name in ("hl7v2", "json"):
        sample = [s.data for s in islice((s for s in traffic(2026) if s.format == name), records)]
        size = sum(map(len, sample)) // records
        taken = [Record(Coordinate("bench", 0, number), None, data) for number, data in enumerate(sample)]
        for stage, run in _stages(taken, ruleset).items():
            seconds = _fastest(run, rounds) / records
            costs.append(Cost(name, size, stage, seconds * 1e6, seconds / unit))
    return costs


def _stages(records: Sequence[Record], ruleset: Ruleset) -> dict[str, Callable[[], object]]:
    limits, detection, route, standing = ruleset.source.limits, ruleset.detection, ruleset.routes[0], Standing()
    decoded = [decode(record, limits) for record in records]
    seen = [inspect(record, ruleset) for record in records]
    decisions = [decide(one, route, standing) for one in seen]
    return {
        "decode": lambda: _each(records, lambda record: decode(record, limits)),
        "detect": lambda: _each(decoded, lambda found: detect(found.documents, detection, limits)),
        "decide": lambda: _each(seen, lambda one: decide(one, route, standing)),
        "act": lambda: _each(zip(seen, decisions, strict=True), lambda pair: act(*pair, route)),
        "whole": lambda: _each(records, lambda record: judge(inspect(record, ruleset), ruleset, [standing])),
    }


def _each(items: Iterable[Item], work: Callable[[Item], object]) -> None:
    """Keeps no result, as the guard keeps none: garbage that piles up would be collected again and again."""
    for item in items:
        work(item)


def _fastest(run: Callable[[], object], rounds: int) -> float:
    """CPU seconds of the fastest round."""
    best = float("inf")
    for _ in range(rounds):
        before = process_time()
        run()
        best = min(best, process_time() - before)
    return best


def _calibrate() -> int:
    """A fixed piece of plain Python work: what a ratio is measured in."""
    total = 0
    for word in b"a calibration loop of plain work on a few words".split():
        total += len(word) + hash(word) % 7
    return total
