"""How the bytes of a message become text: UTF-8 where they are UTF-8, else what the message declares, else what is used in practice."""

import re
from functools import lru_cache

from stream.core.decode.charset import mixed, placed

_NUMBERED = re.compile(rb"(?:ISO[ -]?)?8859[/-](\d\d?)|(?:WINDOWS|CP)-?(125\d)|(UNICODE UTF-?8|UTF-?8|UNICODE(?! UTF))|(ASCII)")
_FALLBACKS = ("cp1252", "latin-1")  # the second one reads any byte


def charset(data: bytes, declared: bytes = b"") -> str:
    """The name of a Python codec that decodes all of `data`; each is a superset of ASCII. `declared` is MSH-18 as it stands."""
    if data.isascii():
        return codec(declared) or "utf-8"
    if reads(data, "utf-8") or mixed(data):
        return "utf-8"
    return next(candidate for candidate in (codec(declared) or "ascii", *_FALLBACKS) if reads(data, candidate))


def reads(data: bytes, candidate: str) -> bool:
    """Whether the codec decodes every byte."""
    try:
        data.decode(candidate)
    except UnicodeDecodeError:
        return False
    return True


def decoded(raw: bytes, candidate: str) -> str:
    """The text of some bytes; where the codec cannot read them, as they would be read in practice."""
    return placed(raw, 0, candidate)[0]


@lru_cache(maxsize=256)
def codec(declared: bytes) -> str | None:
    """The codec of a value of HL7 table 0211, or of how it is written in practice; None where it is unknown or no superset of ASCII."""
    found = _NUMBERED.match(declared.strip().upper())
    if found is None:
        return None
    part, windows, unicode_, ascii_ = found.groups()
    if unicode_:
        return "utf-8"
    if ascii_:
        return "ascii"
    if windows:
        return f"cp{int(windows)}"
    return f"iso8859-{int(part)}" if int(part) in {*range(1, 12), 13, 14, 15, 16} else None
