"""A sample's labels with their paths, as `pratique inspect` shows them. Called by `pratique synth`."""

from bisect import bisect_right

from schemas.labels import LabelledRecord, PlantedValue
from stream.core.decode import decode
from stream.core.ruleset import nothing_extracted
from stream.core.values import Coordinate, Document, Limits, Record
from stream.synth.label import Label, Sample

LABELS, RECORDS = "labels.jsonl", "records"
"""In a folder of labelled records: the file of their labels, and the folder of the records."""


def labelled(sample: Sample) -> LabelledRecord:
    """The line that tells what stands in the sample."""
    decoded = decode(Record(Coordinate("", 0, 0), None, sample.data), Limits(), nothing_extracted)
    root = None if decoded.incomplete else decoded.documents[0]
    return LabelledRecord(
        name=sample.name,
        format=sample.format,
        charset=sample.charset,
        kind=sample.kind,
        dirt=sample.dirt,
        sent=sample.sent.isoformat(sep=" "),
        labels=tuple(_told(label, root) for label in sample.labels),
    )


def _told(label: Label, root: Document | None) -> PlantedValue:
    path = _path(root, label.start) if root else ""
    return PlantedValue(category=label.category, path=path, start=label.start, end=label.end, subject=label.subject, value=label.value)


def _path(root: Document, start: int) -> str:
    leaf = bisect_right(root.columns.start, start) - 1
    return root.format.path(root, leaf) if leaf >= 0 and start < root.columns.end[leaf] else ""
