"""What an outcome becomes on Kafka: the record to forward, or its seal and a word to whoever sent it. Called by `batch`."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from schemas.events import Disposition
from schemas.vocabulary import Verdict
from stream.core.values import Coordinate, Decision, Record
from stream.guard.plan import Plan, Route
from stream.guard.transport import Output

OURS = "pratique-"
"""What our header names begin with. Nobody else's do: they are taken off."""


class Seal(Protocol):
    """Seals records under the data keys of one transaction."""

    def __call__(self, record: Record, route: Route, reasons: tuple[str, ...], at: int) -> Iterable[tuple[bytes, bytes]]:
        """Key and value of each part."""
        ...


class Sealer(Protocol):
    """Draws new data keys for each transaction."""

    def fresh(self) -> Seal: ...


def forwarded(forward: Record, verdict: Verdict, route: Route, cluster: str) -> Output:
    """The record for the destination: partition number, timestamp and headers as they were, ours appended."""
    topic, partition, offset = forward.coordinate
    headers = (
        *unmarked(forward.headers),
        ("pratique-source", f"{cluster}/{topic}/{partition}/{offset}".encode()),
        ("pratique-verdict", verdict.value.encode()),
        ("pratique-policy", route.policy.encode()),
    )
    return Output(route.destination, partition, forward.key, forward.value, headers, forward.timestamp)


def unmarked(headers: tuple[tuple[str, bytes | None], ...]) -> tuple[tuple[str, bytes | None], ...]:
    """The headers without those that look like ours."""
    return tuple(header for header in headers if not header[0].lower().startswith(OURS))


def held(record: Record, decision: Decision, route: Route, plan: Plan, seal: Seal, at: int) -> Iterator[Output]:
    """The seal of a held record in its parts, and the disposition that says so."""
    reasons = tuple(reason.value for reason in decision.reasons)
    for key, value in seal(record, route, reasons, at):
        yield Output(plan.topics.quarantine, record.coordinate.partition, key, value)
    yield _disposition(record.coordinate, reasons, route, plan, at)


def _disposition(coordinate: Coordinate, reasons: tuple[str, ...], route: Route, plan: Plan, at: int) -> Output:
    topic, partition, offset = coordinate
    event = Disposition(
        cluster=plan.cluster, route=route.name, topic=topic, partition=partition, offset=offset, status="held", reasons=reasons, at=at
    )
    return Output(plan.topics.dispositions, partition, route.name.encode(), event.write())
