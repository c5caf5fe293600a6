"""Several messages in one record, and MLLP framing: one leaf per message, and nothing between them is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Reason
from stream.core.decode.frames import FORMAT, Slice
from stream.core.decode.hl7v2 import FORMAT as HL7V2
from stream.core.roles import ROLES
from stream.core.values import Columns, Document, Edit, Incomplete, Limits, Origin, Part, PartKind
from tests.core.decode.hl7 import document, message

_ONE, _TWO = message("PID|||||DURANDEL"), message("PID|||||LEGALLOIS", head="MSH#*!%$#X")
_BATCH = b"FHS|^~\\&|SIL-TEST\rBHS|^~\\&|SIL-TEST\r" + _ONE + _TWO + b"BTS|2\rFTS|1\r"


def framed(data: bytes) -> list[tuple[str, bytes]]:
    seen = read(data)
    columns = seen.columns
    return [(ROLES[role].name, data[start:end]) for start, end, role in zip(columns.start, columns.end, columns.role, strict=True)]


def read(data: bytes) -> Document:
    columns = FORMAT.leaves(data, Limits())
    assert isinstance(columns, Columns)
    return Document(data, FORMAT, columns, Origin(Part(PartKind.VALUE)))


_RECORDS = [
    (b"\x0b" + _ONE + b"\x1c\r", [("frame", _ONE)], "MLLP"),
    (b"\x0b" + _ONE + b"\x1c", [("frame", _ONE)], "MLLP without its last byte"),
    (b"\x0b" + _ONE, [("frame", _ONE)], "MLLP without its end"),
    (_ONE + b"\x1c\r", [("frame", _ONE)], "MLLP without its start"),
    (b"\x0b" + _ONE + b"\x1c\r\x0b" + _TWO + b"\x1c\r", [("frame", _ONE), ("frame", _TWO)], "two MLLP blocks"),
    (b"\x0b" + _ONE + b"\x0b" + _TWO, [("frame", _ONE), ("frame", _TWO)], "two MLLP blocks without ends"),
    (_ONE + _TWO, [("frame", _ONE), ("frame", _TWO)], "two messages with delimiters of their own"),
    (b"\xef\xbb\xbf" + _ONE, [("frame", _ONE)], "a byte order mark"),
    (b"\r\n " + _ONE, [("frame", _ONE)], "blank lines before"),
    (b"\x0b" + _ONE + b"\x1c\rDURANDEL\r", [("frame", _ONE), ("unknown", b"DURANDEL")], "bytes behind the block"),
    (b"DURANDEL\x0b" + _ONE, [("unknown", b"DURANDEL"), ("frame", _ONE)], "bytes before the block"),
    (
        _BATCH,
        [
            ("frame", b"FHS|^~\\&|SIL-TEST\r"),
            ("frame", b"BHS|^~\\&|SIL-TEST\r"),
            ("frame", _ONE),
            ("frame", _TWO + b"BTS|2\rFTS|1\r"),
        ],
        "a batch in a file",
    ),
    (b"FHS|^~\\&|A\rBHS|^~\\&|B", [("frame", b"FHS|^~\\&|A\r"), ("frame", b"BHS|^~\\&|B")], "headers of a batch without messages"),
]


@pytest.mark.parametrize(("data", "expected", "why"), _RECORDS)
def test_each_message_is_one_leaf(data: bytes, expected: list[tuple[str, bytes]], why: str) -> None:
    assert FORMAT.sniff(data), why
    assert framed(data) == expected, why


@pytest.mark.parametrize("data", [frame for data, found, _ in _RECORDS for role, frame in found if role == "frame"])
def test_what_stands_in_a_frame_is_one_message(data: bytes) -> None:
    assert not FORMAT.sniff(data)
    assert HL7V2.sniff(data)
    assert document(data).columns.start


_OTHERS = [
    (_ONE, "one message alone"),
    (message("NTE|1||MSH|^~", "NTE|2||voir MSH|^~\\&|X"), "a header inside of a field"),
    (message("MSH-6 : conserve"), "a gene at the start of a line"),
    (b'{"a": "MSH|^~\\\\&|"}', "JSON"),
    (b"", "nothing"),
    (b"\x0b", "a start block alone"),
    (b" \r\n", "blanks"),
]


@pytest.mark.parametrize(("data", "why"), _OTHERS)
def test_other_data_is_not_taken_for_frames(data: bytes, why: str) -> None:
    assert not FORMAT.sniff(data), why


def test_data_without_a_message_cannot_be_read() -> None:
    assert FORMAT.leaves(b"DURANDEL", Limits()) == Incomplete(Reason.UNDECODABLE)
    assert FORMAT.leaves(_ONE * 5, Limits(leaves=4)) == Incomplete(Reason.OVER_BUDGET)


def test_an_edit_of_a_message_is_one_of_its_record() -> None:
    data = b"\x0b" + _ONE + b"\x1c\r"
    start = read(data).columns.start[0]
    at = _ONE.index(b"DURANDEL")

    lifted = Slice(start).lift(_ONE, [Edit(at, at + 8, b"***")])

    assert Slice(start).name == "slice"
    assert [data[edit.start : edit.end] for edit in lifted] == [b"DURANDEL"]
    assert [edit.new for edit in lifted] == [b"***"]


def test_a_message_is_written_in_its_own_document_only() -> None:
    seen = read(b"\x0b" + _ONE + b"\x1c\rDURANDEL")

    assert FORMAT.write(seen, 0, None) is None
    assert FORMAT.write(seen, 0, "***") is None
    assert FORMAT.write(seen, 1, "***") == b"***"
    assert FORMAT.write(seen, 1, None) == b""
    assert FORMAT.write(seen, 1, "a\x0bMSH|^~\\&|") is None
    assert FORMAT.write(seen, 1, "\ud800") is None
    assert [FORMAT.path(seen, leaf) for leaf in (0, 1)] == ["#1", "#2"]
    assert FORMAT.text(seen, 1).text == "DURANDEL"


_PIECES = st.lists(
    st.sampled_from([_ONE, _TWO, b"\x0b", b"\x1c", b"\r", b"\n", b"DURANDEL", b"MSH|", b"BHS|^~\\&|A\r", b" ", b"\xef\xbb\xbf", b"\xe9"])
)


@settings(deadline=None)
@given(st.one_of(_PIECES.map(b"".join), st.binary()))
def test_no_byte_between_messages_is_lost(data: bytes) -> None:
    FORMAT.sniff(data)
    columns = FORMAT.leaves(data, Limits())
    if isinstance(columns, Incomplete):
        return

    outside, at = b"", 0
    for start, end in zip(columns.start, columns.end, strict=True):
        assert at <= start < end
        outside += data[at:start]
        at = end
    outside += data[at:]

    assert not outside.strip(b"\x0b\x1c\r\n\t \x00\x1a\xef\xbb\xbf")
