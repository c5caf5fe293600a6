"""A format for tests of what looks at leaves and not at formats: one leaf a line, its role told beside it. `%XXXX` is its escape."""

from collections.abc import Sequence

from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Incomplete, Limits, Mark, Origin, Part, PartKind, Text


class _Rows:
    """Satisfies values.Format; `leaves` and `sniff` are never asked."""

    about = About("rows of a test", "a row", "nothing")
    name = "rows"

    def sniff(self, data: bytes) -> bool:
        return True

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:
        raise NotImplementedError

    def path(self, document: Document, leaf: int) -> str:
        return f"row[{leaf}]"

    def text(self, document: Document, leaf: int) -> Text:
        columns = document.columns
        at, end = columns.start[leaf], columns.end[leaf]
        if columns.mark[leaf] != Mark.ESCAPED and columns.charset != "utf-8":
            return Text(document.data[at:end].decode(columns.charset), None)
        characters: list[str] = []
        offsets: list[int] = []
        while at < end:
            size = _size(document.data, at)
            offsets.append(at)
            characters.append(_character(document.data[at : at + size], columns.charset))
            at += size
        return Text("".join(characters), [*offsets, end])

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:
        return (text or "").encode(document.columns.charset)


def _size(data: bytes, at: int) -> int:
    first = data[at]
    return 5 if first == ord("%") else 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _character(raw: bytes, charset: str) -> str:
    return chr(int(raw[1:], 16)) if raw.startswith(b"%") else raw.decode(charset)


ROWS = _Rows()


def document(
    *rows: tuple[str, str],
    part: PartKind = PartKind.VALUE,
    charset: str = "utf-8",
    scope: int = 0,
    scopes: Sequence[int] = (),
    labels: Sequence[int] = (),
) -> Document:
    """A document of (role, text) rows."""
    data = b""
    start, end = [], []
    for _, text in rows:
        start.append(len(data))
        data += text.encode(charset)
        end.append(len(data))
        data += b"\n"
    marks = bytearray(Mark.ESCAPED if "%" in text else Mark.RAW for _, text in rows)
    roles = bytearray(INDEX[role] for role, _ in rows)
    columns = Columns(start, end, roles, marks, scopes=scopes, labels=labels, charset=charset)
    return Document(data, ROWS, columns, Origin(Part(part)), scope, scope + 1)


def escaped(text: str) -> str:
    """The text with every character (of 16 bits at most) as its escape."""
    return "".join(f"%{ord(character):04X}" for character in text)


def raw(found: Document, start: int, end: int) -> str:
    """What stands at raw offsets, as text."""
    return found.data[start:end].decode(found.columns.charset)
