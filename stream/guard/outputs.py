"""What an outcome becomes on Kafka: the record to forward, or its seal, and a word to whoever has to answer for it upstream. Called by
`batch`, `decisions` and `lanes`."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from schemas.events import Disposition
from schemas.vocabulary import Verdict
from stream.core.seal import About
from stream.core.subjects import keyed
from stream.core.values import Coordinate, Record
from stream.guard.holdings import Held
from stream.guard.plan import Lane, Plan, Route
from stream.guard.transport import Output

OURS = "pratique-"
"""What our header names begin with. Nobody else's do: they are taken off."""


class Seal(Protocol):
    """Seals records under the data keys of one transaction."""

    def __call__(self, record: Record, route: Route, about: About, at: int) -> Iterable[tuple[bytes, bytes]]:
        """Key and value of each part."""
        ...


class Sealer(Protocol):
    """Draws new data keys for each transaction."""

    def fresh(self) -> Seal: ...


def forwarded(forward: Record, verdict: Verdict, route: Route, cluster: str, released: int | None = None) -> Output:
    """The record for the destination: partition number, timestamp and headers as they were, ours appended. `released`: the second at
    which a person's release brought it there, late by nature."""
    topic, partition, offset = forward.coordinate
    headers = (
        *unmarked(forward.headers),
        ("pratique-source", f"{cluster}/{topic}/{partition}/{offset}".encode()),
        ("pratique-verdict", verdict.value.encode()),
        ("pratique-policy", route.policy.encode()),
        *((("pratique-released", str(released).encode()),) if released is not None else ()),
    )
    return Output(route.destination, partition, forward.key, forward.value, headers, forward.timestamp)


def unmarked(headers: tuple[tuple[str, bytes | None], ...]) -> tuple[tuple[str, bytes | None], ...]:
    """The headers without those that look like ours."""
    return tuple(header for header in headers if not header[0].lower().startswith(OURS))


def sealed(record: Record, about: About, route: Route, plan: Plan, seal: Seal, at: int) -> Iterator[Output]:
    """The seal of a held record in its parts."""
    for key, value in seal(record, route, about, at):
        yield Output(plan.topics.quarantine, record.coordinate.partition, key, value)


def control(number: str, route: Route, plan: Plan) -> str:
    """The sender's own number of its message, as dispositions tell it."""
    return number if route.show_control or not number else keyed(plan.fact_key.secret, ("control", number)).hex()


def disposition(coordinate: Coordinate, status: str, reasons: tuple[str, ...], held: Held, route: Route, plan: Plan, at: int) -> Output:
    """The word about one record that is or was held."""
    topic, partition, offset = coordinate
    event = Disposition(
        cluster=plan.cluster,
        route=route.name,
        topic=topic,
        partition=partition,
        offset=offset,
        status=status,
        reasons=reasons,
        at=at,
        urgency=held.urgency,
        results=held.results,
        control=held.control,
        sequence=held.sequence,
    )
    return Output(plan.topics.dispositions, partition, route.name.encode(), event.write())


def superseded(lane: Lane, offset: int, held: Held, route: Route, plan: Plan, at: int) -> Output:
    """The word that a held record was overtaken by a later one of its sequence."""
    return disposition(Coordinate(*lane.source, offset), "superseded", (), held, route, plan, at)
