"""Leaves -> one searchable text with a map back to their bytes. Called by `detect`; never decides what is looked for.

Folded text is ASCII: lower case, no accents, blanks as " ", any digit as 0-9, look-alikes as what they look like, anything else as
"\\x1a". What a reader does not see is left out; what is read as several characters ("œ") is written out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from stream.core.kernels.alike import FOLDS, HIDDEN, WIDE, spelled
from stream.core.values import Document, Mark, Place


class LeafText(NamedTuple):
    """The text of one leaf. `visible` and `folded` have the same length; `offsets[i]` is the raw document offset of character i, with
    one more entry for the end; where offsets is None, character i stands at `base + i`."""

    document: int
    leaf: int
    visible: str
    folded: str
    offsets: Sequence[int] | None
    base: int

    def __repr__(self) -> str:
        return f"LeafText({self.document}, {self.leaf}, {len(self.folded)} characters)"


class View(NamedTuple):
    """The folded leaves in `text`, each between newlines; the text of leaf n starts at `cuts[n]` and ends at `cuts[n + 1] - 1`."""

    text: bytes
    cuts: Sequence[int]
    documents: Sequence[Document]
    leaves: Sequence[tuple[int, int]]  # document number, leaf number
    texts: Mapping[int, LeafText]  # the leaves whose characters are not one to one their ASCII bytes

    def __repr__(self) -> str:
        return f"View({len(self.leaves)} leaves, {len(self.text)}B)"

    def at(self, position: int) -> int:
        """The leaf at a position of `text`; the newline that ends a leaf belongs to it."""
        return max(bisect_right(self.cuts, position) - 1, 0)

    def leaf(self, number: int) -> LeafText:
        """The text of the leaf that stands at `number` in the view."""
        if number in self.texts:
            return self.texts[number]
        document, leaf = self.leaves[number]
        columns = self.documents[document].columns
        start, end = columns.start[leaf], columns.end[leaf]
        folded = self.text[self.cuts[number] : self.cuts[number + 1] - 1].decode("ascii")
        return LeafText(document, leaf, self.documents[document].data[start:end].decode("ascii"), folded, None, start)

    def place(self, number: int, start: int, end: int) -> Place:
        """The raw span of characters [start, end), start < end, of a leaf: what hides before the next character belongs to it."""
        document, leaf, _, _, offsets, base = self.leaf(number)
        if offsets is None:
            return Place(document, leaf, base + start, base + end)
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
    escaped, current = False, -1
    for number, leaf in leaves:
        if number != current:
            current, document = number, documents[number]
            data, (starts, ends, _, marks, *_) = document.data, document.columns
            escaped = escaped or _ESCAPED in marks
        pieces.append(data[starts[leaf] : ends[leaf]])
    joined = b"\x00".join((b"", *pieces, b""))
    text = joined.translate(_PLAIN, _UNSEEN)
    hidden = len(text) < len(joined) or text.count(b"\n") > len(pieces) + 1
    if joined.isascii() and not escaped and not hidden:
        return View(text, _cuts(pieces), documents, leaves, {})
    odd = {n for n, piece in enumerate(pieces) if not piece.isascii() or (hidden and _HIDDEN.search(piece))}
    if escaped:
        odd.update(n for n, (number, leaf) in enumerate(leaves) if documents[number].columns.mark[leaf] == _ESCAPED)
    texts = {n: read(documents[leaves[n][0]], *leaves[n]) for n in odd}
    lines = [texts[n].folded.encode("ascii") if n in texts else piece.translate(_PLAIN) for n, piece in enumerate(pieces)]
    return View(b"\n".join((b"", *lines, b"")), _cuts(lines), documents, leaves, texts)


def _cuts(lines: Sequence[bytes]) -> list[int]:
    return list(accumulate([len(line) + 1 for line in lines], initial=1))


def read(document: Document, number: int, leaf: int) -> LeafText:
    """One leaf of the document that stands at `number`, character by character."""
    text, offsets = document.format.text(document, leaf)
    base = document.columns.start[leaf]
    folded = text.translate(FOLDS)
    if HIDDEN in folded or WIDE in folded:
        visible, folded, shown = _shown(text, folded)
        offsets = [base + i for i in shown] if offsets is None else [offsets[i] for i in shown]
        return LeafText(number, leaf, visible, folded, offsets, base)
    return LeafText(number, leaf, text, folded, offsets, base)


def _shown(text: str, folded: str) -> tuple[str, str, list[int]]:
    """Text and fold without what is hidden and with what is wide written out; and of which character each was, and the end."""
    visible: list[str] = []
    plain: list[str] = []
    shown: list[int] = []
    for i, (character, fold_) in enumerate(zip(text, folded, strict=True)):
        if fold_ == HIDDEN:
            continue
        written = spelled(character) if fold_ == WIDE else character
        visible.append(written)
        plain.append(written.lower() if fold_ == WIDE else fold_)
        shown += [i] * len(written)
    return "".join(visible), "".join(plain), [*shown, len(text)]
