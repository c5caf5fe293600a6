"""What the commands of reviewers share: the pipeline, the person who asks, and how people write coordinates, ages and rates."""

import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from schemas.bundle import read_bundle
from schemas.requests import Why
from schemas.topics import Purpose
from stream.cli.exits import Exit
from stream.cli.setup import read_settings
from stream.cli.unlock import Unlocking
from stream.guard.admin import Admin
from stream.review.address import Address, address
from stream.review.asking import Grounds, Signer
from stream.review.held import Held
from stream.review.site import Site, a_site

PipelineFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Pipeline file.")]
Coordinates = Annotated[list[str], typer.Argument(metavar="COORDINATE...", help="ROUTE/TOPIC/PARTITION/OFFSET, as `list` prints it.")]
Ticket = Annotated[str, typer.Option(help="A number in your own ticket system.")]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_TICKET = re.compile(r"[A-Za-z0-9._/-]{0,64}")


def open_site(pipeline: Path, settings: Path | None, sets: list[str] | None, *needed: Purpose, dev: bool) -> Site:
    """Raises ConfigError, Unavailable."""
    bundle = read_bundle(pipeline)
    return a_site(bundle, Admin(read_settings(settings, sets, dev=dev).settings.kafka.librdkafka()), needed)


def signer(site: Site, path: Path, unlocking: Unlocking) -> Signer:
    """The person who asks, told by the key. Raises ConfigError; exits where the guard would not know the key."""
    opened = unlocking.signing(path)
    person = site.people.get(opened.file.id)
    if person is None:
        refuse("this key is not registered: its .pub file is not in the pipeline's reviewers folder")
    return Signer(person, opened.secret)


def grounds(why: Why, ticket: str) -> Grounds:
    if not _TICKET.fullmatch(ticket):
        raise typer.BadParameter("a ticket is up to 64 letters, digits and . _ / -", param_hint="--ticket")
    return Grounds(why, ticket, int(time.time()))


def refuse(what: str) -> NoReturn:
    print(what, file=sys.stderr)
    raise typer.Exit(Exit.FOUND)


# ---- how people write ---------------------------------------------------------------------------------------------------


def addresses(written: Iterable[str], site: Site) -> tuple[Address, ...]:
    """In the order of lanes and offsets, each once."""
    return tuple(sorted({_address(each, site) for each in written}))


def _address(written: str, site: Site) -> Address:
    try:
        found = address(written)
    except ValueError:
        raise typer.BadParameter("write ROUTE/TOPIC/PARTITION/OFFSET, as `list` prints it", param_hint="COORDINATE") from None
    known_route(found.route, site, "COORDINATE")
    return found


def known_route(route: str | None, site: Site, hint: str = "--route") -> None:
    if route is not None and route not in site.routes:
        raise typer.BadParameter(f"no route of this name; there are {', '.join(site.routes)}", param_hint=hint)


def among(wanted: Iterable[Address], everything: Iterable[Held]) -> tuple[Held, ...]:
    """Exits where one is not held."""
    known = {held.address: held for held in everything}
    wanted = tuple(wanted)
    if absent := [each for each in wanted if each not in known]:
        names = "\n".join(f"{each}: not held; decided already, or never held" for each in absent)
        refuse(f"{names}\n`pratique quarantine list` shows what is held")
    return tuple(known[each] for each in wanted)


def seconds(age: str | None, hint: str) -> int | None:
    """Of `90s`, `30m`, `2h`, `90d`."""
    if age is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}[smhd]", age):
        raise typer.BadParameter("write a number and s, m, h or d, as 2h", param_hint=hint)
    return int(age[:-1]) * _SECONDS[age[-1]]


def per_second(rate: str | None) -> float | None:
    """Of `50/s` or `50`."""
    if rate is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(?:/s)?", rate)
    if found is None or float(found[1]) == 0:
        raise typer.BadParameter("write records a second, as 50/s", param_hint="--rate")
    return float(found[1])


def ago(age: int) -> str:
    """An age in its largest unit."""
    unit = next((unit for unit in "dhm" if age >= 2 * _SECONDS[unit]), "s")
    return f"{max(age, 0) // _SECONDS[unit]}{unit}"
