"""Looks at what a pipeline left on its topics and says everything that is wrong with it. Knows the published forms (facts, headers) and the
words that a record's value orders; nothing of how the guard works.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.events import Disposition, Fact, Row
from stream.core.values import Record
from stream.guard.facts import outcome_hash
from tests.support.apache import Cluster
from tests.support.guard import FACT_KEY
from tests.support.worker import Ground

Place = tuple[int, int]
"""Partition and offset of an input."""

WORDS = {"redact": "redact", "hold": "quarantine", "drop": "drop"}


class Seen(NamedTuple):
    """What a reader of committed records found. By route: what was forwarded, the facts and the seals, each in the order of its topic."""

    inputs: Sequence[Record]
    forwarded: Mapping[str, Sequence[Record]]
    facts: Sequence[bytes]
    seals: Sequence[bytes]  # keys: route/topic/partition/offset
    dispositions: Sequence[Disposition]
    caps: Mapping[str, int | None]


def look(cluster: Cluster, ground: Ground) -> Seen:
    """Raises TimeoutError where a transaction stays open."""
    topics = ground.topics
    for topic in (*(to for _, to, _ in ground.routes), topics.facts, topics.quarantine, topics.dispositions):
        if not cluster.await_stable(topic):
            raise TimeoutError(f"{topic} holds an open transaction")
    return Seen(
        inputs=cluster.read(ground.source),
        forwarded={name: cluster.read(to) for name, to, _ in ground.routes},
        facts=[record.value or b"" for record in cluster.read(topics.facts)],
        seals=[record.key or b"" for record in cluster.read(topics.quarantine)],
        dispositions=[Disposition.model_validate_json(record.value or b"") for record in cluster.read(topics.dispositions)],
        caps={name: cap for name, _, cap in ground.routes},
    )


def wrongs(seen: Seen) -> list[str]:
    """Everything that is wrong; empty if each input has one outcome and one fact on each route, in order."""
    return [wrong for route in seen.caps for wrong in _route(seen, route)] + list(_all(seen))


def _all(seen: Seen) -> Iterator[str]:
    yield from _told(seen)
    verdicts = Counter(row.verdict for _, row in _rows(seen.facts))
    if verdicts.total() != len(seen.inputs) * len(seen.caps):
        yield f"{verdicts.total()} verdicts for {len(seen.inputs)} records on {len(seen.caps)} routes"
    if verdicts["quarantine"] != len(seen.seals):
        yield f"{verdicts['quarantine']} records are held and {len(seen.seals)} sealed"
    yield from _chains(seen.facts)


def _told(seen: Seen) -> Iterator[str]:
    """Whether each held record is told once, and nothing else is; and each overtaken one once more."""
    sealed = Counter(key.decode() for key in seen.seals)
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for each in seen.dispositions:
        told[each.status][f"{each.route}/{each.topic}/{each.partition}/{each.offset}"] += 1
    overtaken = told.pop("superseded", Counter())
    if told.pop("held", Counter()) + told.pop("parked", Counter()) != sealed or told:
        yield f"{len(sealed)} records are sealed, and the dispositions do not say so"
    if max(overtaken.values(), default=1) > 1 or overtaken - sealed:
        yield "records are told to be overtaken twice, or were never held"


def _route(seen: Seen, route: str) -> Iterator[str]:
    inputs = {(record.coordinate.partition, record.coordinate.offset): record for record in seen.inputs}
    rows: dict[Place, list[Row]] = defaultdict(list)
    for fact, row in _rows(seen.facts):
        if fact.route == route:
            rows[fact.partition, row.offset].append(row)
    outputs: dict[Place, list[Record]] = defaultdict(list)
    for record in seen.forwarded[route]:
        outputs[_source(record)].append(record)
    sealed = Counter(_sealed(seen.seals, route))
    for place in inputs.keys() | rows.keys() | outputs.keys() | sealed.keys():
        what = f"{route} {place[0]}/{place[1]}"
        if place not in inputs:
            yield f"{what} never came in"
        elif len(rows[place]) != 1:
            yield f"{what} has {len(rows[place])} verdicts"
        else:
            yield from (f"{what} {wrong}" for wrong in _outcome(inputs[place], rows[place][0], outputs[place], sealed[place]))
            if not _ordered(inputs[place], rows[place][0], capped=seen.caps[route] is not None):
                yield f"{what} got {rows[place][0].verdict}"
    yield from _order(route, seen.forwarded[route])
    yield from _cap(route, seen.caps[route], rows, outputs)


def _outcome(record: Record, row: Row, outputs: Sequence[Record], sealed: int) -> Iterator[str]:
    """Whether what is on the topics is what the verdict says."""
    expected = (1, 0) if row.verdict in ("clear", "redact") else (0, 1) if row.verdict == "quarantine" else (0, 0)
    if (len(outputs), sealed) != expected:
        yield f"is {row.verdict}, forwarded {len(outputs)} times and sealed {sealed} times"
    for output in outputs:
        if output.coordinate.partition != record.coordinate.partition:
            yield "changed its partition"
        if row.verdict == "clear" and (output.key, output.value, output.timestamp) != (record.key, record.value, record.timestamp):
            yield "is clear and was changed"
        if row.verdict == "redact" and output.value != b"redacted":
            yield "shows what should have been redacted"
        if outcome_hash(output, FACT_KEY.secret) != row.outcome:
            yield "is not what its fact says"


def _ordered(record: Record, row: Row, *, capped: bool) -> bool:
    """Whether a verdict is what the value orders; a cap may hold what would go."""
    word = (record.value or b"").decode().partition(" ")[2]
    stopped = capped and row.verdict == "quarantine" and set(row.reasons) & {"breaker_open", "cap_reached"}
    return bool(stopped) or row.verdict == WORDS.get(word, "clear")


def _order(route: str, records: Iterable[Record]) -> Iterator[str]:
    last: dict[int, int] = {}
    for record in records:
        partition, offset = _source(record)
        if offset <= last.get(partition, -1):
            yield f"{route} {partition}/{offset} came after {last[partition]}"
        last[partition] = offset


def _cap(route: str, cap: int | None, rows: Mapping[Place, Sequence[Row]], outputs: Mapping[Place, Sequence[Record]]) -> Iterator[str]:
    shown = {subject for place in outputs for row in rows.get(place, ()) if outputs[place] for subject in row.subjects}
    if cap is not None and len(shown) > cap:
        yield f"{route} shows {len(shown)} persons of {cap}"


def _chains(facts: Iterable[bytes]) -> Iterator[str]:
    links: dict[tuple[str, int], tuple[str, int]] = {}
    for written in facts:
        fact = Fact.model_validate_json(written)
        lane = (fact.route, fact.partition)
        link, following = links.get(lane, ("", 0))
        if (fact.previous, fact.first) != (link, following):
            yield f"the facts of {fact.route}/{fact.partition} are not one chain at {fact.first}"
        links[lane] = (hashlib.sha256(written).hexdigest(), fact.next)


def _rows(facts: Iterable[bytes]) -> Iterator[tuple[Fact, Row]]:
    for written in facts:
        fact = Fact.model_validate_json(written)
        yield from ((fact, row) for row in fact.each())


def _sealed(seals: Iterable[bytes], route: str) -> Iterator[Place]:
    for key in seals:
        name, _, partition, offset = key.decode().split("/")
        if name == route:
            yield int(partition), int(offset)


def _source(record: Record) -> Place:
    """Where a forwarded record came from, as its header says."""
    [written] = [value for name, value in record.headers if name == "pratique-source"]
    _, _, partition, offset = (written or b"").decode().split("/")
    return int(partition), int(offset)


def told(seen: Seen, found: Sequence[str]) -> str:
    """A short account for a test that fails."""
    return json.dumps({"inputs": len(seen.inputs), "wrong": len(found), "first": found[:20]}, indent=1)
