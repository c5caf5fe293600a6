"""Reads facts as an audit: whether their chains are whole, and what they say in plain words. Needs no key; names come from keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from schemas.events import Fact, HumanAct, Row, StandingHead
from schemas.topics import Purpose
from schemas.vocabulary import Request, Verdict
from stream.review.address import Address, Lane
from stream.review.answers import HUMAN
from stream.review.chain import How, Verified, verify
from stream.review.site import Site

UNKNOWN_HEAD = "unreadable"
"""Stands for a head that cannot be read: no fact has it."""


# ---- the chain ----------------------------------------------------------------------------------------------------------


def verified(site: Site) -> tuple[Verified, ...]:
    """Every lane that a fact or the standing speaks of. The standing is read first: whatever it knows then, facts tell. Raises
    Unavailable."""
    heads = _heads(site)
    return tuple(verify(site.admin.read(site.topic(Purpose.FACTS)), heads))


def _heads(site: Site) -> Mapping[Lane, str]:
    heads: dict[Lane, str] = {}
    for row in site.admin.read(site.topic(Purpose.STANDING)):
        pieces = row.key.decode(errors="replace").split("/")
        if len(pieces) == 4 and pieces[3] == "head" and pieces[2].isdecimal():
            lane = Lane(pieces[0], pieces[1], int(pieces[2]))
            if row.value is None:
                heads.pop(lane, None)
            else:
                heads[lane] = _head(row.value)
    return {lane: head for lane, head in heads.items() if head}


def _head(value: bytes) -> str:
    try:
        return StandingHead.model_validate_json(value).previous
    except ValueError:
        return UNKNOWN_HEAD


def in_words(found: Verified) -> str:
    """What was found of one lane."""
    partition = found.lane.partition
    begin = "from the beginning" if found.whole else f"from partition {partition} offset {found.first} on, what was before is expired"
    if found.broken is None:
        return f"whole: {found.facts} fact{'' if found.facts == 1 else 's'} {begin}"
    broken = found.broken
    at = f"partition {partition} offset {broken.offset}"
    match broken.how:
        case How.REMOVED:
            first, last = broken.gap or (-1, -1)
            what = f"no fact tells of records {first} to {last - 1}"
            return f"before the fact at {at} facts were removed, or the one at offset {broken.before} was changed: {what}"
        case How.CHANGED:
            return f"the fact at {at} was changed, or a person's act next to it was removed"
        case How.REORDERED:
            return f"the fact at {at} stands before the one that it follows, which is at offset {broken.follows}"
        case How.REPEATED:
            return f"the fact at {at} stands there a second time, after offset {broken.before}"
        case How.MISPLACED:
            return f"the fact at {at} belongs to another route or partition"
        case How.TRUNCATED if broken.offset < 0:
            return "no fact is left of it, and the standing knows one"
        case How.TRUNCATED:
            return f"the fact at {at} is not the last that the standing knows: it was changed, or those after it were removed"
        case How.HEADLESS:
            return f"the standing does not know this lane: whether facts after {at} were removed cannot be told"


# ---- in plain words -----------------------------------------------------------------------------------------------------


class Wanted(NamedTuple):
    """Which lines are asked for; None: all."""

    route: str | None = None
    address: Address | None = None
    human: bool = False
    since: int = 0  # second

    def takes(self, address: Address, at: int) -> bool:
        return at >= self.since and self.route in (None, address.route) and self.address in (None, address)


class Line(NamedTuple):
    """One verdict of the guard, or one act of a person."""

    at: int  # second
    address: Address
    verdict: str
    row: Row
    human: HumanAct | None


def lines(site: Site, wanted: Wanted) -> Iterator[Line]:
    """In the order of the facts topic, partition by partition. A fact that cannot be read is left out: `verified` names it. Raises
    Unavailable."""
    partitions: Collection[int] | None = None if wanted.address is None else (wanted.address.partition,)
    for row in site.admin.read(site.topic(Purpose.FACTS), partitions):
        if row.value is None or (wanted.human and HUMAN not in row.value):
            continue
        try:
            fact = Fact.model_validate_json(row.value)
            found = [
                Line(fact.at, Address(fact.route, fact.topic, fact.partition, each.offset), each.verdict, each, fact.human)
                for each in fact.each()
            ]
        except (ValueError, IndexError):
            continue
        yield from (line for line in found if wanted.takes(line.address, line.at))


def told(line: Line, site: Site) -> str:
    """A sentence. Holds codes, names of keys and coordinates; nothing of the record."""
    at = datetime.fromtimestamp(line.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{at} {_judged(line) if line.human is None else _asked(line, line.human, site)}"


_FORWARDED = {Verdict.CLEAR.value: "forwarded as it is", Verdict.REDACT.value: "forwarded as redacted"}
_PAST = {
    Request.RELEASE.value: "released",
    Request.REJECT.value: "rejected",
    Request.EXPIRE.value: "expired",
    Request.REWRAP.value: "wrapped anew the seal of",
    Request.SHOW.value: "looked at",
}


def _judged(line: Line) -> str:
    row = line.row
    verdict = {**_FORWARDED, Verdict.QUARANTINE.value: "held", Verdict.DROP.value: "dropped"}.get(line.verdict, line.verdict)
    parts = [
        ", ".join(row.reasons),
        "" if row.urgency == "routine" else row.urgency,
        ", ".join(f"{category} {count}" for category, count in sorted(row.categories.items())),
    ]
    return "; ".join([f"{_named(line.address)} {verdict}" + (f": {parts[0]}" if parts[0] else ""), *filter(None, parts[1:])])


def _asked(line: Line, human: HumanAct, site: Site) -> str:
    done = not human.refusal
    verb = _PAST.get(human.request, human.request) if done else f"asked to {human.request}"
    second = f", agreed by {site.named(human.second)}" if human.second else ""
    parts = [
        f"{site.named(human.by)} {verb} {_named(line.address)}{second}: {human.why}" + (f", ticket {human.ticket}" if human.ticket else ""),
        f"waived {', '.join(human.waived)}" if human.waived else "",
        _outcome(line, human) if done else _refused(line, human),
    ]
    return "; ".join(filter(None, parts))


def _outcome(line: Line, human: HumanAct) -> str:
    if human.request != Request.RELEASE:
        return ""
    return _FORWARDED.get(line.verdict, "dropped by the policy" if line.verdict == Verdict.DROP else line.verdict)


def _refused(line: Line, human: HumanAct) -> str:
    return f"refused: {human.refusal}" + (f" ({', '.join(line.row.reasons)})" if line.row.reasons else "")


def _named(address: Address) -> str:
    """`insurer lis.results/3/1234`."""
    return f"{address.route} {'/'.join(map(str, address.coordinate))}"
