"""What says that it is encrypted, as text. Called by decode for texts; opens nothing."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Reason
from stream.core.decode.layers.opened import Opened
from stream.core.values import Document, Incomplete, Text

_ARMOUR = re.compile(r"-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED FILE|CMS|PKCS7|ENCRYPTED[A-Z ]*)-----")
_MIME = "application/pkcs7-mime"


def opened(document: Document, leaf: int, text: Text, room: int) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """Never a document, only the doubt."""
    if _MIME in text.text or ("-----BEGIN " in text.text and _ARMOUR.search(text.text)):
        yield Incomplete(Reason.ENCRYPTED)
