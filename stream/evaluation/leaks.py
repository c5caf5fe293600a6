"""Which due values still stand in what is forwarded. Called by `measure`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from schemas.labels import PlantedValue
from stream.core.decode import decode
from stream.core.ruleset import Ruleset
from stream.core.values import Record
from stream.evaluation.case import Case, Spot
from stream.evaluation.traces import Reading, reading, squeezed, times


def leaks(record: Case, ruleset: Ruleset) -> Iterator[Spot]:
    """The due labels whose value stands in the outcome more often than it may: as often as beside the due labels of the original."""
    alike: defaultdict[str, list[PlantedValue]] = defaultdict(list)
    for label in record.due.going:
        alike[squeezed(label.value)].append(label)
    data, forward = record.seen.record.value or b"", record.outcome.forward
    written = b"\n".join(data[label.start : label.end] for label in record.due.going).decode(record.labelled.charset, "replace")
    planted = reading(written), reading("\n".join(label.value for label in record.due.going))
    before, after = _readings(record.seen.record, record, ruleset), _readings(forward or record.seen.record, record, ruleset)
    for labels in alike.values():
        left = max(_more(labels[0].value, *views) for views in zip(before, after, planted, strict=True))
        yield from map(record.spot, sorted(labels, key=record.covered)[:left])


def _more(value: str, before: Reading, after: Reading, planted: Reading) -> int:
    """How much more often a value stands in the outcome than it did beside the due labels."""
    left = times(value, after)
    return max(0, left - max(0, times(value, before) - times(value, planted))) if left else 0


def _readings(sent: Record, record: Case, ruleset: Ruleset) -> tuple[Reading, Reading]:
    """A record as its bytes, and as whoever decodes it reads it."""
    documents = decode(sent, ruleset.source.limits, ruleset.extract, ruleset.source.overlay).documents
    leaves = (each.format.text(each, leaf).text for each in documents for leaf in range(len(each.columns.start)))
    return reading((sent.value or b"").decode(record.labelled.charset, "replace")), reading("\n".join(leaves))
