"""What the guard, the watch and people write to the pipeline's own topics. Published: within schema 1 only optional fields are added,
a reader ignores what it does not know, and codes are plain strings so that a new one breaks no older reader."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.vocabulary import BreakerState

SUBJECT_BYTES = 8
SUBJECTS = 256
"""The most subjects of one record that a fact lists. Where there are more, it lists the smallest hashes: they are uniform, so
(SUBJECTS - 1) / (largest listed / 2**64) estimates the number of any union of such lists to about 6 %."""


class Event(BaseModel):
    """Base of everything that is written to a topic."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, serialize_by_alias=True)

    version: Literal[1] = Field(default=1, alias="schema", description="Major version of the event.")

    def write(self) -> bytes:
        """Compact JSON."""
        return self.model_dump_json(exclude_none=True).encode()


class Row(NamedTuple):
    """What a fact says of one record."""

    offset: int
    verdict: str
    reasons: tuple[str, ...]
    categories: dict[str, int]  # how often each stands in the record
    outcome: str  # keyed hash of what was forwarded, "" for nothing
    subjects: frozenset[bytes]  # keyed 8-byte hashes, the SUBJECTS smallest
    persons: int  # how many subjects there are
    urgency: str
    sequence: str  # keyed hash of the record's first sequence, "" for none


class Rows(BaseModel):
    """The records of a fact in offset order, as parallel columns. Numbers in `verdict`, `reasons` and `categories` point into the
    fact's lists of the same names."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    offset: tuple[int, ...] = Field(description="Minus the fact's `first`.")
    verdict: tuple[int, ...]
    reasons: tuple[tuple[int, ...], ...]
    categories: tuple[tuple[int, ...], ...] = Field(description="Category, count, category, count ...")
    outcome: tuple[str, ...] = Field(description="Keyed hash of the record forwarded, hexadecimal; empty when none was.")
    subjects: tuple[str, ...] = Field(description="Keyed 8-byte hashes, joined, base64; at most 256, the smallest.")
    persons: tuple[int, ...] = Field(description="How many subjects the record has.")
    urgency: tuple[int, ...] = Field(description="Points into the fact's `urgencies`.")
    sequence: tuple[str, ...] = Field(description="Keyed hash of the record's first sequence, hexadecimal; empty for none.")

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len({len(getattr(self, name)) for name in Rows.model_fields}) > 1:
            raise ValueError("columns of different length")
        return self


class HumanAct(BaseModel):
    """What a person asked of the guard for one held record, and what came of it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    request: str = Field(description="release, reject, expire, rewrap or show.")
    refusal: str = Field(default="", description="Why it was not done; empty when it was.")
    by: str = Field(description="Id of the signing key of the person who asked.")
    second: str = Field(default="", description="Id of the key of the person who agreed.")
    why: str = Field(description="A code of the closed list of reasons.")
    ticket: str = ""
    waived: tuple[str, ...] = Field(default=(), description="What was not to hold the record: category@path.")
    asked: str = Field(description="SHA-256 of the signed request, hexadecimal.")


class Fact(Event):
    """The verdicts of one transaction on one route and source partition, or what came of one request of a person for one record.
    Health data without identifying values. Key: the route.

    `previous` is the SHA-256 of the fact before it of the same route and source partition, "" for the first: a chain."""

    cluster: str
    pipeline: str
    route: str
    topic: str
    partition: int
    first: int = Field(description="Offset of the first record.")
    next: int = Field(description="Offset after the last record.")
    destination: str = Field(description="Topic written to; the partition number is the source's.")
    bundle: str = Field(description="Digest of the ruleset that judged.")
    engine: str = Field(description="Version of Pratique.")
    breakers: str = Field(description="Digest of the breaker rows that held.")
    key: str = Field(description="Id of the key of `outcome` and `subjects`.")
    at: int = Field(description="When it was judged: seconds since the epoch, the guard's clock.")
    previous: str
    verdicts: tuple[str, ...]
    reasons: tuple[str, ...]
    categories: tuple[str, ...]
    urgencies: tuple[str, ...]
    human: HumanAct | None = Field(default=None, description="Set when a person asked; then there is one row, of the record held before.")
    rows: Rows

    def each(self) -> Iterator[Row]:
        """The rows, one by one, with their codes spelled out."""
        rows = self.rows
        judged = (rows.offset, rows.verdict, rows.reasons, rows.categories, rows.outcome)
        about = (rows.subjects, rows.persons, rows.urgency, rows.sequence)
        for offset, verdict, reasons, categories, outcome, subjects, persons, urgency, sequence in zip(*judged, *about, strict=True):
            yield Row(
                self.first + offset,
                self.verdicts[verdict],
                tuple(self.reasons[reason] for reason in reasons),
                {self.categories[category]: number for category, number in zip(categories[::2], categories[1::2], strict=True)},
                outcome,
                read_subjects(subjects),
                persons,
                self.urgencies[urgency],
                sequence,
            )


