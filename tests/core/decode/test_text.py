import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode.text import FORMAT
from stream.core.roles import ROLES
from stream.core.values import Columns, Document, Incomplete, Limits, Origin, Part, PartKind

_LIMITS = Limits()


def read(data: bytes) -> Document:
    columns = FORMAT.leaves(data, _LIMITS)
    assert isinstance(columns, Columns)
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


def texts(document: Document) -> list[str]:
    return [FORMAT.text(document, leaf).text for leaf in range(len(document.columns.start))]


@pytest.mark.parametrize(
    ("data", "lines", "why"),
    [
        (b"", [], "nothing"),
        (b"\r\n \n", [], "blank lines are no leaves"),
        (b"un\ndeux\r\n  trois ", ["un", "deux", "trois "], "any end of line; what leads a line is no data"),
        ("é\nà".encode("cp1252"), ["é", "à"], "cp1252"),
        (b"\xef\xbb\xbfun", ["un"], "a byte order mark"),
        (b"A" * 60 + b"\nBonjour Madame", ["A" * 60, "Bonjour Madame"], "a line of text is not"),
        (b"A" * 60 + b"\n" + b"B" * 60 + b"\nCC==\nfin", ["A" * 60 + "\n" + "B" * 60 + "\nCC==", "fin"], "a block of base64 is one"),
    ],
)
def test_a_leaf_is_a_line(data: bytes, lines: list[str], why: str) -> None:
    assert texts(read(data)) == lines, why


def test_a_block_that_ends_badly_is_gone_over_once() -> None:
    assert len(read((b"A" * 40 + b"\n") * 25_000 + b"AA===").columns.start) == 2


def test_binary_data_is_no_text() -> None:
    assert FORMAT.leaves(b"\x00\x01", _LIMITS) == Incomplete(Reason.UNDECODABLE)


def test_too_many_lines_are_over_budget() -> None:
    assert FORMAT.leaves(b"a\n" * 11, _LIMITS._replace(leaves=10)) == Incomplete(Reason.OVER_BUDGET)


def test_a_whole_has_the_role_its_place_tells() -> None:
    columns = FORMAT.whole(b"un\ndeux", 7)
    assert columns is not None
    assert (list(columns.start), list(columns.end), list(columns.role)) == ([0], [7], [7])
    assert FORMAT.whole(b"\0", 7) is None


@given(st.binary() | st.text().map(str.encode))
def test_every_byte_that_is_no_blank_is_in_one_leaf(data: bytes) -> None:
    columns = FORMAT.leaves(data, _LIMITS)
    if isinstance(columns, Incomplete):
        return
    edges = [edge for span in zip(columns.start, columns.end, strict=True) for edge in span]
    assert edges == sorted(edges)
    inside = b"".join(data[start:end] for start, end in zip(columns.start, columns.end, strict=True))
    assert b"".join(inside.split()) == b"".join(data.removeprefix(b"\xef\xbb\xbf").split())
    assert all(ROLES[role].name == "plain.text" for role in columns.role)


@given(st.text("aaé€\n ", min_size=1, max_size=12), st.sampled_from(["utf-8", "cp1252"]), st.data())
def test_a_written_text_stands_where_it_was_written(text: str, codec: str, draw: st.DataObject) -> None:
    document = read(b"Ligne de texte\n" * 2 + text.encode(codec))
    leaf = draw.draw(st.integers(0, len(document.columns.start) - 1))
    new = FORMAT.write(document, leaf, "é€")
    expected = texts(document)
    expected[leaf] = "é€"
    start, end = document.columns.start[leaf], document.columns.end[leaf]
    assert texts(read(document.data[:start] + (new or b"") + document.data[end:])) == expected


def test_an_absent_line_is_empty_and_a_path_counts_lines() -> None:
    document = read(b"un\ndeux")
    assert FORMAT.write(document, 0, None) == b""
    assert [FORMAT.path(document, leaf) for leaf in (0, 1)] == ["line[1]", "line[2]"]
    assert FORMAT.path(read(b"un"), 0) == ""
