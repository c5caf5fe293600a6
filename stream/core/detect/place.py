"""What a place alone says: the findings that need no scan, told by the role of a leaf. For listings; decisions read the roles directly."""

from collections.abc import Iterator, Sequence

from schemas.vocabulary import Category, Likelihood
from stream.core.roles import ROLES
from stream.core.values import Document, Evidence, Finding, Place

_SILENT = frozenset({Category.TECHNICAL, Category.UNKNOWN})
_EVIDENCE = (Evidence("place", 5),)


def placed(documents: Sequence[Document]) -> Iterator[Finding]:
    """One finding per leaf whose place is known to hold identity, health or administrative data."""
    for number, document in enumerate(documents):
        columns = document.columns
        for leaf, role_number in enumerate(columns.role):
            role = ROLES[role_number]
            if role.category in _SILENT:
                continue
            place = Place(number, leaf, columns.start[leaf], columns.end[leaf])
            yield Finding(role.category, Likelihood.VERY_LIKELY, (place,), "place", _EVIDENCE)
