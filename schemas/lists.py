"""The lists that detectors know, read from the package. Called once by whoever compiles a ruleset; the core gets them as values."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeAlias

Rows: TypeAlias = tuple[tuple[str, ...], ...]


class Lists(NamedTuple):
    """The rows of each file in `schemas/detectors/`, under its name; each row as wide as the widest."""

    topics: Rows  # term, category, only, never
    drugs: Rows  # the same
    codes: Rows  # local test code, category
    loinc: Rows  # code, category, evidence
    icd: Rows  # first code, last code, category
    common: Rows  # a word that is also a name
    given_names: Rows  # a given name, and whether it is weak
    postcodes: Rows  # a postcode, and how its communes begin


@cache
def lists() -> Lists:
    """All lists of the package."""
    return Lists(**{name: _rows(name) for name in Lists._fields})


def _rows(name: str) -> Rows:
    """The rows of one file without its comments. Empty cells at the end of a row may be left out."""
    text = files("schemas").joinpath("detectors", f"{name}.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    width = max(map(len, rows))
    return tuple((*row, *[""] * (width - len(row))) for row in rows)
