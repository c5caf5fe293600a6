"""`pratique inspect`: what is in these files, by the very core that guards Kafka. Writes nothing but its table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from stream.cli.exits import refusing_bad_configuration
from stream.cli.files import records, sources
from stream.cli.offline import Row, format_of, offline_ruleset, rows
from stream.cli.output import Listing
from stream.cli.tree import tree
from stream.core.judge import inspect as see
from stream.core.judge import judge
from stream.core.values import Inspection, Standing
from stream.core.waive import where


@refusing_bad_configuration
def inspect(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files, or folders to walk.")],
    policy: Annotated[str | None, typer.Option(help="A shipped policy's name or a file: shows the verdict, too.")] = None,
    lines: Annotated[bool, typer.Option("--lines", help="One record a line.")] = False,
    as_tree: Annotated[bool, typer.Option("--tree", help="Show how each record is read: documents, layers, roles.")] = False,
    profile: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The source's own profile: its keys, its segments.")
    ] = None,
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """List what is found: category, likelihood, path, detector, evidence, masked preview."""
    if as_tree and output is Listing.JSONL:
        raise typer.BadParameter("is for people; without it, --output jsonl lists what is found", param_hint="--tree")
    ruleset = offline_ruleset(policy, profile=profile)
    progress = Console(stderr=True)
    for source in track(sources(paths), "inspecting", console=progress, disable=not progress.is_terminal, transient=True):
        for record in records(source, lines):
            seen = see(record, ruleset)
            verdict = judge(seen, ruleset, [Standing()])[0].decision.verdict.value if policy else None
            show = _as_json if output is Listing.JSONL else _as_tree if as_tree else _as_table
            show(str(source.relative), record.coordinate.offset, seen, verdict)


def _as_json(name: str, number: int, seen: Inspection, verdict: str | None) -> None:
    about = {"source": name, "record": number, "format": format_of(seen)}
    for row in rows(seen):
        typer.echo(json.dumps({**about, **row._asdict()}, ensure_ascii=False))
    for reason in seen.incomplete:
        typer.echo(json.dumps({**about, "incomplete": reason.value}))
    for unread in seen.unread:
        typer.echo(json.dumps({**about, "incomplete": unread.reason.value, "path": where(seen, unread.document, unread.leaf)}))
    if verdict is not None:
        typer.echo(json.dumps({**about, "verdict": verdict}))


def _title(name: str, number: int, seen: Inspection, verdict: str | None) -> str:
    return f"{name} #{number} ({format_of(seen)})" + (f": {verdict}" if verdict else "")


def _as_tree(name: str, number: int, seen: Inspection, verdict: str | None) -> None:
    console = Console()
    console.print(tree(seen, _title(name, number, seen, verdict)), soft_wrap=not console.is_terminal)
    for reason in seen.incomplete:
        console.print("not read to its end:", reason)


def _as_table(name: str, number: int, seen: Inspection, verdict: str | None) -> None:
    table = Table(title=_title(name, number, seen, verdict), title_justify="left")
    for field in Row._fields:
        table.add_column(field, no_wrap=field in ("category", "path"))
    for row in rows(seen):
        table.add_row(row.category, row.likelihood, row.path, row.detector, " ".join(row.evidence), row.preview)
    console = Console()
    console.print(table)
    if seen.incomplete:
        console.print("not inspected to its end:", ", ".join(seen.incomplete))
    for unread in seen.unread:
        console.print("not inspected to its end:", unread.reason, "at", where(seen, unread.document, unread.leaf), markup=False)
