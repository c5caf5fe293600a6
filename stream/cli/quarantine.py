"""`pratique quarantine`: what is held, and what people ask of the guard for it. Writes to the release topic alone: the guard decides, and
it alone forwards."""

import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from schemas.requests import Why
from schemas.topics import Purpose
from schemas.vocabulary import Reason, Request, Status, Urgency
from stream.cli import outbox
from stream.cli.brokers import needing_brokers
from stream.cli.desk import (
    Coordinates,
    PipelineFile,
    Ticket,
    addresses,
    ago,
    among,
    grounds,
    known_route,
    open_site,
    per_second,
    refuse,
    seconds,
    signer,
)
from stream.cli.exits import refusing_bad_configuration
from stream.cli.report import Output, Report, report
from stream.cli.setup import Dev, Sets, SettingsFile
from stream.cli.showing import show, when
from stream.cli.unlock import KeyCommand, KeyPath, PassphraseCommand, PassphraseFile, SigningPath, Unlocking
from stream.core.seal import SealError
from stream.review.address import Address
from stream.review.again import judged
from stream.review.answers import Answers
from stream.review.asking import Grounds, Problem, address_of, cosigned, misnamed, opened, plain, signed
from stream.review.drain import backlog, parked_behind, stands_open
from stream.review.held import Held, State, pick, read_held, urgent_first
from stream.review.site import Site

app = typer.Typer(help="List, show and decide held records.", no_args_is_help=True)

_READ = (Purpose.QUARANTINE, Purpose.STANDING)
_ASK = (*_READ, Purpose.RELEASE, Purpose.FACTS)

RouteName = Annotated[str | None, typer.Option(help="Of this route only.")]
WhyOption = Annotated[Why, typer.Option("--why", help="Why you ask.")]
Wait = Annotated[float, typer.Option(min=0, help="Seconds without any answer after which no guard answers.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it, only print what would be asked.")]
OptionalSigning = Annotated[Path | None, typer.Option("--signing-key", exists=True, dir_okay=False, help="Your signing key.")]


# ---- looking ------------------------------------------------------------------------------------------------------------


