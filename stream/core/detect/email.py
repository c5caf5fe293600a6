"""E-mail addresses, also with blanks around the sign, as `(at)`, or spelled out. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.nearby import lined, strongest
from stream.core.values import Evidence

_LOCAL = r"[a-z0-9\x1a](?:[a-z0-9\x1a._%+'&-]{0,62}[a-z0-9\x1a_+-])?"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_TOP = r"[a-z]{2,24}(?![a-z0-9])"
_PLAIN = re.compile(rf"(?<![a-z0-9\x1a._%+-]){_LOCAL}(?:@|%40|&#64;){_LABEL}(?:\.{_LABEL}){{0,8}}\.{_TOP}")
_SPACED = re.compile(
    rf"(?<![a-z0-9\x1a._%+-])[a-z0-9_+-]{{1,64}}(?:[ ]?\.[ ]?[a-z0-9_+-]{{1,64}}){{0,4}}"
    rf"[ \t]{{0,2}}(?:@|[(\[{{<][ ]?(?:at|a|arobase|chez|@)[ ]?[)\]}}>])"
    rf"[ \t]{{0,2}}"
    rf"{_LABEL}(?:[ ]?(?:\.|[(\[{{](?:dot|point)[)\]}}])[ ]?{_LABEL}){{0,6}}[ ]?(?:\.|[(\[{{](?:dot|point)[)\]}}])[ ]?{_TOP}"
)
_DOT = r"(?:[ ](?:point|dot)[ ]|\.)"
_SPELLED = re.compile(
    rf"(?<![a-z0-9_-])[a-z0-9_-]{{1,64}}(?:(?:{_DOT}|[ ](?:tiret(?: bas)?|underscore)[ ])[a-z0-9_-]{{1,64}}){{0,4}}[ ]?(?:[ ]arr?obas?e?[ ]"
    rf"|[ ]at[ ](?=[a-z0-9-]+[ ](?:point|dot)[ ]))"
    rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,4}}{_DOT}{_TOP}"
)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    found = [Match(*address.span(), (Evidence("strict-structure", 5),)) for address in _PLAIN.finditer(text)]
    if not found or any(sign in text for sign in " @|@ |(|[|{|<".split("|")):
        found += [Match(*address.span(), (Evidence("spaced", 3),)) for address in _SPACED.finditer(text)]
    if "ob" in text or " at " in text:
        found += [Match(*address.span(), (Evidence("spelled", 3),)) for address in _SPELLED.finditer(text)]
    yield from strongest(found)


EMAIL = Detector(
    "email",
    Category.CONTACT_EMAIL,
    (r"@", r"%40|&#64;", r"[(\[{<] ?(?:at|a|arobase|chez) ?[)\]}>]", r" arr?obas", r" at .{1,60}(?:point|dot)"),
    _find,
)
