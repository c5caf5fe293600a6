"""What was found in a leaf of the view, before it becomes a finding. Made by `detect` and `recall`; never leaves them."""

from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.values import Evidence


class Found(NamedTuple):
    """A category at characters [start, end) of a leaf, given by its number in the view."""

    number: int
    start: int
    end: int
    category: Category
    detector: str
    evidence: tuple[Evidence, ...]
