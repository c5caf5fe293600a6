"""`pratique demo`: the guard at work on a broker that it brings along."""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stream.broker.client import Client
from stream.cli.brokers import needing_brokers
from stream.demo.show import Show, worker
from stream.demo.stage import DESTINATIONS, FACTS, Broker, broker, lay_out
from stream.logs import open_log

_PICTURE = 110  # columns of a picture
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}")  # a picture asks for nothing from elsewhere


@needing_brokers
def demo(
    forever: Annotated[bool, typer.Option("--forever", help="Go on until interrupted.")] = False,
    records: Annotated[int, typer.Option(min=20, help="Records to send.")] = 600,
    on: Annotated[Broker, typer.Option("--broker", help="mock: in this process; apache: a real Kafka (extra `broker`).")] = Broker.MOCK,
    metrics_port: Annotated[int, typer.Option(min=1, max=65535, help="Where /metrics answers.")] = 9464,
    seed: Annotated[int, typer.Option(help="Of the invented traffic.")] = 2026,
    picture: Annotated[Path | None, typer.Option(dir_okay=False, help="Keep what was shown as an SVG.")] = None,
) -> None:
    """Guard invented traffic on an embedded broker, and show what happens."""
    console = Console(record=picture is not None, width=_PICTURE if picture else None)
    real = on is Broker.APACHE
    console.print(f"starting {'a real Apache Kafka' if real else 'the mock cluster'} and a worker ...")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = stack.enter_context(broker(on, folder))
        stage = lay_out(folder, on, address, metrics_port, datetime.now(UTC).date())
        client = stack.enter_context(Client(address, [FACTS, *DESTINATIONS.values()]))
        stack.enter_context(worker(stage, open_log("warning")))
        show = Show(console, client, seed)
        try:
            show.run(None if forever else records)
        except KeyboardInterrupt:
            console.print("interrupted")
        show.end(f"http://{stage.settings.metrics.address}:{metrics_port}/metrics", real=real)
    if picture is not None:
        picture.write_text(_FONTS.sub("", console.export_svg(title="pratique demo")), "utf-8")
