"""The detectors of this product, in one place: those that need no list, and all of them. Called by whoever compiles a ruleset.

What a detector finds in text that is already masked is left out here, so that acting on an outcome changes nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from stream.core.detect.address import address
from stream.core.detect.age import AGE
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.birth_date import BIRTH_DATE
from stream.core.detect.blood_group import BLOOD_GROUP
from stream.core.detect.credential import CREDENTIAL
from stream.core.detect.document_number import DOCUMENT_NUMBER
from stream.core.detect.email import EMAIL
from stream.core.detect.establishment import ESTABLISHMENT
from stream.core.detect.given_name import GivenNames
from stream.core.detect.iban import IBAN
from stream.core.detect.insurance import INSURANCE
from stream.core.detect.local_number import LOCAL_NUMBER
from stream.core.detect.nir import NIR
from stream.core.detect.online import ONLINE
from stream.core.detect.person_name import person_name
from stream.core.detect.phone import PHONE
from stream.core.detect.professional import PROFESSIONAL
from stream.core.detect.spoken import SPOKEN

_MASK = "**"
_YEAR = re.compile(r"(?:1[89]|20)[0-9]{2}")


class Lists(Protocol):
    """The rows of the lists that detectors need."""

    @property
    def given_names(self) -> Iterable[tuple[str, ...]]:
        """A given name, and `weak` when it is a word too."""
        ...

    @property
    def postcodes(self) -> Iterable[tuple[str, ...]]:
        """A postcode, and how its towns begin, with blanks between."""
        ...


def _fresh(detector: Detector) -> Detector:
    """The detector without what it finds in masks and lone years: those are what is left of a value. Pseudonyms `detect` leaves out."""

    def fresh(around: Around) -> Iterator[Match]:
        for match in detector.find(around):
            if _MASK not in around.folded[match.start : match.end] and not _YEAR.fullmatch(around.folded, match.start, match.end):
                yield match

    return detector._replace(find=fresh)


DETECTORS: tuple[Detector, ...] = tuple(
    map(
        _fresh,
        (
            NIR,
            LOCAL_NUMBER,
            PHONE,
            EMAIL,
            BIRTH_DATE,
            AGE,
            BLOOD_GROUP,
            PROFESSIONAL,
            ESTABLISHMENT,
            INSURANCE,
            IBAN,
            CREDENTIAL,
            ONLINE,
            DOCUMENT_NUMBER,
            SPOKEN,
        ),
    )
)
"""Those that need no list."""


def detectors(lists: Lists) -> tuple[Detector, ...]:
    """All of them."""
    names = [tuple(row) for row in lists.given_names]
    given_names = GivenNames(frozenset(row[0] for row in names if row[1] != "weak"), frozenset(row[0] for row in names if row[1] == "weak"))
    return (*DETECTORS, _fresh(person_name(given_names)), _fresh(address({code: towns for code, towns, *_ in lists.postcodes})))