@app.command("list")
@refusing_bad_configuration
@needing_brokers
def list_held(
    pipeline: PipelineFile = Path("pipeline.yaml"),
    route: RouteName = None,
    reason: Annotated[Reason | None, typer.Option(help="Held for this reason.")] = None,
    urgency: Annotated[Urgency | None, typer.Option(help="Of this urgency.")] = None,
    status: Annotated[Status | None, typer.Option(help="With results of this status.")] = None,
    older_than: Annotated[str | None, typer.Option(metavar="AGE", help="Held for longer: 30m, 2h, 7d.")] = None,
    sequence: Annotated[str | None, typer.Option(metavar="HEX", help="Of the sequence whose name begins so.")] = None,
    superseded: Annotated[bool | None, typer.Option(help="A later record of its sequence was forwarded, or not.")] = None,
    in_backlog: Annotated[bool, typer.Option("--backlog", help="Held only because its route stood still.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="So many at most.")] = None,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
    output: Output = Report.TABLE,
) -> None:
    """List what is held, the most urgent first. Needs no key; proven only once a seal is opened."""
    site = open_site(pipeline, settings, sets, *_READ, dev=dev)
    known_route(route, site)
    age, now = seconds(older_than, "--older-than"), int(time.time())

    def wanted(held: Held) -> bool:
        return (
            (route is None or held.address.route == route)
            and (reason is None or reason in held.about.reasons)
            and (urgency is None or held.about.urgency == urgency)
            and (status is None or held.about.status == status)
            and (age is None or now - held.since > age)
            and (sequence is None or (bool(held.about.sequence) and held.about.sequence.startswith(sequence.lower())))
            and (superseded is None or _is_superseded(held) is superseded)
            and (not in_backlog or _is_backlog(held))
        )

    found = sorted(filter(wanted, read_held(site)), key=urgent_first)[:limit]
    report(found, output, lambda held: _plain(held, now), lambda held: _shown(held, now))


def _is_superseded(held: Held) -> bool:
    return held.row is not None and held.row.superseded >= 0


def _is_backlog(held: Held) -> bool:
    return held.row is not None and held.row.backlog


def _plain(held: Held, now: int) -> dict[str, object]:
    return {
        "coordinate": str(held.address),
        **held.address._asdict(),
        "state": held.state.value,
        "reasons": list(held.about.reasons),
        "urgency": held.about.urgency,
        "status": held.about.status,
        "held_since": when(held.since),
        "age_seconds": max(0, now - held.since) if held.since else None,
        "sequence": held.about.sequence,
        "superseded_by": held.row.superseded if held.row is not None and held.row.superseded >= 0 else None,
        "backlog": _is_backlog(held),
        "parts": held.wanted_parts,
        "parts_found": len(held.parts),
    }


def _shown(held: Held, now: int) -> dict[str, str]:
    return {
        "coordinate": str(held.address),
        "state": held.state.value + (f" ({len(held.parts)} of {held.wanted_parts} parts)" if held.state is State.TORN else ""),
        "reasons": ", ".join(held.about.reasons),
        "urgency": held.about.urgency,
        "status": held.about.status,
        "age": ago(now - held.since) if held.since else "",
        "sequence": held.about.sequence[:8],
    }


@app.command("show")
@refusing_bad_configuration
@needing_brokers
def show_held(
    pipeline: PipelineFile,
    coordinate: Annotated[str, typer.Argument(help="ROUTE/TOPIC/PARTITION/OFFSET, as `list` prints it.")],
    key: KeyPath = None,
    key_command: KeyCommand = None,
    passphrase_file: PassphraseFile = None,
    passphrase_command: PassphraseCommand = None,
    unmask: Annotated[bool, typer.Option("--unmask", help="Print the record as it is. That is written down first.")] = False,
    why: Annotated[Why | None, typer.Option(help="Why you have to see it.")] = None,
    ticket: Ticket = "",
    signing_key: OptionalSigning = None,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
    output: Output = Report.TABLE,
) -> None:
    """Open one held record: what holds it by the policy of now, and what is in it, masked."""
    if unmask and (why is None or signing_key is None):
        raise typer.BadParameter("needs --why and --signing-key: it is written down who looked, and why", param_hint="--unmask")
    site = open_site(pipeline, settings, sets, *_ASK, dev=dev)
    (address,) = addresses((coordinate,), site)
    (held,) = among((address,), read_held(site, (address.partition,)))
    unlocking = Unlocking(passphrase_file, passphrase_command)
    opener = unlocking.reviewer(key, key_command)
    found = pick(site, (held,))
    if address not in found:
        refuse(f"{address}: its seal is gone")
    try:
        record = opened(site, found[address], opener.secret).opened.record
    except SealError as error:
        refuse(f"{address}: {error}")
    seen = judged(site.bundle, address.route, record, secrets.token_bytes(32))
    if unmask and why is not None and signing_key is not None:
        request = signed(plain(site, Request.SHOW, address, grounds(why, ticket)), signer(site, signing_key, unlocking))
        with Answers(site, (address.partition,)) as answers:
            answers.send([request])
    show(held, seen, output, record if unmask else None)


# ---- deciding -----------------------------------------------------------------------------------------------------------


@app.command()
@refusing_bad_configuration
@needing_brokers
def release(
    pipeline: PipelineFile,
    signing_key: SigningPath,
    coordinates: Annotated[list[str] | None, typer.Argument(metavar="[COORDINATE]...", help="As `list` prints them.")] = None,
    key: KeyPath = None,
    key_command: KeyCommand = None,
    passphrase_file: PassphraseFile = None,
    passphrase_command: PassphraseCommand = None,
    why: Annotated[Why | None, typer.Option(help="Why you ask; for a backlog: backlog.")] = None,
    ticket: Ticket = "",
    waive: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="What is not to hold it, as `show` names it. Again for more.")
    ] = None,
    with_parked: Annotated[bool, typer.Option("--with-parked", help="And what parks behind it, in order.")] = False,
    route: Annotated[
        str | None, typer.Option("--backlog", metavar="ROUTE", help="All that a route held only because it stood still.")
    ] = None,
    rate: Annotated[str | None, typer.Option(metavar="N/s", help="So many records a second at most.")] = None,
    wait: Wait = 60,
    out: Annotated[Path | None, typer.Option(help="Write the signed requests here, for a second person, instead of sending them.")] = None,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Ask the guard to release held records; it judges each again, by the policy of now."""
    asked = _grounds_of_release(coordinates, route, why, ticket)
    pace = per_second(rate)
    if (wrong := misnamed(waive or ())) is not None:
        raise typer.BadParameter(f"`{wrong}` names nothing that holds a record; `show` prints the names", param_hint="--waive")
    site = open_site(pipeline, settings, sets, *_ASK, Purpose.BREAKERS, dev=dev)
    known_route(route, site, "--backlog")
    wanted = addresses(coordinates or (), site)
    unlocking = Unlocking(passphrase_file, passphrase_command)
    opener, person = unlocking.reviewer(key, key_command), signer(site, signing_key, unlocking)
    make = outbox.releasing(site, opener.secret, person, waive or (), asked)
    partitions = None if route is not None else sorted({each.partition for each in wanted})
    with Answers(site, partitions) as answers:
        if route is None:
            held = _with_parked(wanted, site) if with_parked else among(wanted, read_held(site, partitions))
        elif out is not None:
            held = tuple(each for lane in backlog(site, route).values() for each in lane)
        elif stands_open(site, route):
            refuse(f"{route} stands open: `pratique breaker close {route}` first, then its backlog can leave")
        else:
            outbox.drain(site, route, answers, make, outbox.timing(wait, pace))
            return
        if out is not None:
            outbox.write(out, held, make)
        else:
            outbox.send(answers, held, make, outbox.timing(wait, pace))


def _grounds_of_release(coordinates: Sequence[str] | None, route: str | None, why: Why | None, ticket: str) -> Grounds:
    if bool(coordinates) == (route is not None):
        raise typer.BadParameter("name records, or a route with --backlog", param_hint="COORDINATE")
    if why is None and route is None:
        raise typer.BadParameter(f"say why: {', '.join(Why)}", param_hint="--why")
    return grounds(why or Why.BACKLOG, ticket)


def _with_parked(wanted: Sequence[Address], site: Site) -> tuple[Held, ...]:
    everything = read_held(site, sorted({each.partition for each in wanted}))
    named = among(wanted, everything)
    behind = parked_behind(named, everything)
    for held in behind.staying:
        typer.echo(f"{held.address}: stays parked, another undecided record comes first", err=True)
    return tuple(sorted({held.address: held for held in (*named, *behind.going)}.values(), key=lambda held: held.address))


@app.command()
@refusing_bad_configuration
@needing_brokers
def cosign(
    pipeline: PipelineFile,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `release --out` wrote.")],
    signing_key: SigningPath,
    passphrase_file: PassphraseFile = None,
    passphrase_command: PassphraseCommand = None,
    wait: Wait = 60,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Sign another person's requests as well, and send them."""
    site = open_site(pipeline, settings, sets, *_ASK, dev=dev)
    person = signer(site, signing_key, Unlocking(passphrase_file, passphrase_command))
    try:
        requests = outbox.requests_in(file, lambda request: cosigned(request, person, site))
    except Problem as problem:
        refuse(str(problem))
    except ValueError:
        refuse(f"{file} does not hold requests")
    for request in requests:
        asked = request.asked()
        waived = f", waiving {', '.join(asked.waive)}" if asked.waive else ""
        by = site.named(request.signatures[0].by)
        typer.echo(f"{address_of(asked)}: {by} asks to {asked.request}: {asked.why} {asked.ticket}".rstrip() + waived, err=True)
    wanted = sorted(address_of(request.asked()) for request in requests)
    partitions = sorted({each.partition for each in wanted})
    with Answers(site, partitions) as answers:
        outbox.send(answers, among(wanted, read_held(site, partitions)), outbox.ready(requests), outbox.timing(wait))


@app.command()
@refusing_bad_configuration
@needing_brokers
def reject(
    pipeline: PipelineFile,
    coordinates: Coordinates,
    signing_key: SigningPath,
    why: WhyOption,
    ticket: Ticket = "",
    passphrase_file: PassphraseFile = None,
    passphrase_command: PassphraseCommand = None,
    wait: Wait = 60,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Decide that held records never leave; their seals are deleted."""
    asked = grounds(why, ticket)
    site = open_site(pipeline, settings, sets, *_ASK, dev=dev)
    wanted = addresses(coordinates, site)
    person = signer(site, signing_key, Unlocking(passphrase_file, passphrase_command))
    partitions = sorted({each.partition for each in wanted})
    with Answers(site, partitions) as answers:
        held = among(wanted, read_held(site, partitions))
        make = outbox.asking(lambda address: plain(site, Request.REJECT, address, asked), person)
        outbox.send(answers, held, make, outbox.timing(wait))


@app.command()
@refusing_bad_configuration
@needing_brokers
def expire(
    pipeline: PipelineFile,
    signing_key: SigningPath,
    older_than: Annotated[str, typer.Option(metavar="AGE", help="Held for longer: 90d.")],
    route: RouteName = None,
    why: WhyOption = Why.RETENTION,
    ticket: Ticket = "",
    yes: Yes = False,
    passphrase_file: PassphraseFile = None,
    passphrase_command: PassphraseCommand = None,
    wait: Wait = 60,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Delete what was held for longer than it has to be kept. Prints what that is; with --yes, asks for it."""
    asked, age, now = grounds(why, ticket), seconds(older_than, "--older-than") or 0, int(time.time())
    site = open_site(pipeline, settings, sets, *_ASK, dev=dev)
    known_route(route, site)
    kept = site.bundle.pipeline.keep_held_days
    if age < kept * 86_400:
        raise typer.BadParameter(f"this pipeline keeps what is held for {kept} days", param_hint="--older-than")
    person = signer(site, signing_key, Unlocking(passphrase_file, passphrase_command))
    with Answers(site, None) as answers:
        held = [
            each for each in read_held(site) if each.row is not None and route in (None, each.address.route) and now - each.row.at > age
        ]
        if _agreed(held, "expire", yes=yes):
            make = outbox.asking(lambda address: plain(site, Request.EXPIRE, address, asked), person)
            outbox.send(answers, held, make, outbox.timing(wait))


@app.command()
@refusing_bad_configuration
@needing_brokers
def rewrap(
    pipeline: PipelineFile,
    signing_key: SigningPath,
    coordinates: Annotated[list[str] | None, typer.Argument(metavar="[COORDINATE]...", help="As `list` prints them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is held.")] = False,
    route: RouteName = None,
    key: KeyPath = None,
    key_command: KeyCommand = None,
    passphrase_file: PassphraseFile = None,
    passphrase_command: PassphraseCommand = None,
    why: WhyOption = Why.KEY_CHANGE,
    ticket: Ticket = "",
    yes: Yes = False,
    wait: Wait = 60,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
) -> None:
    """Wrap the keys of seals anew, for everybody in the reviewers folder of now. In bulk only with --yes."""
    if sum((bool(coordinates), everything, route is not None)) != 1:
        raise typer.BadParameter("name records, or give --route or --all", param_hint="COORDINATE")
    asked = grounds(why, ticket)
    site = open_site(pipeline, settings, sets, *_ASK, dev=dev)
    known_route(route, site)
    unlocking = Unlocking(passphrase_file, passphrase_command)
    opener, person = unlocking.reviewer(key, key_command), signer(site, signing_key, unlocking)
    with Answers(site, None) as answers:
        found = read_held(site)
        named = among(addresses(coordinates or (), site), found)
        held = named or [each for each in found if each.row is not None and route in (None, each.address.route)]
        if coordinates or _agreed(held, "rewrap", yes=yes):
            outbox.send(answers, held, outbox.rewrapping(site, opener.secret, person, asked), outbox.timing(wait))


def _agreed(held: Sequence[Held], what: str, *, yes: bool) -> bool:
    """Whether a bulk is meant; where it is not, prints what it would be."""
    if not yes:
        for each in held:
            typer.echo(f"{each.address}: would {what}")
        typer.echo(f"{len(held)} records. With --yes the guard is asked.", err=True)
    return yes
