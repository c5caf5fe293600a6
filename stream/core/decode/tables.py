"""The tables of `schemas/detectors/names.tsv` and `fhir.tsv`: what a key is, by the table it is looked up in. Called by names, links, words
and together."""

import re
import unicodedata
from importlib.resources import files
from typing import NamedTuple

_BETWEEN = str.maketrans("", "", "_-. /:@$'")
_TAIL = re.compile(r"(?<=..)\d{1,2}\Z")


class Line(NamedTuple):
    """A role as it is written there, and the table of the objects below."""

    role: str
    below: str


def folded(name: str) -> str:
    """Letters and digits only, lower case, no accents."""
    plain = name if name.isascii() else unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode("ascii")
    return plain.lower().translate(_BETWEEN)


def singular(flat: str) -> str:
    """Without a number and a plural s at the end."""
    flat = _TAIL.sub("", flat)
    return flat[:-1] if len(flat) > 3 and flat.endswith("s") else flat


def _read() -> tuple[dict[str, dict[str, Line]], frozenset[bytes]]:
    tables: dict[str, dict[str, Line]] = {}
    words: set[bytes] = set()
    for name in ("names.tsv", "fhir.tsv"):
        for line in files("schemas").joinpath("detectors", name).read_text("utf-8").splitlines():
            if line.startswith(("#", "tables\t")):
                continue
            names, role, below, keys = line.split("\t")
            if names in {"word", "resource"}:
                words.update(key.encode() for key in keys.split())
            for table in names.split(","):
                tables.setdefault(table, {}).update((singular(folded(key)), Line(role, below)) for key in keys.split())
    return tables, frozenset(words)


TABLES, WORDS = _read()
"""Table by name, line by folded key; and the words of FHIR, which say nothing of anybody."""
RESOURCES, LINKS, URLS, _ = (TABLES.pop(name) for name in ("resource", "link", "url", "word"))
"""By the folded type of a FHIR resource: its table; what its id is. By the last part of an extension's URL, folded: what its value is."""
