"""Sends what a person asks and tells what came of it: a line each on stdout, progress on stderr. Called by `quarantine`."""

import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from schemas.requests import Asked, SignedRequest
from stream.cli.desk import refuse
from stream.cli.exits import Exit
from stream.core.seal import SealError
from stream.review.address import Address
from stream.review.answers import Answer, Answers
from stream.review.asking import Grounds, Opening, Signer, opened, signed, to_release, to_rewrap
from stream.review.drain import Blocked, Drain, Found, Pausing
from stream.review.held import Held, pick
from stream.review.sending import Made, Making, Sending, Silence, Timing
from stream.review.site import Site
from stream.review.words import UNOPENED, in_a_line

_EVERY = 100  # answers between two lines of progress where there is no terminal


# ---- making -------------------------------------------------------------------------------------------------------------


def releasing(site: Site, key: bytes, signer: Signer, waive: Sequence[str], grounds: Grounds) -> Making:
    return _opening(site, key, signer, lambda address, opening: to_release(site, address, opening, waive, grounds, secrets.token_bytes))


def rewrapping(site: Site, key: bytes, signer: Signer, grounds: Grounds) -> Making:
    return _opening(site, key, signer, lambda address, opening: to_rewrap(site, address, opening, key, grounds, secrets.token_bytes))


def _opening(site: Site, key: bytes, signer: Signer, asked: Callable[[Address, Opening], Asked]) -> Making:
    """Requests that need the seal opened."""

    def make(held: Sequence[Held]) -> dict[Address, Made]:
        made: dict[Address, Made] = {each.address: _unopened(each.address, each.state.value) for each in held if not each.openable}
        for address, parts in pick(site, [each for each in held if each.openable]).items():
            try:
                made[address] = signed(asked(address, opened(site, parts, key)), signer)
            except SealError as error:
                made[address] = _unopened(address, error.defect.value)
        return {each.address: made[each.address] for each in held if each.address in made}

    return make


def _unopened(address: Address, why: str) -> Answer:
    return Answer(address, "", UNOPENED, reasons=(why,))


def asking(asked: Callable[[Address], Asked], signer: Signer) -> Making:
    """Requests that bring nothing along."""
    return lambda held: {each.address: signed(asked(each.address), signer) for each in held}


def ready(requests: Sequence[SignedRequest]) -> Making:
    """Requests that were signed elsewhere, by their addresses."""
    made: dict[Address, Made] = {}
    for request in requests:
        asked = request.asked()
        made[Address(asked.route, asked.topic, asked.partition, asked.offset)] = request
    return lambda held: {each.address: made[each.address] for each in held}


# ---- sending ------------------------------------------------------------------------------------------------------------


def timing(wait: float, rate: float | None = None) -> Timing:
    return Timing(time.monotonic, wait, rate)


def send(answers: Answers, held: Sequence[Held], make: Making, times: Timing) -> None:
    """Prints a line for each record, and exits with FOUND where one was refused."""
    refused = 0
    try:
        for answer in Sending(answers, make, times).run(held):
            typer.echo(in_a_line(answer))
            refused += not answer.done
    except Silence as silence:
        _silent(silence)
    if refused:
        raise typer.Exit(Exit.FOUND)


def drain(site: Site, route: str, answers: Answers, make: Making, times: Timing) -> None:
    """Releases a backlog; a line for each record that stays, progress for the others."""
    told: Counter[str] = Counter()
    sending = Sending(answers, make, times)
    with Showing() as showing:
        try:
            for step in Drain(site, route, answers, sending, times).run():
                match step:
                    case Found():
                        showing.found(str(step.lane), step.records)
                    case Pausing():
                        showing.say(f"{step.lane}: the cap is reached; goes on in {step.seconds:g} s")
                    case Answer():
                        told["released" if step.done else step.refusal or ""] += 1
                        showing.answered()
                        if not step.done:
                            showing.say(in_a_line(step))
        except Blocked as blocked:
            showing.say(in_a_line(blocked.answer))
            showing.say("the backlog cannot go on before that is settled; then run this again")
            told["blocked"] += 1
        except Silence as silence:
            _silent(silence)
    typer.echo(", ".join(f"{count} {word}" for word, count in told.items()) or f"{route} has no backlog")
    if set(told) - {"released", "not_held"}:
        raise typer.Exit(Exit.FOUND)


def _silent(silence: Silence) -> None:
    for address in silence.unanswered:
        typer.echo(f"{address}: no answer")
    typer.echo("No guard answered in time. What was asked stands on the release topic and is answered once a guard runs.", err=True)
    raise typer.Exit(Exit.DEPENDENCY)


class Showing:
    """The progress of a bulk: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._what, self._done, self._all = "", 0, 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def found(self, what: str, count: int) -> None:
        """So many more, of one lane."""
        if what not in self._tasks:
            self._what, self._done = what, 0
            self._tasks[what] = self._bar.add_task(what, total=count)
        self._all = self._done + count
        self._bar.update(self._tasks[what], total=self._all)
        self._line()

    def answered(self) -> None:
        self._done += 1
        self._bar.advance(self._tasks[self._what])
        if self._done % _EVERY == 0 or self._done == self._all:
            self._line()

    def say(self, what: str) -> None:
        self._bar.console.print(what, markup=False, highlight=False, soft_wrap=True)

    def _line(self) -> None:
        if self._bar.disable:
            print(f"{self._what}: {self._done} of {self._all}", file=sys.stderr)


# ---- for a second person ------------------------------------------------------------------------------------------------


def write(path: Path, held: Sequence[Held], make: Making) -> None:
    """The signed requests, one a line, for another person to sign. Never writes over a file."""
    refused = False
    try:
        with path.open("x", encoding="utf-8") as out:
            for each in held:
                made = make([each]).get(each.address)
                if isinstance(made, SignedRequest):
                    out.write(made.write().decode() + "\n")
                    typer.echo(f"{each.address}: written to {path}")
                else:
                    refused = True
                    typer.echo(in_a_line(made) if made else f"{each.address}: held no longer")
    except FileExistsError:
        refuse(f"{path} exists already")
    if refused:
        raise typer.Exit(Exit.FOUND)


def requests_in(path: Path, of: Callable[[SignedRequest], SignedRequest]) -> list[SignedRequest]:
    """Raises ValueError where a line is no request."""
    return [of(SignedRequest.model_validate_json(line)) for line in _lines(path)]


def _lines(path: Path) -> Iterable[str]:
    return (line for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
