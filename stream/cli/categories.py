"""`pratique categories`: the closed list of the kinds of data."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from schemas.vocabulary import Category
from stream.cli.output import Listing


def categories(output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE) -> None:
    """List the kinds of data that policies speak of."""
    if output is Listing.JSONL:
        for category in Category:
            typer.echo(json.dumps({"category": category, "parent": category.parent}))
        return
    table = Table("category", "without a rule of its own, it follows")
    for category in Category:
        table.add_row("  " * category.count(".") + category, category.parent)
    Console().print(table)
