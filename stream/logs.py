"""The log: one JSON object a line on stderr, with fixed event names and allow-listed keys. `run` opens it; nothing else prints.

Lines of libraries (librdkafka's among them) come in through `logging`, scrubbed. Never holds a value, a key, a header or exception text.
"""

import logging
import re
import sys
import warnings
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol, TextIO

import structlog
from structlog.typing import EventDict, Processor

LIBRDKAFKA = "librdkafka"
"""Name of the `logging` logger that clients of Kafka are given."""


class Event(StrEnum):
    """Everything that the log can say."""

    STARTED = "started"  # the worker begins to read
    STOPPED = "stopped"  # it was asked to stop, and has ended its batch
    HALTED = "halted"  # it waits for a person
    FATAL = "fatal"  # it ends, to be started again
    REVIEW_OVERDUE = "review_overdue"  # of a care policy; nothing stops
    LISTENING = "listening"  # the probes answer
    TRANSACTION_FAILED = "transaction_failed"  # nothing was lost: it is tried again
    TRANSACTIONS_RESUMED = "transactions_resumed"
    ROUTE_STOPPED = "route_stopped"  # its breaker is open
    ROUTE_RESUMED = "route_resumed"
    BREAKERS_UNKNOWN = "breakers_unknown"  # the last known state holds
    BREAKERS_KNOWN = "breakers_known"
    PARTITION_WAITING = "partition_waiting"  # its share of a cap is used up
    PARTITION_ORPHANED = "partition_orphaned"  # a destination lacks its number
    PARTITION_RESUMED = "partition_resumed"
    ANSWERED = "answered"  # what people asked for held records
    REBALANCED = "rebalanced"  # partitions were assigned, revoked or lost
    GAP = "gap"  # records are gone from a source
    GAP_ACCEPTED = "gap_accepted"  # a person gave them up
    LIBRARY = "library"  # a line of a library


KEYS = frozenset(
    {"address", "answer", "count", "end", "error", "logger", "partition", "pipeline", "port", "reason", "request", "route"}
    | {"start", "text", "topic", "version", "worker"}
)
_EVENTS = frozenset(Event)
_OWN_KEYS = frozenset({"event", "level", "timestamp"})
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_LONGEST = 300  # characters of one text


class Log(Protocol):
    """What the log takes."""

    def info(self, event: str, **fields: Any) -> Any: ...
    def warning(self, event: str, **fields: Any) -> Any: ...
    def error(self, event: str, **fields: Any) -> Any: ...


def open_log(level: str, out: TextIO | None = None) -> Log:
    """The log of this process, on stderr unless told otherwise; from now on the lines of libraries go there, too."""
    out = out or sys.stderr
    _take_over_libraries(_LEVELS[level], out)
    processors: list[Processor] = [_own_words, structlog.processors.add_log_level, *_ending()]
    bound = structlog.make_filtering_bound_logger(_LEVELS[level])
    log: Log = structlog.wrap_logger(structlog.WriteLogger(out), processors=processors, wrapper_class=bound)
    return log


def _ending() -> tuple[Processor, ...]:
    return structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer()


def _take_over_libraries(level: int, out: TextIO) -> None:
    handler = logging.StreamHandler(out)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[_library_line, *_ending()]))
    logging.basicConfig(handlers=[handler], level=max(level, logging.INFO), force=True)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # it would print the arguments of a line that cannot be formatted


def _own_words(_: Any, __: str, line: EventDict) -> EventDict:
    """Takes out what is not on the lists; tests turn the warning into an error."""
    for key in line.keys() - KEYS - _OWN_KEYS:
        warnings.warn(f"the log does not know the key {key}", stacklevel=2)
        del line[key]
    if line["event"] not in _EVENTS:
        warnings.warn("the log does not know this event", stacklevel=2)
        line["event"] = "unknown"
    return {key: _plain(value) for key, value in line.items()}


def _plain(value: object) -> object:
    match value:
        case str():
            return scrubbed(value)
        case bool() | int() | float() | None:
            return value
    return type(value).__name__


def _library_line(_: Any, __: str, line: Mapping[str, Any]) -> EventDict:
    """A line of `logging` in our form. What an exception says is left out."""
    record: logging.LogRecord = line["_record"]
    return {"event": Event.LIBRARY, "level": record.levelname.lower(), "logger": record.name, "text": scrubbed(str(line["event"]))}


_NUMBER = re.compile(
    r"(\b\d{1,3}(?:\.\d{1,3}){3}(?![.\d]))|\d(?:[\s.-]?\d){5,}"
)  # an IPv4 address, which stays; six digits, however grouped
_ADDRESS = re.compile(r"\S+@\S+")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


def scrubbed(text: str) -> str:
    """A text without what might tell a person: long numbers, e-mail addresses, what is not ASCII; and no longer than a line."""
    text = _UNPRINTABLE.sub("?", text)
    return _NUMBER.sub(lambda found: found[1] or "#", _ADDRESS.sub("#", text))[:_LONGEST]
