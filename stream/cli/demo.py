"""`pratique demo`: a day of a laboratory, guarded on a broker that the demo brings along."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stream.cli.brokers import needing_brokers
from stream.cli.exits import refusing_bad_configuration
from stream.demo.closing import closing
from stream.demo.show import Viewer, a_board, play
from stream.demo.stage import Broker, broker, lay_out
from stream.demo.story import Day
from stream.demo.viewers import Lines, Screen, fits
from stream.logs import open_log


@refusing_bad_configuration
@needing_brokers
def demo(
    forever: Annotated[bool, typer.Option("--forever", help="Go on until interrupted.")] = False,
    records: Annotated[int, typer.Option(min=20, help="Records of the day; the export comes on top.")] = 600,
    on: Annotated[Broker, typer.Option("--broker", help="mock: in this process; apache: a real Kafka (extra `broker`).")] = Broker.MOCK,
    pace: Annotated[float, typer.Option(min=0.1, max=1000, help="How fast the day goes by: 1 takes two minutes.")] = 1,
    plain: Annotated[bool, typer.Option("--plain", help="Lines for a log; so it is where there is no terminal.")] = False,
    metrics_port: Annotated[int, typer.Option(min=1, max=65535, help="Where /metrics answers.")] = 9464,
    seed: Annotated[int, typer.Option(help="Of the invented traffic.")] = 2026,
) -> None:
    """Guard invented traffic on an embedded broker, and show what happens."""
    console = Console()
    as_lines = plain or not fits(console)
    if as_lines:
        console = Console(color_system=None)
    console.print(f"starting a {on.words} and a worker ...", style="dim")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = stack.enter_context(broker(on, folder))
        stage = lay_out(folder, on, address, metrics_port, datetime.now(UTC).date())
        log = stack.enter_context((folder / "log").open("w")) if not as_lines else sys.stderr
        metrics = f"http://{stage.settings.metrics.address}:{metrics_port}/metrics"
        board = a_board(stage)
        day = Day(seed, None if forever else records, pace)
        with suppress(KeyboardInterrupt), _viewer(console, f"{on.words} · Ctrl-C ends", as_lines=as_lines) as viewer:
            play(stage, board, day, viewer, open_log("warning", log))
        for part in closing(board, on, metrics):
            console.print(part)


@contextmanager
def _viewer(console: Console, on: str, *, as_lines: bool) -> Iterator[Viewer]:
    if as_lines:
        yield Lines(console)
    else:
        with Screen(console, on) as screen:
            yield screen
