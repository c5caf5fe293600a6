"""The block of coded results: `RES|` with a result in fields, `TEX|` with text. Called by the walk for the lines behind `****LAB****`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stream.core.decode.hprim_medecin.header import Leaf
from stream.core.decode.shapes import shape
from stream.core.roles import INDEX

RESULT, NOTE = "RES", "TEX"

LINE_NAME = INDEX["key.unknown"]
_NAMED = re.compile(rb"([A-Z]{3})\|")

_TEXT, _VALUE = INDEX["health.text"], INDEX["result.text"]
_TYPE, _TYPED = 2, {b"N": INDEX["result.number"]}
_MEASURED = [_VALUE, *(INDEX[name] for name in ("result.unit", "result.range", "result.range"))]
_FIELDS = [  # behind the name; a value may stand twice, in two units
    *(INDEX[name] for name in ("test.label", "test.code", "result.type")),
    *_MEASURED,
    *(INDEX[name] for name in ("result.flag", "result.status")),
    *_MEASURED,
]


def read(data: bytes, start: int, end: int) -> tuple[str, Iterator[Leaf]]:
    """The name of a line, where it is one that is known, and its leaves."""
    name = data[start:end].partition(b"|")[0]
    at = start + len(name) + 1
    match name.rstrip():
        case b"RES":
            return RESULT, _result(data, at, end)
        case b"TEX":
            return NOTE, _whole(data, at, end)
        case _:
            return "", _pieces(data, start, end)


def _result(data: bytes, start: int, end: int) -> Iterator[Leaf]:
    """The fields of a result. What its value is says its type."""
    value = _VALUE
    for number, (first, last) in enumerate(_split(data, start, end)):
        raw = data[first:last]
        if number == _TYPE:
            value = _TYPED.get(raw, _VALUE)
        if raw:
            role = _FIELDS[number] if number < len(_FIELDS) else shape(raw)
            yield Leaf(first, last, value if role == _VALUE else role)


def _whole(data: bytes, start: int, end: int) -> Iterator[Leaf]:
    if data[start:end].strip():
        yield Leaf(start, end, _TEXT)


def _pieces(data: bytes, start: int, end: int) -> Iterator[Leaf]:
    """A line that nobody knows. Its name, if it has one, is data itself."""
    named = _NAMED.match(data, start, end)
    if named is not None:
        yield Leaf(start, named.end(1), LINE_NAME)
        start = named.end()
    for first, last in _split(data, start, end):
        if first < last:
            yield Leaf(first, last, shape(data[first:last]))


def _split(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The fields between bars, without the blanks around them."""
    for field in data[start:end].split(b"|"):
        first = start + len(field) - len(field.lstrip())
        yield first, max(first, start + len(field.rstrip()))
        start += len(field) + 1
