"""Which leaves are scanned: text, unknown places, and coded places that do not look like what they should be. Called by `detect`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, count
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.detect.shaped import HARMLESS, LONGEST, fits
from stream.core.detect.topics import CODED, Coded
from stream.core.roles import INDEX, ROLES
from stream.core.values import Document, Mark, Treat


class Chosen(NamedTuple):
    """The leaves to scan, as (document, leaf), and what coded leaves are about."""

    leaves: list[tuple[int, int]]
    coded: list[tuple[int, int, Category]]


_SCANNED = bytes(role.treat >= Treat.TEXT for role in ROLES).ljust(256, b"\0")
_CHECKED = bytes(2 if n in CODED else int(harmless is not None) for n, harmless in enumerate(HARMLESS)).ljust(256, b"\0")
"""Per role: 0 its shape is not checked, 1 it is, 2 and it holds codes."""
_WORTH = bytes(0 if n in CODED else 255 if h is None else h for n, h in enumerate(HARMLESS)).ljust(256, b"\xff")
"""Per role: a leaf of more bytes than this is looked at."""
_NUMBERS = bytes(role.name in {"unknown.number", "result.number"} for role in ROLES).ljust(256, b"\0")
_SERIES = b"\1" * 9
"""So many numbers one after the other, without keys between them, may be the digits of one."""
_ESCAPED = int(Mark.ESCAPED)
_ATTACHMENT = INDEX["result.attachment"]
_TECHNICAL = frozenset(number for number, role in enumerate(ROLES) if role.category is Category.TECHNICAL)


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-\r\n\\."


def choose(documents: Sequence[Document], coded: Coded) -> Chosen:
    """One pass over the columns of every document; bytes are touched only where a leaf is worth a look."""
    chosen = Chosen([], [])
    opened = _opened(documents)
    for number, document in enumerate(documents):
        starts, ends, roles, marks, *_ = document.columns
        data, escaped = document.data, _ESCAPED in marks
        chosen.leaves.extend([(number, leaf) for leaf in compress(count(), roles.translate(_SCANNED)) if (number, leaf) not in opened])
        chosen.leaves.extend([(number, leaf) for leaf in _series(roles)])
        for leaf in compress(count(), roles.translate(_CHECKED)):
            role, start, end = roles[leaf], starts[leaf], ends[leaf]
            if end - start <= _WORTH[role]:
                continue
            raw = data[start:end]
            if len(raw) > LONGEST or not fits(role, raw):
                chosen.leaves.append((number, leaf))
                if role in _TECHNICAL:  # no code of the format: nobody knows what it is
                    chosen.coded.append((number, leaf, Category.UNKNOWN))
            elif escaped and marks[leaf] == _ESCAPED:
                chosen.leaves.append((number, leaf))
            elif _CHECKED[role] == 2:
                chosen.coded.extend([(number, leaf, category) for category in coded(role, raw)])
    return chosen


def _series(roles: bytearray) -> Iterator[int]:
    """The leaves of every long run of numbers."""
    numbers = roles.translate(_NUMBERS)
    at = numbers.find(_SERIES)
    while at >= 0:
        end = numbers.find(0, at)
        end = len(numbers) if end < 0 else end
        yield from range(at, end)
        at = numbers.find(_SERIES, end)


def _opened(documents: Sequence[Document]) -> set[tuple[int, int]]:
    """The attachments that are nothing but base64 of a document, which says all there is. Any other leaf that holds only a document has
    lost its role to it."""
    hosts = {(d.origin.parent, d.origin.leaf) for d in documents if d.origin.parent >= 0}
    attached = [(number, leaf) for number, leaf in hosts if documents[number].columns.role[leaf] == _ATTACHMENT]
    return {(number, leaf) for number, leaf in attached if not _raw(documents[number], leaf).translate(None, _BASE64)}


def _raw(document: Document, leaf: int) -> bytes:
    return document.data[document.columns.start[leaf] : document.columns.end[leaf]]
