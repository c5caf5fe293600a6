"""Escapes: what a reader sees of a leaf, where it stands, and how a text is written into a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.decode.hl7v2 import FORMAT
from stream.core.values import Document, Incomplete, Limits
from tests.core.decode.hl7 import document, message

_NOTE = "NTE|1||"


def note(raw: bytes, head: str = r"MSH|^~\&") -> Document:
    return document(message(_NOTE, head=head)[:-1] + raw)


def read(seen: Document) -> str:
    return FORMAT.text(seen, len(seen.columns.start) - 1).text


_ESCAPES = [
    (r"a\F\b", "a|b", "field separator"),
    (r"a\S\b", "a^b", "component separator"),
    (r"a\T\b", "a&b", "subcomponent separator"),
    (r"a\R\b", "a~b", "repetition separator"),
    (r"a\E\b", r"a\b", "the escape character"),
    (r"\X41\B", "AB", "a byte"),
    (r"\x4142\\X43\D", "ABCD", "bytes, in two escapes, small x"),
    (r"\XC3A9\t\XC3\\XA9\ ", "été ", "a character of two bytes, also in two escapes"),
    (r"\XE9\ ", "é ", "a byte that is no UTF-8 is read as in practice"),
    (r"a\X0D0A\b", "a\r\nb", "a line end"),
    (r"a\.br\b", "a\nb", "line break"),
    (r"a\.BR\b", "a\nb", "the same in capitals"),
    (r"a\.sp\b\.sp3\c\.sp+2\d", "a\nb\nc\nd", "vertical blanks"),
    (r"a\.ce\b", "a\nb", "centred on a new line"),
    (r"a\.sk 5\b", "a b", "horizontal blanks"),
    (r"\.in+4\a\.ti-2\b\.fi\c\.nf\d", "abcd", "indents and fill modes show nothing"),
    (r"DUR\H\AN\N\DEL", "DURANDEL", "highlighting inside a name does not hide it"),
    (r"\C2842\a\M2D4AF0\b\Z1\c", "abc", "charset switches and short local escapes show nothing"),
    (r"\Q\ \Znote locale\ \X4\ \X4G\ ", r"\Q\ \Znote locale\ \X4\ \X4G\ ", "what nobody knows stays text"),
    (r"C:\temp\DURANDEL", r"C:\temp\DURANDEL", "a file name"),
    (r"a\P\b", r"a\P\b", "no truncation character is declared"),
    ("\\", "\\", "an escape that never ends"),
]


@pytest.mark.parametrize(("raw", "expected", "why"), _ESCAPES)
def test_escapes_are_read_as_what_they_stand_for(raw: str, expected: str, why: str) -> None:
    assert read(note(raw.encode())) == expected, why


def test_escapes_are_of_the_declared_character() -> None:
    assert read(note(b"a!F!b\\F\\c#T#", head="MSH|^~!&#")) == "a|b\\F\\c#T#"
    assert read(note(b"a!P!b", head="MSH|^~!&#")) == "a#b"
    assert read(note(b"a\\F\\b", head="MSH|^~")) == "a\\F\\b"


def test_every_leaf_with_an_escape_is_marked() -> None:
    seen = document(message(r"PID|||||\T\A^\T\B^C^\T\D", r"NTE|\|\|\T\x", head=r"MSH|^~\&"))

    assert list(seen.columns.mark) == [1, 1, 0, 1, 1, 1, 1]


def test_each_character_knows_where_it_stands() -> None:
    seen = note("é\\T\\\\X4142\\à\\H\\b".encode())
    start = seen.columns.start[-1]

    text = FORMAT.text(seen, len(seen.columns.start) - 1)

    assert text.text == "é&ABàb"
    assert text.offsets is not None
    assert [offset - start for offset in text.offsets] == [0, 2, 5, 5, 12, 17, 18]


@pytest.mark.parametrize(("raw", "mapped"), [(b"abc", False), ("é".encode(), True), ("é".encode("cp1252"), False)])
def test_a_text_has_a_map_only_where_it_needs_one(raw: bytes, mapped: bool) -> None:
    seen = note(raw)

    assert (FORMAT.text(seen, len(seen.columns.start) - 1).offsets is not None) is mapped


_WRITTEN = [
    ("***", b"***", "nothing to escape"),
    ("a|b^c~d\\e&f", rb"a\F\b\S\c\R\d\E\e\T\f", "delimiters"),
    ("a\rb\nc", rb"a\X0D\b\.br\c", "line ends would end the segment"),
    ("a\x0bb\x1cc", rb"a\X0B\b\X1C\c", "framing would end the message"),
    ('""', b'\\X22\\"', "a text that reads like the explicit delete"),
    ("é", "é".encode(), "in the charset of the message"),
    ("#", b"#", "no truncation character is declared"),
    ("", b"", "nothing"),
]


@pytest.mark.parametrize(("text", "expected", "why"), _WRITTEN)
def test_a_text_is_written_with_the_declared_delimiters(text: str, expected: bytes, why: str) -> None:
    assert FORMAT.write(note(b"x"), 1, text) == expected, why


def test_what_cannot_be_said_is_not_written() -> None:
    plain, latin = note(b"x", head="MSH|^~"), note(b"\xe9")

    assert FORMAT.write(plain, 1, "a|b") is None
    assert FORMAT.write(plain, 1, '""') is None
    assert FORMAT.write(plain, 1, "a\\b") == b"a\\b"
    assert FORMAT.write(latin, 1, "中") is None
    assert FORMAT.write(latin, 1, "\ud800") is None


def test_absent_is_empty_and_never_the_explicit_delete() -> None:
    assert FORMAT.write(note(b"x"), 1, None) == b""


def test_the_name_of_a_segment_is_not_written() -> None:
    seen = document(message("ZLB|1", head="MSH|^"))

    assert FORMAT.write(seen, 0, None) is None
    assert FORMAT.write(seen, 0, "***") is None
    assert FORMAT.write(seen, 1, "***") == b"***"


_MARKS = st.lists(st.sampled_from("|^~\\&#*@!%$:;?+§=<>{}[]()'/,.-_`"), min_size=5, max_size=6, unique=True)


@given(st.text(), _MARKS, st.sampled_from(["utf-8", "cp1252"]))
def test_what_is_written_reads_back_the_same(text: str, marks: list[str], codec: str) -> None:
    head = "MSH" + "".join(marks)
    field = marks[0]
    raw = f"{head}{field}{'é' * (codec == 'cp1252')}\rNTE{field}1{field}{field}x".encode(codec, "strict")
    columns = FORMAT.leaves(raw, Limits())
    if isinstance(columns, Incomplete):  # a delimiter that is half a character
        assert "§" in marks
        return
    seen = document(raw)
    leaf = len(seen.columns.start) - 1

    written = FORMAT.write(seen, leaf, text)

    if written is None:
        assert not _says(text, seen.columns.charset)
    elif written:
        again = document(raw[:-1] + written)
        assert len(again.columns.start) == leaf + 1
        assert read(again) == text
    else:
        assert text == ""


def _says(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


_SOUP = st.lists(
    st.sampled_from(["\\", "X41", "X", "C3", "\\XC3A9\\", ".br", "F", "T", "é", "H", "N", "Z", "C0000", " ", "ab", "\\E\\"]), max_size=12
)


@given(_SOUP.map("".join))
def test_offsets_rise_and_stay_within_the_leaf(raw: str) -> None:
    seen = note(raw.encode())
    leaf = len(seen.columns.start) - 1
    start, end = seen.columns.start[leaf], seen.columns.end[leaf]

    text, offsets = FORMAT.text(seen, leaf)

    if offsets is not None:
        assert len(offsets) == len(text) + 1
        assert list(offsets) == sorted(offsets)
        assert start <= offsets[0]
        assert offsets[-1] == end
    else:
        assert len(text) == end - start
