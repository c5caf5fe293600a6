"""Prints a listing of flat rows. Where the output goes to a file or another program, nothing is wrapped."""

import json
import sys
from collections.abc import Mapping, Sequence

import typer
from rich.console import Console
from rich.table import Table

from stream.cli.output import Listing

_UNWRAPPED = 10_000  # columns


def listed(rows: Sequence[Mapping[str, str]], output: Listing) -> None:
    """Rows of the same names: a table, or one JSON object a line."""
    if output is Listing.JSONL:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
    elif rows:
        table = Table(box=None, padding=(0, 2, 0, 0))
        for name in rows[0]:
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*row.values())
        Console(width=None if sys.stdout.isatty() else _UNWRAPPED, markup=False).print(table)
