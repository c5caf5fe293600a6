"""The text of an RTF document. Called in a child. A picture or an object within it is not read; then nothing of it is."""

from __future__ import annotations

from striprtf.striprtf import rtf_to_text

from schemas.vocabulary import Reason
from stream.core.values import Incomplete

MAGIC = b"{\\rtf"
_UNREAD = (b"\\pict", b"\\object", b"\\objdata")


def text(data: bytes, most: int) -> str | Incomplete:
    """All of the text, or why there is none. Raises what the reader raises of a damaged file."""
    if any(word in data for word in _UNREAD):
        return Incomplete(Reason.UNDECODABLE)
    if len(data) > most:
        return Incomplete(Reason.OVER_BUDGET)
    return str(rtf_to_text(data.decode("latin-1"), encoding="cp1252"))  # type: ignore[no-untyped-call]  # it ships no types
