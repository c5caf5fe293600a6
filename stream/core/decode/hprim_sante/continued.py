"""Continuation lines: a line that begins with `A` and the field separator resumes the one before it, in the middle of whatever was cut.

What stands between both is read as nothing, like an escape. Called by the walk, the paths and the format.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from stream.core.decode.hl7v2.delimiters import Delimiters


class Seams(NamedTuple):
    """Where the joined data was cut, ascending, and how many bytes were left out up to and with each cut."""

    cuts: Sequence[int]
    sizes: Sequence[int]

    def first(self, at: int) -> int:
        """The raw offset of a byte of the joined data, or of its end."""
        number = bisect_right(self.cuts, at)
        return at + self.sizes[number - 1] if number else at

    def last(self, at: int) -> int:
        """The raw offset behind a stretch of the joined data that ends at `at`: a cut right behind it is no part of it."""
        number = bisect_left(self.cuts, at)
        return at + self.sizes[number - 1] if number else at


def joined(data: bytes, delimiters: Delimiters) -> tuple[bytes, Seams | None]:
    """The data without what continues a line, and the way back; None where no line is continued."""
    pattern = continuation(delimiters.field)
    found = [match.span() for match in pattern.finditer(data)] if b"\nA" in data or b"\rA" in data else []
    if not found:
        return data, None
    sizes = list(accumulate(end - start for start, end in found))
    cuts = [start - before for (start, _), before in zip(found, [0, *sizes], strict=False)]
    return pattern.sub(b"", data), Seams(cuts, sizes)


@lru_cache(maxsize=64)
def continuation(separator: bytes) -> re.Pattern[bytes]:
    """What stands between a line and the one that continues it."""
    return re.compile(rb"(?<![\r\n])[\r\n]++A" + re.escape(separator))
