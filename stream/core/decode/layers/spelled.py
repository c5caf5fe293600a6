"""The layer of a text whose characters are spelled: percent-encoding (`%C3%A9`), quoted-printable (`=C3=A9`), markup (`&eacute;`,
tags), escapes of programs (`\\u00e9`), UTF-8 that was read as another charset (`Ã©`); mapped, each character to its spelling. Called by
decode for texts. The leaf stays what it is: what is found in the text as it reads is acted on in the leaf."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from html.entities import html5
from typing import NamedTuple

from stream.core.decode.charset import broken, charset, offsets
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text

_PLAIN = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.*"
_WITHIN_WORDS = frozenset("a abbr b big code em font i ins kbd mark s small span strong sub sup tt u wbr".split())
"""Tags that part no words."""
_MISREAD = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
"""What each byte of UTF-8 becomes where it is taken for a character of its own."""
_MEANT = {_MISREAD[byte]: byte for byte in range(0x80, 0xC0)} | {"š": 0xA8, "Œ": 0xBC, "Ž": 0xB4}  # as ISO 8859-15: è, ü, ô


class Spelling(NamedTuple):
    """One way to spell: its sign, its name, what a spelling looks like, the bytes or the text that one reads as, how bytes are spelled."""

    sign: str
    name: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], bytes | None]  # None: it stays as it is
    write: Callable[[bytes], str]


def _code(digits: str) -> bytes | None:
    code = int(digits, 16)
    return chr(code).encode("utf-8", "replace") if code <= 0x10FFFF else None


def _coded(found: re.Match[str]) -> bytes | None:
    """Two digits are a byte, more are a character."""
    byte, *codes = found.groups()
    return bytes([int(byte, 16)]) if byte else _code(next(filter(None, codes)))


def _in_quotes(found: re.Match[str]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else b""  # a line end after the sign joins two lines


def _marked(found: re.Match[str]) -> bytes | None:
    decimal, hexadecimal, name, tag = found.groups()
    if tag is not None:
        return b"" if tag.lower() in _WITHIN_WORDS else b"\n"
    if name is not None:
        character = html5.get(f"{name};", "")
        return character.encode("utf-8") if len(character) == 1 else None
    if decimal or hexadecimal:
        return _code(hexadecimal or f"{int(decimal):x}")
    return b""  # a comment


def _octal(found: re.Match[str]) -> bytes | None:
    return bytes([int(found[4], 8)]) if found[4] else _coded(found)


def _signed(sign: str) -> Callable[[bytes], str]:
    return lambda new: "".join(chr(byte) if byte in _PLAIN else f"{sign}{byte:02X}" for byte in new)


def _escaped(new: bytes) -> str:
    return "".join(c if ord(c) in _PLAIN else f"\\u{ord(c):04x}" for c in new.decode("utf-8", "replace"))


_SPELLINGS = (
    Spelling(
        "Ã",
        "misread",
        re.compile(f"Ã([{re.escape(''.join(_MEANT))}])"),
        lambda found: bytes([0xC3, _MEANT[found[1]]]),
        lambda new: "".join(map(_MISREAD.__getitem__, new)),
    ),
    Spelling("%", "percent-encoding", re.compile(r"%(?:([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))"), _coded, _signed("%")),
    Spelling(
        "=",
        "quoted-printable",
        re.compile(r"=(?:([0-9A-Fa-f]{2})|(?<![A-Za-z0-9+/_-]{24}=)(?<![A-Za-z0-9+/_-]{23}==)\r?\n)"),
        _in_quotes,
        _signed("="),
    ),
    Spelling(
        "",
        "markup",
        re.compile(
            r"&(?:#([0-9]{1,7});?|#[xX]([0-9A-Fa-f]{1,6});?|([A-Za-z][A-Za-z0-9]{1,30});)"
            r"|<(?:!--(?:[^-]|-(?!->)){0,400}-->|[/!]?([A-Za-z][A-Za-z0-9]{0,20})(?![A-Za-z0-9])[^<>]{0,400}>)"
        ),
        _marked,
        lambda new: escape(new.decode("utf-8", "replace")).encode("ascii", "xmlcharrefreplace").decode("ascii"),
    ),
    Spelling(
        "\\",
        "escapes",
        re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-3][0-7]{2}))"),
        _octal,
        _escaped,
    ),
)


@dataclass(frozen=True, slots=True, repr=False)
class Spelled:
    """How the text hangs on a leaf of `parent`. Character i of the text is spelled at [starts[i], ends[i]) of the parent's data."""

    parent: Document
    leaf: int
    spelling: Spelling
    starts: Sequence[int]
    ends: Sequence[int]

    @property
    def name(self) -> str:
        return self.spelling.name

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """The same edits in the parent's bytes, spelled; None where an edit cuts a character."""
        places = offsets(child, 0)
        lifted: list[Edit] = []
        for edit in edits:
            first, last = bisect_left(places, edit.start), bisect_left(places, edit.end)
            raw = self.parent.format.write(self.parent, self.leaf, self.spelling.write(edit.new))
            if raw is None or places[first] != edit.start or places[last] != edit.end or first == last:
                return None
            lifted.append(Edit(self.starts[first], self.ends[last - 1], raw))
        return lifted


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # it shrinks
    """The text as it reads, for each way in which any of it is spelled."""
    for spelling in _SPELLINGS:
        if spelling.sign in text.text and (found := [*_spellings(spelling, text.text)]):
            data, starts, ends = _read(text, document.columns.start[leaf], found)
            if charset(data) == "utf-8":
                yield Opened(data, Spelled(document, leaf, spelling, starts, ends), certain=True, whole=False)


def _spellings(spelling: Spelling, text: str) -> Iterator[tuple[int, int, bytes]]:
    """Where each spelling begins and ends, and the bytes it reads as."""
    for each in spelling.pattern.finditer(text):
        read = spelling.read(each)
        if read is not None:
            yield each.start(), each.end(), read


def _read(text: Text, base: int, found: Sequence[tuple[int, int, bytes]]) -> tuple[bytes, Sequence[int], Sequence[int]]:
    """The text as it reads, in UTF-8, and where each of its characters is spelled; what is no UTF-8 reads as old systems write."""
    data, spans, at = bytearray(), list[tuple[int, int]](), 0

    def keep(first: int, last: int) -> None:
        for character in range(first, last):
            written = text.text[character].encode("utf-8", "replace")
            data.extend(written)
            spans.extend([(character, character + 1)] * len(written))

    for first, last, read in found:
        keep(at, first)
        data.extend(read)
        spans.extend([(first, last)] * len(read))
        at = last
    keep(at, len(text.text))
    characters, places = broken(bytes(data), 0)
    starts = [text.raw(base, spans[place][0]) for place in places[:-1]]
    ends = [text.raw(base, spans[place - 1][1]) for place in places[1:]]
    return characters.encode("utf-8", "replace"), starts, ends


LAYER = Kind(
    "spelled",
    opened,
    About(
        reads="percent-encoding, quoted-printable, entities and tags of HTML, escapes of programs, UTF-8 that was read as another charset, "
        "as the text that they spell",
        writes="each edit, spelled in the same way",
        holds="a spelled document that cannot be trusted",
    ),
)
