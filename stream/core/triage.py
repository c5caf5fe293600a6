"""How soon somebody waits for a record, how final its results are, and how its sender numbers it. Called by the guard for every record;
reads places by their roles, so it serves all formats alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.vocabulary import Status, Urgency
from stream.core.roles import INDEX
from stream.core.values import Document

_PRIORITY = INDEX["order.priority"]
_FLAG = INDEX["result.flag"]
_STATUS = INDEX["result.status"]
_CONTROL = (INDEX["structure.control"], INDEX["technical.control"])

_URGENT = frozenset("S STAT A ASAP U URGENT UR EMERGENCY URGENCE TRUE OUI P1 1".split())
_CRITICAL = frozenset("LL HH AA LU HU CRITICAL CRITIQUE PANIC".split())
_STATUSES = {
    **dict.fromkeys("P I S R PRELIMINARY PARTIAL REGISTERED PROVISOIRE PARTIEL PRELIMINAIRE".split(), Status.PRELIMINARY),
    **dict.fromkeys("F FINAL DEFINITIF VALIDE".split(), Status.FINAL),
    **dict.fromkeys("X D CANCELLED ENTERED-IN-ERROR ANNULE".split(), Status.CANCELLED),
    **dict.fromkeys("C W CORRECTED AMENDED APPENDED CORRIGE RECTIFIE MODIFIE".split(), Status.CORRECTED),
}
_PLAIN = str.maketrans("ÉÈÊ", "EEE")


class Triage(NamedTuple):
    """What a reviewer and an integration engineer need to know first. `control` is the sender's, so it is payload: never printed."""

    urgency: Urgency = Urgency.ROUTINE
    status: Status = Status.UNSTATED
    control: str = ""

    def __repr__(self) -> str:
        return f"Triage({self.urgency}, {self.status})"


def triage(documents: Sequence[Document]) -> Triage:
    """The most urgent of what the record says, and the status that is the furthest along."""
    statuses = (_STATUSES.get(word, Status.UNSTATED) for word in _words(documents, _STATUS))
    control = next((text for role in _CONTROL for text in _texts(documents, role)), "")
    return Triage(_urgency(documents), max(statuses, key=_rank, default=Status.UNSTATED), control)


def _urgency(documents: Sequence[Document]) -> Urgency:
    if not _CRITICAL.isdisjoint(_words(documents, _FLAG)):
        return Urgency.CRITICAL
    return Urgency.ROUTINE if _URGENT.isdisjoint(_words(documents, _PRIORITY)) else Urgency.URGENT


def _rank(status: Status) -> int:
    return status.rank


def _words(documents: Iterable[Document], role: int) -> Iterator[str]:
    return (text.strip().upper().translate(_PLAIN) for text in _texts(documents, role))


def _texts(documents: Iterable[Document], role: int) -> Iterator[str]:
    """What is written in the places of a role, each of a document's ways to write it once: results have many flags, and few that differ."""
    for document in documents:
        data, (starts, ends, roles, *_) = document.data, document.columns
        written: dict[bytes, int] = {}
        leaf = roles.find(role)
        while leaf >= 0:
            written.setdefault(data[starts[leaf] : ends[leaf]], leaf)
            leaf = roles.find(role, leaf + 1)
        for leaf in written.values():
            yield document.format.text(document, leaf).text
