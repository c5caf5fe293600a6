"""The compressed layer: gzip, zlib and Zstandard; opaque, any number of members. Called by decode for packed data; never expands beyond its
budget.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import zstandard

from schemas.vocabulary import Reason
from stream.core.decode.charset import charset
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.kernels.splice import splice
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text

_EMPTY = 8  # bytes of a zlib stream that holds nothing
_GZIP, _ZLIB = 31, 15  # zlib's numbers for a wrapper
_RATIO = 100
_ALWAYS = 1 << 20  # bytes that any data may expand to
_MEMBERS = 256
_STEP = 256  # bytes; a reader that cannot be told where to stop makes at most some megabytes of them
_WINDOW = 1 << 27  # bytes that Zstandard may look back


class Unpacking(Protocol):
    """One member as it is undone, in the words of the standard library."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Zstandard:
    """The same for Zstandard."""

    def __init__(self) -> None:
        self._member = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._member.eof

    def decompress(self, data: bytes, max_length: int) -> bytes:
        pieces: list[bytes] = []
        given = size = 0
        while given < len(data) and size <= max_length and not self.eof:
            pieces.append(self._member.decompress(data[given : given + _STEP]))
            given, size = given + _STEP, size + len(pieces[-1])
        self.unused_data = self._member.unused_data + data[given:]
        return b"".join(pieces)


class Packing(NamedTuple):
    """One way to compress: how it is told, undone and done, and the level that it was done at."""

    name: str
    begins: Callable[[bytes], bool]
    unpacking: Callable[[], Unpacking]
    pack: Callable[[bytes, int], bytes]
    level: Callable[[bytes], int]


def _deflate(data: bytes, level: int, wrapper: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, wrapper)
    return packer.compress(data) + packer.flush()


def _is_zlib(data: bytes) -> bool:
    """Its two bytes, of which one checks the other, may begin a text too."""
    return data[:1] == b"\x78" and len(data) >= _EMPTY and (data[0] * 256 + data[1]) % 31 == 0 and charset(data) is None


PACKINGS = (
    Packing(
        "gzip",
        lambda data: data.startswith(b"\x1f\x8b\x08") and len(data) > 18,
        lambda: zlib.decompressobj(_GZIP),
        lambda data, level: _deflate(data, level, _GZIP),
        lambda data: {2: 9, 4: 1}.get(data[8], 6),  # the header's own mark of how hard its writer tried
    ),
    Packing(
        "zlib",
        _is_zlib,
        lambda: zlib.decompressobj(_ZLIB),
        lambda data, level: _deflate(data, level, _ZLIB),
        lambda data: (1, 5, 6, 9)[data[1] >> 6],
    ),
    Packing(
        "zstd",
        lambda data: data.startswith(b"\x28\xb5\x2f\xfd"),
        _Zstandard,
        lambda data, level: zstandard.ZstdCompressor(level).compress(data),
        lambda data: 3,  # noqa: ARG005  # it tells nothing; what most write with
    ),
)


@dataclass(frozen=True, slots=True)
class Compressed:
    """How the document hangs on the packed bytes: `size` of them, written at `level`."""

    packing: Packing
    size: int
    level: int

    @property
    def name(self) -> str:
        return self.packing.name

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """One edit: everything packed again."""
        return [Edit(0, self.size, self.packing.pack(splice(child, edits), self.level))]


def packing(data: bytes) -> Packing | None:
    """How data says that it is compressed."""
    return next((each for each in PACKINGS if each.begins(data)), None)


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """The unpacked bytes."""
    packed = document.data
    if document.format.name == "packed" and (found := packing(packed)) is not None:
        data = _unpacked(packed, found, min(aids.room, max(_ALWAYS, _RATIO * len(packed))))
        layer = Compressed(found, len(packed), found.level(packed))
        yield data if isinstance(data, Incomplete) else Opened(data, layer, certain=True, whole=True)


def _unpacked(data: bytes, packing: Packing, cap: int) -> bytes | Incomplete:
    """All members, one after the other; zero bytes may follow the last."""
    pieces: list[bytes] = []
    rest = data
    while rest.strip(b"\0"):
        member = packing.unpacking()
        try:
            pieces.append(member.decompress(rest, cap + 1))
        except (zlib.error, zstandard.ZstdError):
            return Incomplete(Reason.UNDECODABLE)
        cap -= len(pieces[-1])
        if cap < 0 or len(pieces) > _MEMBERS:
            return Incomplete(Reason.OVER_BUDGET)
        if not member.eof:
            return Incomplete(Reason.UNDECODABLE)
        rest = member.unused_data
    return b"".join(pieces)


LAYER = Kind(
    "compressed",
    opened,
    About(
        reads="gzip, zlib and Zstandard, several members",
        writes="everything packed again, at the level it was",
        holds="a bomb, a lost end",
    ),
)
