"""What a value in a place that no profile knows is written like: a number, a unit, a flag, a range, a LOINC code, a literal, or one of the
words that results are called by.

Called by the formats for unknown places, and by the shape check of detect. Never calls anything that could be a date, a postcode,
a padded number or a phone a measurement.
"""

import re
from functools import lru_cache

from stream.core.roles import INDEX

_UNKNOWN = INDEX["unknown"]

_PARTS = (  # each may name those before it
    ("MICRO", r"(?:\xc2?\xb5|\xce\xbc|u)"),  # U+00B5 or U+03BC in UTF-8, U+00B5 in cp1252, or typed
    ("SQUARE", r"(?:\xc2?\xb2|2)"),
    ("CUBE", r"(?:\xc2?\xb3|3)"),
    ("WHOLE", r"(?:0|[1-9]\d{0,5})(?!\d)"),
    ("TAIL", r"[.,]\d{1,4}(?!\d)"),
    ("COMPARED", r"(?:[<>]=?|\xe2\x89[\xa4\xa5])[ ]?"),
    ("LONE", r"(?:0|[1-9]\d{0,3}|[1-9]\d{5})(?!\d)"),  # five digits alone could be a postcode
    ("AMOUNT", r"(?:[-+]?WHOLE TAIL|COMPARED[-+]?WHOLE(?:TAIL)?|[-+]WHOLE|LONE)"),
    ("BOUND", r"[-+]?WHOLE(?:TAIL)?"),
    # A unit with a slash cannot be a word, so its case is free; one without a slash is of a closed list.
    ("POWER", r"(?:x[ ]?)?10(?:\*|\^|e|exp)?\d{1,2}"),
    ("SCALE", r"(?:x[ ]?)?10[*^]\d{1,2}"),
    ("SUBSTANCE", r"(?:[kmnpfcdgt]|MICRO)?(?:g|mol|eq|l|\[?[iu]{2}\]?|u\.?i\.?|u|kat|osm(?:ol)?|m|s|pa)"),
    ("COUNT", r"[gtkm]|giga|tera|millions?|cellules|cells?|(?:log[ ]?)?copies|cp|ufc|cfu|log|gr|gb"),
    ("VOLUME", r"(?:[kmnpfcd]|MICRO)?(?:l|g|mol)|mm CUBE|m SQUARE|1[.,]73[ ]?m SQUARE|\{1\.73_m2\}|co|100[ ]?gb|champ|\[?hpf\]?"),
    ("SPAN", r"(?:24[ ]?)?h|min|s|j|jour|d|day"),
    ("COMPOSITE", r"(?i:(?:POWER|SUBSTANCE|COUNT)?(?:/(?:VOLUME|SPAN)){1,2}|SCALE)"),
    ("MASS", r"[mnpk]?g|MICRO g|[mnp]?mol|MICRO mol|m?Eq|m?Osm|k?Da|[mk]?UI|[mk]?IU|[mk]?U|MICRO UI|\[iU\]"),
    ("SIZE", r"[mdcfnp][lL]|MICRO [lL]|[mcn]?m|MICRO m|mmHg|mm\[Hg\]|kPa|sec|ms|s|min|h|bpm|(?:\xc2?\xb0)C"),
    ("PURE", r"%|\xe2\x80\xb0|[rR]atio|[iI]ndex|INR|pH|\[pH\]|log|copies|DO|\{(?:ratio|INR|index|cells|copies)\}"),
    ("UNIT", r"(?:MASS|SIZE|PURE|COMPOSITE)"),
    ("ACUTE", r"(?:e|\xc3[\x89\xa9]|[\xc9\xe9])"),  # é in UTF-8 and cp1252, or typed without
    ("FOUND", r"n ACUTE gati(?:f|ve)|positi(?:f|ve)|pr ACUTE sence|absence(?:[ ]de[ ]germes?)?|st ACUTE rile"),
    ("SEEN", r"(?:non[ -]?)?(?:d ACUTE tect ACUTE e?|r ACUTE acti(?:f|ve))|ind ACUTE tectable|not[ ]detected|detected"),
    ("DOUBT", r"douteu(?:x|se)|ACUTE quivoque|ind ACUTE termin ACUTE e?"),
    ("DASH", r"[ ]?(?:-|\xe2\x80\x93|\xc3\xa0|\xe0|;|\.\.)[ ]?"),
    (
        "SHAPE",
        r"""[ ]*(?:
        (?P<number>AMOUNT(?:[ ]?UNIT)?|[1-9]\d{4}(?!\d)[ ]?COMPOSITE)
        |(?P<flag>[HLNABSRI]|HH|LL|AA|[<>]|\*{1,3})
        |(?P<unit>UNIT)
        |(?P<code>[1-9]\d{1,5}-\d)
        |(?P<range>[(\[]?[ ]?(?P<low>BOUND) DASH (?P<high>BOUND)[ ]?[)\]]?)
        |(?P<literal>true|false|null)
        |(?P<word>(?i:FOUND|SEEN|DOUBT))
        )[ ]*""",
    ),
)


def _grammar() -> re.Pattern[bytes]:
    """The last part with every name replaced by what it stands for."""
    known: dict[str, str] = {}
    for name, part in _PARTS:
        known[name] = re.sub(r"[A-Z]{4,}(?![a-z])", lambda word: known.get(word[0], word[0]), part)
    return re.compile(known["SHAPE"].encode("ascii"), re.VERBOSE)


_SHAPE = _grammar()
_ROLE = {name: INDEX[f"unknown.{name}"] for name in ("number", "flag", "unit", "code", "range", "literal", "word")}
_LONGEST = 32
_DOUBLED = bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9])
_BARE = re.compile(rb"-?(?:0|[1-9]\d{0,5})(?:\.\d{1,6})?")


def shape(raw: bytes) -> int:
    """The role (index into ROLES) that a value shows by itself: `unknown.number` and its kin, else `unknown`."""
    return _UNKNOWN if len(raw) > _LONGEST else _shape(raw)


def bare(raw: bytes) -> int:
    """The same for a token that its format already calls a number: five digits are no postcode there."""
    return _ROLE["number"] if _BARE.fullmatch(raw) else _UNKNOWN


@lru_cache(maxsize=8192)
def _shape(raw: bytes) -> int:
    found = _SHAPE.fullmatch(raw)
    if found is None:
        return _UNKNOWN
    name = found.lastgroup or ""
    if name == "code" and not _checks(found["code"]):
        return _UNKNOWN
    if name == "range" and _amount(found["low"]) > _amount(found["high"]):
        return _UNKNOWN
    return _ROLE[name]


def _checks(code: bytes) -> bool:
    """Whether the last digit is the Luhn check digit of a LOINC code."""
    digits = [byte - 48 for byte in reversed(code) if byte != 45]
    return (sum(digits[::2]) + sum(_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0


def _amount(written: bytes) -> float:
    return float(written.replace(b",", b"."))
