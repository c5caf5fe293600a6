"""A child process that answers questions one by one within a bounded memory and time: for what may kill whoever looks at it. Called by the
guard for records of suspect ranges, and by `extract` for files.

The child is spawned, never forked. What it does wrong costs one answer: nothing that it looked at comes back with it.
"""

import resource
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Generic, NamedTuple, TypeVar, cast

from stream.errors import Unavailable

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Bounds(NamedTuple):
    """What the child may use. `seconds` for one question; before the first it has those of `start`."""

    memory: int = 1024 * 1024 * 1024
    seconds: float = 30
    start: float = 60


class Child(Generic[Question, Answer]):
    """Started when it is first needed, and again after each question that killed it. `build` makes what answers, in the child, so it is
    pickled: a function of a module, or a partial of one."""

    def __init__(self, build: Callable[[], Callable[[Question], Answer]], bounds: Bounds = Bounds()) -> None:  # noqa: B008  # immutable
        self._build = build
        self._bounds = bounds
        self._process: _Process | None = None

    def ask(self, question: Question) -> Answer | None:
        """None: it raised, died, or took too long. Raises Unavailable when no child can be started."""
        if self._process is None:
            self._process = _start(self._build, self._bounds)
        heard = self._process.ask(question, self._bounds.seconds)
        if heard is None:
            self.close()
            return None
        return cast("Answer | None", heard[0])

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None


def _start(build: Callable[[], Callable[[Question], Answer]], bounds: Bounds) -> "_Process":
    try:
        process = _Process(build, bounds)
    except OSError:
        raise Unavailable("no child can be started") from None
    if process.hear(bounds.start) is None:
        process.close()
        raise Unavailable("a child did not start")
    return process


class _Process:
    """One process and its pipe. What is heard stands in a list of one."""

    def __init__(self, build: Callable[[], Callable[[Question], Answer]], bounds: Bounds) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs, build, bounds), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, question: object, seconds: float) -> list[object] | None:
        """None: the child died, or did not answer in time."""
        try:
            self._pipe.send(question)
        except OSError:
            return None
        return self.hear(seconds)

    def hear(self, seconds: float) -> list[object] | None:
        """The child's next answer; None where it died or is late."""
        try:
            return [self._pipe.recv()] if self._pipe.poll(seconds) else None
        except (EOFError, OSError):
            return None

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(pipe: Connection, build: Callable[[], Callable[[Question], Answer]], bounds: Bounds) -> None:
    """The child: says that it is ready, then answers."""
    answer = build()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
    pipe.send(None)
    while True:
        try:
            question = pipe.recv()
        except EOFError:
            return
        pipe.send(_answered(answer, question))


def _answered(answer: Callable[[Question], Answer], question: Question) -> Answer | None:
    try:
        return answer(question)
    except Exception:  # noqa: BLE001  # the error may quote what was looked at, and the process would print it
        return None
