"""The text of files that the core cannot read itself: PDF and RTF. Called by whoever inspects; the core gets it as a callable.

A file is read in a child process, since a reader of such files is large and may be made to fall over. What it cannot read, or reads only
in part, has no text: whoever asked holds the file back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.child import Bounds, Child
from stream.core.values import Incomplete

_BOUNDS = Bounds(seconds=10)


class File(NamedTuple):
    """What is asked: the bytes of a file, and how many characters may come of it."""

    data: bytes
    most: int

    def __repr__(self) -> str:
        return f"File({len(self.data)}B, {self.most})"


class Extractor:
    """Reads files in a child, which starts when the first file comes."""

    def __init__(self, bounds: Bounds = _BOUNDS) -> None:
        self._child: Child[File, str | Incomplete] = Child(reader, bounds)

    def __call__(self, data: bytes, most: int) -> str | Incomplete:
        """The text of a file. Raises Unavailable where no child can be started."""
        read = self._child.ask(File(data, most))
        return Incomplete(Reason.UNDECODABLE) if read is None else read

    def close(self) -> None:
        self._child.close()


def extract(data: bytes, most: int) -> str | Incomplete:
    """The same in this process, for one that is bounded already. Raises what the readers raise of a damaged file."""
    return reader()(File(data, most))


def reader() -> Callable[[File], str | Incomplete]:
    """What reads files, for a process that is bounded."""
    from stream.extract import pdf, rtf  # noqa: PLC0415  # the readers are loaded in the child alone

    return lambda file: (rtf if file.data.startswith(rtf.MAGIC) else pdf).text(file.data, file.most)
