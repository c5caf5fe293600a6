"""Records that break lesser programs, through a whole worker on a real Kafka: each has its right end, in order; none stops the worker."""

import base64
from pathlib import Path

import pytest

from schemas.events import Fact
from schemas.vocabulary import Verdict
from stream.core.values import Record
from tests.support.apache import Cluster
from tests.support.whole import Site, a_site, run_until_committed, settled

GLUCOSE = b"OBX|1|NM|2345-7^Glucose^LN||0.92|g/L|0.70 - 1.10|N|||F\r"
HEAD = b"MSH|^~\\&|SIL|LABO|DPI|CH|20260901||ORU^R01|M1|P|2.5\rPID|1||8009912345^^^LABO^PI||DURANDEL^ELODIE||19840312|F\r"
SENTENCE, REST = (
    b"Mme DURANDEL Elodie, tel 06 39 98 12 34.\n",
    b"Sans particularite, aspect macroscopique normal, a interpreter selon la clinique.\n",
)
LETTER = base64.b64encode(SENTENCE * 200 + REST * 8_500)
MANY = b"[" + b",".join(b'{"patient": {"ipp": "8%09d", "nom": "PERSONNE"}, "valeur": 4.2}' % n for n in range(5000)) + b"]"

ODD: tuple[tuple[str, bytes | None, Verdict], ...] = (
    ("plain", HEAD + GLUCOSE, Verdict.REDACT),
    ("1 MB with an attachment", HEAD + b"OBX|2|ED|11502-2^CR^LN||^AP^TEXT^Base64^" + LETTER + b"||||||F\r" + GLUCOSE, Verdict.REDACT),
    ("empty", b"", Verdict.REDACT),  # its key is pseudonymised
    ("tombstone", None, Verdict.REDACT),  # likewise
    ("random bytes", bytes(range(256)) * 8, Verdict.QUARANTINE),
    ("100,000 levels", b"[" * 100_000 + b"]" * 100_000, Verdict.QUARANTINE),
    ("a key twice", b'{"a": 1, "a": 2}', Verdict.QUARANTINE),
    ("plain again", HEAD + GLUCOSE, Verdict.REDACT),
    ("5,000 subjects", MANY, Verdict.QUARANTINE),  # more than the partition's share of the cap
    ("after the cap", HEAD + GLUCOSE, Verdict.QUARANTINE),  # tripping opened the route
)
HEADERS = tuple((f"h{number}", b"v") for number in range(10_000))


@pytest.mark.broker
def test_odd_records_end_right_and_in_order(kafka: Cluster, site: Site) -> None:
    for _, value, _ in ODD:
        kafka.put(site.source, value, key=b"k")
    kafka.put(site.source, GLUCOSE, key=b"k", headers=HEADERS)

    run_until_committed(site, {0: len(ODD) + 1})

    care = settled(site, site.destination("care"))
    assert [value for _, value, _ in ODD] == [each.value for each in care[:-1]]
    assert HEADERS == care[-1].headers[: len(HEADERS)]
    rows = [row for fact in facts(site, "research") for row in fact.each()]
    ends = {row.offset: row.verdict for row in rows}
    reasons = {ODD[row.offset][0]: row.reasons for row in rows if row.verdict == "quarantine" and row.offset < len(ODD)}
    assert {name: verdict.value for name, _, verdict in ODD} == {name: ends[number] for number, (name, _, _) in enumerate(ODD)}
    assert reasons == {
        "random bytes": ("undecodable",),
        "100,000 levels": ("too_deep",),
        "a key twice": ("duplicate_key",),
        "5,000 subjects": ("cap_reached",),
        "after the cap": ("breaker_open",),
    }
    forwarded = settled(site, site.destination("research"))
    assert [offset for offset, verdict in sorted(ends.items()) if verdict != "quarantine"] == [source_offset(each) for each in forwarded]
    assert not any(b"DURANDEL" in (each.value or b"") or b"Elodie" in opened(each) for each in forwarded)


def facts(site: Site, route: str) -> list[Fact]:
    read = [Fact.model_validate_json(each.value or b"") for each in settled(site, f"{site.prefix}.facts")]
    return [fact for fact in read if fact.route == route]


def source_offset(record: Record) -> int:
    return int(dict(record.headers)["pratique-source"].rpartition(b"/")[2])  # type: ignore[union-attr]  # ours has a value


def opened(record: Record) -> bytes:
    """The attachment of an outcome, decoded."""
    value = record.value or b""
    return base64.b64decode(value.partition(b"^Base64^")[2].partition(b"|")[0]) if b"^Base64^" in value else b""


@pytest.fixture
def site(kafka: Cluster, tmp_path: Path) -> Site:
    return a_site(kafka, tmp_path)
