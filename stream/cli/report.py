"""How what reviewers ask for is printed: a table for people, one JSON array or one object a line for programs."""

import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from stream.cli.listing import listed
from stream.cli.output import Listing


class Report(StrEnum):
    """The form of the output."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


Output = Annotated[Report, typer.Option("--output", "-o", help="table, json or jsonl")]
Told = TypeVar("Told")


def report(
    rows: Sequence[Told], output: Report, plain: Callable[[Told], Mapping[str, object]], shown: Callable[[Told], Mapping[str, str]]
) -> None:
    """`plain`: a row for programs; `shown`: a row of the table. An empty table says so on stderr."""
    match output:
        case Report.TABLE if not rows:
            typer.echo("nothing to show", err=True)
        case Report.TABLE:
            listed([shown(row) for row in rows], Listing.TABLE)
        case Report.JSON:
            typer.echo(json.dumps([plain(row) for row in rows], ensure_ascii=False, indent=2))
        case Report.JSONL:
            for row in rows:
                typer.echo(json.dumps(plain(row), ensure_ascii=False))