class BreakerRow(Event):
    """What one writer says of a route. A route is open while any opening stands; only a person's row ends one, by its name.
    Key: route/writer."""

    route: str
    writer: str = Field(description="guard, watch or person.")
    state: BreakerState
    reason: str
    at: int = Field(description="Seconds since the epoch.")
    opening: str = Field(default="", description="Name of this opening: for the guard the coordinate of the record that caused it.")
    ends: tuple[str, ...] = Field(default=(), description="Openings that a person ends with this row.")
    by: str = Field(default="", description="Id of the person's key.")


class StandingHead(Event):
    """Where a route stands on a source partition, next to its slices. Key: route/topic/partition/head."""

    previous: str = Field(description="SHA-256 of the last fact.")
    bundle: str = Field(description="Digest of the last ruleset whose share of held records was found right.")
    candidate: str = Field(description="Digest of the ruleset that judges now.")
    seen: int = Field(description="Records judged by the candidate while it is on trial.")
    held: int = Field(description="How many of them its policy held.")


class StandingSlice(Event):
    """The subjects shown within five minutes. Key: route/topic/partition/n; the n-th row is written over after an hour."""

    slice: int = Field(description="Number of the slice since the epoch.")
    subjects: str = Field(description="Keyed 8-byte hashes, joined, base64.")


class HeldRow(Event):
    """A held record that nobody decided yet. Key: route/topic/partition/held/offset; the decision writes the tombstone."""

    at: int = Field(description="When it was held: seconds since the epoch.")
    parts: int = Field(description="Of its seal.")
    urgency: str
    advances: str = Field(default="", description="Keyed 8-byte hashes of the sequences that it advances, joined, base64.")
    follows: str = Field(default="", description="The same of those that it follows.")
    backlog: bool = Field(default=False, description="Held only because its route stood still: it leaves when the route drains.")
    superseded: int = Field(default=-1, description="Offset of the later record of its sequence that was forwarded; -1: none.")
    results: str = Field(default="unstated", description="As in its dispositions.")
    control: str = Field(default="", description="As in its dispositions.")
    sequence: str = Field(default="", description="As in its dispositions.")


class RequestsRow(Event):
    """How far a source partition has read the release topic. Key: topic/partition/requests."""

    next: int = Field(description="Offset of the first request that was not looked at.")


class Disposition(Event):
    """What became of a record, for whoever has to answer for it upstream. No content. Key: the route."""

    cluster: str
    route: str
    topic: str
    partition: int
    offset: int
    status: str = Field(description="held, parked, superseded, released, rejected, expired or refused.")
    reasons: tuple[str, ...]
    at: int = Field(description="Seconds since the epoch.")
    urgency: str = Field(default="routine", description="routine, urgent or critical.")
    results: str = Field(default="unstated", description="How final its results are: preliminary, final, cancelled, corrected.")
    control: str = Field(default="", description="The sender's number of the message: a keyed token, or as it is where the route says so.")
    sequence: str = Field(default="", description="Keyed hash of the record's first sequence, hexadecimal.")


PUBLISHED: tuple[type[Event], ...] = (Fact, BreakerRow, StandingHead, StandingSlice, HeldRow, RequestsRow, Disposition)
"""Every event that others may read; a JSON Schema is generated from each."""


def write_subjects(subjects: Iterable[bytes]) -> str:
    """Hashes in their order of size, so that equal sets are written alike."""
    return b64encode(b"".join(sorted(subjects))).decode()


def read_subjects(written: str) -> frozenset[bytes]:
    """The hashes. Raises ValueError where it is not such a list."""
    joined = b64decode(written, validate=True)
    if len(joined) % SUBJECT_BYTES:
        raise ValueError("not a list of hashes")
    return frozenset(joined[start : start + SUBJECT_BYTES] for start in range(0, len(joined), SUBJECT_BYTES))
