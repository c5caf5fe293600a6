"""What the demo ends with: the numbers, what they do not prove, and what to do next. Drawn alike on a screen and in a log."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas.vocabulary import Verdict
from stream.demo.board import Board
from stream.demo.stage import Broker

NEXT = (
    ("pratique redact --policy research --out cleared/ FOLDER", "what a research team would get of your own files"),
    ("pratique validate docs/examples", "a pipeline and a policy to start from"),
    ("pratique quarantine list PIPELINE", "what is held, once a guard runs on your Kafka"),
)


def closing(board: Board, broker: Broker, metrics: str) -> Iterator[RenderableType]:
    """Parts to print one after the other."""
    yield _numbers(board)
    yield _balance(board)
    if board.stopped:
        yield _open_routes(board)
    yield _proof(broker)
    yield Text(f"Metrics were at {metrics}\n")
    yield _next()


def _numbers(board: Board) -> RenderableType:
    table = Table(title="what became of each record", title_justify="left", title_style="bold")
    for name in ("route", "records", "clear", "redact", "held", "released", "left", "arrived"):
        table.add_column(name, justify="left" if name == "route" else "right")
    for route, verdicts in board.verdicts.items():
        table.add_row(
            route,
            str(board.written[board.lanes[route].source]),
            str(verdicts[Verdict.CLEAR]),
            str(verdicts[Verdict.REDACT]),
            str(board.still_held(route)),
            str(board.released[route]),
            str(board.left(route)),
            str(board.arrived[route]),
        )
    return table


def _balance(board: Board) -> RenderableType:
    if board.closes():
        return Text("✓ One outcome for each record on each route, and as many arrived as left.\n", style="green")
    return Text(f"■ Not all was seen to its end: {board.undecided()} records have no verdict yet.\n", style="red")


def _open_routes(board: Board) -> RenderableType:
    routes = ", ".join(board.stopped)
    return Text(
        f"■ The breaker of {routes} stands open: the cap was reached, and nothing more left. Only a person closes it. On your Kafka "
        "`pratique breaker list` shows it; after `pratique breaker close` what was held meanwhile leaves first, in its order, or is "
        "rejected, with `pratique quarantine`.\n"
    )


def _proof(broker: Broker) -> RenderableType:
    if broker is Broker.APACHE:
        return Text("This was a real Apache Kafka: what you saw was committed exactly once.")
    return Text(
        "This ran on librdkafka's mock cluster: it shows the way of a record, and proves nothing about exactly-once. "
        "`pratique demo --broker apache` runs the same on a real Apache Kafka."
    )


def _next() -> RenderableType:
    lines = [Text("Next:", style="bold")]
    for command, what in NEXT:
        lines += [Text(f"  {command}"), Text(f"      {what}", style="dim")]
    return Group(*lines)
