"""Files as records, for the offline commands: a file is one record, or one a line. Never follows a link out of the named paths."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from stream.core.values import Coordinate, Record


class Source(NamedTuple):
    """A file to read: where it is, and its name relative to the path that was given."""

    path: Path
    relative: Path


def sources(paths: Sequence[Path]) -> list[Source]:
    """Every file named, and every file below a named folder, in order of name."""
    found: list[Source] = []
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
            found.extend(Source(file, file.relative_to(path)) for file in files)
        else:
            found.append(Source(path, Path(path.name)))
    return found


def records(source: Source, lines: bool) -> Iterator[Record]:
    """The records of a file. With `lines`, one a line, without its line end; blank lines are none."""
    data = source.path.read_bytes()
    pieces = [line.rstrip(b"\r") for line in data.split(b"\n")] if lines else [data]
    number = 0
    for piece in pieces:
        if piece or not lines:
            yield Record(Coordinate("file", 0, number), None, piece)
            number += 1
