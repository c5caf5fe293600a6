"""The delimiters that the first segment declares (H.1 and H.2). Read by all of hprim_sante."""

from __future__ import annotations

import re
from functools import lru_cache

from stream.core.decode.hl7v2.delimiters import Delimiters, given

_SIGN = rb"[!#-/:-@\[-`{-~]"
_DECLARATION = re.compile(rb"H(" + _SIGN + rb")(" + _SIGN + rb"{3,5}?)(?=\1)")
_LEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*")

LONGEST = 8
"""How many bytes tell a declaration: a letter, six delimiters at most, and the first one again."""


def lead(data: bytes) -> int:
    """Where the first segment starts: behind a byte order mark and blank lines."""
    found = _LEAD.match(data)
    return found.end() if found is not None else 0


@lru_cache(maxsize=256)
def declared(head: bytes) -> Delimiters | None:
    """The delimiters that the first LONGEST bytes of a message declare; None where there are none, or where two of them are the same."""
    return given(_DECLARATION.match(head))
