"""Labels: what was planted where. A text is written as pieces, some of them planted; `assemble` knows the span of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from string import Formatter
from typing import NamedTuple, TypeAlias

from schemas.vocabulary import Category


class Planted(NamedTuple):
    """A value that stands for a category, about a subject ("" for none)."""

    value: str
    category: Category
    subject: str = ""


Piece: TypeAlias = str | Planted
Rename: TypeAlias = Callable[[str], str]
"""Another name for a key, column or segment that sites name as they like."""


class Kind(StrEnum):
    """What a record tells."""

    REPORT = "report"  # results of one order
    CANCELLATION = "cancellation"  # an order that has none
    UPDATE = "update"  # of a patient's identity
    MERGE = "merge"  # two files of one patient become one
    CONTROL = "control"  # quality control
    CATALOGUE = "catalogue"  # what the laboratory measures
    LOG = "log"  # of an instrument


CLEAN = frozenset({Kind.CONTROL, Kind.CATALOGUE, Kind.LOG})
"""What is about nobody."""


class Label(NamedTuple):
    """A planted value and the bytes [start, end) of the sample that hold it, as written there."""

    category: Category
    value: str
    start: int
    end: int
    subject: str


class Sample(NamedTuple):
    """One record's value with its labels. A format gives the first four, and `charset` where it is another; `traffic` the rest."""

    name: str
    format: str
    data: bytes
    labels: tuple[Label, ...]
    charset: str = "utf-8"  # of the data, a Python codec
    kind: Kind = Kind.REPORT
    key: bytes = b""  # of the Kafka record
    dirt: str = ""  # its damage
    sent: datetime = datetime.min  # noqa: DTZ901  # local time, as laboratories write it


def assemble(pieces: Iterable[Piece], charset: str = "utf-8") -> tuple[bytes, tuple[Label, ...]]:
    """The bytes of the pieces, and where each planted one came to stand."""
    data = bytearray()
    labels = []
    for piece in pieces:
        written = (piece if isinstance(piece, str) else piece.value).encode(charset)
        if isinstance(piece, Planted) and written:
            labels.append(Label(piece.category, piece.value, len(data), len(data) + len(written), piece.subject))
        data += written
    return bytes(data), tuple(labels)


def compose(template: str, values: Mapping[str, Piece]) -> list[Piece]:
    """The pieces of a sentence: `{family}` is one of the values, `{hiv:VIH}` words that tell a topic, `{drug:Levothyrox}` a drug."""
    pieces: list[Piece] = []
    for literal, field, words, _ in Formatter().parse(template):
        if literal:
            pieces.append(literal)
        if field:
            pieces.append(Planted(words, _said(field)) if words else values[field])
    return pieces


def _said(word: str) -> Category:
    return Category.HEALTH_DRUG if word == "drug" else Category(f"{Category.HEALTH_TOPIC}.{word}")


def escaped(pieces: Iterable[Piece], escape: Callable[[str], str]) -> list[Piece]:
    """The pieces as a format writes them."""
    return [escape(piece) if isinstance(piece, str) else piece._replace(value=escape(piece.value)) for piece in pieces]


def joined(parts: Sequence[Sequence[Piece]], separator: str) -> list[Piece]:
    """Parts with a separator between them."""
    pieces: list[Piece] = []
    for number, part in enumerate(parts):
        if number:
            pieces.append(separator)
        pieces.extend(part)
    return pieces
