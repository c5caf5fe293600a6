"""The figures as one page that needs no other file. Called by `pratique eval`; shows no more of a record than its spots carry."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template

from stream.evaluation.case import Spot
from stream.evaluation.figures import ALL, Evaluation, Figures, Share
from stream.evaluation.measure import Measured
from stream.evaluation.plot import Bar, plot, scale
from stream.evaluation.words import TITLES, interval, percent, shares

_NOTHING = "<p>None: nothing leaked, nothing was touched for nothing.</p>"


def page(run: str, found: Evaluation, cases: Sequence[Measured]) -> str:
    """HTML. `run`: what was measured, in words; `cases`: the worst ones."""
    template = Template(files("stream.evaluation").joinpath("page.html").read_text("utf-8"))
    return template.substitute(
        run=escape(run),
        headline=_headline(found.formats[ALL]),
        formats=_formats(found.formats),
        documents=plot("no leak", [Bar(name, figures.leak_free) for name, figures in found.formats.items()], 1.0),
        leaked=_leaked(found),
        categories=_categories(found),
        worst="".join(map(_case, cases)) or _NOTHING,
    )


def _headline(figures: Figures) -> str:
    recall, free, needless = figures.recall, figures.leak_free, figures.needless
    return (
        f"Of {recall.of:,} planted values that had to go, {recall.rest.hits:,} leaked, in {free.rest.hits:,} of {free.of:,} documents. "
        f"Of the text that had no need to go, {percent(needless)} went."
    )


def _formats(formats: Mapping[str, Figures]) -> str:
    head = ["", "documents", *TITLES.values()]
    return _table(
        head, [[escape(name), f"{figures.documents:,}", *map(_cell, shares(figures).values())] for name, figures in formats.items()]
    )


def _categories(found: Evaluation) -> str:
    """Recall by category and format, and for all of them what else was removed as such a finding."""
    of_all = found.categories[ALL]
    rows = [
        [
            str(category),
            *(_cell(each[category].recall) if category in each else "" for each in found.categories.values()),
            _cell(one.precision),
        ]
        for category, one in of_all.items()
    ]
    return _table(["", *map(escape, found.categories), "precision of findings"], rows)


def _cell(share: Share) -> str:
    return f"{percent(share)}<small>{interval(share)}</small>" if share.of else percent(share)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = "".join(f"<th>{name}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _leaked(found: Evaluation) -> str:
    """A plot for each format, on one axis."""
    by = {name: [Bar(category, one.recall.rest) for category, one in each.items()] for name, each in found.categories.items()}
    end = scale(bar.share for bars in by.values() for bar in bars)
    return "".join(f"<div>{plot(f'{name}: leaked', bars, end)}</div>" for name, bars in by.items())


# ---- what to read ---------------------------------------------------------------------------------------------------


def _case(case: Measured) -> str:
    said = [f"record {case.number}", case.format, case.verdict, *case.reasons, *filter(None, (case.name, case.dirt))]
    spots = [*_spots("leaked", "leak", case.leaks), *_spots("result lost", "leak", case.lost), *_spots("for nothing", "soft", case.spots)]
    return f'<div class="case">{escape(" · ".join(said))}<ul>{"".join(spots)}</ul></div>'


def _spots(what: str, style: str, spots: Iterable[Spot]) -> Iterable[str]:
    for spot in spots:
        before, there, behind = map(escape, spot.excerpt)
        shown = f" <code>{before}<mark>{there}</mark>{behind}</code>" if there else ""
        yield f'<li><span class="{style}">{what}</span> {spot.category} <code>{escape(spot.path)}</code> at {spot.start}{shown}</li>'
