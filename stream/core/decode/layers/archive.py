"""The archive layer: the files of a zip (IHE XDM, office documents among them), and their names. Called by decode for packed data; never
expands beyond its budget. An archive is not written again: what has to change in it takes all of it along."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from schemas.vocabulary import Reason
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Edit, Incomplete, Text

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # of the first file, or of the end of an empty one
_FILES = 1000
_ENCRYPTED = 1  # a file's flag
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Archived:
    """How a file hangs in its archive."""

    @property
    def name(self) -> str:
        return "zip"

    def lift(self, child: bytes, edits: Sequence[Edit]) -> Sequence[Edit] | None:  # noqa: ARG002  # other layers can
        return None


def is_archive(data: bytes) -> bool:
    """Whether data says that it is a zip."""
    return data.startswith(_MAGIC)


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """Each file that is not empty, and the names of all."""
    if document.format.name == "packed" and is_archive(document.data):
        try:
            yield from _files(zipfile.ZipFile(BytesIO(document.data)), aids.room)
        except _ERRORS:
            yield Incomplete(Reason.UNDECODABLE)


def _files(archive: zipfile.ZipFile, room: int) -> Iterator[Opened | Incomplete]:
    files = archive.infolist()
    if len(files) > _FILES:
        yield Incomplete(Reason.OVER_BUDGET)
        return
    names = "\n".join(each.filename for each in files).encode("utf-8", "replace")
    yield Opened(names + b"\n" + archive.comment, Archived(), certain=True, whole=False)
    for each in files:
        if each.flag_bits & _ENCRYPTED:
            yield Incomplete(Reason.ENCRYPTED)
            continue
        with archive.open(each) as member:
            data = member.read(room + 1)
        room -= len(data)
        if room < 0:
            yield Incomplete(Reason.OVER_BUDGET)
            return
        if data:
            yield Opened(data, Archived(), certain=True, whole=False)


LAYER = Kind(
    "archive",
    opened,
    About(
        reads="the files of a zip, office documents and IHE XDM among them, and their names",
        writes="nothing: a change in it takes the whole attachment",
        holds="a password, a bomb, more than 1,000 files",
    ),
)
