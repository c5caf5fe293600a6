"""One pipeline as a reviewer meets it: its topics, its people, the public keys in its reviewers folder. Made by the commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from schemas.bundle import Bundle
from schemas.faults import ConfigError, Fault
from schemas.topics import Purpose, topic_name
from stream.core.seal import ReviewerKey
from stream.errors import Unavailable
from stream.guard.admin import Admin
from stream.guard.keyfile import Kind
from stream.guard.keyring import Stored, stored_keys

STRANGER = "key {}, not registered"
"""What stands for the name of a key that is not in the reviewers folder."""


class Person(NamedTuple):
    """Somebody whose signature the guard takes. `public`: Ed25519, raw."""

    name: str
    id: str
    public: bytes


class Site(NamedTuple):
    """`people`: by the id of their signing key."""

    bundle: Bundle
    admin: Admin
    cluster: str
    people: Mapping[str, Person]
    reviewers: tuple[ReviewerKey, ...]
    release: tuple[Stored, ...]  # public keys that requests are closed to, the newest last

    def topic(self, purpose: Purpose) -> str:
        return topic_name(self.bundle.pipeline.topics.prefix, purpose)

    @property
    def routes(self) -> tuple[str, ...]:
        return tuple(route.name for route in self.bundle.pipeline.routes)

    @property
    def release_public(self) -> bytes:
        """The guard's key of now. Raises ConfigError."""
        if not self.release:
            folder = self.bundle.folder / self.bundle.pipeline.reviewers
            remedy = "Bring it there: `pratique keys create` made `guard.release.pub`."
            raise ConfigError((Fault(str(folder), 0, 0, "no public release key of the guard", remedy),))
        return self.release[-1].file.public_bytes

    def named(self, key: str) -> str:
        """Who signs with the key of this id."""
        person = self.people.get(key)
        return person.name if person else STRANGER.format(key or "unknown")


def a_site(bundle: Bundle, admin: Admin, needed: tuple[Purpose, ...]) -> Site:
    """`needed`: topics that must be there. Raises ConfigError, Unavailable."""
    prefix = bundle.pipeline.topics.prefix
    wanted = [topic_name(prefix, purpose) for purpose in needed]
    found = admin.describe(wanted)
    if absent := [topic for topic in wanted if topic not in found]:
        raise Unavailable(f"there is no topic {absent[0]}; `pratique topics --apply` creates it")
    return known_site(bundle, admin)


def known_site(bundle: Bundle, admin: Admin) -> Site:
    """The same, where the topics are known to be there. Raises ConfigError, Unavailable."""
    stored, faults = stored_keys((bundle.folder / bundle.pipeline.reviewers,))
    if faults:
        raise ConfigError(faults)
    files = [each.file for each in stored]
    return Site(
        bundle=bundle,
        admin=admin,
        cluster=admin.cluster(),
        people={file.id: Person(file.name, file.id, file.public_bytes) for file in files if file.kind is Kind.SIGNING_PUBLIC},
        reviewers=tuple(ReviewerKey(file.name, file.public_bytes) for file in files if file.kind is Kind.REVIEWER_PUBLIC),
        release=tuple(sorted((each for each in stored if each.file.kind is Kind.RELEASE_PUBLIC), key=lambda each: each.file.created)),
    )
