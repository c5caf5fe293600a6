"""Prints one opened record: what holds it and what was found, masked; the record itself only for `--unmask`. Called by `quarantine`."""

import base64
import json
from datetime import UTC, datetime

import typer

from schemas.vocabulary import Verdict
from stream.cli.listing import listed
from stream.cli.offline import rows
from stream.cli.output import Listing
from stream.cli.report import Report
from stream.core.values import Record
from stream.review.again import Hold, Judged
from stream.review.held import Held

_LINE_ENDS = {ord("\r"): "\n", ord("\n"): "\n", ord("\t"): "\t"}


def show(held: Held, judged: Judged, output: Report, record: Record | None) -> None:
    """`record`: None masks it."""
    if output is Report.TABLE:
        _as_text(held, judged, record)
    else:
        indent = 2 if output is Report.JSON else None
        typer.echo(json.dumps(_plain(held, judged, record), ensure_ascii=False, indent=indent))


def _plain(held: Held, judged: Judged, record: Record | None) -> dict[str, object]:
    return {
        "coordinate": str(held.address),
        "state": held.state.value,
        "reasons": list(held.about.reasons),
        "urgency": held.about.urgency,
        "status": held.about.status,
        "held_since": when(held.since),
        "verdict": judged.decision.verdict.value,
        "verdict_reasons": [reason.value for reason in judged.decision.reasons],
        "holds": [{"name": hold.name, "by": list(hold.by), "second_person": hold.second} for hold in judged.holds],
        "findings": [row._asdict() for row in rows(judged.seen)],
        **({} if record is None else {"record": _coded(record)}),
    }


def _coded(record: Record) -> dict[str, object]:
    headers = [{"name": name, "value": _base64(value)} for name, value in record.headers]
    return {"timestamp": record.timestamp, "key": _base64(record.key), "headers": headers, "value": _base64(record.value)}


def _base64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _as_text(held: Held, judged: Judged, record: Record | None) -> None:
    about, decision = held.about, judged.decision
    typer.echo(f"{held.address}: {held.state}, {about.urgency}, results {about.status}")
    typer.echo(f"held since {when(held.since)} for: {', '.join(about.reasons) or 'reasons that cannot be read'}")
    typer.echo(f"judged now: {decision.verdict}" + (f" ({', '.join(decision.reasons)})" if decision.reasons else ""))
    if judged.holds:
        typer.echo("\nwhat holds it:")
        listed([_waivable(hold) for hold in judged.holds], Listing.TABLE)
    elif decision.verdict is Verdict.QUARANTINE:
        typer.echo("nobody can waive that: where the policy cannot change, reject it and have it sent anew")
    if found := [{**row._asdict(), "evidence": " ".join(row.evidence)} for row in rows(judged.seen)]:
        typer.echo("\nwhat is in it, masked:")
        listed(found, Listing.TABLE)
    if record is not None:
        _in_clear(record)


def _waivable(hold: Hold) -> dict[str, str]:
    by = ", ".join(hold.by) or "nobody"
    return {"name": hold.name, "may be waived by": by + (", and a second person" if hold.by and hold.second else "")}


def _in_clear(record: Record) -> None:
    typer.echo("\nthe record:")
    typer.echo(f"key: {_clear(record.key)}")
    for name, value in record.headers:
        typer.echo(f"header {_printable(name)}: {_clear(value)}")
    typer.echo(_clear(record.value))


def _clear(data: bytes | None) -> str:
    return "absent" if data is None else _printable(data.decode(errors="backslashreplace"))


def _printable(text: str) -> str:
    """Nothing in it can steer a terminal: what is no line end and cannot be seen is spelled out."""
    lines = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    return "".join(each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode() for each in lines)


def when(second: int) -> str:
    """In UTC; empty where it is not known."""
    return datetime.fromtimestamp(second, UTC).isoformat().replace("+00:00", "Z") if second else ""
