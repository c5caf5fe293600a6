"""Reviewers who ask the guard of the tests for something. Their keys are invented, and so are they."""

from base64 import b64encode
from dataclasses import replace
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from schemas.requests import Asked, Signature, SignedRequest, Why, unsigned
from schemas.vocabulary import Request
from stream.core.request import close, sign
from stream.core.seal import attest, key_id
from stream.core.values import Coordinate, Record
from stream.guard.authority import Authority, Person
from tests.support.guard import CLUSTER
from tests.support.memory import MemoryBroker

MAC_KEY = b"mac key of the tests, 32 bytes.."
RELEASE_KEY = b"release key of the tests, 32 b.."
RELEASE_PUBLIC = X25519PrivateKey.from_private_bytes(RELEASE_KEY).public_key().public_bytes_raw()


class Reviewer(NamedTuple):
    """Somebody who signs."""

    name: str
    private: bytes

    @property
    def person(self) -> Person:
        public = Ed25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()
        return Person(self.name, key_id(public), public)


ALICE, BRUNO, STRANGER = (Reviewer(name, name.ljust(32, ".").encode()) for name in ("alice", "bruno", "stranger"))
AUTHORITY = Authority({each.person.id: each.person for each in (ALICE, BRUNO)}, (RELEASE_KEY,), (MAC_KEY,))


def asked(offset: int, request: Request = Request.RELEASE, *, partition: int = 0, route: str = "care", **changed: Any) -> Asked:
    """A request for a record of the topic `in`."""
    about: dict[str, Any] = {"cluster": CLUSTER, "topic": "in", "at": 1, "why": Why.CLINICAL_NEED} | changed
    return Asked(request=request, route=route, partition=partition, offset=offset, **about)


def release(record: Record, *waive: str, route: str = "care", mac_key: bytes = MAC_KEY, held: Record | None = None) -> Asked:
    """A request to release; `held`: the record that the guard attested, if it is another."""
    topic, partition, offset = record.coordinate
    mac = attest(held or record, CLUSTER, route, mac_key)
    closed = close(record, mac, CLUSTER, route, RELEASE_PUBLIC, offset.to_bytes(32))
    return asked(offset, route=route, partition=partition, topic=topic, waive=waive, record=b64encode(closed).decode())


def signed(request: Asked, *by: Reviewer) -> SignedRequest:
    """With the signatures of these people."""
    made = unsigned(request)
    signatures = tuple(Signature(by=each.person.id, signature=b64encode(sign(made.signed, each.private)).decode()) for each in by)
    return made.model_copy(update={"signatures": signatures})


def ask(broker: MemoryBroker, request: Asked, *by: Reviewer) -> None:
    """Puts a request on the release topic."""
    broker.produce("r", request.partition, request.address(), signed(request, *(by or (ALICE,))).write())


def held(broker: MemoryBroker, offset: int, partition: int = 0) -> Record:
    """A record of the source, as a reviewer opens it."""
    found = next(record for record in broker.read("in", partition) if record.coordinate.offset == offset)
    return replace(found, coordinate=Coordinate("in", partition, offset))
