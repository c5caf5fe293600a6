"""Laws of hl7v2 for any bytes: it never raises, and no byte that may carry data is outside of the leaves."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from stream.core.decode.hl7v2 import FORMAT
from stream.core.decode.hl7v2.delimiters import ABSENT, LONGEST, declared
from stream.core.decode.hl7v2.segments import SEGMENTS
from stream.core.values import Columns, Document, Incomplete, Limits
from tests.core.decode.hl7 import HEAD, document, message

_SAMPLE = message(
    "PID|1||8009912345^^^LABO-TEST&990000010&N^PI~284033599931111^^^A&1.2.250.1.213.1.4.8&ISO^INS||DURANDEL&DE^ÉLODIE~MARTINEAU||19840312|F",
    'PV1|1|O|""|||||99900000011^KERVELLA^YANN^^^DR',
    "OBR|1|PRE-5512|LAB-42|BHCG^BETA HCG^L||||||||||||99900000011^KERVELLA^YANN",
    r"OBX|1|SN|BHCG^BETA HCG^L||>^18250|UI/L|0 - 5|H~A|||F|||20240912|||\T\|a&b|",
    "OBX|2|ED|CR||^AP^PDF^Base64^JVBERi0xLjQK||||||F",
    r"NTE|1|L|Patiente enceinte \.br\ 12 SA \Zx",
    "ZLB|DURANDEL&X^Y~Z|5.2",
    "suite",
)

_FIELD = st.text(st.sampled_from('|^~&\\"ABé12 .#'), max_size=12)
_SEGMENT = st.tuples(st.sampled_from([name.decode() for name in SEGMENTS] + ["ZZZ", "", "pid", "MSH", "X"]), st.lists(_FIELD, max_size=12))
_MESSAGES = st.builds(
    lambda head, segments, end: end.join([head, *("|".join((name, *fields)) for name, fields in segments)]).encode(),
    st.sampled_from([HEAD, "MSH|^~\\&", "MSH|^~\\&#|A|B", "MSH|^", "BHS|^~\\&|A||||||B", "FHS|^~&"]),
    st.lists(_SEGMENT, max_size=8),
    st.sampled_from(["\r", "\n", "\r\n"]),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A message with a few spans replaced by anything."""
    data = draw(st.sampled_from([_SAMPLE]))
    for _ in range(draw(st.integers(0, 4))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 8))
        data = data[:at] + draw(st.binary(max_size=6)) + data[at + length :]
    return data


@settings(deadline=None)
@given(st.one_of(st.binary(), st.binary().map(b"MSH|^~\\&|".__add__), mutated(), _MESSAGES))
def test_any_bytes_are_read_or_refused_and_every_leaf_can_be_told_read_and_written(data: bytes) -> None:
    columns = FORMAT.leaves(data, Limits())
    FORMAT.sniff(data)
    if isinstance(columns, Incomplete):
        return

    seen = document(data)

    for leaf in range(len(columns.start)):
        assert FORMAT.path(seen, leaf)
        assert FORMAT.text(seen, leaf).text or columns.mark[leaf]
        FORMAT.write(seen, leaf, "é|\n")


@settings(deadline=None)
@given(st.one_of(mutated(), _MESSAGES))
def test_leaves_are_in_order_disjoint_and_never_empty(data: bytes) -> None:
    columns = FORMAT.leaves(data, Limits())
    if isinstance(columns, Incomplete):
        return

    bounds = [bound for span in zip(columns.start, columns.end, strict=True) for bound in span]

    assert bounds == sorted(bounds)
    assert all(start < end <= len(data) for start, end in zip(columns.start, columns.end, strict=True))
    assert len(columns.role) == len(columns.mark) == len(columns.start)
    assert list(columns.scopes) == sorted(columns.scopes)
    assert all(0 <= first <= last <= len(columns.start) for first, last in columns.groups)
    assert sorted(columns.groups) == list(columns.groups)


@settings(deadline=None)
@given(st.one_of(mutated(), _MESSAGES))
def test_what_is_outside_of_the_leaves_is_structure_only(data: bytes) -> None:
    columns = FORMAT.leaves(data, Limits())
    delimiters = declared(data[:LONGEST])
    if isinstance(columns, Incomplete) or delimiters is None:
        return
    rest = bytearray(data)
    for start, end in reversed(list(zip(columns.start, columns.end, strict=True))):
        del rest[start:end]

    lines = re.split(rb"[\r\n]", bytes(rest))

    separators = b"".join((delimiters.field, delimiters.component, delimiters.repetition, delimiters.subcomponent))
    assert lines[0].startswith((b"MSH", b"BHS", b"FHS"))
    encoding = len(b"".join(delimiters).replace(ABSENT, b""))
    for line in [lines[0][3 + encoding :], *(line[3:] if line[:3] in SEGMENTS else line for line in lines[1:])]:
        assert not line.replace(b'""', b"").strip(separators + b" \t\x00\x1a")


@settings(deadline=None)
@given(_MESSAGES, st.text(st.sampled_from("ab|^~&\\é\r\n\"'"), max_size=6), st.data())
def test_writing_one_leaf_leaves_all_others_as_they_are(data: bytes, text: str, chosen: st.DataObject) -> None:
    columns = FORMAT.leaves(data, Limits())
    if isinstance(columns, Incomplete) or not columns.start:
        return
    seen = document(data)
    leaf = chosen.draw(st.integers(0, len(columns.start) - 1))
    written = FORMAT.write(seen, leaf, text)
    if not written or _tells(seen, leaf):
        return

    again = document(data[: columns.start[leaf]] + written + data[columns.end[leaf] :])

    assert len(again.columns.start) == len(columns.start)
    texts = [FORMAT.text(seen, each).text for each in range(len(columns.start))]
    texts[leaf] = text
    assert texts == [FORMAT.text(again, each).text for each in range(len(columns.start))]


def _tells(seen: Document, leaf: int) -> bool:
    """Whether the rest of the message hangs on this leaf: the type of a result, the charset, a line that is no segment."""
    path = FORMAT.path(seen, leaf)
    return path.startswith(("#", "MSH-18.")) or re.fullmatch(r"OBX(\[\d+\])?-2", path) is not None


def test_a_megabyte_in_one_leaf_is_one_leaf() -> None:
    data = _SAMPLE + b"OBX|3|ED|CR||^AP^PDF^Base64^" + b"JVBERi0xLjQK" * 90_000 + b"||||||F\r"
    columns = FORMAT.leaves(data, Limits())

    assert isinstance(columns, Columns)
    assert max(end - start for start, end in zip(columns.start, columns.end, strict=True)) == 12 * 90_000
