"""Draws the board on a whole screen, from 80 columns and 24 lines on. Knows no Kafka and no story; signs say what colours say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.layout import Layout
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from schemas.vocabulary import Urgency, Verdict
from stream.demo.board import Board, Held, Scene, Sign, Told
from stream.demo.excerpt import Excerpt

SMALLEST = (80, 24)
"""Columns and lines that it needs."""
_WIDE, _TALL = 150, 32  # columns from which on there are two columns, lines from which on parts have frames
_RELEASE = ("held", "opened", "asked", "judged", "arrived")
_SIGNS = {Sign.STEP: "cyan", Sign.GOOD: "green", Sign.BAD: "bold red"}
_VERDICTS = {Verdict.CLEAR: "green", Verdict.REDACT: "yellow"}
_FIELDS = ("name", "born", "number", "result")
_WIDTHS = {"name": 20, "born": 8, "number": 12, "result": 19}
_NOBODY = Excerpt("", "", "", "", "")
_BAR = 44  # columns


def screen(board: Board, on: str, size: tuple[int, int]) -> RenderableType:
    """Everything. `on`: what the demo runs on; `size`: columns and lines."""
    width, height = size
    framed = height >= _TALL
    body = _two_columns(board, height - 1) if width >= _WIDE and framed else _one_column(board, height - 1, framed)
    return _rows(Layout(_title(board, on), size=1), body)


def _two_columns(board: Board, lines: int) -> Layout:
    routes, record, release, export = len(board.lanes) + 3, 11, 10, 10
    body = Layout()
    body.split_row(
        _rows(
            Layout(_routes_part(board, framed=True), size=routes),
            Layout(_scene_part(board, Scene.RECORD, framed=True), size=record),
            Layout(_told_part(board, lines - routes - record)),
        ),
        _rows(
            Layout(_scene_part(board, Scene.RELEASE, framed=True), size=release),
            Layout(_scene_part(board, Scene.EXPORT, framed=True), size=export),
            Layout(_held_part(board, lines - release - export, framed=True)),
        ),
    )
    return body


def _one_column(board: Board, lines: int, framed: bool) -> Layout:
    """Without frames there is room for one line of the story."""
    routes, scene = (len(board.lanes) + 3, 11) if framed else (len(board.lanes) + 2, 9)
    told = (lines - routes - scene) // 2 if framed else 1
    held = lines - routes - scene - told
    return _rows(
        Layout(_routes_part(board, framed), size=routes),
        Layout(_held_part(board, held, framed), size=held),
        Layout(_scene_part(board, board.scene, framed), size=scene),
        Layout(_told_part(board, told) if framed else _lines(board, 1), size=told),
    )


def _rows(*parts: Layout) -> Layout:
    rows = Layout()
    rows.split_column(*parts)
    return rows


def clock(minute: int) -> str:
    """The laboratory's time of day."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _part(title: str, content: RenderableType, framed: bool, style: str = "dim") -> RenderableType:
    """A part of the screen: in a frame, or under a line where there is little room."""
    named = Text(title, style="bold red" if "red" in style else "bold not dim")
    if framed:
        return Panel(content, title=named, title_align="left", border_style=style)
    return _rows(Layout(Rule(named, align="left", style=style), size=1), Layout(Padding(content, (0, 1))))


def _title(board: Board, on: str) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column(no_wrap=True)
    line.add_column(justify="right", no_wrap=True)
    written = sum(board.written.values())
    left = Text.assemble((" pratique demo ", "reverse bold"), f"  laboratory, {clock(board.minute)}  ")
    line.add_row(left.append(f"{written} records", style="dim"), Text(f"{on} ", style="dim"))
    return line


# ---- routes -------------------------------------------------------------------------------------------------------------


def _routes_part(board: Board, framed: bool) -> RenderableType:
    return _part("routes", _routes(board), framed)


def _routes(board: Board) -> RenderableType:
    table = _table()
    table.add_column("route", no_wrap=True)
    table.add_column("✓ clear", justify="right", style=_VERDICTS[Verdict.CLEAR])
    table.add_column("± redact", justify="right", style=_VERDICTS[Verdict.REDACT])
    table.add_column("■ held", justify="right", style="red")
    table.add_column("▴ released", justify="right", style="cyan")
    table.add_column("a second", justify="right", style="dim")
    table.add_column("subjects/h", justify="right")
    table.add_column("breaker", no_wrap=True)
    for route, verdicts in board.verdicts.items():
        stopped = route in board.stopped
        table.add_row(
            Text(route, style="bold red" if stopped else "bold"),
            str(verdicts[Verdict.CLEAR]),
            str(verdicts[Verdict.REDACT]),
            str(board.still_held(route)),
            str(board.released[route]),
            f"{board.rate(route):.1f}",
            _standing(board, route),
            Text(" ■ OPEN ", style="bold white on red") if stopped else Text("● closed", style="green"),
        )
    return table


def _standing(board: Board, route: str) -> Text:
    shown, cap = len(board.subjects[route]), board.lanes[route].cap
    if cap is None:
        return Text(f"{shown}", style="dim")
    return Text(f"{shown} of {cap}", style="bold red" if route in board.stopped else "")


# ---- held ---------------------------------------------------------------------------------------------------------------


def _held_part(board: Board, lines: int, framed: bool) -> RenderableType:
    many = max(0, lines - (3 if framed else 2))
    waiting = sum(map(board.still_held, board.lanes))
    return _part(f"held, sealed to reviewers: {waiting}", _held(board.latest_held(many), board.now), framed)


