"""A record in bytes, exactly: what is absent stays absent. Called by `seal` and `request`, which encrypt it; its place
travels beside it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from stream.core.values import Coordinate, Record

_RECORD = struct.Struct(">qiii")  # timestamp, bytes of the key or -1, bytes of the value or -1, number of headers
_HEADER = struct.Struct(">ii")  # bytes of the name, bytes of the value or -1


def pack(record: Record) -> bytes:
    """All but the coordinate."""
    key, value, headers = record.key, record.value, record.headers
    parts = [_RECORD.pack(record.timestamp, _size(key), _size(value), len(headers)), key or b"", value or b""]
    for name, content in headers:
        raw = name.encode("utf-8", "surrogatepass")
        parts += _HEADER.pack(len(raw), _size(content)), raw, content or b""
    return b"".join(parts)


def _size(data: bytes | None) -> int:
    return -1 if data is None else len(data)


def unpack(body: memoryview, coordinate: Coordinate) -> Record:
    """Raises ValueError where it is no packed record."""
    try:
        timestamp, key, value, count = _RECORD.unpack_from(body)
        take = _Taker(body, _RECORD.size)
        return Record(coordinate, take(key), take(value), tuple(_headers(take, count)), timestamp)
    except struct.error:
        raise ValueError("not a packed record") from None


def _headers(take: _Taker, count: int) -> Iterator[tuple[str, bytes | None]]:
    for _ in range(count):
        name, content = _HEADER.unpack(take(_HEADER.size) or b"")
        yield (take(name) or b"").decode("utf-8", "surrogatepass"), take(content)


class _Taker:
    """Reads a packed record from its front."""

    __slots__ = ("_body", "_next")

    def __init__(self, body: memoryview, start: int) -> None:
        self._body, self._next = body, start

    def __call__(self, size: int) -> bytes | None:
        if size < 0:
            return None
        start, self._next = self._next, self._next + size
        if self._next > len(self._body):
            raise ValueError
        return bytes(self._body[start : self._next])
