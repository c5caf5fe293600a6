"""`pratique categories`: the closed list of the kinds of data. A rule for a parent holds for what is below it, unless that has its own."""

from typing import Annotated

import typer

from schemas.vocabulary import Category
from stream.cli.listing import listed
from stream.cli.output import Listing


def categories(output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE) -> None:
    """List the kinds of data that policies speak of."""
    listed([{"category": category.value, "parent": category.parent or ""} for category in Category], output)
