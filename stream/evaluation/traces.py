"""How often a value stands in a text, however it is written there: in any case, with or without accents and separators.

Called by `measure`. Knows nothing of the guard's own reading, so that what misleads the one does not mislead the other.
"""

import re
import unicodedata
from typing import NamedTuple

_SIGNS = " \t\u00a0\u202f-.,/'’_"
_SEPARATORS = dict.fromkeys(map(ord, _SIGNS))
_BETWEEN = f"[{re.escape(_SIGNS)}]*"
_SHORT = 4  # characters; shorter values are looked for as whole words
_PSEUDONYM = re.compile(r"pq1-[a-z2-7]+-[a-z2-7]+")


class Reading(NamedTuple):
    """A text as it is searched."""

    folded: str  # one case, no accents
    squeezed: str  # nor separators

    def __repr__(self) -> str:
        return f"Reading({len(self.folded)} characters)"


def reading(text: str) -> Reading:
    """A pseudonym is left out: its letters say nothing, and may spell a short name."""
    folded = _PSEUDONYM.sub("\n", _folded(text))
    return Reading(folded, folded.translate(_SEPARATORS))


def squeezed(value: str) -> str:
    """One spelling for each value; what is nothing but separators keeps them."""
    folded = _folded(value)
    return folded.translate(_SEPARATORS) or folded


def times(value: str, text: Reading) -> int:
    """How often a value stands in a text. A long one may be glued to the word before or behind it, since a blank may be missing."""
    short = squeezed(value)
    if short not in text.squeezed and short not in text.folded:
        return 0
    spelled = _BETWEEN.join(map(re.escape, short))
    whole = rf"(?<!\w){spelled}(?!\w)"
    glued = rf"(?<!\w){spelled}|{spelled}(?!\w)"
    return len(re.findall(whole if len(short) < _SHORT else glued, text.folded))


def _folded(text: str) -> str:
    plain = text if text.isascii() else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.casefold()
