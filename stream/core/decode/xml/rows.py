"""XML bytes to rows: one expression takes the text before a piece of markup, and the markup: the begin of a tag, an attribute, a comment.
Called by the reader and the paths.

Checks names, quotes, references and characters; what stands in what is the reader's to check. A document type is refused: nothing is ever
expanded.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from schemas.vocabulary import Reason
from stream.core.values import Incomplete

_SPACE = rb"[ \t\r\n]"
_START = rb"[A-Za-z_:\x80-\xff]"
_NAME = _START + rb"[A-Za-z0-9_:.\-\x80-\xff]*+"
_REFERENCE = rb"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});"


def _run(quote: bytes = b"") -> bytes:
    """Characters and references up to a tag, or to the quote."""
    return rb"[^<&" + quote + rb"]*+(?:" + _REFERENCE + rb"[^<&" + quote + rb"]*+)*+"


# A row: text, what leads to the markup, name, equals sign with its quote, value, and what ends it. Where no row fits, the last branch takes
# all that is left, so that nothing is tried twice. Together the groups of all rows are the data.
_ROW = re.compile(
    rb"((?>(?<=>)" + _run() + rb"|))"
    rb"(</?(?=" + _START + rb")|" + _SPACE + rb"++|<!--|<!\[CDATA\[|<\?)"
    rb"((?<=[</ \t\r\n])" + _NAME + rb"|(?<=[\[\-?]))"
    rb"(" + _SPACE + rb"*+=" + _SPACE + rb"*+[\"']|)"
    rb'((?<=")' + _run(b'"') + rb"|(?<=')" + _run(b"'") + rb"|(?<=<!--)[^-]*+(?:-[^-]++)*+|(?<=<!\[CDATA\[)[^\]]*+(?:\](?!\]>)[^\]]*+)*+"
    rb"|(?<=<\?)[^?]*+(?:\?(?!>)[^?]*+)*+|)"
    rb"(-->|\]\]>|\?>|[\"']?+(?:" + _SPACE + rb"*+/?+>)?+)"
    rb"|[\x00-\xff]++"
)
_BLANK = b" \t\r\n"
_CONTROLS = bytes(code for code in range(0x20) if code not in _BLANK)
_DOCTYPE = re.compile(rb"<!DOCTYPE(?=[\s\[>])")
_DECLARATION = re.compile(
    rb"(?:\xef\xbb\xbf)?" + _SPACE + rb"*+(?:<\?xml" + _SPACE + rb"++version" + _SPACE + rb"*+=" + _SPACE + rb"*+(?:\"1\.0\"|'1\.0')"
    rb"(?:" + _SPACE + rb"++encoding" + _SPACE + rb"*+=" + _SPACE + rb"*+[\"']([A-Za-z0-9._-]{1,32})[\"'])?+"
    rb"(?:" + _SPACE + rb"++standalone" + _SPACE + rb"*+=" + _SPACE + rb"*+[\"'](?:yes|no)[\"'])?+" + _SPACE + rb"*+\?>" + _SPACE + rb"*+)?"
)
_UNICODE = re.compile(rb"(?i)utf-?8|utf-?(?:16|32)(?:-?[lb]e)?|(?:us-)?ascii")  # wide text was unpacked before
_SINGLE = re.compile(rb"(?i)iso-?8859-[0-9]{1,2}|latin-?[19]|(?:windows-|cp)125[0-9]")

Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes]


class Rows(NamedTuple):
    """What the expression found: rows, the offsets between their groups, and the codec of the document."""

    rows: Sequence[Row]
    offsets: Sequence[int]
    charset: str

    def placed(self) -> Iterator[tuple[Row, int, int, int]]:
        """Each row with the offsets of its text, name and value."""
        return zip(self.rows, self.offsets[::6], self.offsets[2::6], self.offsets[4::6])  # noqa: B905  # offsets have one more, the end


def rows(data: bytes) -> Rows | Incomplete:
    """All of data in rows, but for the declaration and the blanks around it."""
    declaration = _DECLARATION.match(data)
    if declaration is None:  # matches nothing at least
        return Incomplete(Reason.UNDECODABLE)
    charset = _charset(data, declaration[1] or b"utf-8")
    if charset is None or len(data.translate(None, _CONTROLS)) < len(data):
        return Incomplete(Reason.UNDECODABLE)
    start, end = declaration.end(), len(data.rstrip(_BLANK))
    found = _ROW.findall(data, start, end)
    offsets = list(accumulate(map(len, chain.from_iterable(found)), initial=start))
    if offsets[-1] != end:
        return Incomplete(Reason.DOCUMENT_TYPE if _DOCTYPE.search(data, offsets[-1]) else Reason.UNDECODABLE)
    return Rows(found, offsets, charset)


def _charset(data: bytes, declared: bytes) -> str | None:
    """UTF-8 where the bytes are UTF-8, else the single-byte charset that the document declares; None for any other."""
    single = _SINGLE.fullmatch(declared)
    if single is None and _UNICODE.fullmatch(declared) is None:
        return None
    for codec in ("utf-8", declared.decode("ascii")) if single else ("utf-8",):
        try:
            data.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
        return codecs.lookup(codec).name
    return None


def tags(data: bytes) -> int:
    """How many tags and attributes there are at most."""
    return data.count(b"<") + data.count(b"=")
