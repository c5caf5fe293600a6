"""The gzip layer: opaque, any number of members. Called by decode for packed data; never expands beyond its budget."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.vocabulary import Reason
from stream.core.decode.layers.opened import Opened
from stream.core.kernels.splice import splice
from stream.core.values import Document, Edit, Incomplete, Text

_MAGIC = b"\x1f\x8b\x08"
_WINDOW = 31  # zlib's number for a gzip wrapper
_RATIO = 100
_ALWAYS = 1 << 20  # bytes that any data may expand to
_MEMBERS = 256
_LEVELS = {2: 9, 4: 1}  # the header's own mark of how hard its writer tried


@dataclass(frozen=True, slots=True)
class Gzip:
    """How the document hangs on the packed bytes: `size` of them, written at `level`."""

    size: int
    level: int

    @property
    def name(self) -> str:
        return "gzip"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:
        """One edit: everything packed again."""
        packer = zlib.compressobj(self.level, zlib.DEFLATED, _WINDOW)
        return [Edit(0, self.size, packer.compress(splice(child, edits)) + packer.flush())]


def is_gzip(data: bytes) -> bool:
    """Whether data says that it is gzip."""
    return data.startswith(_MAGIC) and len(data) > 18


def opened(document: Document, leaf: int, text: Text, room: int) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """The unpacked bytes."""
    packed = document.data
    if document.format.name == "packed" and is_gzip(packed):
        data = _unpacked(packed, min(room, max(_ALWAYS, _RATIO * len(packed))))
        layer = Gzip(len(packed), _LEVELS.get(packed[8], 6))
        yield data if isinstance(data, Incomplete) else Opened(data, layer, certain=True, whole=True)


def _unpacked(data: bytes, cap: int) -> bytes | Incomplete:
    """All members, one after the other; zero bytes may follow the last."""
    pieces: list[bytes] = []
    rest = data
    while rest.strip(b"\0"):
        unpacker = zlib.decompressobj(_WINDOW)
        try:
            pieces.append(unpacker.decompress(rest, cap + 1))
        except zlib.error:
            return Incomplete(Reason.UNDECODABLE)
        cap -= len(pieces[-1])
        if cap < 0 or len(pieces) > _MEMBERS:
            return Incomplete(Reason.OVER_BUDGET)
        if not unpacker.eof:
            return Incomplete(Reason.UNDECODABLE)
        rest = unpacker.unused_data
    return b"".join(pieces)
