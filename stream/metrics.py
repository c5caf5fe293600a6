"""All metrics, each declared once: name, meaning, labels. `telemetry` fills them, the documentation shows them.

Label values come from closed lists or from the pipeline's own names; none is ever a value, key or header of a record.
"""

from enum import StrEnum
from typing import NamedTuple

PREFIX = "pratique_"
_INSPECT = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5)
_WAIT = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
_TRANSACTION = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Kind(StrEnum):
    """What a metric does."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(NamedTuple):
    """One metric; its full name is the prefix and this name, and `_total` for a counter."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{PREFIX}{self.name}{'_total' if self.kind is Kind.COUNTER else ''}"


C, G, H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM
METRICS = (
    Metric("records", C, "Records of committed transactions, by route and verdict.", ("route", "verdict")),
    Metric("held_reasons", C, "Why records were held; a record may have several reasons.", ("route", "reason")),
    Metric("nothing_forbidden", C, "Records cleared because their route may receive everything.", ("route",)),
    Metric("findings", C, "Places that were changed or led to a record being held, by category and action.", ("category", "action")),
    Metric("uninspectable", C, "Records that could not be inspected to their end, by reason.", ("reason",)),
    Metric("record_bytes", C, "Bytes of the values of committed records.", ("source",)),
    Metric("inspect_seconds", H, "Time to decode and inspect one record.", ("source",), _INSPECT),
    Metric("end_to_end_seconds", H, "Time from a record's timestamp to the commit of its outcome.", ("source",), _WAIT),
    Metric("transactions", C, "Transactions, by how they ended.", ("outcome",)),
    Metric("transaction_seconds", H, "Time from the begin of a transaction to its commit.", (), _TRANSACTION),
    Metric("lag_records", G, "Records between the position and the last stable offset.", ("topic", "partition")),
    Metric("lag_seconds", G, "Age of the last committed record while there is lag, by the records' timestamps.", ("topic", "partition")),
    Metric("unstable_records", G, "Records that an open transaction of their producer holds back.", ("topic", "partition")),
    Metric("rebalances", C, "Changes of the assignment: assigned, revoked, or lost to another worker.", ("change",)),
    Metric("standing_subjects", G, "Distinct subjects that a route showed within the hour.", ("route", "topic", "partition")),
    Metric("gaps", C, "Gaps found in a source, by what made them and whether a person accepted the loss.", ("topic", "why", "accepted")),
    Metric("gap_records", C, "Records that are gone in them.", ("topic", "why", "accepted")),
    Metric("waiting", G, "1 where a partition waits until its share of a cap frees.", ("topic", "partition")),
    Metric("orphaned", G, "1 where a partition is paused because a destination lacks its number.", ("topic", "partition")),
    Metric("breaker_open", G, "1 while a route stands still.", ("route",)),
    Metric("breakers_known", G, "1 while the breakers topic can be read."),
    Metric(
        "undecided_records", G, "Records that are held and not decided, by how soon somebody waits for them.", ("route", "care", "urgency")
    ),
    Metric("undecided_since_timestamp_seconds", G, "When the oldest of them was held; absent where there is none.", ("route", "care")),
    Metric("requests", C, "What people asked for held records, and what came of it: done, or why it was refused.", ("request", "answer")),
    Metric("policy_info", G, "1; the policy of each route.", ("route", "policy", "version", "digest")),
    Metric("build_info", G, "1; what runs.", ("version", "python")),
    Metric("halted", G, "1 once the pipeline has stopped until a person decides."),
    Metric("heartbeat_timestamp_seconds", G, "When the loop last ended a turn or a wait."),
)


def table() -> str:
    """All metrics as a Markdown table, for the documentation."""
    rows = [f"| `{m.full_name}` | {m.kind} | {', '.join(f'`{label}`' for label in m.labels)} | {m.help} |" for m in METRICS]
    return "\n".join(["| metric | kind | labels | meaning |", "|---|---|---|---|", *rows, ""])
