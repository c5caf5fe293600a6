"""What the loop works on: one pipeline's sources and routes, ready to use. Made once by `assembly`, read by everything in the guard."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from schemas.policy import ReleaseRules
from schemas.vocabulary import SequenceKind, WhenHeld
from stream.core.values import Inspection, Outcome, Record, Standing
from stream.guard.authority import NOBODY, Authority
from stream.guard.transport import Partition


class Topics(NamedTuple):
    """The pipeline's own topics."""

    quarantine: str
    facts: str
    standing: str
    breakers: str
    release: str
    dispositions: str


class FactKey(NamedTuple):
    """The pipeline's key for facts; `id` names its epoch."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"FactKey({self.id})"


class Route(NamedTuple):
    """A source to a destination under one policy."""

    name: str
    policy: str  # as the header `pratique-policy` shows it
    digest: str  # of the policy
    destination: str
    partitions: int  # of the destination
    cap: int | None = None  # distinct subjects an hour, over all source partitions
    expires: int | None = None  # second from which on the route stands still
    sequence: SequenceKind = SequenceKind.ORDER
    when_held: WhenHeld = WhenHeld.OVERTAKE
    show_control: bool = False
    release: ReleaseRules = ReleaseRules()

    def expired(self, now: int) -> bool:
        return self.expires is not None and now >= self.expires


def _keeps_nothing() -> None:
    """For a core that remembers nothing between records."""


class Source(NamedTuple):
    """A topic with its routes and the core that judges it. No callable raises, and outcomes come in the order of the routes.
    `judge_again` inspects and judges what a person asks to release, on the route of that number and but for what is waived; `forget`
    empties what the core remembers within a batch."""

    topic: str
    partitions: int
    bundle: str  # digest of the ruleset
    routes: tuple[Route, ...]
    inspect: Callable[[Record], Inspection]
    judge: Callable[[Inspection, Sequence[Standing]], tuple[Outcome, ...]]
    judge_again: Callable[[Record, int, Standing, frozenset[str]], tuple[Inspection, Outcome]]
    forget: Callable[[], None] = _keeps_nothing


class Plan(NamedTuple):
    """One pipeline. A row that belongs to a source partition goes to the partition of the same number, in every topic but `breakers`,
    which has one. `most_held` is the share of held records above which a new bundle is not believed; `keep_held`: seconds before which no
    held record expires."""

    pipeline: str
    cluster: str
    engine: str
    topics: Topics
    fact_key: FactKey
    sources: Mapping[str, Source]  # by topic
    most_held: float = 0.5
    keep_held: int = 90 * 86_400
    authority: Authority = NOBODY


class Lane(NamedTuple):
    """A route on one source partition: what a standing, a cap's share and a chain of facts belong to."""

    route: str
    source: Partition

    def __str__(self) -> str:
        return f"{self.route}/{self.source.topic}/{self.source.partition}"
