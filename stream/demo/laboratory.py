"""What the laboratory of the demo writes: picked from the traffic of the synthetic laboratory. Called by `story`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice

from schemas.vocabulary import Category, Urgency
from stream.core.decode import decode
from stream.core.ruleset import nothing_extracted
from stream.core.triage import triage
from stream.core.values import Coordinate, Limits, Record
from stream.demo.excerpt import excerpt
from stream.synth.label import Kind, Sample
from stream.synth.traffic import Mix, traffic

UNREADABLE = bytes(range(256))
"""What a broken sender may write."""

_EXPORT = Mix(formats=("csv",), clean=0)
_RARE = 4  # of what the hospital's policy holds, one in so many stays in a day: such tests are rare
_SEARCHED = 2000  # samples


def everyday(seed: int) -> Iterator[Sample]:
    """Endless, and always the same for a seed."""
    rare = count()
    return (sample for sample in traffic(seed) if not _sensitive(sample) or next(rare) % _RARE == _RARE - 1)


def telling(seed: int) -> Sample:
    """A report that shows much at once: in its first comment stand a name and a telephone number, and it fits a narrow screen."""
    return _first(seed, lambda sample: _is_report(sample) and not _sensitive(sample) and _tells(sample), _is_report)


def urgent(seed: int) -> Sample:
    """A report that somebody waits for, and that the hospital's policy holds."""
    return _first(seed, lambda sample: _is_report(sample) and _sensitive(sample) and _is_urgent(sample), _sensitive)


def patients(seed: int, many: int) -> list[Sample]:
    """The rows of an export, as they were copied out in 2021: each about another person, with all that is known."""
    rows = (sample for sample in traffic(seed, mix=_EXPORT) if sample.kind is Kind.REPORT)
    found: dict[str, Sample] = {}
    while len(found) < many:
        row = next(rows)
        found.setdefault(next(label.subject for label in row.labels if label.subject), row)
    return list(found.values())


def _first(seed: int, *wanted: Callable[[Sample], bool]) -> Sample:
    """The first sample that is as it is wanted; where none of many is, the first that is as it is wanted next."""
    spare: dict[int, Sample] = {}
    for sample in islice(traffic(seed), _SEARCHED):
        rank = next((number for number, is_so in enumerate(wanted) if is_so(sample)), len(wanted))
        if rank == 0:
            return sample
        spare.setdefault(rank, sample)
    return spare[min(spare)]


def _is_report(sample: Sample) -> bool:
    return sample.format == "hl7v2" and sample.kind is Kind.REPORT and sample.charset == "utf-8"


def _sensitive(sample: Sample) -> bool:
    return b"VIH" in sample.data or any(label.category is Category.HEALTH_TOPIC_HIV for label in sample.labels)


def _is_urgent(sample: Sample) -> bool:
    documents = decode(Record(Coordinate("", 0, 0), None, sample.data), Limits(), nothing_extracted)[0]
    return triage(documents).urgency is not Urgency.ROUTINE


def _tells(sample: Sample) -> bool:
    start = sample.data.find(b"\rNTE")
    end = sample.data.find(b"\r", start + 1)
    said = {label.category for label in sample.labels if start < label.start < end}
    return {Category.PERSON_NAME, Category.CONTACT_PHONE} <= said and excerpt(sample.data).is_short
