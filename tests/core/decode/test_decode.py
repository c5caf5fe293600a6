"""A record to documents: which parts there are, which format reads each, what each part means, and that nothing is unbounded."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode import FORMATS, Decoded, decode
from stream.core.roles import ROLES
from stream.core.ruleset import nothing_extracted
from stream.core.values import Coordinate, Document, Limits, Part, PartKind, Record
from tests.core.decode.doubts import doubts

_LIMITS = Limits()
_JSON = b'{"nom":"DURANDEL"}'
_HL7 = b"MSH|^~\\&|A|B|C|D|20240912||ORU^R01|1|P|2.5\rPID|1||1\r"


def read(
    value: bytes | None, key: bytes | None = None, headers: tuple[tuple[str, bytes | None], ...] = (), limits: Limits = _LIMITS
) -> Decoded:
    return decode(Record(Coordinate("t", 0, 0), key, value, headers), limits, nothing_extracted)


def leaves(document: Document) -> list[tuple[str, str]]:
    named = enumerate(document.columns.role)
    return [(document.format.text(document, leaf).text, ROLES[role].name) for leaf, role in named]


@pytest.mark.parametrize(
    ("value", "format_", "why"),
    [
        (_JSON, "json", "JSON"),
        (b"\xef\xbb\xbf" + _JSON, "json", "JSON with a byte order mark"),
        (_JSON + b"\n" + _JSON, "json", "JSON one a line"),
        (b"[]", "json", "an empty document"),
        (_HL7, "hl7v2", "HL7"),
        (_HL7 + _HL7, "frames", "several messages"),
        (b"Bonjour", "text", "text"),
        (b"", "text", "nothing"),
        ('{"nom":"Hélène"}'.encode("cp1252"), "packed", "JSON in an old charset"),
        (b"[absent] le 12/03", "text", "text in brackets"),
        ("{'é'}".encode("cp1252"), "text", "text in braces"),
        (_JSON.decode().encode("utf-16"), "packed", "wide text"),
    ],
)
def test_a_value_is_read_by_the_format_it_looks_like(value: bytes, format_: str, why: str) -> None:
    decoded = read(value)
    assert doubts(decoded) == (), why
    assert decoded.documents[0].format.name == format_, why
    assert decoded.documents[0].origin.part == Part(PartKind.VALUE)


@pytest.mark.parametrize(
    ("value", "reason", "why"),
    [
        (b"\0\1\2", Reason.UNDECODABLE, "binary data"),
        (b"\x00\x00\x00\x00\x07abc", Reason.UNDECODABLE, "a schema registry's frame"),
        (b'{"a":1,"a":2}', Reason.DUPLICATE_KEY, "a key twice is not read as text"),
        (b"[" * 1000, Reason.TOO_DEEP, "depth is not read as text"),
        (b'{"a":"\x01"}', Reason.UNDECODABLE, "neither JSON nor clean text"),
        (b"Salted__\x01\x02\x03", Reason.ENCRYPTED, "encrypted"),
        (_JSON[:-1], Reason.UNDECODABLE, "JSON that lost its end: its names would go unread"),
        (b"{'nom':'DURANDEL'}", Reason.UNDECODABLE, "what a program prints"),
        (b'{nom: "DURANDEL"}', Reason.UNDECODABLE, "what a program reads"),
        (b'["DURANDEL",]', Reason.UNDECODABLE, "a comma too many"),
        (b"-----BEGIN PGP MESSAGE-----\nhQEM\n-----END PGP MESSAGE-----", Reason.ENCRYPTED, "encrypted, as text"),
    ],
)
def test_a_value_that_cannot_be_read_makes_the_record_incomplete(value: bytes, reason: Reason, why: str) -> None:
    assert doubts(read(value)) == (reason,), why


def test_a_tombstone_has_only_key_and_headers() -> None:
    decoded = read(None, b"8009912345", (("source", b"LABO"),))
    assert [document.origin.part.kind for document in decoded.documents] == [PartKind.KEY, PartKind.HEADER_NAME, PartKind.HEADER_VALUE]


def test_a_record_of_nothing_has_no_documents() -> None:
    assert read(None) == Decoded((), ())


@pytest.mark.parametrize(
    ("key", "expected", "why"),
    [
        (b"8009912345", [("8009912345", "unknown")], "nobody knows what a key is"),
        (b"5.2", [("5.2", "unknown.number")], "but for its shape"),
        (b"35000", [("35000", "unknown")], "a postcode"),
        (b"DURANDEL\nELODIE", [("DURANDEL\nELODIE", "unknown")], "whole, whatever is in it"),
        (b'{"ipp":"1"}', [("ipp", "key"), ("1", "person.local_number")], "a document"),
        (b"[1", [("[1", "unknown")], "no document"),
        (b'"35000"', [("35000", "unknown")], "in quotes"),
        (b'"5.2"', [("5.2", "unknown.number")], "in quotes, with a shape"),
        (b'{"ipp":""}', [("ipp", "key")], "a document without a value"),
    ],
)
def test_a_message_key_is_a_document_or_an_unknown_value(key: bytes, expected: list[tuple[str, str]], why: str) -> None:
    assert leaves(read(None, key).documents[0]) == expected, why


@pytest.mark.parametrize(
    ("name", "value", "expected", "why"),
    [
        ("patient-id", b"8009912345", ("key", "person.local_number"), "the name tells"),
        ("X-Request-Id", b"550e8400", ("key", "technical.code"), "the name tells"),
        ("Authorization", b"Bearer x", ("key", "credential.token"), "the name tells"),
        ("valeur", "négatif".encode(), ("key", "result.text"), "the value says which"),
        ("telecom", b"a@example.org", ("key", "contact.email"), "the value says which"),
        ("patient-id", b'"8009912345"', ("key", "person.local_number"), "in quotes"),
        ("xx", b"5.2", ("key.unknown", "unknown.number"), "the shape tells"),
        ("xx", b"18250", ("key.unknown", "unknown"), "five digits may be a postcode"),
        ("DURANDEL", b"x", ("key.unknown", "unknown"), "a name of a header is data"),
        ("note", "é".encode("cp1252"), ("key", "health.text"), "any charset"),
    ],
)
def test_a_header_is_told_by_its_name(name: str, value: bytes, expected: tuple[str, str], why: str) -> None:
    named, valued = read(None, None, ((name, value),)).documents
    assert (leaves(named)[0][1], leaves(valued)[0][1]) == expected, why
    assert (named.origin.part, valued.origin.part) == (Part(PartKind.HEADER_NAME), Part(PartKind.HEADER_VALUE))


def test_a_header_that_holds_a_document_is_read_as_one() -> None:
    decoded = read(None, None, (("a", None), ("nom", _JSON)))
    assert [(document.origin.part, document.format.name) for document in decoded.documents] == [
        (Part(PartKind.HEADER_NAME, 0), "text"),
        (Part(PartKind.HEADER_NAME, 1), "text"),
        (Part(PartKind.HEADER_VALUE, 1), "json"),
    ]


def test_what_hangs_in_a_header_or_key_is_opened_too() -> None:
    nested = json.dumps({"note": _JSON.decode()}).encode()
    decoded = read(None, nested, (("note", nested),))
    assert doubts(decoded) == ()
    assert [document.origin.part.kind for document in decoded.documents if document.origin.parent >= 0] == [
        PartKind.KEY,
        PartKind.HEADER_VALUE,
    ]


def test_binary_keys_and_headers_make_the_record_incomplete() -> None:
    assert doubts(read(None, b"\0\0\0\1")) == (Reason.UNDECODABLE,)
    assert doubts(read(None, None, (("a", b"\0\0\0\1"),))) == (Reason.UNDECODABLE,)
    assert doubts(read(None, None, (("\ud800", b"x"),))) == ()


def test_ten_thousand_headers_are_read_within_the_limits() -> None:
    headers = tuple((f"h{number}", b"x") for number in range(10_000))
    assert len(read(None, None, headers).documents) == 20_000
    assert doubts(read(None, None, headers, _LIMITS._replace(leaves=1000))) == (Reason.OVER_BUDGET,)


def test_a_value_larger_than_the_budget_is_not_read() -> None:
    decoded = read(_JSON, None, (), _LIMITS._replace(expanded=10))
    assert decoded == Decoded((), (Reason.OVER_BUDGET,))


def test_a_budget_that_is_used_up_is_no_exception() -> None:
    packed = gzip.compress(b"x" * 1000)
    for expanded in range(len(packed), len(packed) + 1010, 50):
        decoded = read(packed, b"key", (("header", packed),), _LIMITS._replace(expanded=expanded))
        assert doubts(decoded) == (Reason.OVER_BUDGET,)
        assert sum(len(document.data) for document in decoded.documents) <= expanded


def test_each_reason_is_told_once() -> None:
    assert doubts(read(b"\0", b"\0", (("a", b"\0"),))) == (Reason.UNDECODABLE,)


_likely = st.sampled_from(
    [b"MSH|^~\\&|", b"{", b"[", b'"a":', b"\x1f\x8b\x08", b"\xff\xfe", b"\x0b", b"\x1c\r", b"eyJhIjoiYiJ9", b"\\", b"\r", b"\0", b"x", b"}"]
)
_bytes = st.binary(max_size=80) | st.lists(_likely, max_size=12).map(b"".join)


@given(_bytes, st.none() | _bytes, st.lists(st.tuples(st.text(max_size=12), st.none() | _bytes), max_size=3))
def test_any_record_is_read_without_an_exception(value: bytes, key: bytes | None, headers: list[tuple[str, bytes | None]]) -> None:
    decoded = read(value, key, tuple(headers))
    for number, document in enumerate(decoded.documents):
        columns = document.columns
        edges = [edge for span in zip(columns.start, columns.end, strict=True) for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= start < end <= len(document.data) for start, end in zip(columns.start, columns.end, strict=True))
        assert document.origin.parent < number
        for leaf in range(len(columns.start)):
            text, offsets = document.format.text(document, leaf)
            assert offsets is None or len(offsets) == len(text) + 1
            document.format.path(document, leaf)


@given(_bytes)
def test_the_same_record_is_read_the_same_way(value: bytes) -> None:
    assert [(document.data, document.scope) for document in read(value).documents] == [
        (document.data, document.scope) for document in read(value).documents
    ]


def test_the_formats_have_names_of_their_own() -> None:
    assert len({format_.name for format_ in FORMATS}) == len(FORMATS)
