"""The core without Kafka, for `inspect` and `redact`: builds a ruleset from one policy and describes what was found, masked."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from schemas.faults import ConfigError, Fault
from schemas.lists import lists
from schemas.loader import load
from schemas.profile import Profile
from schemas.shipped import read_policy
from stream.core.decode.overlay import Overlay, overlay
from stream.core.detect import compile_rules
from stream.core.detect.catalogue import detectors
from stream.core.detect.place import placed
from stream.core.pseudonym import pseudonymiser
from stream.core.ruleset import RoutePlan, Ruleset, SourceRules, compile_ruleset
from stream.core.values import Finding, Inspection
from stream.core.waive import where
from stream.extract import Extractor
from stream.guard.keyfile import Kind, read, secret


def offline_ruleset(policy: str | None, key: Path | None = None, profile: Path | None = None) -> Ruleset:
    """The ruleset of one policy (a shipped name or a file), or of none for `inspect`. Without a key file, pseudonyms hold for this run
    only. `profile`: the file of a source's own profile. Raises ConfigError."""
    master = _master(key) if key else secrets.token_bytes(32)
    plans = []
    if policy is not None:
        read = read_policy(policy)
        plans.append(RoutePlan(read.metadata.name, read, pseudonymiser(master, read.recipient.name)))
    known = lists()
    return compile_ruleset(SourceRules("file", overlay=_own(profile)), plans, compile_rules(detectors(known), known), Extractor())


def _own(profile: Path | None) -> Overlay | None:
    if profile is None:
        return None
    own = load(profile, Profile)
    return overlay(own.names, own.segments)


def _master(path: Path) -> bytes:
    """The secret of a pseudonym key file, so that a trial makes the very pseudonyms of the guard."""
    file = read(path)
    if file.kind is not Kind.PSEUDONYM:
        raise ConfigError((Fault(str(path), 0, 0, "this is not a pseudonym key", "Name the guard's pseudonym key file."),))
    return secret(file, path)


class Row(NamedTuple):
    """One finding as a person may see it: no value, only its first letter when it is long enough not to give it away."""

    category: str
    likelihood: str
    path: str
    detector: str
    evidence: tuple[str, ...]
    preview: str


def rows(seen: Inspection) -> Iterator[Row]:
    """All findings of a record, by place and by content, in the order of their bytes."""
    found = [*placed(seen.documents), *seen.findings]
    for finding in sorted(found, key=lambda f: (f.places[0], f.category)):
        yield _row(seen, finding)


def _row(seen: Inspection, finding: Finding) -> Row:
    place = finding.places[0]
    document = seen.documents[place.document]
    evidence = tuple(f"{e.code}{e.weight:+d}" for e in finding.evidence)
    raw = document.data[place.start : place.end].decode(document.columns.charset, "replace")
    return Row(
        finding.category, finding.likelihood.name.lower(), where(seen, place.document, place.leaf), finding.detector, evidence, preview(raw)
    )


def preview(text: str) -> str:
    """A fixed-length hint of a value."""
    return f"{text[0]}***" if len(text) >= 6 and text[0].isalpha() else "***"


def format_of(seen: Inspection) -> str:
    """The format that the record's value was read as."""
    return seen.documents[0].format.name if seen.documents else "none"
