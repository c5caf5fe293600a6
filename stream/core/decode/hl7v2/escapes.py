"""Escape sequences: the text of a leaf with its way back to raw offsets, and the raw bytes of a text. Called by the format; never raises.

The characters of one escape share its offset, so a span that ends among them rounds to its end. An escape that nobody knows is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from stream.core.decode.charset import placed
from stream.core.decode.hl7v2.charset import decoded
from stream.core.decode.hl7v2.delimiters import ABSENT, Delimiters
from stream.core.values import Text

_FORMATTING = rb"[HN]|[Cc][0-9A-Fa-f]{4}|[Mm][0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{2})?|Z[0-9A-Za-z]{0,2}"  # highlight, charset switch, local
_COMMAND = rb"\.(?:(?P<line>br|ce|sp[+ ]?\d{0,4})|(?P<space>sk[+ ]?\d{0,4})|fi|nf|(?:in|ti)[+-]?\d{0,4})"
_CONTROL = b"\r\n\x0b\x1c"  # would end the segment or the frame
_DELETE = b'""'


def text(data: bytes, start: int, end: int, charset: str) -> Text:
    """The text of a leaf without escapes."""
    raw = data[start:end]
    plain, offsets = placed(raw, start, charset)
    return Text(plain, None if len(plain) == len(raw) else offsets)


def unescaped(data: bytes, start: int, end: int, delimiters: Delimiters, charset: str) -> Text:
    """The text of a leaf that holds the escape character."""
    sequences = _sequences(delimiters)
    characters: list[str] = []
    offsets: list[int] = []
    at = start
    for found in sequences.finditer(data, start, end):
        first, last = found.span()
        if at < first:
            _append(data[at:first], at, charset, characters, offsets)
        meant = _meaning(found, delimiters, charset)
        characters.append(meant)
        offsets += [first] * len(meant)
        at = last
    if at < end:
        _append(data[at:end], at, charset, characters, offsets)
    offsets.append(end)
    return Text("".join(characters), offsets)


def escaped(new: str, delimiters: Delimiters, charset: str) -> bytes | None:
    """The raw bytes that stand for a text; None where the charset or a missing escape character cannot say it."""
    try:
        raw = new.encode(charset)
    except UnicodeEncodeError:
        return None
    if raw == _DELETE:
        special: bytes | None = _hexadecimal(delimiters.escape, raw[:1]) + raw[1:]
    else:
        special = _special(delimiters).sub(lambda found: _written(delimiters)[found[0]], raw)
    return None if delimiters.escape == ABSENT and special != raw else special


def _append(raw: bytes, at: int, charset: str, characters: list[str], offsets: list[int]) -> None:
    plain, places = placed(raw, at, charset)
    characters.append(plain)
    offsets += places[:-1]


def _meaning(found: re.Match[bytes], delimiters: Delimiters, charset: str) -> str:
    match found.lastgroup:
        case "letter":
            return decoded(_letters(delimiters)[found["letter"]], charset)
        case "line":
            return "\n"
        case "space":
            return " "
        case "hexadecimal":  # a run of them may spell one character
            digits = found["hexadecimal"].translate(None, delimiters.escape + b"Xx")
            return decoded(bytes.fromhex(digits.decode("ascii")), charset)
        case _:
            return ""


@lru_cache(maxsize=64)
def _letters(delimiters: Delimiters) -> Mapping[bytes, bytes]:
    """The letter of each delimiter that is declared."""
    field, component, repetition, escape, subcomponent, truncation = delimiters
    letters = {b"F": field, b"S": component, b"T": subcomponent, b"R": repetition, b"E": escape, b"P": truncation}
    return {letter: delimiter for letter, delimiter in letters.items() if delimiter != ABSENT}


@lru_cache(maxsize=64)
def _sequences(delimiters: Delimiters) -> re.Pattern[bytes]:
    """Finds what an escape character can start."""
    escape = re.escape(delimiters.escape)
    hexadecimal = b"(?P<hexadecimal>(?:" + escape + b"[Xx](?:[0-9A-Fa-f]{2})+" + escape + b")+)"
    meant = b"(?P<letter>[" + b"".join(_letters(delimiters)) + b"])|" + _FORMATTING + b"|(?i:" + _COMMAND + b")"
    return re.compile(hexadecimal + b"|" + escape + b"(?:" + meant + b")" + escape)


@lru_cache(maxsize=64)
def _special(delimiters: Delimiters) -> re.Pattern[bytes]:
    return re.compile(b"[" + b"".join(map(re.escape, _written(delimiters))) + b"]")


@lru_cache(maxsize=64)
def _written(delimiters: Delimiters) -> Mapping[bytes, bytes]:
    """How each byte is written that must not stand in a text as it is."""
    escape = delimiters.escape
    written = {delimiter: escape + letter + escape for letter, delimiter in _letters(delimiters).items()}
    for byte in _CONTROL:
        written[bytes([byte])] = _hexadecimal(escape, bytes([byte]))
    return {**written, b"\n": escape + b".br" + escape}


def _hexadecimal(escape: bytes, byte: bytes) -> bytes:
    return escape + b"X" + byte.hex().upper().encode("ascii") + escape
