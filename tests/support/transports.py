"""Transports on a real broker, and how tests wait for what a broker does in its own time."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from confluent_kafka import Producer

from stream.core.values import Record
from stream.errors import Doubtful, Retry, Unavailable
from stream.guard.kafka import Deadlines, Ends, KafkaSettings, KafkaTransport, Setting
from stream.guard.offsets import Gap, Start
from stream.guard.transport import Assigned, Budget, Output, Partition, Revoked, Transport

SECONDS = 30.0
"""How long a test waits for what must come."""


class Gaps:
    """An observer that remembers gaps, and whether they were accepted."""

    def __init__(self) -> None:
        self.seen: list[tuple[Gap, bool]] = []

    def gap(self, gap: Gap, *, accepted: bool) -> None:
        self.seen.append((gap, accepted))

    def ends(self, ends: Mapping[Partition, Ends]) -> None:
        pass


def a_transport(
    address: str,
    group: str,
    sources: Mapping[str, Start],
    standing: str,
    ordinal: int = 0,
    *,
    observer: Gaps | None = None,
    accepted: Iterable[Partition] = (),
    end: float = 10.0,
    ask: float = 15.0,
    client: Mapping[str, Setting] | None = None,
    release: str = "release",
    produce_with: Callable[..., Producer] = Producer,
) -> KafkaTransport:
    """A worker of a group, joining. `end`, `ask`: seconds until the end of a transaction is in doubt, and until Kafka is unavailable."""
    settings = KafkaSettings(
        client={"bootstrap.servers": address, "statistics.interval.ms": 200, **(client or {})},
        group=group,
        transactional_id=f"{group}-{ordinal}",
        sources=sources,
        standing=standing,
        release=release,
        accepted_gaps=frozenset(accepted),
        deadlines=Deadlines(end, ask),
    )
    return KafkaTransport(settings, observer or Gaps(), logging.getLogger("librdkafka"), produce_with)


def until(true: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Waits for what must come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"


def gather(transport: Transport, count: int, budget: Budget = Budget(seconds=0.1)) -> tuple[list[Assigned | Revoked], list[Record]]:  # noqa: B008  # immutable
    """Polls until so many records have come."""
    events: list[Assigned | Revoked] = []
    records: list[Record] = []

    def enough() -> bool:
        batch = transport.poll(budget)
        events.extend(batch.events)
        records.extend(batch.records)
        return len(records) >= count

    until(enough)
    return events, records


def after(records: Sequence[Record]) -> dict[Partition, int]:
    """The offsets to commit when these records are done."""
    return {Partition(*record.coordinate[:2]): record.coordinate.offset + 1 for record in records}


def relay(transport: Transport, destination: str, count: int, budget: Budget = Budget(seconds=0.1)) -> None:  # noqa: B008  # immutable
    """Copies so many records, each to its partition, and recovers from every fault as the loop does."""
    done = 0
    records: list[Record] = []
    while done < count:
        try:
            _, records = gather(transport, 1, budget)
            transport.begin()
            transport.send([Output(destination, each.coordinate.partition, each.key, each.value, each.headers) for each in records])
            transport.commit(after(records))
            done += len(records)
        except (Retry, Unavailable):
            transport.abort()
        except Doubtful:
            offsets = settle(transport)
            done += sum(each.coordinate.offset < offsets[Partition(*each.coordinate[:2])] for each in records)


def settle(transport: Transport) -> Mapping[Partition, int]:
    """Until Kafka answers."""
    while True:
        try:
            return transport.settle()
        except Unavailable:
            continue
