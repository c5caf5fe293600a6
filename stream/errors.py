"""The exceptions that cross folders. Expected trouble of a record is a value of the core, never an exception."""

from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong in what a person wrote. Never holds the value that was written."""

    file: str
    line: int  # 1-based; 0 when the fault is not at a line
    column: int
    what: str  # what is wrong
    remedy: str  # what to do

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}. {self.remedy}"


class ConfigError(Exception):
    """Configuration is refused, whole: every fault at once. Exit code 3."""

    def __init__(self, faults: "tuple[Fault, ...]") -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class Retry(Exception):
    """The transaction must be aborted and its batch replayed."""


class Doubtful(Exception):
    """A commit whose end is unknown: this producer is never used again, the committed offsets tell."""


class Unavailable(Exception):
    """A dependency does not answer: pause, back off, alert. Nothing is judged meanwhile."""


class Halt(Exception):
    """The pipeline stops until a person decides (a gap in the source, a topic made anew)."""


class Fatal(Exception):
    """Fenced or broken for good: exit, the supervisor restarts."""
