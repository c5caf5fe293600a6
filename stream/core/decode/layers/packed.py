"""Data that is text only after unpacking: compressed, an archive, a file, UTF-16, UTF-32, JSON in a charset of old systems. Its one leaf is
the whole; the documents proper hang on it by a layer.

Called by decode through FORMAT. Never written in place: what the layer cannot close again is acted on further up.
"""

import re

from stream.core.decode.charset import broken, charset, mixed, wide
from stream.core.decode.layers.archive import is_archive
from stream.core.decode.layers.compressed import packing
from stream.core.decode.layers.file import is_file
from stream.core.roles import INDEX
from stream.core.values import About, Columns, Document, Incomplete, Limits, Text


class Packed:
    """The format."""

    name = "packed"
    about = About(
        reads="bytes that are text only once they are unpacked",
        writes="nothing: by the layer",
        holds="what does not unpack",
        places="none: what is in them is a document of its own",
    )

    def sniff(self, data: bytes) -> bool:
        return packing(data) is not None or is_archive(data) or is_file(data) or wide(data) is not None or is_western(data)

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:  # noqa: ARG002  # every format is asked the same way
        return Columns([0], [len(data)], bytearray([INDEX["frame"]]), bytearray(1), charset=_codec(data))

    def path(self, document: Document, leaf: int) -> str:  # noqa: ARG002
        return ""

    def text(self, document: Document, leaf: int) -> Text:  # noqa: ARG002
        if document.columns.charset == "utf-8":
            return Text(*broken(document.data, 0))
        return Text(document.data.decode(document.columns.charset), None)

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:  # noqa: ARG002
        if text is None or not is_western(document.data):
            return None
        try:
            return text.encode(document.columns.charset)
        except UnicodeEncodeError:
            return None


def is_western(data: bytes) -> bool:
    """Whether data begins like JSON, and is text but no UTF-8."""
    return _JSON.match(data) is not None and charset(data) not in {None, "utf-8"}


def _codec(data: bytes) -> str:
    """How the leaf decodes; `utf-8` where that is mixed with what old systems write."""
    return "latin-1" if not is_western(data) else "utf-8" if mixed(data) else charset(data) or "latin-1"


_JSON = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+[{\[][ \t\r\n]*+[\x22{\[0-9tfnNI-]")
FORMAT = Packed()
