"""What a detector sees and says. Made by `detect`, read by each detector file beside it; its text never leaves the core."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.values import Evidence, Role


class Facts(NamedTuple):
    """What the identity places of a scope say of its person, so that a number can be held against it. "" where nothing is known."""

    sex: str = ""  # M | F
    birth: str = ""  # yyyymmdd, yyyymm or yyyy

    def __repr__(self) -> str:
        return "Facts()"


NOTHING = Facts()


class Around(NamedTuple):
    """One leaf that the prefilter hit. `folded` and `visible` have the same length, so a span in one is a span in the other."""

    folded: str  # lower case, no accents, plain blanks and digits; what has no fold is "\x1a"
    visible: str  # as a person reads it: no invisible characters
    label: str  # folded text of the key or column head that names the leaf; "" if none
    role: Role
    facts: Facts

    def __repr__(self) -> str:
        return f"Around({len(self.folded)} characters, {self.role.name})"


class Match(NamedTuple):
    """A value found at [start, end) of the leaf's visible text, with what speaks for and against it."""

    start: int
    end: int
    evidence: tuple[Evidence, ...]
    category: Category | None = None  # None: the detector's own


class Detector(NamedTuple):
    """One kind of data that content gives away. `patterns` may match too much, never too little: `find` judges."""

    name: str
    category: Category
    patterns: tuple[str, ...]  # hyperscan syntax, on the folded text of one leaf at a time; never matches a newline
    find: Callable[[Around], Iterable[Match]]
    personal: bool = False  # reads the facts; nobody else is told them
