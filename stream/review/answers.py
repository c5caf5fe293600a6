"""What the guard answers, from the facts it writes and from how far it has looked at requests. Made before anything is sent, so that no
answer is missed; reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from schemas.events import Fact, HumanAct, RequestsRow
from schemas.requests import SignedRequest
from schemas.topics import Purpose
from schemas.vocabulary import Refusal, Request
from stream.guard.reader import Row
from stream.guard.transport import Partition
from stream.review.address import Address
from stream.review.asking import address_of, digest
from stream.review.held import is_held_row
from stream.review.site import Site

HUMAN = b'"human":'
"""Stands in facts of what people asked, and in no other."""
_DECIDES = frozenset({Request.RELEASE.value, Request.REJECT.value, Request.EXPIRE.value})


class Answer(NamedTuple):
    """What came of one request. `refusal` None: it was done. `verdict` and `reasons`: of the judgement, where there was one."""

    address: Address
    request: str
    refusal: str | None
    verdict: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return self.refusal is None


class Sent(NamedTuple):
    """A request on its way. `offset`: on the release topic."""

    request: str
    address: Address
    digest: str
    offset: int


class Tailing(Protocol):
    """What is asked of `guard.reader.Tail`."""

    reached: dict[Partition, int]

    def poll(self, seconds: float) -> list[Row]: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class Answers:
    """Of requests for records of these source partitions."""

    def __init__(self, site: Site, partitions: Collection[int] | None) -> None:
        """`partitions` None: all."""
        self._site = site
        self._facts, self._standing = site.topic(Purpose.FACTS), site.topic(Purpose.STANDING)
        starts = {**site.admin.ends(self._facts, partitions), **site.admin.ends(self._standing, partitions)}
        self._tail: Tailing = site.admin.tail(starts)
        self._waiting: dict[Address, Sent] = {}
        self._decided: set[Address] = set()
        self._looked: dict[Partition, int] = {}  # by source partition: the request that the guard looks at next
        self._passed: dict[Address, int] = {}  # looked at without a fact so far: up to where facts must be read to be sure of it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._tail.__exit__(kind, error, trace)

    @property
    def waiting(self) -> Mapping[Address, Sent]:
        """What is not answered."""
        return self._waiting

    def send(self, requests: Collection[SignedRequest]) -> None:
        """Puts requests on the release topic, in their order. Raises Unavailable."""
        topic = self._site.topic(Purpose.RELEASE)
        asked = [request.asked() for request in requests]
        rows = [(Partition(topic, each.partition), each.address(), request.write()) for each, request in zip(asked, requests, strict=True)]
        offsets = self._site.admin.send(rows)
        for each, request, offset in zip(asked, requests, offsets, strict=True):
            sent = Sent(each.request.value, address_of(each), digest(request), offset)
            self._waiting[sent.address] = sent

    def poll(self, seconds: float) -> list[Answer]:
        """The answers that came within so many seconds. Raises Unavailable."""
        answers = [answer for row in self._tail.poll(seconds) for answer in self._read(row)]
        return [*answers, *self._passed_over()]

    def _read(self, row: Row) -> Iterator[Answer]:
        if row.place.topic == self._standing:
            self._stands(row)
        elif row.value is not None and HUMAN in row.value:
            yield from self._told(row.value)

    def _stands(self, row: Row) -> None:
        if row.value is None and is_held_row(row.key):
            route, topic, partition, _, offset = row.key.decode().split("/")
            self._decided.add(Address(route, topic, int(partition), int(offset)))
        elif row.value is not None and row.key.endswith(b"/requests"):
            topic, partition, _ = row.key.decode().split("/")
            self._looked[Partition(topic, int(partition))] = RequestsRow.model_validate_json(row.value).next

    def _told(self, value: bytes) -> Iterator[Answer]:
        try:
            fact = Fact.model_validate_json(value)
            row = next(fact.each())
        except (ValueError, StopIteration):
            return
        address, human = Address(fact.route, fact.topic, fact.partition, row.offset), fact.human
        sent = self._waiting.get(address)
        if human is not None and sent is not None and _answers(human, sent):
            del self._waiting[address]
            self._passed.pop(address, None)
            yield Answer(address, human.request, human.refusal or None, row.verdict, row.reasons)

    def _passed_over(self) -> Iterator[Answer]:
        """Requests that the guard has looked at and wrote no fact of: the record was decided already, or it does not take the request at
        its word. Both are known only once everything is read that was committed with that look."""
        looked = [sent for sent in self._waiting.values() if self._looked.get(sent.address.lane.source, 0) > sent.offset]
        unsure = {sent.address.partition for sent in looked if sent.address not in self._passed}
        ends = self._site.admin.ends(self._facts, unsure) if unsure else {}
        for sent in looked:
            facts = Partition(self._facts, sent.address.partition)
            if sent.address not in self._passed:
                self._passed[sent.address] = ends[facts]
            elif self._tail.reached[facts] >= self._passed[sent.address]:
                del self._waiting[sent.address], self._passed[sent.address]
                refusal = Refusal.NOT_HELD if sent.address in self._decided else Refusal.STRANGER
                yield Answer(sent.address, sent.request, refusal.value)


def _answers(human: HumanAct, sent: Sent) -> bool:
    """Whether a fact is the answer: to this very request, or the end of its record by another."""
    return human.asked == sent.digest or (human.request in _DECIDES and not human.refusal)
