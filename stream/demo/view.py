"""What the demo shows: verdicts by route as facts come in, one record before and after, a summary. Draws; knows no Kafka."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from schemas.vocabulary import Verdict

Counts = Mapping[str, Counter[str]]  # verdicts by route
_TOKEN = re.compile(r"[\w-]+|[^\w-]")
_STYLE = {Verdict.CLEAR: "green", Verdict.REDACT: "yellow", Verdict.QUARANTINE: "red", Verdict.DROP: "magenta"}


def verdicts(counts: Counts, fed: int, seconds: float) -> RenderableType:
    """The live table."""
    table = Table(title=f"{fed} records in {seconds:.0f} s", title_justify="left", title_style="bold")
    table.add_column("route", no_wrap=True)
    for verdict in Verdict:
        table.add_column(verdict.value, justify="right", style=_STYLE[verdict])
    for route, counted in counts.items():
        table.add_row(route, *(str(counted[verdict.value]) for verdict in Verdict))
    return table


def before_and_after(before: str, after: Mapping[str, str | None]) -> RenderableType:
    """One record as it came, and as each recipient got it: what is gone is struck in the original, what is new stands out."""
    panels: list[RenderableType] = [Panel(Text(before), title="one record, as it came", title_align="left", border_style="bold")]
    for route, text in after.items():
        shown = Text("held: nothing was forwarded", style="red") if text is None else _marked(before, text)
        panels.append(Panel(shown, title=f"what {route} got", title_align="left", border_style="cyan"))
    return Group(*panels)


def _marked(before: str, after: str) -> Text:
    if before == after:
        return Text("the same, byte for byte", style="green")
    shown, old, new = Text(), _TOKEN.findall(before), _TOKEN.findall(after)
    for kind, _, _, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "delete":
            shown.append("·", style="red")
        else:
            shown.append("".join(new[start:end]), style="" if kind == "equal" else "bold yellow")
    return shown


def summary(counts: Counts, metrics: str, *, real: bool) -> RenderableType:
    """What was seen, what it does not prove, and what to do next."""
    held = sum(counted[Verdict.QUARANTINE] for counted in counts.values())
    proof = (
        "This was a real Apache Kafka: what you saw was committed exactly once."
        if real
        else "The embedded broker is librdkafka's mock cluster: it shows the way of a record and proves nothing about exactly-once.\n"
        "  pratique demo --broker apache   runs the same on a real Apache Kafka."
    )
    return Text(
        f"{held} outcomes were held and sealed to reviewers; the rest left as each policy says.\n{proof}\n"
        f"Metrics were at {metrics}.\n\nNext:\n"
        "  pratique redact --policy research --out cleared/ FOLDER   your own files, offline\n"
        "  pratique categories                                       what policies can name\n"
        "  pratique validate docs/examples                           a pipeline and a policy to start from\n"
    )
