"""`pratique audit`: what the facts say, and whether they are all there. Reads only, and needs no key."""

import time
from pathlib import Path
from typing import Annotated

import typer

from schemas.topics import Purpose
from stream.cli.brokers import needing_brokers
from stream.cli.desk import PipelineFile, addresses, known_route, open_site, seconds
from stream.cli.exits import Exit, refusing_bad_configuration
from stream.cli.report import Output, Report, report
from stream.cli.setup import Dev, Sets, SettingsFile
from stream.cli.showing import when
from stream.review.audit import Line, Wanted, in_words, lines, told, verified
from stream.review.chain import Break, Verified
from stream.review.site import Site

app = typer.Typer(help="Check and read facts.", no_args_is_help=True)


@app.command()
@refusing_bad_configuration
@needing_brokers
def verify(
    pipeline: PipelineFile = Path("pipeline.yaml"),
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
    output: Output = Report.TABLE,
) -> None:
    """Check the chain of facts of each lane; name the first that was removed, changed or moved."""
    found = verified(open_site(pipeline, settings, sets, Purpose.FACTS, Purpose.STANDING, dev=dev))
    report(found, output, _plain, lambda each: {"lane": str(each.lane), "found": in_words(each)})
    if any(each.broken for each in found):
        raise typer.Exit(Exit.FOUND)


def _plain(found: Verified) -> dict[str, object]:
    broken = found.broken
    return {
        "lane": str(found.lane),
        "facts": found.facts,
        "first": found.first,
        "whole": found.whole,
        "broken": None if broken is None else _at(broken, found.lane.partition),
        "digest": found.digest,
        "found": in_words(found),
    }


def _at(broken: Break, partition: int) -> dict[str, object]:
    how, offset, before, follows, gap = broken
    places = {"partition": partition, "offset": offset, "before": before, "follows": follows}
    return {"how": how.value, **places, "records": list(gap) if gap else None}


@app.command("show")
@refusing_bad_configuration
@needing_brokers
def show_facts(
    pipeline: PipelineFile = Path("pipeline.yaml"),
    route: Annotated[str | None, typer.Option(help="Of this route only.")] = None,
    coordinate: Annotated[str | None, typer.Option(help="Of one record: ROUTE/TOPIC/PARTITION/OFFSET.")] = None,
    human: Annotated[bool, typer.Option("--human", help="What people asked, and nothing else.")] = False,
    since: Annotated[str | None, typer.Option(metavar="AGE", help="Not older than this: 30m, 24h, 7d.")] = None,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
    output: Output = Report.TABLE,
) -> None:
    """Tell in plain words what the guard decided and what people asked, the oldest first."""
    site = open_site(pipeline, settings, sets, Purpose.FACTS, dev=dev)
    known_route(route, site)
    address = addresses((coordinate,), site)[0] if coordinate is not None else None
    age = seconds(since, "--since")
    wanted = Wanted(route, address, human, 0 if age is None else int(time.time()) - age)
    found = sorted(lines(site, wanted), key=lambda line: line.at)
    if output is Report.TABLE:
        for line in found:
            typer.echo(told(line, site))
    else:
        report(found, output, lambda line: _spelled(line, site), lambda _: {})


def _spelled(line: Line, site: Site) -> dict[str, object]:
    human = line.human
    return {
        "at": when(line.at),
        "coordinate": str(line.address),
        "verdict": line.verdict,
        "reasons": list(line.row.reasons),
        "categories": dict(line.row.categories),
        "urgency": line.row.urgency,
        "human": None
        if human is None
        else {
            **human.model_dump(),
            "by": site.named(human.by),
            "by_key": human.by,
            "second": site.named(human.second) if human.second else "",
            "second_key": human.second,
        },
        "told": told(line, site),
    }
