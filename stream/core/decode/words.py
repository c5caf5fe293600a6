"""Words of FHIR and the URLs of who publishes it: they say what a value is and are none. Called by the dictionary of names."""

import re

from stream.core.decode.tables import URLS, WORDS, folded, singular
from stream.core.roles import INDEX

NONE = 255
"""Stands for a role where there is no leaf: a word of the format."""

_CODE, _SYSTEM, _STRANGE = (INDEX[name] for name in ("technical.code", "structure.code", "key.unknown"))
_PUBLISHED = re.compile(
    rb"https?:(?:\\?/){2}(?:[a-z]{2,20}\.){0,2}(?:hl7\.org|hl7\.fr|loinc\.org|snomed\.info|unitsofmeasure\.org|who\.int|w3\.org|ihe\.net"
    rb"|interopsante\.org|esante\.gouv\.fr)(?!.*[0-9]{5})(?:\\?/[A-Za-z0-9._\-|#]{0,80}){0,8}"
)
"""The URLs of who publishes FHIR, profiles and code systems: they say what a value is, never a value."""


def word(value: bytes, _: bool) -> int:
    """Judges what is a word of the format: no place at all where FHIR or who publishes for it says so."""
    return NONE if value in WORDS or _PUBLISHED.fullmatch(value) else _CODE


def system(value: bytes, _: bool) -> int:
    """Judges the system of an identifier, which may tell what it is."""
    return NONE if _PUBLISHED.fullmatch(value) else _SYSTEM


def name(value: bytes, _: bool) -> int:
    """Judges the URL of an extension, which is a name like a key."""
    known = _PUBLISHED.fullmatch(value) or (value.isalnum() and singular(folded(value.decode("ascii", "replace"))) in URLS)
    return NONE if known else _STRANGE
