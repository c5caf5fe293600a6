"""`pratique validate`: reads what people wrote as the guard would, and lists every fault of every file at once. Starts nothing."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel

from schemas.bundle import read_bundle
from schemas.cases import PolicyTest
from schemas.faults import ConfigError, Fault
from schemas.loader import Loaded, survey
from schemas.pipeline import Pipeline
from schemas.policy import Policy
from schemas.profile import Profile
from stream.cli.exits import Exit
from stream.cli.output import Listing
from stream.settings import Settings

KINDS: Mapping[str, type[BaseModel]] = {model.__name__: model for model in (Pipeline, Policy, PolicyTest, Profile, Settings)}


def validate(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files, or folders to walk.")],
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """Check pipelines, policies, their tests and settings; list every fault."""
    loaded, unread = survey(paths, KINDS)
    faults = tuple(dict.fromkeys((*unread, *_together(loaded))))
    if output is Listing.JSONL:
        for fault in faults:
            typer.echo(json.dumps(fault._asdict()))
    else:
        _say(loaded, faults)
    if faults:
        raise typer.Exit(Exit.CONFIG)


def _together(loaded: Iterable[Loaded]) -> Iterator[Fault]:
    """Faults of pipelines with the policies that they name."""
    for path, value in loaded:
        if isinstance(value, Pipeline):
            try:
                read_bundle(path)
            except ConfigError as error:
                yield from error.faults


def _say(loaded: Iterable[Loaded], faults: Iterable[Fault]) -> None:
    for fault in faults:
        print(fault, file=sys.stderr)
    faulty = {fault.file for fault in faults}
    for path, value in loaded:
        if str(path) not in faulty:
            typer.echo(f"{path}: a valid {type(value).__name__.lower()}")
