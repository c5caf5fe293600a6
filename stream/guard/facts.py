"""Facts: what the guard attests of each transaction, per lane, as a chain. Called by `batch`; never holds an identifying value."""

import hashlib
import heapq
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.events import SUBJECTS, Fact, HumanAct, Rows, write_subjects
from schemas.vocabulary import Category, Urgency
from stream.core.values import Record
from stream.guard.outputs import unmarked
from stream.guard.plan import Lane, Plan, Route

LIMIT = 256 * 1024
"""Most bytes of one fact; a longer one is split into contiguous ranges."""

_HASH = 16
_SIZES = struct.Struct(">qiii")  # timestamp, bytes of the key or -1, bytes of the value or -1, number of headers
_HEADER = struct.Struct(">ii")


class FactRow(NamedTuple):
    """What a fact says of one record."""

    offset: int
    verdict: str
    reasons: tuple[str, ...]
    outcome: str  # keyed hash of what was forwarded, "" for nothing
    seen: "Seen"
    sequence: str = ""  # keyed hash of its first sequence on the route, "" for none


class Seen(NamedTuple):
    """What a fact says of a record whatever the route: how often each category stands in it, its subjects as written, and their number."""

    categories: Mapping[Category, int]
    subjects: str
    persons: int
    urgency: Urgency = Urgency.ROUTINE


class Setting(NamedTuple):
    """What is the same for all facts of a batch."""

    plan: Plan
    breakers: str  # digest of the breaker rows
    at: int


def seen(categories: Mapping[Category, int], subjects: Sequence[bytes], urgency: Urgency) -> Seen:
    """Of many subjects the smallest hashes are listed."""
    listed = subjects if len(subjects) <= SUBJECTS else heapq.nsmallest(SUBJECTS, subjects)
    return Seen(categories, write_subjects(listed), len(subjects), urgency)


def outcome_hash(forward: Record, secret: bytes) -> str:
    """Keyed hash of a forwarded record without our headers: whoever holds the fact key can tell whether it is still what was sent."""
    headers = unmarked(forward.headers)
    keyed = hashlib.blake2b(key=secret, digest_size=_HASH)
    keyed.update(_SIZES.pack(forward.timestamp, _size(forward.key), _size(forward.value), len(headers)))
    keyed.update(forward.key or b"")
    keyed.update(forward.value or b"")
    for name, value in headers:
        raw = name.encode("utf-8", "surrogatepass")
        keyed.update(_HEADER.pack(len(raw), _size(value)) + raw + (value or b""))
    return keyed.hexdigest()


def _size(data: bytes | None) -> int:
    return -1 if data is None else len(data)


def chain(
    rows: Sequence[FactRow], lane: Lane, route: Route, setting: Setting, previous: str, human: HumanAct | None = None
) -> tuple[tuple[bytes, ...], str]:
    """The facts for these rows (in offset order, not empty) and the hash of the last: the `previous` of the next. `human`: what a person
    asked for the one record."""
    written = _fact(rows, lane, route, setting, previous, human)
    if len(written) <= LIMIT or len(rows) == 1:
        return (written,), hashlib.sha256(written).hexdigest()
    middle = len(rows) // 2
    earlier, link = chain(rows[:middle], lane, route, setting, previous)
    later, last = chain(rows[middle:], lane, route, setting, link)
    return earlier + later, last


def _fact(rows: Sequence[FactRow], lane: Lane, route: Route, setting: Setting, previous: str, human: HumanAct | None) -> bytes:
    verdicts, reasons, categories, urgencies = _Dictionary(), _Dictionary(), _Dictionary(), _Dictionary()
    first = rows[0].offset
    columns = Rows(
        offset=tuple(row.offset - first for row in rows),
        verdict=tuple(verdicts[row.verdict] for row in rows),
        reasons=tuple(tuple(reasons[reason] for reason in row.reasons) for row in rows),
        categories=tuple(_counts(row.seen.categories, categories) for row in rows),
        outcome=tuple(row.outcome for row in rows),
        subjects=tuple(row.seen.subjects for row in rows),
        persons=tuple(row.seen.persons for row in rows),
        urgency=tuple(urgencies[row.seen.urgency.value] for row in rows),
        sequence=tuple(row.sequence for row in rows),
    )
    plan = setting.plan
    return Fact(
        cluster=plan.cluster,
        pipeline=plan.pipeline,
        route=lane.route,
        topic=lane.source.topic,
        partition=lane.source.partition,
        first=first,
        next=rows[-1].offset + 1,
        destination=route.destination,
        bundle=plan.sources[lane.source.topic].bundle,
        engine=plan.engine,
        breakers=setting.breakers,
        key=plan.fact_key.id,
        at=setting.at,
        previous=previous,
        verdicts=tuple(verdicts),
        reasons=tuple(reasons),
        categories=tuple(categories),
        urgencies=tuple(urgencies),
        human=human,
        rows=columns,
    ).write()


def _counts(counts: Mapping[Category, int], categories: "_Dictionary") -> tuple[int, ...]:
    return tuple(number for category, count in counts.items() for number in (categories[category], count))


class _Dictionary(dict[str, int]):
    """Numbers words in the order of their first use."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]


def chain_breaks(written: Iterable[bytes]) -> bool:
    """Whether a fact of one lane, given in their order, was removed, changed or moved. The first is taken as it is."""
    link: str | None = None
    for each in written:
        if link is not None and Fact.model_validate_json(each).previous != link:
            return True
        link = hashlib.sha256(each).hexdigest()
    return False
