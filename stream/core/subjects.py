"""Whom a record is about: one subject per scope, by its best identifier, with what was merged into it. Never an insured or a relative."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

from schemas.vocabulary import Category
from stream.core.roles import CATEGORY, INDEX, ROLES
from stream.core.values import Document, Identifier, Inspection, Subject

_TYPE = {"person.ins": "national", "person.nir": "national", "person.local_number": "local", "person.identifier": "local"}
_PRIOR = INDEX["person.prior_number"]
_IDENTITY = tuple(INDEX[name] for name in ("person.name.family", "person.name.given", "person.name.full", "person.birth_date"))
_TELLS = re.compile(b"[" + b"".join(re.escape(bytes([INDEX[name]])) for name in (*_TYPE, "person.prior_number")) + b"]")
_AUTHORITY = frozenset({INDEX["establishment.name"], INDEX["establishment.number"]})
_HEALTH_ROLES = bytes(number for number, role in enumerate(ROLES) if Category.HEALTH in role.category.lineage)
_ROUNDED = re.compile(r"[0-9][eE]\+[0-9]")
_BLANK = re.compile(r"[\W_]+")


def subjects(documents: Sequence[Document], preference: Sequence[str]) -> tuple[Subject, ...]:
    """One subject per scope that names a person, in the order of the scopes. `preference`: types of identifier, the most telling first;
    what it does not list tells nobody."""
    found: dict[int, list[Identifier]] = {}
    prior: dict[int, list[Identifier]] = {}
    for document in documents:
        for match in _TELLS.finditer(document.columns.role):
            leaf = match.start()
            role = document.columns.role[leaf]
            type_ = _TYPE.get(ROLES[role].name, "local")
            identifier = _identifier(document, leaf, type_) if type_ in preference else None
            if identifier is not None:
                scopes = prior if role == _PRIOR else found
                scopes.setdefault(document.scope_of(leaf), []).append(identifier)
    if "identity" in preference and (not found or any(document.columns.scopes for document in documents)):
        found = _by_identity(documents) | found
    best = {scope: min(named, key=lambda identifier: preference.index(identifier.type)) for scope, named in found.items()}
    return tuple(Subject(scope, best[scope], tuple(prior.get(scope, ()))) for scope in sorted(best))


def _identifier(document: Document, leaf: int, type_: str) -> Identifier | None:
    """None for a number that a spreadsheet has rounded: many persons share it."""
    written = document.format.text(document, leaf).text
    if _ROUNDED.search(written):
        return None
    text = _BLANK.sub("", written).upper()
    if type_ == "national":
        return Identifier("", type_, text[:13])  # the key adds nothing, and is often absent
    return Identifier(_authority(document, leaf), type_, text)


def _authority(document: Document, leaf: int) -> str:
    following = leaf + 1
    if following < len(document.columns.role) and document.columns.role[following] in _AUTHORITY:
        return document.format.text(document, following).text.upper()
    return ""


def _by_identity(documents: Sequence[Document]) -> dict[int, list[Identifier]]:
    """Name and birth date of each scope, for those in which no number tells the person."""
    traits: dict[int, list[str]] = {}
    for document in documents:
        for role in _IDENTITY:
            leaf = document.columns.role.find(role)
            while leaf >= 0:
                traits.setdefault(document.scope_of(leaf), []).append(_BLANK.sub("", document.format.text(document, leaf).text).upper())
                leaf = document.columns.role.find(role, leaf + 1)
    return {scope: [Identifier("", "identity", "|".join(values))] for scope, values in traits.items()}


def tokens(seen: Inspection, key: bytes) -> tuple[bytes, ...]:
    """Distinct 8-byte keyed hashes of the record's subjects, in order. Health data about nobody tellable counts as one unknown subject,
    told by its coordinate so that it is never merged with another."""
    if seen.subjects:
        return tuple(dict.fromkeys(token(subject.identifier, key) for subject in seen.subjects))
    if any(map(_has_health, seen.documents)) or seen.doubts:
        return (keyed(key, ("unknown", *map(str, seen.record.coordinate))),)
    return ()


def token(identifier: Identifier, key: bytes) -> bytes:
    """The keyed pseudonym of one identifier: 8 bytes of HMAC-SHA-256."""
    return keyed(key, identifier)


def keyed(key: bytes, parts: Iterable[str]) -> bytes:
    """8 bytes of HMAC-SHA-256 over the parts."""
    return hmac.digest(key, "\x1f".join(parts).encode(), hashlib.sha256)[:8]


def _has_health(document: Document) -> bool:
    return len(document.columns.role.translate(None, _HEALTH_ROLES)) < len(document.columns.role)


def category_counts(seen: Inspection) -> dict[Category, int]:
    """How often each category stands in the record, by place and by content. For facts and metrics: counts, never values."""
    counts: dict[Category, int] = {}
    for document in seen.documents:
        for role in set(document.columns.role):
            category = CATEGORY[role]
            counts[category] = counts.get(category, 0) + document.columns.role.count(role)
    for finding in seen.findings:
        counts[finding.category] = counts.get(finding.category, 0) + len(finding.places)
    return counts
