"""What the JSON format reads, checked against the standard library where both read the same thing."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode.json import FORMAT
from stream.core.roles import ROLES
from stream.core.values import Columns, Document, Incomplete, Limits, Mark, Origin, Part, PartKind

_LIMITS = Limits()


def read(data: bytes) -> Document:
    columns = FORMAT.leaves(data, _LIMITS)
    assert isinstance(columns, Columns)
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


def texts(document: Document) -> list[str]:
    return [FORMAT.text(document, leaf).text for leaf in range(len(document.columns.start))]


def roles(document: Document) -> dict[str, str]:
    """Role name by the text of the leaf, keys left out."""
    named = zip(texts(document), document.columns.role, strict=True)
    return {text: ROLES[role].name for text, role in named if not ROLES[role].name.startswith("key")}


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text
_values = st.recursive(_scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3), max_leaves=8)
_documents = st.lists(_values, max_size=3) | st.dictionaries(_text, _values, max_size=3)


class _Members(list[tuple[str, Any]]):
    pass


def _flat(value: Any) -> Iterator[str]:
    match value:
        case _Members():
            for key, member in value:
                if key:
                    yield key
                yield from _flat(member)
        case list():
            for element in value:
                yield from _flat(element)
        case None:
            yield "null"
        case bool():
            yield "true" if value else "false"
        case str():
            if value:
                yield value


def _refuse(_: str) -> None:
    raise ValueError


_HALF = re.compile("[\ud800-\udfff]")
_DECODER = json.JSONDecoder(object_pairs_hook=_Members, parse_int=str, parse_float=str, parse_constant=_refuse)


def _spoken(data: bytes) -> list[str] | None:
    """Every key and scalar that the standard library reads, in order, numbers as they are written; of several documents, one a line.
    None where it refuses, or where a key comes twice."""
    try:
        text = whole = data.decode("utf-8").strip(" \t\r\n")
        spoken: list[str] = []
        while text:
            value, end = _DECODER.raw_decode(text)
            rest = text[end:].lstrip(" \t\r\n")
            lone = text == whole and text.startswith('"') and not rest
            if not (lone or isinstance(value, list)) or _twice(value) or (rest and "\n" not in text[end : len(text) - len(rest)]):
                return None
            spoken += _flat(value)
            text = rest
    except ValueError:
        return None
    return [_HALF.sub("\ufffd", text) for text in spoken] if data.strip() else None


def _twice(value: Any) -> bool:
    if isinstance(value, _Members):
        return len({key for key, _ in value}) < len(value) or any(_twice(member) for _, member in value)
    return isinstance(value, list) and any(map(_twice, value))


@given(_documents, st.booleans(), st.sampled_from([None, 0, 2]))
def test_every_key_and_value_is_a_leaf_where_it_stands(value: Any, ascii_only: bool, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert texts(read(data)) == _spoken(data)


@given(_documents, st.booleans())
def test_each_character_knows_its_bytes(value: Any, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    document = read(data)
    for leaf, (start, end) in enumerate(zip(document.columns.start, document.columns.end, strict=True)):
        text, offsets = FORMAT.text(document, leaf)
        places = offsets or range(start, end + 1)
        assert (places[0], places[-1], len(places)) == (start, end, len(text) + 1)
        for character, (first, last) in zip(text, pairwise(places), strict=True):
            written = data[first:last].decode()
            spoken = json.loads(f'"{written}"') if document.columns.mark[leaf] != Mark.BARE else written
            assert spoken == character


@given(_documents, st.data(), _text)
def test_a_written_text_is_read_back_and_nothing_else_changes(value: Any, draw: st.DataObject, text: str) -> None:
    data = json.dumps(value).encode()
    document = read(data)
    strings = [
        leaf
        for leaf, mark in enumerate(document.columns.mark)
        if mark != Mark.BARE and ROLES[document.columns.role[leaf]].name[:3] != "key"
    ]
    if not strings or not text:
        return
    leaf = draw.draw(st.sampled_from(strings))
    new = FORMAT.write(document, leaf, text)
    assert new is not None
    changed = data[: document.columns.start[leaf]] + new + data[document.columns.end[leaf] :]
    expected = texts(document)
    expected[leaf] = text
    assert texts(read(changed)) == expected


@given(_documents)
def test_leaves_are_ordered_disjoint_and_in_bounds(value: Any) -> None:
    data = json.dumps(value).encode()
    columns = read(data).columns
    edges = [edge for span in zip(columns.start, columns.end, strict=True) for edge in span]
    assert edges == sorted(edges)
    assert all(start < end <= len(data) for start, end in zip(columns.start, columns.end, strict=True))
    assert len(columns.start) == len(columns.role) == len(columns.mark) == len(columns.labels)


_pieces = st.sampled_from(
    ["{", "}", "[", "]", '"', ":", ",", "\\", " ", "\n", "1", "-", "0", "a", "\u00e9", "\\u0041", "null", '"a":', '"b"', "{}", "[]"]
)


@settings(max_examples=1000)
@given(st.binary(max_size=64) | st.lists(_pieces, max_size=16).map(lambda pieces: "".join(pieces).encode()))
def test_arbitrary_bytes_are_read_exactly_when_they_are_json(data: bytes) -> None:
    columns = FORMAT.leaves(data, _LIMITS)
    if isinstance(columns, Incomplete):
        assert _spoken(data) is None
        return
    document = Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))
    assert texts(document) == _spoken(data)


@settings(max_examples=1000)
@given(_documents, st.integers(0, 200), _pieces, st.booleans())
def test_damaged_json_is_refused_unless_it_still_is_json(value: Any, place: int, piece: str, cut: bool) -> None:
    whole = json.dumps(value)
    at = place % len(whole)
    data = (whole[:at] + piece + whole[at + cut :]).encode()
    columns = FORMAT.leaves(data, _LIMITS)
    spoken = _spoken(data)
    assert isinstance(columns, Incomplete) == (spoken is None)
    if isinstance(columns, Columns):
        assert texts(Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))) == spoken


@pytest.mark.parametrize(
    ("data", "reason", "why"),
    [
        (b"", Reason.UNDECODABLE, "nothing"),
        (b'{"a":1,}', Reason.UNDECODABLE, "a comma too many"),
        (b"[1,2,]", Reason.UNDECODABLE, "a comma too many"),
        (b"[,1]", Reason.UNDECODABLE, "a comma before the first"),
        (b"[1 2]", Reason.UNDECODABLE, "a comma too few"),
        (b'{"a":{} "b":1}', Reason.UNDECODABLE, "a comma too few after an object"),
        (b'{"a":[]\n"b":1}', Reason.UNDECODABLE, "a new line is no comma"),
        (b'[1,"a":2]', Reason.UNDECODABLE, "a member in an array"),
        (b'{"a"}', Reason.UNDECODABLE, "an element in an object"),
        (b'{"a":}', Reason.UNDECODABLE, "a member without a value"),
        (b'{"a":1]', Reason.UNDECODABLE, "the wrong end"),
        (b'{"a":1', Reason.UNDECODABLE, "no end"),
        (b'{"a":1}}', Reason.UNDECODABLE, "an end too many"),
        (b'{"a":1} x', Reason.UNDECODABLE, "garbage after the end"),
        (b'{"a":1}{"b":2}', Reason.UNDECODABLE, "two documents on one line"),
        (b'"a"\n"b"', Reason.UNDECODABLE, "strings, one a line"),
        (b'{"a":1}\n2', Reason.UNDECODABLE, "a number on a line of its own"),
        (b"[nan]", Reason.UNDECODABLE, "no number of JSON, nor what programs write for none"),
        (b"[01]", Reason.UNDECODABLE, "a padded number"),
        (b'["\\x"]', Reason.UNDECODABLE, "no escape of JSON"),
        (b'["a\nb"]', Reason.UNDECODABLE, "a control character"),
        (b'["\xff"]', Reason.UNDECODABLE, "no UTF-8"),
        (b'["\xc0\xaf"]', Reason.UNDECODABLE, "overlong UTF-8"),
        (b'{"a":1,"a":1}', Reason.DUPLICATE_KEY, "the same key"),
        (b'{"a":1,"\\u0061":2}', Reason.DUPLICATE_KEY, "the same key in other letters"),
        (b'{"b":{"\\u0061":1,"a":2}}', Reason.DUPLICATE_KEY, "the same, the other order, below"),
        (b"[" * 129 + b"]" * 129, Reason.TOO_DEEP, "one level too many"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, Reason.TOO_DEEP, "far too many levels"),
        (b"[" * 100_000, Reason.TOO_DEEP, "levels that never end"),
    ],
)
def test_what_is_not_plain_json_is_incomplete(data: bytes, reason: Reason, why: str) -> None:
    assert FORMAT.leaves(data, _LIMITS) == Incomplete(reason), why


@pytest.mark.parametrize(
    ("data", "expected", "why"),
    [
        (b"\xef\xbb\xbf {} ", [], "a byte order mark and blanks"),
        (b"[" * 128 + b"]" * 128, [], "as deep as it may be"),
        (b'{"a":"b","A":"c"}', ["a", "b", "A", "c"], "keys that differ in case differ"),
        (b'[{"a":1},{"a":2}]', ["a", "1", "a", "2"], "the same key in two objects"),
        (b"[" + b"7" * 5000 + b"]", ["7" * 5000], "a number stays as it is written"),
        (b"[1.10,-0,1E400,1e-7]", ["1.10", "-0", "1E400", "1e-7"], "numbers in all spellings"),
        (b'["\\ud83d\\ude00","\\ud83d"]', ["\U0001f600", "\ufffd"], "a pair, and half a pair"),
        (b' "a\\u0041" ', ["aA"], "a string alone"),
        (b'["",{"":""}]', [], "empty strings and keys are no leaves"),
    ],
)
def test_what_is_unusual_but_json_is_read(data: bytes, expected: list[str], why: str) -> None:
    assert texts(read(data)) == expected, why


def test_more_values_than_the_limit_are_over_budget() -> None:
    few = _LIMITS._replace(leaves=10)
    assert isinstance(FORMAT.leaves(b"[" + b"1," * 9 + b"1]", few), Columns)
    assert FORMAT.leaves(b"[" + b"1," * 10 + b"1]", few) == Incomplete(Reason.OVER_BUDGET)
    assert FORMAT.leaves(b"[" + b"{}," * 100_000 + b"{}]", few) == Incomplete(Reason.OVER_BUDGET)
    assert isinstance(FORMAT.leaves(b'["' + b",[{" * 100_000 + b'"]', few), Columns)  # brackets within a string are no values


@pytest.mark.parametrize(
    "hostile",
    [
        b"[1" + b" " * 1_000_000 + b"x",
        b"[" + b'"' * 1_000_001,
        b'{"a' + b"\\" * 1_000_001,
        b"[" + b'"a" ' * 250_000,
        b'["' + b'\\"' * 500_000,
        b'["' + b'"\\' * 500_000,
        b'{"' + b"\\u0041" * 200_000 + b'":1',
    ],
)
def test_hostile_megabytes_are_gone_over_once(hostile: bytes) -> None:
    assert isinstance(FORMAT.leaves(hostile, _LIMITS), Incomplete)


@pytest.mark.parametrize(
    ("data", "leaf", "text", "written", "why"),
    [
        (b'{"a":"b"}', 1, 'x"\\\u00e9\n', b'x\\"\\\\\xc3\xa9\\n', "escaped as little as JSON allows"),
        (b'{"a":"b"}', 1, None, b"", "an absent string is empty"),
        (b'{"a":12}', 1, None, b"null", "an absent number is null"),
        (b'{"a":true}', 1, None, b"null", "an absent literal is null"),
        (b'{"a":12}', 1, "1984", b"1984", "a number for a number"),
        (b'{"a":12}', 1, "***", None, "a number cannot be masked"),
        (b'{"a":12}', 1, "012", None, "a padded number is none"),
        (b'{"a":true}', 1, "12", None, "a number is no literal"),
        (b'{"a":12}', 0, "***", b"***", "a key can be masked"),
        (b'{"a":12}', 0, None, None, "a key cannot be absent"),
    ],
)
def test_a_place_is_written_in_the_words_of_json(data: bytes, leaf: int, text: str | None, written: bytes | None, why: str) -> None:
    assert FORMAT.write(read(data), leaf, text) == written, why
