"""`pratique breaker`: a person stops a route, lets it go again, or looks. Closing names the openings that it ends, and only those."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from pydantic import ValidationError

from schemas.bundle import Bundle, read_bundle
from schemas.events import BreakerRow
from schemas.topics import Purpose, topic_name
from schemas.vocabulary import BreakerState
from stream.cli.brokers import needing_brokers
from stream.cli.exits import Exit, refusing_bad_configuration
from stream.cli.listing import listed
from stream.cli.output import Listing
from stream.cli.person import signing_key
from stream.cli.setup import Dev, Sets, SettingsFile, read_settings
from stream.errors import Unavailable
from stream.guard.admin import Admin
from stream.guard.breakers import PERSON, UNREADABLE, Breakers, breaker_key
from stream.guard.keyfile import Kind
from stream.guard.keyring import stored_keys
from stream.review.drain import backlog
from stream.review.site import a_site

app = typer.Typer(help="Open, close and list breakers.", no_args_is_help=True)

PipelineFile = Annotated[Path, typer.Option("--pipeline", exists=True, dir_okay=False, help="Pipeline file.")]
RouteName = Annotated[str, typer.Argument(help="A route of the pipeline.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for whoever reads it later. No patient's data.")]
Passphrase = Annotated[Path | None, typer.Option("--passphrase-file", exists=True, dir_okay=False, help="Its first line opens the key.")]
Output = Annotated[Listing, typer.Option("--output", "-o", help="table or jsonl")]


class Desk(NamedTuple):
    """What a person works on: a pipeline, its people by key id, and its breakers as they stand."""

    bundle: Bundle
    admin: Admin
    topic: str
    people: Mapping[str, str]
    rows: Mapping[bytes, bytes]
    breakers: Breakers


@app.command("open")
@refusing_bad_configuration
@needing_brokers
def open_route(
    route: RouteName,
    reason: Why,
    pipeline: PipelineFile = Path("pipeline.yaml"),
    key: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Your signing key. Stopping needs none.")] = None,
    passphrase_file: Passphrase = None,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Stop a route: from now on all its records are held."""
    by = signing_key(key, passphrase_file).id if key else ""
    desk = _desk(pipeline, settings, sets, dev=dev)
    _known(route, desk)
    _write(desk, BreakerRow(route=route, writer=PERSON, state=BreakerState.OPEN, reason=reason, at=_now(), ends=_ended(route, desk), by=by))


@app.command()
@refusing_bad_configuration
@needing_brokers
def close(
    route: RouteName,
    reason: Why,
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Your signing key, by which you are named.")],
    pipeline: PipelineFile = Path("pipeline.yaml"),
    passphrase_file: Passphrase = None,
    leave_backlog: Annotated[bool, typer.Option("--leave-backlog", help="Live records go at once, past what was held meanwhile.")] = False,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Let a route go again, once its backlog has left: ends every opening that stands now, and none that comes later."""
    person = signing_key(key, passphrase_file)
    desk = _desk(pipeline, settings, sets, dev=dev)
    _known(route, desk)
    if person.id not in desk.people:
        _refuse("this key is not registered: its .pub file is not in the pipeline's reviewers folder")
    if desk.breakers.state(route) is BreakerState.CLOSED:
        _refuse("the route is not open")
    ends = desk.breakers.openings(route)
    state = BreakerState.CLOSED if leave_backlog else BreakerState.DRAINING
    _write(desk, BreakerRow(route=route, writer=PERSON, state=state, reason=reason, at=_now(), ends=ends, by=person.id))
    if not leave_backlog:
        typer.echo(f"What was held meanwhile leaves first, if anything was: `pratique quarantine release --backlog {route}`.", err=True)


@app.command("list")
@refusing_bad_configuration
@needing_brokers
def list_routes(
    pipeline: PipelineFile = Path("pipeline.yaml"),
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
    output: Output = Listing.TABLE,
) -> None:
    """List the routes, whether each is open, and what each writer said last."""
    desk = _desk(pipeline, settings, sets, dev=dev)
    listed([shown for route in desk.bundle.pipeline.routes for shown in _shown(route.name, desk)], output)


def _desk(pipeline: Path, settings: Path | None, sets: list[str] | None, *, dev: bool) -> Desk:
    bundle = read_bundle(pipeline)
    admin = Admin(read_settings(settings, sets, dev=dev).settings.kafka.librdkafka())
    topic = topic_name(bundle.pipeline.topics.prefix, Purpose.BREAKERS)
    if not admin.describe((topic,)):
        raise Unavailable(f"there is no topic {topic}; `pratique topics --apply` creates it")
    rows = {key: value for key, value in admin.rows(topic) if value is not None}
    breakers = Breakers()
    breakers.read(rows.items())
    stored, _ = stored_keys((bundle.folder / bundle.pipeline.reviewers,))
    people = {file.id: file.name for _, file in stored if file.kind is Kind.SIGNING_PUBLIC}
    return Desk(bundle, admin, topic, people, rows, breakers)


def _known(route: str, desk: Desk) -> None:
    names = [each.name for each in desk.bundle.pipeline.routes]
    if route not in names:
        raise typer.BadParameter(f"no route of this name; there are {', '.join(names)}", param_hint="ROUTE")


def _ended(route: str, desk: Desk) -> tuple[str, ...]:
    """The openings that stand and were ended before: a person who stops the route does not bring them back."""
    person = _row(f"{route}/{PERSON}".encode(), desk)
    return tuple(opening for opening in desk.breakers.openings(route) if person and opening in person.ends)


def _write(desk: Desk, row: BreakerRow) -> None:
    desk.admin.put(desk.topic, breaker_key(row), row.write())
    for opening in row.ends:
        typer.echo(f"{row.route}: ended {opening}", err=True)
    typer.echo(f"{row.route}: {row.state}", err=True)


def _refuse(what: str) -> None:
    print(what, file=sys.stderr)
    raise typer.Exit(Exit.FOUND)


def _shown(route: str, desk: Desk) -> list[dict[str, str]]:
    """A line for each writer that said something of the route; one line where nobody did."""
    state = _state(route, desk).value
    keys = sorted(key for key in desk.rows if key.partition(b"/")[0] == route.encode())
    told = [{"route": route, "state": state, **_told(key, desk)} for key in keys]
    return told or [{"route": route, "state": state, **dict.fromkeys(("writer", "says", "opening", "reason", "at", "by"), "")}]


def _state(route: str, desk: Desk) -> BreakerState:
    """A route that drains is closed once its backlog has left."""
    state = desk.breakers.state(route)
    drains = state is BreakerState.DRAINING and backlog(a_site(desk.bundle, desk.admin, ()), route)
    return BreakerState.CLOSED if state is BreakerState.DRAINING and not drains else state


def _told(key: bytes, desk: Desk) -> dict[str, str]:
    writer = key.partition(b"/")[2].decode(errors="replace")
    row = _row(key, desk)
    if row is None:
        return {"writer": writer, "says": UNREADABLE, "opening": UNREADABLE, "reason": "", "at": "", "by": ""}
    at = datetime.fromtimestamp(row.at, UTC).isoformat()
    by = desk.people.get(row.by, row.by)
    return {"writer": writer, "says": row.state.value, "opening": row.opening, "reason": row.reason, "at": at, "by": by}


def _row(key: bytes, desk: Desk) -> BreakerRow | None:
    try:
        return BreakerRow.model_validate_json(desk.rows[key]) if key in desk.rows else None
    except ValidationError:
        return None


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
