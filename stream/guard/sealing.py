"""Draws the data keys of each transaction and seals held records under them. The only place of the guard that asks for entropy."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from stream.core.seal import KEY_SIZE, NONCE_SIZE, About, Envelope, Public, ReviewerKey, address, envelope, seal
from stream.core.values import Record
from stream.guard.plan import Lane, Route
from stream.guard.transport import Partition


class Sealer(NamedTuple):
    """Who may open, the guard's own secret, and the most bytes of a part. `entropy` gives as many random bytes as it is asked for."""

    cluster: str
    reviewers: tuple[ReviewerKey, ...]
    mac_key: bytes
    max_bytes: int
    entropy: Callable[[int], bytes]

    def __repr__(self) -> str:
        return f"Sealer({self.cluster}, {len(self.reviewers)} reviewers)"

    def fresh(self) -> "Seals":
        return Seals(self)


class Seals:
    """The seals of one transaction: one data key per lane, drawn when its first record is held."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._envelopes: dict[Lane, Envelope] = {}

    def __call__(self, record: Record, route: Route, about: About, at: int) -> Iterator[tuple[bytes, bytes]]:
        sealer = self._sealer
        public = Public(sealer.cluster, record.coordinate, route.name, route.digest, about, at)
        around = self._envelope(Lane(route.name, Partition(record.coordinate.topic, record.coordinate.partition)))
        nonce = sealer.entropy(NONCE_SIZE)
        parts = seal(record, public, around, nonce, mac_key=sealer.mac_key, max_bytes=sealer.max_bytes)
        for part, value in enumerate(parts, 1):
            yield address(public._replace(part=part)), value

    def _envelope(self, lane: Lane) -> Envelope:
        if lane not in self._envelopes:
            self._envelopes[lane] = envelope(self._sealer.reviewers, self._sealer.entropy(KEY_SIZE), self._sealer.entropy(KEY_SIZE))
        return self._envelopes[lane]
