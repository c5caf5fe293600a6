"""Records made to cost as much as they can: each is judged, and what is ten times as long takes ten times the work, not a hundred times.
Nothing is timed: of work that grew with the square, this much would not end."""

import pytest

from schemas.vocabulary import Reason
from tests.support.rulesets import a_record, outcomes, ruleset

SIZE = 30_000  # bytes
HEADS = {
    "text": (b"", b""),
    "hl7": (b"MSH|^~\\&|A\rPID|1||1\rOBX|1|TX|a||", b"\r"),
    "hprim": (b"H|^~\\&|A\rP|1\r", b"\r"),
    "json": (b'{"commentaire":"', b'"}'),
    "csv": (b"NOM;PRENOM;COMMENTAIRE\r\n", b""),
    "xml": (b"<?xml version='1.0'?><a>", b"</a>"),
}
PIECES = [
    *(b"&", b"&#", b"&#1;", b"<!--", b"<b ", b"<a b='", b"<![CDATA[", b"&lt;"),
    *(b"=\n", b"%25", b"=4", b"+A", b"+AOk", b"\\u00", b"\\\\", b"ABCDEFGHIJ=", b"data:;base64,", b"-----BEGIN "),
    *(b"\xc3", b"\xc3\xa9\xe9", b"\xc1\x84", b"\xe2\x80\xae", b"\xef\xbb\xbf"),
    *(b"0\n", b"a\n", b"@\n", b"0 \n", b"zero ", b"quatre-vingt-", b"06,", b"M "),
    *(b"{", b"{a", b"[[", b'["', b'{"a":', b"{'a", b";", b'";', b";\n"),
    *(b"|\r", b"H|^~\\&|\r", b"A|x\r", b"****LAB****\r", b"RES|a|\r", b"MSH|^~\\&|\r", b"\\X41", b"\\.br\\", b"~", b"^"),
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_no_repetition_makes_the_work_grow_with_its_square(head: str, piece: bytes) -> None:
    before, after = HEADS[head]

    for outcome in outcomes(a_record(before + piece * (SIZE // len(piece)) + after), ruleset("research")):
        assert Reason.EXCEPTION not in outcome.decision.reasons
