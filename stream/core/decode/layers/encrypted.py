"""What says that it is encrypted, as text. Called by decode for texts; opens nothing."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Reason
from stream.core.decode.layers.opened import Kind, Opened
from stream.core.values import About, Aids, Document, Incomplete, Text

_ARMOUR = re.compile(rb"-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED FILE|CMS|PKCS7|ENCRYPTED[A-Z ]*)-----")
_SIGNS = (b"-----BEGIN ", b"pkcs7-mime")


def opened(document: Document, leaf: int, text: Text, aids: Aids) -> Iterator[Opened | Incomplete]:  # noqa: ARG001  # one signature
    """Never a document, only the doubt."""
    start, end = document.columns.start[leaf], document.columns.end[leaf]
    armoured, enveloped = (document.data.find(sign, start, end) for sign in _SIGNS)
    if enveloped >= 0 or (armoured >= 0 and _ARMOUR.search(document.data, armoured, end)):
        yield Incomplete(Reason.ENCRYPTED)


LAYER = Kind(
    "encrypted",
    opened,
    About(
        reads="PGP, age, CMS and OpenSSL, by what they say of themselves",
        writes="nothing",
        holds="always: put the guard before the encryption",
    ),
)
