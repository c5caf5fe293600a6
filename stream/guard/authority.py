"""Who may ask the guard to do something with a held record, and what proves that a record is the one it held. Called by `decisions`.

Knows public keys of people and the guard's own secrets; decides nothing about a record. Names come from keys.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from schemas.requests import Asked, SignedRequest
from schemas.vocabulary import Refusal
from stream.core.request import RequestError, open_request, verify
from stream.core.seal import attest
from stream.core.values import Coordinate, Record


class Person(NamedTuple):
    """Somebody who may sign: the name and id of the key, and its public half (Ed25519, raw)."""

    name: str
    id: str
    public: bytes


class Signed(NamedTuple):
    """A request whose signatures are good. `second` agreed with the person who asks; `digest` tells the request."""

    asked: Asked
    by: Person
    second: Person | None
    digest: str


class Authority(NamedTuple):
    """The keys that requests are checked with: people's by id, the guard's own newest first."""

    people: Mapping[str, Person]
    release_keys: tuple[bytes, ...]
    mac_keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Authority({len(self.people)} people)"

    def read(self, request: Record, cluster: str) -> Signed | Refusal:
        """Whether a record of the release topic is a request of people whom we know, for this cluster and for where it stands."""
        try:
            written = SignedRequest.model_validate_json(request.value or b"")
            body, asked = written.signed, written.asked()
            signatures = [(each.by, each.raw) for each in written.signatures]
        except (ValidationError, ValueError):
            return Refusal.UNREADABLE
        if not signatures or any(by not in self.people for by, _ in signatures):
            return Refusal.STRANGER
        if not all(verify(body, signature, self.people[by].public) for by, signature in signatures):
            return Refusal.FORGED
        stands = (request.key, request.coordinate.partition, cluster)
        if stands != (asked.address(), asked.partition, asked.cluster):
            return Refusal.FORGED
        by, *others = (self.people[by] for by, _ in signatures)
        second = next((other for other in others if other.name != by.name), None)
        return Signed(asked, by, second, hashlib.sha256(body).hexdigest())

    def record(self, asked: Asked) -> Record | None:
        """The record that is to be released; None where it is not the one that we held."""
        place = Coordinate(asked.topic, asked.partition, asked.offset)
        for record, mac in self._opened(asked, place):
            if any(hmac.compare_digest(mac, attest(record, asked.cluster, asked.route, key)) for key in self.mac_keys):
                return record
        return None

    def _opened(self, asked: Asked, place: Coordinate) -> Iterator[tuple[Record, bytes]]:
        for key in self.release_keys:
            try:
                yield open_request(asked.closed, asked.cluster, asked.route, place, key)
            except (RequestError, ValueError):
                continue


NOBODY = Authority({}, (), ())
"""Nobody may ask for anything."""
