"""JSON strings: from the bytes between the quotes to text, with where each character stands, and back.

Called by the JSON format and the dictionary of keys. Half a surrogate pair reads as U+FFFD.
"""

import re
from json.encoder import encode_basestring

from stream.core.decode.charset import offsets, spread
from stream.core.values import Text

_ESCAPE = re.compile(rb"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SHORT = {b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t"}


def unescape(data: bytes, start: int, end: int) -> Text:
    """The text of data[start:end], which holds escapes."""
    pieces: list[str] = []
    places: list[int] = []
    position = start
    for escape in _ESCAPE.finditer(data, start, end):
        if escape.start() > position:
            pieces.append(data[position : escape.start()].decode("utf-8", "replace"))
            places += offsets(data[position : escape.start()], position)[:-1]
        pieces.append(_character(escape))
        places.append(escape.start())
        position = escape.end()
    pieces.append(data[position:end].decode("utf-8", "replace"))
    places += offsets(data[position:end], position)
    return Text("".join(pieces), places)


def _character(escape: re.Match[bytes]) -> str:
    high, low, unit, short = escape.groups()
    if short is not None:
        return _SHORT.get(short) or short.decode("latin-1")
    if unit is not None:
        code = int(unit, 16)
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
    return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF))


def plain(raw: bytes) -> str:
    """The text of the bytes between two quotes."""
    return unescape(raw, 0, len(raw)).text if b"\\" in raw else spread(raw, 0, len(raw)).text


def escaped(text: str) -> bytes:
    """The bytes between two quotes that stand for a text: as few escapes as JSON allows, in UTF-8."""
    return encode_basestring(text)[1:-1].encode("utf-8", "replace")
