"""`pratique config`: what the settings come to, and where each comes from. Never shows a secret."""

from typing import Annotated

import typer

from schemas.manuscript import Plain
from stream.cli.exits import refusing_bad_configuration
from stream.cli.listing import listed
from stream.cli.output import Listing
from stream.cli.setup import Sets, SettingsFile, read_settings
from stream.given import DEFAULT

app = typer.Typer(help="Show the settings.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """Show the settings."""


@app.command()
@refusing_bad_configuration
def show(
    settings: SettingsFile = None,
    sets: Sets = None,
    resolved: Annotated[bool, typer.Option("--resolved", help="Every setting, also those left at their default.")] = False,
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """Print each setting that was given with its origin; secrets are masked."""
    rows = [row for row in read_settings(settings, sets).shown() if resolved or row.origin != DEFAULT]
    listed([{"setting": row.name, "value": _text(row.value), "origin": str(row.origin)} for row in rows], output)


def _text(value: Plain) -> str:
    match value:
        case None:
            return ""
        case list():
            return ",".join(map(str, value))
        case _:
            return str(value)
