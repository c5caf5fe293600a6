"""How bytes become text: which charset data is in, and where each character stands. Called by decode and by formats that write UTF-8.

Never guesses silently: data that is no text in any charset we read has no charset.
"""

import re
from collections.abc import Sequence
from itertools import compress

from stream.core.values import Text

_LEADS = bytes(0 if 0x80 <= byte < 0xC0 else 1 for byte in range(256))
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HOLES = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_WIDE = ((b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAMPLE = 512
_LANES: dict[tuple[int, ...], str] = {
    (0, 1, 0, 1): "utf-16-le",
    (1, 0, 1, 0): "utf-16-be",
    (0, 1, 1, 1): "utf-32-le",
    (1, 1, 1, 0): "utf-32-be",
}


def charset(data: bytes) -> str | None:
    """The Python codec that data is text in: `utf-8`, else `cp1252` or `latin-1`; None for binary data."""
    if _CONTROLS.search(data):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1" if _HOLES.search(data) else "cp1252"
    return "utf-8"


def wide(data: bytes) -> str | None:
    """The UTF-16 or UTF-32 codec that data is in, by its mark or by its zero bytes; None for anything else."""
    for mark, codec in _WIDE:
        if data.startswith(mark):
            return codec
    head = data[:_SAMPLE]
    if len(head) < 4 or b"\0" not in head:
        return None
    zeros = [head[lane::4].count(0) * 8 // len(head) for lane in range(4)]  # 2: all of the lane, 0: under half of it
    return _LANES.get(tuple(min(count, 1) for count in zeros)) if len(data) % 2 == 0 else None


def spread(data: bytes, start: int, end: int) -> Text:
    """The text of data[start:end] in UTF-8, with the raw offset of each character. Bytes that are no UTF-8 become U+FFFD."""
    raw = data[start:end]
    if raw.isascii():
        return Text(raw.decode("ascii"), None)
    try:
        return Text(raw.decode("utf-8"), offsets(raw, start))
    except UnicodeDecodeError:
        return Text(raw.decode("ascii", "replace"), None)


def offsets(raw: bytes, start: int) -> Sequence[int]:
    """Where each character of valid UTF-8 begins, counted from `start`, and the end."""
    return [*compress(range(start, start + len(raw)), raw.translate(_LEADS)), start + len(raw)]
