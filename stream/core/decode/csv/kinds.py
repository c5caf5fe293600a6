"""What a cell is written like: a date, a NIR, a phone, a given name ... Called where no head of a column tells what is in it.

Says what a column is likely to hold, never that a cell is harmless: what it does not know is inspected like any unknown place.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files

from stream.core.kernels.alike import folded


class Kind(IntEnum):
    """The kinds of a cell."""

    TEXT = 0  # all else
    EMPTY = 1
    OURS = 2  # a mask or a pseudonym
    EMAIL = 3
    DATE = 4
    NIR = 5
    PHONE = 6
    BLOOD = 7
    SEX = 8
    STREET = 9
    YEAR = 10
    NUMBER = 11
    CODE = 12  # letters and digits in one word


_FORM = re.compile(
    rb"""
    (?P<EMPTY>[ ]*)
    |(?P<OURS>\*{3}|pq1-\S+)
    |(?P<EMAIL>[\w.+'-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8})
    |(?P<DATE>
        (?:(?:0?[1-9]|[12]\d|3[01])(?P<sign>[/.-])(?:0?[1-9]|1[0-2])(?P=sign)(?:(?:18|19|20)\d\d|\d\d)
        |(?:18|19|20)\d\d(?P<dash>-?)(?:0[1-9]|1[0-2])(?P=dash)(?:0[1-9]|[12]\d|3[01]))
        (?:[ T]?\d\d?:?\d\d(?::?\d\d(?:\.\d{1,9})?)?)?
    )
    |(?P<NIR>
        [1-478][ ]?\d\d[ ]?(?:0[1-9]|1[0-2]|[2-9]\d)[ ]?(?:\d\d|2[ab])[ ]?\d{3}[ ]?\d{3}(?:[ /-]?\d\d)?
        |[1-8][.,]\d{1,14}e\+?1[34]
    )
    |(?P<PHONE>(?:(?:\+|00)33|33(?=[ .]?\d{9}))?[ .]?(?:\(0\)|0)?[1-79](?:[ ./-]?\d\d){4})
    |(?P<BLOOD>(?:ab|a|b|o|0)[ ]?(?:rh[ .:]*)?(?:\+|-|pos(?:itif)?|neg(?:atif)?))
    |(?P<SEX>[mf])
    |(?P<STREET>
        \d{1,4}[ ,]{0,2}(?:bis|ter|quater|[a-d])?[ ,]{1,3}
        (?:rue|avenue|ave?|bd|boulevard|all.{1,2}es?|impasse|chemin|place|quai|route|square|cours|passage|residence|street|road)[ .].*
    )
    |(?P<YEAR>(?:18|19|20)\d\d)
    |(?P<NUMBER>[<>]?[ ]?[-+]?\d{1,20}(?:[.,]\d{1,6})?[ ]?%?)
    |(?P<CODE>(?=[^\d]*\d)[a-z0-9]{1,12}(?:[_./-]?[a-z0-9]{1,12}){0,4})
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_LONGEST = 80  # bytes; what is longer is text


def kind(cell: bytes) -> Kind:
    """What a cell is written like."""
    return _kind(cell) if len(cell) <= _LONGEST else Kind.TEXT


@lru_cache(maxsize=8192)
def _kind(cell: bytes) -> Kind:
    found = _FORM.fullmatch(cell)
    return Kind[found.lastgroup] if found and found.lastgroup else Kind.TEXT


# ---- names and towns ------------------------------------------------------------------------------------------------


def _rows(name: str) -> Iterator[list[str]]:
    text = files("schemas").joinpath("detectors", name).read_text("utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


_GIVEN = {row[0]: row[1:] != ["weak"] for row in _rows("given_names.tsv")}  # and whether it is nothing but a name
_TOWNS = {row[0]: tuple(row[1].split()) for row in _rows("postcodes.tsv") if len(row) > 1}
_WORDS = re.compile(r"[^\W\d_]{2,}(?:[ '’-]{1,2}[^\W\d_]+){0,5}")
_ARTICLES = frozenset({"l", "la", "le", "les"})
_NOWHERE = (" ",)
_TITLE = re.compile(r"(?:dr|pr|docteur|professeur|doctor)[. ]")


def words(text: str) -> Sequence[str]:
    """The folded words of a text that is nothing but a few of them, as a name is; else none."""
    return _words(text) if len(text) <= _LONGEST else ()


@lru_cache(maxsize=4096)
def _words(text: str) -> Sequence[str]:
    return folded(text).replace("-", " ").replace("'", " ").split() if _WORDS.fullmatch(text) else ()


def names(said: Sequence[str]) -> int:
    """How many of the words are given names and nothing else."""
    return sum(_GIVEN.get(word, False) for word in said)


def given(said: Sequence[str]) -> bool:
    """Whether the words are given names."""
    return 0 < len(said) < 4 and all(word in _GIVEN for word in said) and names(said) > 0


def titled(text: str) -> bool:
    """Whether a text begins with the title of a physician."""
    return _TITLE.match(text.lower()) is not None


def in_town(postcode: str, town: Sequence[str]) -> bool:
    """Whether a town of that postcode begins with these words. A spreadsheet may have taken the first zero."""
    name = next((word for word in town if word not in _ARTICLES), "")
    return name != "" and name.startswith(_TOWNS.get(postcode.zfill(5), _NOWHERE))
