"""Which records must not overtake each other at the recipient. Called by the guard for every record of a route that has a sequence.

A record advances the sequences it belongs to; it follows those and, where it is about an order, its patients' too: a result must not
come before the merge that tells whose it is. What cannot be read belongs to none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.vocabulary import SequenceKind
from stream.core.roles import INDEX
from stream.core.subjects import keyed, token
from stream.core.values import Document, Inspection

_SENDER = INDEX["establishment.sender"]
_NUMBERS = (INDEX["order.filler"], INDEX["order.placer"])


class Sequences(NamedTuple):
    """Keyed 8-byte tokens. Forwarding a record supersedes held ones that follow what it advances; a held one that advances what another
    follows comes before it."""

    advances: tuple[bytes, ...] = ()
    follows: tuple[bytes, ...] = ()


def sequences(seen: Inspection, kind: SequenceKind, key: bytes) -> Sequences:
    """The sequences of a record."""
    match kind:
        case SequenceKind.KAFKA_KEY:
            named = tuple(keyed(key, ("kafka_key", each.hex())) for each in (seen.record.key,) if each is not None)
            return Sequences(named, named)
        case SequenceKind.PATIENT:
            patients = _patients(seen, key)
            return Sequences(patients, patients)
        case SequenceKind.ORDER:
            patients = _patients(seen, key)
            orders = tuple(dict.fromkeys(keyed(key, ("order", *each)) for each in _orders(seen.documents)))
            return Sequences(orders or patients, orders + patients)


def _patients(seen: Inspection, key: bytes) -> tuple[bytes, ...]:
    """Everybody the record is about, also by the numbers that it merges or links."""
    identifiers = (each for subject in seen.subjects for each in (subject.identifier, *subject.aliases))
    return tuple(dict.fromkeys(token(each, key) for each in identifiers))


def _orders(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """(sender, number): the filler's numbers, or the placer's where a document has none."""
    for document in documents:
        numbers = next(filter(None, (_texts(document, role) for role in _NUMBERS)), ())
        if numbers:
            sender = next(iter(_texts(document, _SENDER)), "")
            yield from ((sender, number) for number in numbers)


def _texts(document: Document, role: int) -> tuple[str, ...]:
    found, leaf = [], document.columns.role.find(role)
    while leaf >= 0:
        found.append(document.format.text(document, leaf).text.strip().upper())
        leaf = document.columns.role.find(role, leaf + 1)
    return tuple(found)
