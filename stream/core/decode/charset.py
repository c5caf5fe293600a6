"""What bytes are: text in which charset, wide text, encrypted, or nothing that can be read; and where each character of UTF-8 stands.

Called by decode, the layers and the formats that write UTF-8. Never guesses silently: what is no text has no charset.
"""

import re
from collections.abc import Sequence
from itertools import compress

from stream.core.values import Text

_LEADS = bytes(0 if 0x80 <= byte < 0xC0 else 1 for byte in range(256))
_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\v\f\r\x1b")
_HOLES = b"\x81\x8d\x8f\x90\x9d"  # bytes that cp1252 leaves out
_ASCII = bytes(range(128))
_LETTERS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŸŒ’“”«»–…€"
_FRENCH = "éèàêçùâîôûëïÉÈ"
_WESTERN = {"cp1252": _LETTERS.encode("cp1252"), "mac_roman": _FRENCH.encode("mac_roman"), "cp850": _FRENCH.encode("cp850")}
"""What tells the charsets that old systems write, the likeliest first: it is left only for the commonest letters of French."""
_FEW = 8  # high bytes that prove nothing
_MARKS = ((b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAMPLE = 512
_LANES: dict[tuple[bool, ...], str] = {  # which of four bytes are mostly zero in Latin text
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
_BROKEN = re.compile(
    rb"(?P<whole>[\x00-\x7f]++|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})"
    rb"|(?P<long>[\xc0\xc1][\x80-\xbf]|\xe0[\x80\x81][\x80-\xbf]|\xf0\x80[\x80\x81][\x80-\xbf])"  # ASCII in more bytes than it takes
    rb"|[\x80-\xff]"
)
_MIXED = re.compile(
    rb"[\xc0-\xc5\xe0\xe2](?:(?<=[\xc1-\xc5])[\x80-\xbf]|(?<=\xc0)[\xa0-\xbf]|(?<=\xe0)[\x80\x81][\x80-\xbf]|(?<=\xe2)[\x80-\x82][\x80-\xbf])"
)
_SALTED = b"Salted__"  # openssl enc
_AGE = b"age-encryption.org/"
_ENVELOPED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"  # CMS envelopedData


def charset(data: bytes) -> str | None:
    """The Python codec that data is text in: `utf-8`, else that of an old system; None for what is no text."""
    if len(data.translate(None, _CONTROLS)) < len(data):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if len(data.translate(None, _ASCII)) > max(len(data) / 2, _FEW):
            return None
        return western(data)
    return "utf-8"


def western(data: bytes) -> str:
    """The likeliest codec of text that is no UTF-8: `cp1252`, `mac_roman` or `cp850`, or `latin-1`, which reads any byte as well."""
    others = {codec: len(data.translate(None, letters)) for codec, letters in _WESTERN.items()}
    likeliest = min(others, key=others.__getitem__)
    return "latin-1" if likeliest == "cp1252" and len(data.translate(None, _HOLES)) < len(data) else likeliest


def mixed(data: bytes) -> bool:
    """Whether text that is no UTF-8 holds Latin letters in UTF-8 all the same, or ASCII in more bytes than it takes."""
    return _MIXED.search(data) is not None


def broken(raw: bytes, start: int) -> tuple[str, Sequence[int]]:
    """The text of bytes of any kind, counted from `start`: UTF-8 where it is, also where it is longer than it may be, and what old
    systems write elsewhere; where each character begins, and the end."""
    codec = western(raw)
    pieces: list[str] = []
    places: list[int] = []
    for found in _BROKEN.finditer(raw):
        at, end = found.span()
        if found.lastgroup == "whole":
            read = found[0].decode("utf-8")
            places += range(start + at, start + end) if len(read) == end - at else (start + at,)
        else:
            read = chr((found[0][-2] & 3) << 6 | found[0][-1] & 63) if found.lastgroup else found[0].decode(codec)
            places.append(start + at)
        pieces.append(read)
    return "".join(pieces), [*places, start + len(raw)]


def placed(raw: bytes, at: int, candidate: str) -> tuple[str, Sequence[int]]:
    """The text of bytes in a codec, or what they read as where they are none of it; and where each character begins, counted from `at`, and
    the end."""
    try:
        plain = raw.decode(candidate)
    except UnicodeDecodeError:
        return broken(raw, at)
    return plain, range(at, at + len(raw) + 1) if len(plain) == len(raw) else offsets(raw, at)


def wide(data: bytes) -> str | None:
    """The UTF-16 or UTF-32 codec that data is in, by its byte order mark or by its zero bytes; None for anything else."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    head = data[:_SAMPLE]
    if b"\0" not in head or len(data) % 2 or len(data) < 4:
        return None
    return _LANES.get(tuple(head[lane::4].count(0) * 8 > len(head) for lane in range(4)))


def encrypted(data: bytes) -> bool:
    """Whether data that is no text says of itself that it is encrypted."""
    return data.startswith((_SALTED, _AGE)) or _ENVELOPED in data[:64]


def spread(data: bytes, start: int, end: int) -> Text:
    """The text of data[start:end] in UTF-8, with the raw offset of each character; what is no UTF-8 reads as old systems write."""
    raw = data[start:end]
    return Text(raw.decode("ascii"), None) if raw.isascii() else Text(*placed(raw, start, "utf-8"))


def offsets(raw: bytes, start: int) -> Sequence[int]:
    """Where each character of valid UTF-8 begins, counted from `start`, and the end."""
    return [*compress(range(start, start + len(raw)), raw.translate(_LEADS)), start + len(raw)]
