"""The cheap check of places known to hold a code, number, unit or date: does the value look like it? Called by `choose`; what fails is
scanned like text, so being too strict costs time and being too lax costs a leak."""

import re
from functools import lru_cache
from typing import Final

from stream.core.roles import ROLES
from stream.core.values import Treat

_PARTS = (
    # no run of nine digits, whatever stands between them, unless letters lead it and it cannot be a phone or a NIR
    (b"CALM", rb"(?!.*[0-9](?:[ ._/:()-]{0,2}[0-9]){8})"),
    (b"LETTERED", rb"(?=[A-Za-z]{1,8}[_-]?(?!0[1-9]|33)[0-9])(?!.*[0-9](?:[._/-]?[0-9]){12})"),
    (b"NUMBER", rb"[-+]?(?:[0-9]{1,8}(?:[.,][0-9]{1,6})?|[.,][0-9]{1,6})(?:[eE][-+]?[0-9]{1,2})?"),
    (b"COMPARED", rb"[ ]?(?:[<>=~]=?|\xe2\x89[\xa4\xa5])?[ ]?"),
    (b"TIME", rb"[T ]?(?:[01][0-9]|2[0-4])(?::?[0-5][0-9](?::?[0-6][0-9](?:[.,][0-9]{1,9})?)?)?"),
    (b"ZONE", rb"(?:Z|[-+][01][0-9]:?[0-5][0-9])?"),
    (b"DAY", rb"(?:19|20)[0-9]{2}(?:-?(?:0[1-9]|1[0-2])(?:-?(?:0[1-9]|[12][0-9]|3[01])(?:TIME ZONE)?)?)?"),
    (b"OBJECT", rb"(?:urn:oid:)?(?:1\.[23]|2\.16\.[1-9][0-9]{2}|2\.25)(?:\.(?:0|[1-9][0-9]{0,6}))+"),
)
_DASH = rb"[ ]?(?:-|;|\xe2\x80\x93|\xc3\xa0|\xe0|to|a)[ ]?"
_FORMS = {  # by role: the longest value that is harmless whatever it is, and what a longer one must look like
    "result.number": (5, rb"COMPARED NUMBER[ ]?"),
    "result.range": (5, rb"CALM[(\[]?[ ]?COMPARED NUMBER(?:" + _DASH + rb"COMPARED NUMBER)?[ ]?[)\]]?"),
    "result.unit": (8, rb"CALM(?!.*[A-Za-z]{4}[ ][A-Za-z]{4})[A-Za-z0-9%\xb5\xb2\xb3\xb0\xc2\xce\xbc*^/.,{}()\[\]_ -]{1,24}"),
    "admin.date": (7, rb"DAY|(?:0[1-9]|[12][0-9]|3[01])[/.-](?:0[1-9]|1[0-2])[/.-](?:19|20)[0-9]{2}(?:[ ]TIME)?|TIME"),
    "test.system": (8, rb"OBJECT|https?://[a-z.-]{4,40}/?[A-Za-z/._-]{0,60}|CALM[A-Za-z0-9_.:+-]{1,24}(?:[ ][A-Za-z0-9-]{1,12})?"),
}
_MESSAGE = rb"[A-Z]{3}\^[A-Z][A-Z0-9][0-9](?:\^[A-Z]{3}(?:_[A-Z][A-Z0-9][0-9])?)?"
_WORD = rb"cr(?:\xc3\xa9|\xe9)ation"  # the code of HPRIM XML that has an accent
_CODE = (
    8,
    rb"(?:CALM|LETTERED)[A-Za-z0-9_.:*/+()-]{1,32}|DAY|OBJECT|CALM[A-Za-z0-9]{1,12}[ ][A-Za-z-]{0,6}[0-9]{1,5}|" + _MESSAGE + rb"|" + _WORD,
)


def _grammar(form: bytes) -> re.Pattern[bytes]:
    """A form with every name replaced by what it stands for."""
    for name, part in reversed(_PARTS):
        form = re.sub(name + rb"(?![a-z])", (b"(?:" + part + b")").replace(b"\\", b"\\\\"), form)
    return re.compile(form, re.VERBOSE)


_CHECKED: Final = [role.treat is Treat.SHAPED and not role.name.startswith("unknown.") for role in ROLES]
_PATTERNS = [_grammar(_FORMS.get(role.name, _CODE)[1]) if checked else None for role, checked in zip(ROLES, _CHECKED, strict=True)]

HARMLESS: Final = [_FORMS.get(role.name, _CODE)[0] if checked else None for role, checked in zip(ROLES, _CHECKED, strict=True)]
"""Per role: how many bytes fit whatever they are, too few to tell a person; None: not checked. An unknown place that got its role by
its shape was checked there."""

LONGEST: Final = 80
"""What has more bytes fits no shape."""


@lru_cache(maxsize=8192)
def fits(role: int, raw: bytes) -> bool:
    """Whether the bytes of a leaf, LONGEST at most, look like what its role says."""
    harmless, pattern = HARMLESS[role], _PATTERNS[role]
    return pattern is None or harmless is None or len(raw) <= harmless or pattern.fullmatch(raw) is not None
