from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.decode.charset import charset, encrypted, offsets, spread, wide


@pytest.mark.parametrize(
    ("data", "codec", "why"),
    [
        (b"", "utf-8", "nothing is text"),
        ("Sérologie".encode(), "utf-8", "strict UTF-8 comes first"),
        ("Sérologie négative".encode("cp1252"), "cp1252", "Western text of old systems"),
        ("prix : 5 €".encode("cp1252"), "cp1252", "the euro sign"),
        ("Aïcha a été vue".encode("mac_roman"), "mac_roman", "old Macintosh"),
        ("Aïcha a été vue à Orléans".encode("cp850"), "cp850", "DOS"),
        ("GÓMEZ, « Gómez »…".encode("cp1252"), "cp1252", "quotes and Spanish letters are no reason to doubt"),
        ("HÉLÈNE".encode("cp1252"), "cp1252", "capitals"),
        (b"caf\xe9 \x81 suite de la phrase", "latin-1", "a byte that cp1252 leaves out"),
        (b"a\tb\r\nc\x0b\x0c\x1b", "utf-8", "the controls of text"),
        (b"a\x00b", None, "a zero byte"),
        (b"a\x01b", None, "a control character"),
        (b"\xc0\xaf ../", "cp1252", "overlong UTF-8 is not UTF-8"),
        (bytes(range(0xA0, 0xFF)), None, "more high bytes than letters"),
    ],
)
def test_text_is_told_from_binary_data(data: bytes, codec: str | None, why: str) -> None:
    assert charset(data) == codec, why


@given(st.binary())
def test_data_with_a_charset_decodes_in_it(data: bytes) -> None:
    codec = charset(data)
    if codec is not None:
        data.decode(codec)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_wide_text_is_known_with_and_without_its_mark(codec: str, mark: str) -> None:
    assert wide((mark + '{"nom": "Élodie"}').encode(codec)) == codec


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0\0\0\0\x05\x39", b"ab\0c", b"DURANDEL", b"\0" * 64])
def test_zero_bytes_alone_do_not_make_wide_text(data: bytes) -> None:
    assert wide(data) is None


@pytest.mark.parametrize(
    ("data", "sealed"),
    [
        (b"Salted__\x01\x02", True),
        (b"age-encryption.org/v1\n", True),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80", True),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80", False),
        (b"%PDF-1.4", False),
    ],
)
def test_encrypted_data_says_so(data: bytes, sealed: bool) -> None:
    assert encrypted(data) is sealed


@given(st.text(), st.integers(0, 5))
def test_each_character_of_utf8_knows_where_it_begins(text: str, start: int) -> None:
    raw = text.encode("utf-8", "replace")
    places = offsets(raw, start)
    assert [raw[first - start : last - start].decode() for first, last in pairwise(places)] == list(raw.decode())
    read = spread(b"?" * start + raw, start, start + len(raw))
    assert read.text == raw.decode()
    assert read.offsets is None if raw.isascii() else read.offsets == places
