"""Tries records one by one in a child process, to learn which of them kill it. The loop calls it for records of suspect ranges.

The child is spawned, never forked, builds its own core, and may use a bounded memory and time. It answers nothing about a record but
that it lived.
"""

import resource
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import NamedTuple

from stream.core.values import Record
from stream.errors import Unavailable

Attempt = Callable[[Record], bool]
"""Judges a record and tells whether it was judged as usual."""


class Limits(NamedTuple):
    """What the child may use. `seconds` for one record; the first one waits for the child to start as well."""

    memory: int = 1024 * 1024 * 1024
    seconds: float = 30
    start: float = 60


class Isolation:
    """A child that is started when it is first needed, and again after each record that killed it. `build` makes the attempt in the
    child, so it is pickled: a function of a module, or a partial of one."""

    def __init__(self, build: Callable[[], Attempt], limits: Limits = Limits()) -> None:  # noqa: B008  # immutable
        self._build = build
        self._limits = limits
        self._child: _Child | None = None

    def survives(self, record: Record) -> bool:
        """Whether the child could judge the record as usual. Raises Unavailable when no child can be started."""
        if self._child is None:
            self._child = _start(self._build, self._limits)
        answer = self._child.ask(record, self._limits.seconds)
        if answer is None:
            self.close()
        return bool(answer)

    def close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None


def _start(build: Callable[[], Attempt], limits: Limits) -> "_Child":
    try:
        child = _Child(build, limits)
    except OSError:
        raise Unavailable("no child can be started to try records") from None
    if child.hear(limits.start) is None:
        child.close()
        raise Unavailable("the child that tries records did not start")
    return child


class _Child:
    """One process and its pipe."""

    def __init__(self, build: Callable[[], Attempt], limits: Limits) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs, build, limits), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, record: Record, seconds: float) -> bool | None:
        """None: the child died, or did not answer in time."""
        try:
            self._pipe.send(record)
        except OSError:
            return None
        return self.hear(seconds)

    def hear(self, seconds: float) -> bool | None:
        """The child's next answer; None where it died or is late."""
        try:
            return bool(self._pipe.recv()) if self._pipe.poll(seconds) else None
        except (EOFError, OSError):
            return None

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(pipe: "Connection", build: Callable[[], Attempt], limits: Limits) -> None:
    """The child: says that it is ready, then answers each record."""
    attempt = build()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    pipe.send(True)
    while True:
        try:
            record = pipe.recv()
        except EOFError:
            return
        pipe.send(_tried(attempt, record))


def _tried(attempt: Attempt, record: Record) -> bool:
    try:
        return attempt(record)
    except Exception:  # noqa: BLE001  # the error may quote the record, and the process would print it
        return False
