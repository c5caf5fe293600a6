"""`pratique redact`: what a recipient would get of these files. Writes forwarded outcomes only; a held or dropped record leaves nothing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from stream.cli.exits import refusing_bad_configuration
from stream.cli.files import Source, records, sources
from stream.cli.offline import format_of, offline_ruleset, rows
from stream.cli.output import Listing
from stream.core.judge import inspect, judge
from stream.core.ruleset import Ruleset
from stream.core.values import Inspection, Outcome, Standing


@refusing_bad_configuration
def redact(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files, or folders to walk.")],
    policy: Annotated[str, typer.Option(help="A shipped policy's name, or a file.")],
    out: Annotated[Path, typer.Option(help="Folder for the outcomes, under the same relative names.")],
    lines: Annotated[bool, typer.Option("--lines", help="One record a line.")] = False,
    key: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Pseudonym key; without it they hold for this run.")] = None,
    profile: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The source's own profile: its keys, its segments.")
    ] = None,
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """Write what a policy lets through; report a verdict per record."""
    ruleset = offline_ruleset(policy, key, profile)
    verdicts: Counter[str] = Counter()
    progress = Console(stderr=True)
    for source in track(sources(paths), "redacting", console=progress, disable=not progress.is_terminal, transient=True):
        verdicts.update(_redact(source, ruleset, out, lines, output))
    if output is Listing.TABLE:
        _summary(verdicts)


def _redact(source: Source, ruleset: Ruleset, out: Path, lines: bool, output: Listing) -> list[str]:
    """Judges the records of one file and writes those that leave."""
    verdicts, forwarded = [], []
    for record in records(source, lines):
        seen = inspect(record, ruleset)
        outcome = judge(seen, ruleset, [Standing()])[0]
        verdicts.append(outcome.decision.verdict.value)
        if outcome.forward is not None:
            forwarded.append(outcome.forward.value or b"")
        if output is Listing.JSONL:
            typer.echo(_report(source, seen, outcome))
    if forwarded:
        target = out / source.relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"".join(value + b"\n" for value in forwarded) if lines else forwarded[0])
    return verdicts


def _report(source: Source, seen: Inspection, outcome: Outcome) -> str:
    findings = [{"category": r.category, "likelihood": r.likelihood, "path": r.path, "detector": r.detector} for r in rows(seen)]
    return json.dumps(
        {
            "source": str(source.relative),
            "record": seen.record.coordinate.offset,
            "format": format_of(seen),
            "verdict": outcome.decision.verdict.value,
            "reasons": list(outcome.decision.reasons),
            "findings": findings,
        },
        ensure_ascii=False,
    )


def _summary(verdicts: Counter[str]) -> None:
    table = Table("verdict", "records")
    for verdict, count in sorted(verdicts.items()):
        table.add_row(verdict, str(count))
    Console().print(table)
