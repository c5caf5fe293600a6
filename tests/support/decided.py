"""Looks at what is on the topics of a laboratory once people have decided held records, and says everything that is wrong with it.

Knows the published forms (facts, dispositions, rows of the standing, headers); nothing of how the guard works.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.events import Disposition, Fact, HumanAct, Row
from schemas.topics import Purpose
from schemas.vocabulary import Request
from stream.core.values import Record
from stream.guard.facts import outcome_hash
from tests.support.laboratory import PARTITIONS, Laboratory

FORWARDS = ("clear", "redact")


class Left(NamedTuple):
    """What a reader of committed records found, each in the order of its topic."""

    inputs: Sequence[Record]
    forwarded: Mapping[str, Sequence[Record]]
    facts: Sequence[bytes]
    seals: Sequence[Record]
    standing: Sequence[Record]
    dispositions: Sequence[Disposition]
    answered: bool  # every request was looked at
    fact_key: bytes

    def came(self, route: str, partition: int) -> list[int]:
        """Offsets of what a destination got."""
        return [_offset(record) for record in self.forwarded[route] if record.coordinate.partition == partition]

    def released(self, route: str, partition: int) -> list[int]:
        """Of what came there by a release."""
        records = (record for record in self.forwarded[route] if record.coordinate.partition == partition)
        return [_offset(record) for record in records if "pratique-released" in dict(record.headers)]


def look(lab: Laboratory) -> Left:
    """Raises TimeoutError where a transaction stays open."""
    routes = [route.name for route in lab.bundle.pipeline.routes]
    own = [lab.topic(purpose) for purpose in (Purpose.FACTS, Purpose.QUARANTINE, Purpose.STANDING, Purpose.DISPOSITIONS)]
    for topic in (*map(lab.destination, routes), *own):
        if not lab.kafka.await_stable(topic):
            raise TimeoutError(f"{topic} holds an open transaction")
    facts, seals, standing, dispositions = (lab.kafka.read(topic) for topic in own)
    return Left(
        inputs=lab.kafka.read(lab.source),
        forwarded={route: lab.kafka.read(lab.destination(route)) for route in routes},
        facts=[record.value or b"" for record in facts],
        seals=seals,
        standing=standing,
        dispositions=[Disposition.model_validate_json(record.value or b"") for record in dispositions],
        answered=lab.is_answered(),
        fact_key=lab.keys.fact.secret,
    )


def wrongs(left: Left) -> list[str]:
    """Everything that is wrong; empty if each record has one outcome on each route, and each decision was carried out once and whole."""
    lanes = [(route, partition) for route in left.forwarded for partition in range(PARTITIONS)]
    return [
        *(f"{route}/{partition}: {wrong}" for route, partition in lanes for wrong in _lane(left, route, partition)),
        *([] if left.answered else ["a request was not looked at"]),
    ]


def _lane(left: Left, route: str, partition: int) -> Iterator[str]:
    written = [(Fact.model_validate_json(each), each) for each in left.facts]
    facts = [(fact, each) for fact, each in written if (fact.route, fact.partition) == (route, partition)]
    judged = {row.offset: row for fact, _ in facts if fact.human is None for row in fact.each()}
    acts = [(fact.human, row) for fact, _ in facts if fact.human is not None for row in fact.each()]
    decided = {row.offset: (human, row) for human, row in acts if not human.refusal and human.request not in (Request.SHOW, Request.REWRAP)}
    yield from _chain(facts)
    yield from _verdicts(left, partition, facts)
    yield from _outputs(left, route, partition, judged, decided)
    held = {offset for offset, row in judged.items() if row.verdict == "quarantine"}
    yield from _held(left, f"{route}/", partition, held, {*decided})
    yield from _told(left, route, partition, held, decided)


def _chain(facts: Sequence[tuple[Fact, bytes]]) -> Iterator[str]:
    previous = ""
    for fact, written in facts:
        if fact.previous != previous:
            yield f"the facts are no chain at {fact.first}"
        previous = hashlib.sha256(written).hexdigest()


def _verdicts(left: Left, partition: int, facts: Sequence[tuple[Fact, bytes]]) -> Iterator[str]:
    offsets = [row.offset for fact, _ in facts if fact.human is None for row in fact.each()]
    if offsets != [record.coordinate.offset for record in left.inputs if record.coordinate.partition == partition]:
        yield "not every record has one verdict, in its order"
    done = Counter(row.offset for fact, _ in facts if fact.human is not None and not fact.human.refusal for row in fact.each())
    yield from (f"{offset} was decided {count} times" for offset, count in done.items() if count > 1)


def _outputs(
    left: Left, route: str, partition: int, judged: Mapping[int, Row], decided: Mapping[int, tuple[HumanAct, Row]]
) -> Iterator[str]:
    """What was forwarded is what the facts say, in the order in which they say it."""
    live = [offset for offset, row in judged.items() if row.verdict in FORWARDS]
    let_go = [offset for offset, (human, row) in decided.items() if human.request == Request.RELEASE and row.verdict in FORWARDS]
    released = left.released(route, partition)
    if [offset for offset in left.came(route, partition) if offset not in {*released}] != live:
        yield "what was forwarded is not what was judged"
    if released != let_go:
        yield f"what was released is not what was decided: {released[:9]} ... {let_go[:9]}"
    rows = {offset: row for offset, row in judged.items() if offset in {*live}} | {offset: decided[offset][1] for offset in let_go}
    inputs = {record.coordinate.offset: record for record in left.inputs if record.coordinate.partition == partition}
    for record in left.forwarded[route]:
        if record.coordinate.partition == partition:
            offset = _offset(record)
            if offset in rows and outcome_hash(record, left.fact_key) != rows[offset].outcome:
                yield f"{offset} is not what its fact says"
            if offset in rows and rows[offset].verdict == "clear" and record.value != inputs[offset].value:
                yield f"{offset} is clear and was changed"


def _held(left: Left, prefix: str, partition: int, held: set[int], decided: set[int]) -> Iterator[str]:
    """Each held record has one seal and one row until it is decided, and one tombstone of each from then on."""
    for what, records, key in (("seal", left.seals, 3), ("row", [r for r in left.standing if b"/held/" in (r.key or b"")], 4)):
        stands: dict[int, list[bool]] = {}
        for record in records:
            if record.coordinate.partition == partition and (record.key or b"").startswith(prefix.encode()):
                stands.setdefault(int((record.key or b"").split(b"/")[key]), []).append(record.value is not None)
        if {offset for offset, rows in stands.items() if rows[-1]} != held - decided:
            yield f"the {what}s that stand are not of what is held"
        yield from (
            f"the {what} of {offset} is deleted {rows.count(False)} times" for offset, rows in stands.items() if rows.count(False) > 1
        )
        if what == "seal" and any(rows.count(True) != 1 for rows in stands.values()):
            yield "a record is sealed more than once"


def _told(left: Left, route: str, partition: int, held: set[int], decided: Mapping[int, tuple[HumanAct, Row]]) -> Iterator[str]:
    words = Counter((each.offset, each.status) for each in left.dispositions if (each.route, each.partition) == (route, partition))
    said = sorted(offset for (offset, status), count in words.items() if status in ("held", "parked") for _ in range(count))
    if said != sorted(held):
        yield "not every held record was told once"
    wanted = {"release": "released", "reject": "rejected", "expire": "expired"}
    ends = Counter((offset, wanted[human.request]) for offset, (human, _) in decided.items())
    if ends != Counter({each: count for each, count in words.items() if each[1] in wanted.values()}):
        yield "not every decision was told once"


def _offset(record: Record) -> int:
    """Of the source record that a forwarded one was."""
    return int((dict(record.headers)["pratique-source"] or b"").rpartition(b"/")[2])
