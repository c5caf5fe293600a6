"""Which leaves are scanned: text, unknown places, and coded places that do not look like what they should be. Called by `detect`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.detect.shaped import HARMLESS, fits
from stream.core.detect.topics import CODED, Coded
from stream.core.roles import ROLES, TREAT
from stream.core.values import Document, Mark, Treat


class Chosen(NamedTuple):
    """The leaves to scan, as (document, leaf), and what coded leaves are about."""

    leaves: list[tuple[int, int]]
    coded: list[tuple[int, int, Category]]


_NEVER = 255
_WORTH = bytes(
    0 if number in CODED or role.treat >= Treat.TEXT else _NEVER if HARMLESS[number] is None else HARMLESS[number] or 0
    for number, role in enumerate(ROLES)
).ljust(256, b"\xff")
"""Per role: a leaf with more bytes than this is looked at."""


def choose(documents: Sequence[Document], coded: Coded) -> Chosen:
    """One pass over the columns of every document; bytes are touched only where a leaf is worth a look."""
    chosen = Chosen([], [])
    for number, document in enumerate(documents):
        columns = document.columns
        roles = columns.role
        worth = roles.translate(_WORTH)
        escaped = Mark.ESCAPED in columns.mark
        for leaf in [n for n, (start, end, more) in enumerate(zip(columns.start, columns.end, worth, strict=True)) if end - start > more]:
            role = roles[leaf]
            if TREAT[role] >= Treat.TEXT:
                chosen.leaves.append((number, leaf))
            elif TREAT[role] == Treat.SHAPED:
                raw = document.data[columns.start[leaf] : columns.end[leaf]]
                if not fits(role, raw) or (escaped and columns.mark[leaf] == Mark.ESCAPED):
                    chosen.leaves.append((number, leaf))
                chosen.coded.extend((number, leaf, category) for category in coded(role, raw))
    return chosen
