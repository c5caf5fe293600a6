"""References of XML: from the bytes of a run to text, with where each character stands, and back. Called by the format."""

import re

from stream.core.decode.charset import offsets
from stream.core.values import Text

_REFERENCE = re.compile(rb"&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|([a-z]+));")
_NAMED = {b"amp": "&", b"lt": "<", b"gt": ">", b"quot": '"', b"apos": "'"}
_RUN = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE = str.maketrans({"&": "&amp;", "<": "&lt;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_QUOTED = {'"': "&quot;", "'": "&apos;"}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legal(raw: bytes) -> bool:
    """Whether every numbered reference is to a character that XML has."""
    return all(_has(int(ten) if ten else int(sixteen, 16)) for ten, sixteen, _ in _REFERENCE.findall(raw) if ten or sixteen)


def _has(code: int) -> bool:
    return code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def unescaped(data: bytes, start: int, end: int, charset: str) -> Text:
    """The text of data[start:end], which holds references."""
    pieces: list[str] = []
    places: list[int] = []
    at = start
    for reference in _REFERENCE.finditer(data, start, end):
        plain, starts = _plain(data, at, reference.start(), charset)
        pieces += plain, _character(reference)
        places += starts
        places.append(reference.start())
        at = reference.end()
    plain, starts = _plain(data, at, end, charset)
    return Text("".join((*pieces, plain)), [*places, *starts, end])


def _plain(data: bytes, start: int, end: int, charset: str) -> tuple[str, list[int]]:
    raw = data[start:end]
    return raw.decode(charset), list(offsets(raw, start)[:-1] if charset == "utf-8" else range(start, end))


def _character(reference: re.Match[bytes]) -> str:
    ten, sixteen, name = reference.groups()
    return _NAMED[name] if name else chr(int(ten) if ten else int(sixteen, 16))


def run(text: str, charset: str) -> bytes:
    """The bytes of a text between tags."""
    return _encoded(text.translate(_RUN), charset)


def value(text: str, quote: str, charset: str) -> bytes:
    """The bytes of an attribute's value between such quotes."""
    return _encoded(text.translate(_VALUE).replace(quote, _QUOTED[quote]), charset)


def _encoded(escaped: str, charset: str) -> bytes:
    return _ILLEGAL.sub("\ufffd", escaped).encode(charset, "xmlcharrefreplace")


def verbatim(text: str, charset: str) -> bytes | None:
    """The bytes of a text where nothing can be escaped; None where it cannot stand there."""
    try:
        return None if _ILLEGAL.search(text) else text.encode(charset)
    except UnicodeEncodeError:
        return None
