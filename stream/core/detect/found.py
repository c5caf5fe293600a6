"""What was found in a leaf of the view, before it becomes a finding. Made by `detect` and `recall`; never leaves them."""

import re
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.kernels.fold import View
from stream.core.values import Evidence

_PSEUDONYM = re.compile(r"pq1-[a-z0-9]{1,8}-[a-z2-7]{26}")


class Found(NamedTuple):
    """A category at characters [start, end) of a leaf, given by its number in the view."""

    number: int
    start: int
    end: int
    category: Category
    detector: str
    evidence: tuple[Evidence, ...]

    def __repr__(self) -> str:
        return f"Found({self.category}, {self.detector})"


def outside_pseudonyms(view: View, found: list[Found]) -> list[Found]:
    """What does not touch a pseudonym: letters there are drawn by lot, and an outcome must not change when it is acted on again."""
    if b"pq1-" not in view.text:
        return found
    return [one for one in found if not any(_touch(one, mark) for mark in _PSEUDONYM.finditer(view.leaf(one.number).folded))]


def _touch(found: Found, mark: re.Match[str]) -> bool:
    return found.start < mark.end() and mark.start() < found.end
