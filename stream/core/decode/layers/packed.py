"""Data that is text only after unpacking: compressed, an archive, a file, UTF-16, UTF-32. Its one leaf is the whole; the documents proper
hang on it by a layer.

Called by decode through FORMAT. Never written in place: what the layer cannot close again is acted on further up.
"""

from stream.core.decode.charset import wide
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
        return packing(data) is not None or is_archive(data) or is_file(data) or wide(data) is not None

    def leaves(self, data: bytes, limits: Limits) -> Columns | Incomplete:  # noqa: ARG002  # every format is asked the same way
        return Columns([0], [len(data)], bytearray([INDEX["frame"]]), bytearray(1), charset="latin-1")

    def path(self, document: Document, leaf: int) -> str:  # noqa: ARG002
        return ""

    def text(self, document: Document, leaf: int) -> Text:  # noqa: ARG002
        return Text(document.data.decode("latin-1"), None)

    def write(self, document: Document, leaf: int, text: str | None) -> bytes | None:  # noqa: ARG002
        return None


FORMAT = Packed()
