"""What is wrong in what a person wrote, as values, and the one exception that carries them. Never holds the value that was written."""

from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong at one place. `file` names a file, an environment variable or an option."""

    file: str
    line: int  # 1-based; 0 when the fault is not at a line
    column: int
    what: str  # what is wrong
    remedy: str  # what to do

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.what}. {self.remedy}".rstrip()


class Complaint(NamedTuple):
    """A fault in the meaning of a document that has the right shape, before it is known on which line that stands."""

    at: tuple[str | int, ...]  # keys and positions from the top of the document
    what: str
    remedy: str


class ConfigError(Exception):
    """Configuration is refused, whole: every fault at once. Exit code 3."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