def _held(latest: Sequence[Held], now: float) -> RenderableType:
    if not latest:
        return Text("nothing yet", style="dim")
    table = _table()
    for name in ("record", "why", "urgency", "results", "now"):
        table.add_column(name, no_wrap=True)
    table.add_column("for", justify="right", no_wrap=True)
    for held in latest:
        urgent = held.urgency != Urgency.ROUTINE
        style = "dim" if held.status not in ("held", "parked") else "bold" if urgent else ""
        table.add_row(
            str(held.address), ", ".join(held.reasons), held.urgency, held.results, held.status, f"{now - held.since:.0f} s", style=style
        )
    return table


# ---- the story ----------------------------------------------------------------------------------------------------------


def _told_part(board: Board, lines: int) -> RenderableType:
    return _part("the day", _lines(board, lines - 2), framed=True)


def _lines(board: Board, many: int) -> RenderableType:
    """The last lines of the story."""
    shown = Table.grid(padding=(0, 1))
    shown.add_column(no_wrap=True)
    shown.add_column()
    for told in board.told[-max(1, many) :]:
        shown.add_row(*line(told))
    return shown


def line(told: Told) -> tuple[Text, Text]:
    """A line of the story: when, and what."""
    style = _SIGNS[told.sign]
    text = Text(told.text, style=style if told.sign is Sign.BAD else "")
    return Text.assemble((f" {clock(told.minute)}", "dim"), (f" {told.sign.value}", style)), text


def _scene_part(board: Board, scene: Scene, framed: bool) -> RenderableType:
    match scene:
        case Scene.RECORD:
            where = f": {'/'.join(map(str, board.chosen.coordinate))}" if board.chosen else ""
            return _part(f"one record, before and after{where}", _record(board), framed)
        case Scene.RELEASE:
            return _part("an urgent result is held, and released", _release(board), framed)
        case Scene.EXPORT:
            tripped = "partner" in board.stopped
            return _part("a bulk export: the leak of 2021, small", _export(board), framed, "bold red" if tripped else "dim")


# ---- one record before and after ----------------------------------------------------------------------------------------


def _record(board: Board) -> RenderableType:
    if board.chosen is None:
        return Text("soon", style="dim")
    came = board.chosen.came
    table = _table(expand=False)
    table.add_column("", no_wrap=True, min_width=8)
    for field in _FIELDS:
        table.add_column(field, no_wrap=True, width=_WIDTHS[field])
    table.add_row(Text("as it came", style="bold"), *(Text(getattr(came, field)) for field in _FIELDS))
    for route, got in _in_order(board):
        table.add_row(Text(route), *(_changed(getattr(came, field), getattr(got, field)) for field in _FIELDS))
    return _stacked(table, _comments(board))


def _comments(board: Board) -> RenderableType:
    came = board.chosen.came if board.chosen else _NOBODY
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, min_width=10)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_row(Text("its comment", style="bold"), Text(came.comment))
    for route, got in _in_order(board):
        if route != "hospital":
            table.add_row(Text(route), _changed(came.comment, got.comment))
    return table


def _in_order(board: Board) -> Iterator[tuple[str, Excerpt]]:
    return ((route, board.got[route]) for route in board.lanes if route in board.got)


def _changed(before: str, after: str) -> Text:
    """What is the same is plain; what is gone or new says so."""
    if before == after:
        return Text(after, style="green")
    if not after:
        return Text("– gone", style="red")
    return Text(_short(after), style="yellow bold")


def _short(text: str) -> str:
    """A pseudonym by its ends."""
    return f"{text[:4]}…{text[-6:]}" if text.startswith("pq1-") else text


# ---- the release --------------------------------------------------------------------------------------------------------


def _release(board: Board) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    done = {step.word: step.text for step in board.steps}
    for number, word in enumerate(dict.fromkeys((*_RELEASE, *done))):
        style = "bold" if number == len(done) - 1 else "" if word in done else "dim"
        mark = Text("✓", style="green") if word in done else Text("·", style="dim")
        table.add_row(mark, Text(word, style=style), Text(done.get(word, ""), style=style))
    return _stacked(table, Text(), Text("`pratique quarantine list`, `show` and `release` do the same on your Kafka.", style="dim"))


# ---- the export ---------------------------------------------------------------------------------------------------------


def _export(board: Board) -> RenderableType:
    if not board.exported:
        return Text("not yet: the partner's job asks for a few patients at a time", style="dim")
    verdicts, lane = board.verdicts["partner"], board.lanes["partner"]
    left, held = board.left("partner"), verdicts[Verdict.QUARANTINE]
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row("asked for", _bar(board.written[lane.source], board, "cyan"))
    table.add_row("left", _bar(left, board, "green"))
    table.add_row("held", _bar(held, board, "red"))
    row = board.stopped.get("partner")
    said = Text("each partition of the source has its share of the cap", style="dim")
    if row is not None:
        said = Text.assemble((" ■ OPEN ", "bold white on red"), f" {row.reason} at {row.opening}: nothing more leaves on this route")
    lost = Text("In 2021 nothing stood between, and 491,840 patients were on the internet.", style="dim")
    return _stacked(table, said, lost, Text("`pratique breaker list` shows it; `pratique breaker close` lets it go again.", style="dim"))


def _bar(number: int, board: Board, style: str) -> Text:
    whole = board.written[board.lanes["partner"].source] or 1
    whole = max(whole, board.exported)
    full = round(_BAR * number / whole)
    return Text.assemble(("█" * full, style), ("░" * (_BAR - full), "dim"), f" {number} patients")


# ---- drawing ------------------------------------------------------------------------------------------------------------


def _table(*, expand: bool = True) -> Table:
    return Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim", expand=expand)


def _stacked(*parts: RenderableType) -> RenderableType:
    stacked = Table.grid()
    stacked.add_column()
    for part in parts:
        stacked.add_row(part)
    return stacked
