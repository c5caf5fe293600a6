"""`pratique bench`: the guard beside a plain relay on a real broker, in one run; `bench core`: a record in the core by stage; `bench floor`
records that for the tests.

Reads options and prints what `stream.bench` measured.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from stream.bench.core import Cost, measure
from stream.bench.floor import POLICY, found, write_floor
from stream.bench.whole import Bench, Report, Sizes
from stream.cli.brokers import needing_brokers
from stream.cli.exits import refusing_bad_configuration
from stream.cli.offline import offline_ruleset
from stream.cli.output import Form, Listing

app = typer.Typer(help="Measure.")
_SIZES = Sizes()


@app.callback(invoke_without_command=True)
@refusing_bad_configuration
@needing_brokers
def bench(
    context: typer.Context,
    brokers: Annotated[
        str | None, typer.Option(metavar="HOST:PORT,...", help="Brokers without TLS, for topics of the bench's own; else one is started.")
    ] = None,
    records: Annotated[int, typer.Option(min=100, help="Records of each run for speed.")] = _SIZES.records,
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="The most records of a transaction.")] = _SIZES.batch,
    workers: Annotated[int, typer.Option(min=1, max=4, help="Measure the guard with one worker up to so many.")] = _SIZES.workers,
    seconds: Annotated[float, typer.Option(min=0.5, help="Of each run for latency.")] = _SIZES.seconds,
    policy: Annotated[str, typer.Option(help="A shipped policy's name, or a file.")] = _SIZES.policy,
    output: Annotated[Form, typer.Option(help="table or json")] = Form.TABLE,
) -> None:
    """Measure."""
    if context.invoked_subcommand is not None:
        return
    with tempfile.TemporaryDirectory() as folder, _broker(brokers, Path(folder)) as address:
        report = Bench(address, Path(folder), Sizes(records, batch, workers, seconds, policy), _tell).report()
    if output is Form.JSON:
        typer.echo(json.dumps(report.as_json(), indent=2))
    else:
        _print(report)


@contextmanager
def _broker(given: str | None, folder: Path) -> Iterator[str]:
    if given is not None:
        yield given
        return
    from stream.broker.apache import Apache  # noqa: PLC0415  # needs the extra `broker`

    _tell("starting a real Apache Kafka")
    with Apache(folder / "kafka") as apache:
        yield apache.address


def _tell(line: str) -> None:
    print(f"{line} ...", file=sys.stderr)


def _print(report: Report) -> None:
    console = Console()
    pace = Table("", "workers", "records/s", "µs of CPU a record", "RSS MiB")
    for run in report.runs:
        figures = (f"{run.pace.records_per_second:.0f}", f"{run.pace.cpu_us_per_record:.1f}", f"{run.pace.rss_mib:.0f}")
        pace.add_row(run.what, str(run.workers), *figures)
    console.print(pace)
    delay = Table(f"ms at {report.delay.rate:.0f} records/s", "p50", "p99")
    for name in ("relay", "guard", "added"):
        delay.add_row(name, *(f"{value:.0f}" for value in getattr(report.delay, name)))
    console.print(delay)
    console.print(
        f"guard/relay: {report.ratio:.3f} records/s, {report.cpu_ratio:.1f} × CPU a record; {report.scaling:.2f} × by more workers"
    )
    where = report.machine
    console.print(
        f"{where.cores} cores, {where.cpu}, {where.memory_gib} GiB; {where.python}, librdkafka {where.librdkafka}, {where.system}"
    )


@app.command()
def core(
    records: Annotated[int, typer.Option(min=10, help="Records a format.")] = 500,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the fastest counts.")] = 7,
    policy: Annotated[str, typer.Option(help="A shipped policy's name, or a file.")] = "research",
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """Microseconds a record by stage and format."""
    costs = measure(records, rounds, offline_ruleset(policy))
    if output is Listing.JSONL:
        for cost in costs:
            typer.echo(json.dumps(cost._asdict()))
    else:
        Console().print(_costs(costs))


@app.command()
def floor(file: Annotated[Path, typer.Argument(dir_okay=False, help="tests/bench/floor.json")]) -> None:
    """Record what each stage costs now, for the tests to compare with."""
    costs = found(offline_ruleset(POLICY))
    write_floor(file, costs)
    Console().print(_costs(costs))


def _costs(costs: list[Cost]) -> Table:
    table = Table("format", "bytes", "stage", "µs a record", "× calibration")
    for cost in costs:
        table.add_row(cost.format, str(cost.bytes), cost.stage, f"{cost.microseconds:.1f}", f"{cost.ratio:.2f}")
    return table
