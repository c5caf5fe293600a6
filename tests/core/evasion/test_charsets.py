"""Every charset in every record: names with accents are found, and bytes outside the edits stay as they were."""

import re

import pytest

from schemas.vocabulary import Reason
from tests.core.evasion.planted import CARRIERS, POLICIES, held, hl7, in_csv, in_json, outcome

TEXT = "prélevé à 8h, reçu « tôt », vu avec Mme HÉLOÏSE DURANDÈL-LEFÈVRE, où Noël était gêné"
NAME = "HÉLOÏSE DURANDÈL-LEFÈVRE"
CHARSETS = [
    "utf-8",
    "utf-8-sig",
    "cp1252",
    "latin-1",
    "iso8859-15",
    "mac_roman",
    "cp850",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
]


@pytest.mark.parametrize("carrier", ["json", "csv", "text"])
@pytest.mark.parametrize("charset", CHARSETS)
def test_a_name_is_found_and_all_else_stays_byte_for_byte(carrier: str, charset: str) -> None:
    plain = CARRIERS[carrier](TEXT).decode()
    data = plain.encode(charset)
    mask = plain.replace(NAME, "***").encode(charset)

    forward = outcome(data, "research").forward

    assert forward is not None
    if carrier == "csv":
        assert NAME.encode(charset.removesuffix("-sig"), "ignore") not in (forward.value or b"")
    else:
        assert forward.value == mask


@pytest.mark.parametrize("declared", ["UNICODE UTF-8", "8859/1", "8859/15", "ASCII", "UNICODE", "", "ISO IR87", "a lie"])
@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "iso8859-15"])
def test_hl7_is_read_as_what_it_is_whatever_it_declares(charset: str, declared: str) -> None:
    data = hl7(TEXT).decode().replace("UNICODE UTF-8", declared).encode(charset)

    forward = outcome(data, "research").forward

    assert forward is not None
    before, _, after = data.partition(NAME.encode(charset))
    written = forward.value or b""
    assert written.endswith(b"***" + after)
    assert before.rpartition(b"|")[2] in written


MIXED = {
    "a segment in UTF-8, one in cp1252": hl7("RAS", "NTE|1||\0", "NTE|2||\1"),
    "lines of a text": b"\0\n\1\n",
    "two cells": in_csv("\0").replace(b"ras", b'"\1"'),
    "two strings": in_json("\x02\x03").replace(b"\\u0002", b"\0").replace(b"\\u0003", b" \1"),
    "one string": b"\0 \1",
}


@pytest.mark.parametrize("data", MIXED.values(), ids=MIXED)
def test_mixed_charsets_are_each_read_and_none_is_changed(data: bytes) -> None:
    mixed = data.replace(b"\0", "prélevé, Mme HÉLOÏSE DURANDÈL vue".encode()).replace(
        b"\1", "gêné, Mme ÉLÉONORE LEFÈVRE où".encode("cp1252")
    )
    for policy in POLICIES:
        forward = outcome(mixed, policy).forward
        assert forward is not None
        written = forward.value or b""
        for name in ("DURANDÈL", "LEFÈVRE"):
            assert name.encode() not in written
            assert name.encode("cp1252") not in written
        assert "prélevé, Mme ***".encode() in written
        assert "gêné, Mme ***".encode("cp1252") in written
        assert " où".encode("cp1252") in written


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("junk", [b"\x81\x8d", b"\xff\xfe\xfd", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc3"], ids=range(5))
def test_bytes_that_decode_nowhere_stay_as_they_are(carrier: str, junk: bytes) -> None:
    data = CARRIERS[carrier]("prélevé § vu avec Mme DURANDEL").replace("§".encode(), junk)

    forward = outcome(data, "research").forward

    assert forward is not None
    assert b"DURANDEL" not in (forward.value or b"")
    assert "prélevé ".encode() + junk in (forward.value or b"")


LONG = {
    "two bytes": lambda c: bytes([0xC0 | c >> 6, 0x80 | c & 63]),
    "three bytes": lambda c: bytes([0xE0, 0x80 | c >> 6, 0x80 | c & 63]),
    "four bytes": lambda c: bytes([0xF0, 0x80, 0x80 | c >> 6, 0x80 | c & 63]),
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("size", LONG)
@pytest.mark.parametrize("some", [1, 2, 8])
def test_ascii_in_more_bytes_than_it_takes_is_read_as_ascii(carrier: str, size: str, some: int) -> None:
    name = b"".join(LONG[size](c) if n < some else bytes([c]) for n, c in enumerate(b"DURANDEL"))
    data = CARRIERS[carrier]("prélevé, vu avec Mme § ce jour").replace("§".encode(), name)

    for policy in POLICIES:
        forward = outcome(data, policy).forward
        assert forward is None or name not in (forward.value or b"")
        assert forward is None or name[-3:] not in (forward.value or b"")


@pytest.mark.parametrize("codec", ["cp500", "cp1140", "cp273"])
@pytest.mark.parametrize("carrier", CARRIERS)
def test_ebcdic_is_a_doubt(carrier: str, codec: str) -> None:
    data = CARRIERS[carrier]("Résultat dicté à Mme DURANDEL ce jour").decode().encode(codec)

    assert held(data) == {(Reason.UNDECODABLE,)}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_record_in_utf_7_is_a_doubt(carrier: str) -> None:
    data = CARRIERS[carrier]("Mme HÉLÈNE, gênée où").decode().encode("utf-7")

    assert outcome(data, POLICIES[1]).forward is None
    forward = outcome(data, "research").forward
    assert forward is None or b"+AMk-" not in re.sub(rb"\r?\n", b"", forward.value or b"")
