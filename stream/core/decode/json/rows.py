"""JSON bytes to rows: one expression takes a key, its colon and its scalar value at once. Called by the reader.

Checks commas, numbers, escapes and strings; what stands in what is the reader's to check.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.decode.json.strings import plain
from stream.core.decode.names import Context, resource
from stream.core.values import Incomplete

QUOTE = b'"'
OBJECT, ARRAY, OBJECT_END, ARRAY_END = b"{[}]"
OPENING, CLOSING = (OBJECT, ARRAY), (OBJECT_END, ARRAY_END)

_BLANK = rb"[ \t\r\n]*+"
_CHARS = rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_BARE = rb"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?|true|false|null|NaN|-?Infinity)(?=[ \t\r\n,}\]])"

# A row: what leads to it (with its comma and quote), key, colon, value or nothing, and the quote and brackets that end it. Where no row
# fits, the last branch takes all that is left, so that nothing is tried twice. Together the groups of all rows are the data.
_ROW = re.compile(
    rb"((?:(?<=[{\[])|(?<![{\[])" + _BLANK + rb",)" + _BLANK + rb'"?|(?:\A|(?<=[}\] \t\r\n\xbf]))' + _BLANK + rb"(?=[{\[]))"
    rb'(?:(?<=")(' + _CHARS + rb')("' + _BLANK + rb":" + _BLANK + rb'"?))?'
    rb'((?<=")' + _CHARS + rb'(?=")|(?<!")' + _BARE + rb'|(?<!")(?=[{}\[\]]))'
    rb"([{\[](?:" + _BLANK + rb'[{\[])*+|"?(?:' + _BLANK + rb"[}\]])*+)"
    rb"|[\x00-\xff]++"
)
_BOM = b"\xef\xbb\xbf"
LONE = re.compile(rb"(?:\xef\xbb\xbf)?" + _BLANK + rb'"(' + _CHARS + rb')"' + _BLANK)
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)  # one without an end is all the rest

Row = tuple[bytes, bytes, bytes, bytes, bytes]


class Rows(NamedTuple):
    """What the expression found: rows, the offsets between their groups, and the contexts that FHIR resources name themselves."""

    rows: Sequence[Row]
    offsets: Sequence[int]
    kinds: Mapping[int, Context]


def values(data: bytes) -> int:
    """How many values there are at most."""
    skeleton = _STRING.sub(b"", data)
    return skeleton.count(b",") + skeleton.count(b"[") + skeleton.count(b"{")


def is_utf8(data: bytes) -> bool:
    """Whether data is strict UTF-8."""
    try:
        return data.isascii() or bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def rows(data: bytes) -> Rows | Incomplete:
    """All of data in rows."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    end = len(data.rstrip(b" \t\r\n"))
    found = _ROW.findall(data, start, end)
    offsets = list(accumulate(map(len, chain.from_iterable(found)), initial=start))
    if offsets[-1] != end:
        return Incomplete(Reason.UNDECODABLE)
    return Rows(found, offsets, _kinds(found) if b'"resourceType"' in data else {})


def _kinds(rows: Sequence[Row]) -> dict[int, Context]:
    """The contexts of FHIR resources by the number of the row that opens them."""
    named = [number for number, row in enumerate(rows) if row[1] == b"resourceType"]
    if all(number and rows[number - 1][4][-1:] == b"{" for number in named):
        return {number - 1: resource(plain(rows[number][3])) for number in named}
    return _kinds_anywhere(rows)


def _kinds_anywhere(rows: Sequence[Row]) -> dict[int, Context]:
    """The same where a type does not stand first in its resource."""
    kinds: dict[int, Context] = {}
    opened: list[int] = []
    for number, (_, key, _, value, tail) in enumerate(rows):
        if key == b"resourceType" and opened:
            kinds[opened[-1]] = resource(plain(value))
        for byte in tail:
            if byte in OPENING:
                opened.append(number)
            elif byte in CLOSING and opened:
                opened.pop()
    return kinds
