"""`pratique formats`: what is read, what is written in place, what holds a record, and by which table of places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from stream.cli.listing import listed
from stream.cli.output import Listing
from stream.core.decode import FORMATS
from stream.core.decode.layers import LAYERS


def formats(output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE) -> None:
    """List the formats that are read, and the layers by which they hang in each other."""
    listed([*rows()], output)


def rows() -> Iterator[dict[str, str]]:
    """One of each format and layer, in the order they are asked."""
    told = [("format", each.name, each.about) for each in FORMATS] + [("layer", each.name, each.about) for each in LAYERS]
    for kind, name, about in told:
        yield {"kind": kind, "name": name, **about._asdict()}


def table() -> str:
    """The same for `docs/formats.md`."""
    lines = ["| kind | name | reads | writes | holds | places |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row.values())} |" for row in rows())])
