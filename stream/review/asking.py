"""Builds what a person asks of the guard, and signs it. Pure but for what the caller gives: entropy, time, keys. Sends nothing."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.requests import Asked, Signature, SignedRequest, Why, unsigned
from schemas.vocabulary import Category, Request
from stream.core.request import close, sign, verify
from stream.core.seal import Opened, open_at, rewrap
from stream.review.address import Address
from stream.review.site import Person, Site

ENTROPY = 32  # bytes that each closing or wrapping needs

Entropy = Callable[[int], bytes]


class Signer(NamedTuple):
    """A person with the private half of the signing key, raw Ed25519."""

    person: Person
    private: bytes

    def __repr__(self) -> str:
        return f"Signer({self.person.name})"


class Grounds(NamedTuple):
    """Why and when a person asks, the same for all requests of one command."""

    why: Why
    ticket: str
    at: int  # seconds


class Problem(Exception):
    """A request that cannot be made or sent, told in words that hold nothing of a record."""


class Opening(NamedTuple):
    """A held record as a reviewer opened it, and what was opened."""

    opened: Opened
    parts: Mapping[bytes, bytes]


def opened(site: Site, parts: Mapping[bytes, bytes], private_key: bytes) -> Opening:
    """Raises SealError."""
    return Opening(open_at(parts, site.cluster, private_key), parts)


def plain(site: Site, request: Request, address: Address, grounds: Grounds) -> Asked:
    """A request that brings nothing along: reject, expire, show."""
    return Asked(
        request=request,
        cluster=site.cluster,
        route=address.route,
        topic=address.topic,
        partition=address.partition,
        offset=address.offset,
        at=grounds.at,
        why=grounds.why,
        ticket=grounds.ticket,
    )


def to_release(site: Site, address: Address, opening: Opening, waive: Sequence[str], grounds: Grounds, entropy: Entropy) -> Asked:
    """With the record, closed to the guard. Raises ConfigError where its key is not there."""
    record, _, mac = opening.opened
    closed = close(record, mac, site.cluster, address.route, site.release_public, entropy(ENTROPY))
    asked = plain(site, Request.RELEASE, address, grounds)
    return asked.model_copy(update={"record": b64encode(closed).decode(), "waive": tuple(waive)})


def to_rewrap(site: Site, address: Address, opening: Opening, private_key: bytes, grounds: Grounds, entropy: Entropy) -> Asked:
    """With the parts of the seal, wrapped for everybody who reviews now. Raises SealError."""
    wrapped = rewrap([*opening.parts.values()], private_key, site.reviewers, entropy(ENTROPY))
    asked = plain(site, Request.REWRAP, address, grounds)
    return asked.model_copy(update={"parts": tuple(b64encode(part).decode() for part in wrapped)})


def signed(asked: Asked, signer: Signer) -> SignedRequest:
    """By the person who asks."""
    return _with(unsigned(asked), signer)


def cosigned(request: SignedRequest, signer: Signer, site: Site) -> SignedRequest:
    """With the signature of a second person. Raises Problem: it is not for this cluster, not signed by somebody known, or by the same."""
    try:
        asked, first = request.asked(), request.signatures[0] if request.signatures else None
        body, good = request.signed, first is not None and _is_good(request, first, site)
    except ValueError:
        raise Problem("this is not a request that this version reads") from None
    if first is None or not good or len(body) == 0:
        raise Problem(f"{address_of(asked)}: not signed by a registered person")
    if asked.cluster != site.cluster:
        raise Problem(f"{address_of(asked)}: a request for another cluster")
    if signer.person.name in {site.named(each.by) for each in request.signatures}:
        raise Problem(f"{address_of(asked)}: {signer.person.name} signed it already; another person has to")
    return _with(request, signer)


def address_of(asked: Asked) -> Address:
    return Address(asked.route, asked.topic, asked.partition, asked.offset)


def digest(request: SignedRequest) -> str:
    """By which facts tell it."""
    return hashlib.sha256(request.signed).hexdigest()


def _with(request: SignedRequest, signer: Signer) -> SignedRequest:
    signature = Signature(by=signer.person.id, signature=b64encode(sign(request.signed, signer.private)).decode())
    return request.model_copy(update={"signatures": (*request.signatures, signature)})


def _is_good(request: SignedRequest, signature: Signature, site: Site) -> bool:
    person = site.people.get(signature.by)
    return person is not None and verify(request.signed, signature.raw, person.public)


# ---- what stands in the way, as far as it can be told here --------------------------------------------------------------


def misnamed(waive: Iterable[str]) -> str | None:
    """The first name that cannot name what holds a record: `category@path`."""
    known = set(Category)
    return next((name for name in waive if name.partition("@")[0] not in known or not name.partition("@")[2]), None)
