"""`pratique eval`: what the guard misses, and what it touches for nothing, over labelled records. Reads files, prints and writes figures.

Of a folder that people name nothing of the content is shown unless they ask.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from stream.cli.exits import Exit, refusing_bad_configuration
from stream.cli.labelled import Given, folder, laboratory
from stream.cli.listing import listed
from stream.cli.offline import offline_ruleset
from stream.cli.output import Form, Listing
from stream.evaluation.case import Spot
from stream.evaluation.figures import ALL, Evaluation, Figures, Share, evaluation, worst
from stream.evaluation.floor import Run, write_floor
from stream.evaluation.measure import Measured, measure
from stream.evaluation.page import page
from stream.evaluation.words import TITLES, interval, percent, shares
from stream.synth.formats import FORMATS, Name
from stream.synth.traffic import Mix


@refusing_bad_configuration
def evaluate(
    given: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER]", exists=True, file_okay=False, help="Records with labels; the synthetic laboratory unless said."),
    ] = None,
    policy: Annotated[str, typer.Option(help="A shipped policy's name, or a file.")] = "research",
    profile: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The source's own profile: its keys, its segments.")
    ] = None,
    records: Annotated[int, typer.Option(min=1, help="Records of the laboratory.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same records.")] = 2026,
    formats: Annotated[list[Name] | None, typer.Option("--format", help="Again for more; all unless said.")] = None,
    dirt: Annotated[float, typer.Option(min=0, max=1, help="Share that is damaged.")] = 0.02,
    clean: Annotated[float, typer.Option(min=0, max=0.9, help="Share that is about nobody.")] = 0.1,
    cases: Annotated[int, typer.Option("--worst", min=0, help="How many of the worst cases are shown.")] = 10,
    show: Annotated[bool, typer.Option("--show", help="Show what stands there, of a folder as well.")] = False,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="An HTML page with plots.")] = None,
    floor: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Record the figures for the tests: tests/evaluation/floor.json.")
    ] = None,
    output: Annotated[Form, typer.Option(help="table or json")] = Form.TABLE,
) -> None:
    """Measure what is missed and what is touched for nothing, over labelled records."""
    if given is not None and floor is not None:
        raise typer.BadParameter("a floor is of the laboratory, which can be asked again", param_hint="--floor")
    run = Run(policy, [str(each) for each in formats or FORMATS], records, seed, dirt, clean)
    what = _said(run) if given is None else f"policy {policy}, labelled records of a folder"
    source = folder(given) if given else laboratory(seed, records, Mix(tuple(run.formats), clean, dirt))
    ruleset = offline_ruleset(policy, profile=profile)
    shown = show or given is None
    measured = [measure(number, *one, ruleset, shown) for number, one in enumerate(_watched(source, records if given is None else None), 1)]
    found, bad = evaluation(measured), worst(measured, cases)
    try:
        if out is not None:
            out.write_text(page(what, found, bad), "utf-8")
        if floor is not None:
            write_floor(floor, run, found)
    except OSError as error:
        print(f"the file cannot be written: {error.strerror}", file=sys.stderr)
        raise typer.Exit(Exit.DEPENDENCY) from None
    if output is Form.JSON:
        typer.echo(json.dumps({"run": what, **_document(found, bad)}, indent=2, ensure_ascii=False))
    else:
        _print(what, found, bad)


def _said(run: Run) -> str:
    mix = f"dirt {run.dirt:g}, clean {run.clean:g}"
    return f"policy {run.policy}, {run.records:,} records of the synthetic laboratory, seed {run.seed}, {mix}, {', '.join(run.formats)}"


def _watched(source: Iterable[Given], total: int | None) -> Iterable[Given]:
    progress = Console(stderr=True)
    return track(source, "measuring", total=total, console=progress, disable=not progress.is_terminal, transient=True)


# ---- for programs ---------------------------------------------------------------------------------------------------


def _document(found: Evaluation, cases: Iterable[Measured]) -> dict[str, object]:
    return {
        "formats": {
            name: {"documents": figures.documents, **{title: _share(share) for title, share in shares(figures).items()}}
            for name, figures in found.formats.items()
        },
        "categories": {
            name: {category: {"recall": _share(one.recall), "precision_found": _share(one.precision)} for category, one in each.items()}
            for name, each in found.categories.items()
        },
        "worst": [_case(case) for case in cases],
    }


def _share(share: Share) -> dict[str, object]:
    return {"share": share.value, "of": share.of, "interval": None if share.value is None else list(share.interval)}


def _case(case: Measured) -> dict[str, object]:
    return {
        "record": case.number,
        **({"name": case.name} if case.name else {}),
        "format": case.format,
        "verdict": case.verdict,
        "reasons": list(case.reasons),
        "leaks": [_spot(spot) for spot in case.leaks],
        "lost": [_spot(spot) for spot in case.lost],
        "needless": [_spot(spot) for spot in case.spots],
    }


def _spot(spot: Spot) -> dict[str, object]:
    there = {"category": spot.category, "path": spot.path, "start": spot.start}
    return {**there, "excerpt": spot.excerpt} if any(spot.excerpt) else there


# ---- for people -----------------------------------------------------------------------------------------------------


def _print(what: str, found: Evaluation, cases: Sequence[Measured]) -> None:
    """Three tables, each no wider than a small terminal; the page has all of it."""
    typer.echo(what)
    whole = shares(found.formats[ALL])
    blocks = (
        [_row({"": TITLES[name]}, share) for name, share in whole.items()],
        [_of_format(name, figures) for name, figures in found.formats.items()],
        [_row({"": str(category)}, one.recall) for category, one in found.categories[ALL].items() if one.recall.of],
    )
    for rows in blocks:
        typer.echo()
        listed(rows, Listing.TABLE)
    typer.echo()
    for line in (line for case in cases for line in _lines(case)):
        typer.echo(line)


def _row(named: dict[str, str], share: Share) -> dict[str, str]:
    return {**named, "share": percent(share), "95 %": interval(share), "of": f"{share.of:,}"}


def _of_format(name: str, figures: Figures) -> dict[str, str]:
    told = {
        "recall": figures.recall,
        "no leak": figures.leak_free,
        "needless": figures.needless,
        "results": figures.kept,
        "held": figures.held,
    }
    return {"": name, "documents": f"{figures.documents:,}", **{title: percent(share) for title, share in told.items()}}


def _lines(case: Measured) -> Iterator[str]:
    yield " · ".join([f"record {case.number}", case.format, case.verdict, *case.reasons, *filter(None, (case.name, case.dirt))])
    for what, spots in (("leaked", case.leaks), ("result lost", case.lost), ("for nothing", case.spots)):
        for spot in spots:
            before, there, behind = spot.excerpt
            shown = repr(f"{before}«{there}»{behind}") if there else ""
            yield f"  {what}: {spot.category} {spot.path} at {spot.start} {shown}".rstrip()
