"""What does not read as it stands: UTF-7, and text whose direction is overridden. Called by decode for texts; opens nothing."""

import re
from binascii import a2b_base64
from collections.abc import Iterator

from schemas.vocabulary import Reason
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Incomplete, Text

_OVERRIDE = "\u202e"  # shows what follows from right to left
_SHIFTED = re.compile(r"\+([A-Za-z0-9+/]{3,}+)")
_LATIN = 0x250


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """Never a document, only the doubt."""
    if _OVERRIDE in text.text or any(_tells(run[1]) for run in _SHIFTED.finditer(text.text)):
        yield Incomplete(Reason.UNDECODABLE)


def _tells(run: str) -> bool:
    """Whether a run of base64 is letters of Latin as UTF-7 shifts them: units of 16 bits, and nothing in the bits that are left."""
    bits = len(run) * 6
    decoded = a2b_base64(run + "A" * (-len(run) % 4))
    whole, rest = decoded[: bits // 16 * 2], decoded[bits // 16 * 2 : (bits + 7) // 8]
    if bits % 16 > 5 or any(rest):
        return False
    letters = whole.decode("utf-16-be", "replace")
    return max(letters) < chr(_LATIN) and letters.isprintable() and (any(c > "\x7f" and c.isalpha() for c in letters) or len(letters) > 2)


LAYER = Kind(
    "shifted",
    opened,
    About(reads="UTF-7, and overridden direction of writing, by their signs", writes="nothing", holds="always: nothing in it was searched"),
)
