"""The exceptions that cross folders. Expected trouble of a record is a value of the core, never an exception."""

from schemas.faults import ConfigError, Fault

__all__ = ["ConfigError", "Doubtful", "Fatal", "Fault", "Halt", "Retry", "TooLarge", "Unavailable"]


class Retry(Exception):
    """The transaction must be aborted and its batch replayed."""


class TooLarge(Retry):
    """A record sent is larger than its topic takes. Replayed in halves until that record stands alone, and is held."""


class Doubtful(Exception):
    """A commit whose end is unknown: this producer is never used again, the committed offsets tell."""


class Unavailable(Exception):
    """A dependency does not answer: pause, back off, alert. Nothing is judged meanwhile."""


class Halt(Exception):
    """The pipeline stops until a person decides (a gap in the source, a topic made anew)."""


class Fatal(Exception):
    """Fenced or broken for good: exit, the supervisor restarts."""
