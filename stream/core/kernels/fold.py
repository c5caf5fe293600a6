"""Leaves -> one searchable text with a map back to their bytes. Called by `detect`; never decides what is looked for.

Folded text is ASCII: lower case, no accents, blanks as " ", any digit as 0-9, look-alikes as what they look like, anything else as
"\\x1a". What a reader does not see is left out; what is read as several characters ("œ") is written out.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, repeat
from typing import NamedTuple

from stream.core.kernels.alike import HIDDEN, WIDE, folded, spelled
from stream.core.values import Document, Mark, Place

BLOCK = 1024
"""Characters between two known offsets of a long leaf."""


class LeafText(NamedTuple):
    """The text of one leaf; `visible` and `folded` have the same length. Character i stands at `base + i` of the document's data; or, where
    there are offsets, with one more for the end, at `offsets[i]`; or, where there is a charset too, `offsets` tells of each BLOCKth."""

    document: int
    leaf: int
    visible: str
    folded: str
    base: int
    charset: str | None
    offsets: Sequence[int] | None

    def __repr__(self) -> str:
        return f"LeafText({self.document}, {self.leaf}, {len(self.folded)} characters)"


class View(NamedTuple):
    """The folded leaves in `text`, each between newlines; the text of leaf n starts at `cuts[n]` and ends at `cuts[n + 1] - 1`."""

    text: bytes
    cuts: Sequence[int]
    documents: Sequence[Document]
    leaves: Sequence[tuple[int, int]]  # document number, leaf number
    texts: dict[int, LeafText]  # those that were read: all that are not read as they are written, and what was asked for

    def __repr__(self) -> str:
        return f"View({len(self.leaves)} leaves, {len(self.text)}B)"

    def at(self, position: int) -> int:
        """The leaf at a position of `text`; the newline that ends a leaf belongs to it."""
        return bisect_right(self.cuts, position, 1) - 1

    def leaf(self, number: int) -> LeafText:
        """The text of the leaf that stands at `number` in the view."""
        known = self.texts.get(number)
        if known is None:
            known = self.texts[number] = self._read(*self.leaves[number], number)
        return known

    def _read(self, document: int, leaf: int, number: int) -> LeafText:
        columns = self.documents[document].columns
        start = columns.start[leaf]
        raw = self.documents[document].data[start : columns.end[leaf]]
        if not raw.isascii():
            return read(self.documents[document], document, leaf)
        folded = self.text[self.cuts[number] : self.cuts[number + 1] - 1].decode("ascii")
        return LeafText(document, leaf, raw.decode("ascii"), folded, start, None, None)

    def place(self, number: int, start: int, end: int) -> Place:
        """The raw span of characters [start, end), start < end, of a leaf: what hides before the next character belongs to it."""
        document, leaf, visible, _, base, charset, offsets = self.leaf(number)
        if offsets is None:
            return Place(document, leaf, base + start, base + end)
        if charset is not None:
            first, last = start - start % BLOCK, end - end % BLOCK
            begin = offsets[first // BLOCK] + len(visible[first:start].encode(charset))
            return Place(document, leaf, begin, offsets[last // BLOCK] + len(visible[last:end].encode(charset)))
        last = offsets[end - 1]
        while offsets[end] <= last:  # the next character was read off the same bytes
            end += 1
        return Place(document, leaf, offsets[start], offsets[end])


_BLANKS = b"\t\n\v\f\r\x1c\x1d\x1e\x1f"
_UNSEEN = bytes(code for code in (*range(1, 32), 127) if code not in _BLANKS)
_HIDDEN = re.compile(b"[" + re.escape(b"\x00" + _UNSEEN) + b"]")
_BETWEEN = b"\x00"
_PLAIN = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" + _BLANKS + _BETWEEN, b"abcdefghijklmnopqrstuvwxyz" + b" " * len(_BLANKS) + b"\n")
_ESCAPED = int(Mark.ESCAPED)


def fold(documents: Sequence[Document], leaves: Sequence[tuple[int, int]]) -> View:
    """The view of these (document, leaf) pairs, in their order."""
    pieces: list[bytes] = []
    escaped: set[int] = set()
    charsets: set[str] = set()
    current = -1
    for number, leaf in leaves:
        if number != current:
            current, document = number, documents[number]
            data, (starts, ends, _, marks, *_) = document.data, document.columns
            escapes = _ESCAPED in marks
            charsets.add(document.columns.charset)
        if escapes and marks[leaf] == _ESCAPED:
            escaped.add(len(pieces))
        pieces.append(data[starts[leaf] : ends[leaf]])
    text = None if escaped else _at_once(pieces, charsets)
    if text is not None:
        return View(text, _cuts(text), documents, leaves, {})
    odd = [n for n, piece in enumerate(pieces) if n in escaped or not piece.isascii() or _HIDDEN.search(piece)]
    texts = {n: read(documents[leaves[n][0]], *leaves[n]) for n in odd}
    lines = [texts[n].folded.encode("ascii") if n in texts else piece.translate(_PLAIN) for n, piece in enumerate(pieces)]
    text = b"\n".join((b"", *lines, b""))
    return View(text, _cuts(text), documents, leaves, texts)


def _at_once(pieces: Sequence[bytes], charsets: Iterable[str]) -> bytes | None:
    """The fold of all pieces, where each of their characters is read as one; None where one is not."""
    joined = _BETWEEN.join((b"", *pieces, b""))
    if joined.isascii():
        size, text = len(joined), joined.translate(_PLAIN, _UNSEEN)
    else:
        try:
            (charset,) = charsets
            written = joined.decode(charset)
        except ValueError:  # several charsets, or half a character
            return None
        plain = folded(written)
        if WIDE in plain:
            return None
        size, text = len(written), plain.replace(HIDDEN, "\n").encode("ascii")
    return text if len(text) == size and text.count(b"\n") == len(pieces) + 1 else None


def _cuts(text: bytes) -> list[int]:
    return list(accumulate([len(line) + 1 for line in text.split(b"\n")[1:-1]], initial=1))


def read(document: Document, number: int, leaf: int) -> LeafText:
    """One leaf of the document that stands at `number`, character by character."""
    columns = document.columns
    start, end = columns.start[leaf], columns.end[leaf]
    known = _short(document.data[start:end], columns.charset) if end - start <= _SHORT and columns.mark[leaf] != _ESCAPED else None
    if known is None:
        return _read(document, number, leaf)
    if len(known[0]) == end - start:
        return LeafText(number, leaf, *known, start, None, None)
    return LeafText(number, leaf, *known, start, columns.charset, (start,))


_SHORT = 64  # bytes; labels of analytes are read again and again


@lru_cache(maxsize=4096)
def _short(raw: bytes, charset: str) -> tuple[str, str] | None:
    """The text of a few bytes and its fold; None where they are not read as they are written."""
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        return None
    plain = folded(text)
    return None if HIDDEN in plain or WIDE in plain else (text, plain)


def _read(document: Document, number: int, leaf: int) -> LeafText:
    text, base, charset, offsets = _text(document, leaf)
    plain = folded(text)
    if HIDDEN in plain or WIDE in plain:
        each = _each(text, base, charset) if offsets is None else offsets
        visible, plain, shown = _shown(text, plain)
        return LeafText(number, leaf, visible, plain, base, None, array("I", map(each.__getitem__, shown)))
    if charset is not None:
        offsets = _blocks(text, base, charset)
    return LeafText(number, leaf, text, plain, base, charset, offsets)


def _text(document: Document, leaf: int) -> tuple[str, int, str | None, Sequence[int] | None]:
    """The text of a leaf, where it begins, its charset if that has characters of several bytes, and where its characters stand if not
    one by one. What is written as it is read is decoded here; the format reads all else."""
    columns = document.columns
    base, end = columns.start[leaf], columns.end[leaf]
    if columns.mark[leaf] != _ESCAPED:
        try:
            text = document.data[base:end].decode(columns.charset)
        except UnicodeDecodeError:
            pass
        else:
            return text, base, None if len(text) == end - base else columns.charset, None
    text, offsets = document.format.text(document, leaf)
    return text, base, None, offsets


def _blocks(text: str, base: int, charset: str) -> Sequence[int]:
    sizes = [len(text[at : at + BLOCK].encode(charset)) for at in range(0, len(text) // BLOCK * BLOCK, BLOCK)]
    return list(accumulate(sizes, initial=base))


def _each(text: str, base: int, charset: str | None) -> Sequence[int]:
    if charset is None:
        return range(base, base + len(text) + 1)
    return array("I", accumulate(map(len, map(str.encode, text, repeat(charset))), initial=base))


_MARKERS = re.compile(f"[{HIDDEN}{WIDE}]")


def _shown(text: str, plain: str) -> tuple[str, str, Sequence[int]]:
    """Text and fold without what is hidden and with what is wide written out; and of which character each was, and the end."""
    visible: list[str] = []
    folds: list[str] = []
    shown = array("I")
    at = 0
    for marker in _MARKERS.finditer(plain):
        i = marker.start()
        written = spelled(text[i]) if marker[0] == WIDE else ""
        visible += text[at:i], written
        folds += plain[at:i], written.lower()
        shown.extend(range(at, i))
        shown.extend([i] * len(written))
        at = i + 1
    shown.extend(range(at, len(text) + 1))
    return "".join((*visible, text[at:])), "".join((*folds, plain[at:])), shown
