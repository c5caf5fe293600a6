"""`pratique run`: one worker of a pipeline, until told to stop. Reads what was written, opens the log, and hands over to the guard."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.bundle import Bundle, read_bundle
from schemas.faults import ConfigError
from stream.cli.brokers import needing_brokers
from stream.cli.exits import Exit, refusing_bad_configuration
from stream.cli.setup import Dev, Sets, SettingsFile, read_settings
from stream.errors import Fatal
from stream.guard import main
from stream.logs import Event, open_log
from stream.settings import Settings


@refusing_bad_configuration
@needing_brokers
def run(
    pipeline: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Pipeline file.")] = Path("pipeline.yaml"),
    dev: Dev = False,
    single_key: Annotated[bool, typer.Option("--single-key", help="Run with one reviewer, whose key is then the only one.")] = False,
    accept_gap: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC/PARTITION", help="Give up records that are gone from a source, once. Again for more.")
    ] = None,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Guard a pipeline: read, inspect, and forward or hold, until stopped."""
    given = [*(sets or ()), *([f"accept_gaps={','.join(accept_gap)}"] if accept_gap else ())]
    bundle, chosen = _read(pipeline, settings, given, dev=dev, single_key=single_key)
    log = open_log(chosen.log_level)
    for route in bundle.overdue(datetime.now(UTC).date()):
        log.warning(Event.REVIEW_OVERDUE, route=route)
    try:
        main.run(bundle, chosen, log)
    except Fatal:
        sys.exit(Exit.DEPENDENCY)  # the log has said why; whoever started us starts us again


def _read(pipeline: Path, settings: Path | None, sets: list[str], **flags: bool) -> tuple[Bundle, Settings]:
    """Raises ConfigError with the faults of both."""
    try:
        chosen = read_settings(settings, sets, **flags).settings
    except ConfigError as error:
        try:
            read_bundle(pipeline)
        except ConfigError as other:
            raise ConfigError((*error.faults, *other.faults)) from None
        raise
    return read_bundle(pipeline), chosen
