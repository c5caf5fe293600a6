"""The processes that are measured: started, asked for their processor time and memory, ended. Called by `whole`.

Reads /proc: Linux only.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from stream.errors import Unavailable

_TICKS = os.sysconf("SC_CLK_TCK")
_LAST = 5  # lines of a log that are told
_SECONDS = 30  # that a process has to end


class Usage(NamedTuple):
    """Since the processes started: seconds of CPU, in user mode and in the kernel. Bytes of memory held now."""

    cpu: float
    rss: int


class Processes:
    """Python programs side by side, for as long as the context lasts; then they are asked to end. `commands`: arguments of each."""

    def __init__(self, commands: Sequence[Sequence[str]], folder: Path) -> None:
        self._commands = commands
        self._log = folder / "log"
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            for arguments in self._commands:
                self._running.append(subprocess.Popen([sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log))  # noqa: S603  # our own words
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS)
            process.kill()
            process.wait()

    def usage(self) -> Usage:
        """Of all together. Raises Unavailable where one has ended: none should."""
        for process in self._running:
            if process.poll() is not None:
                raise Unavailable("a worker ended by itself:\n" + "\n".join(self._log.read_text(errors="replace").splitlines()[-_LAST:]))
        each = [_usage(Path("/proc") / str(process.pid)) for process in self._running]
        return Usage(sum(one.cpu for one in each), sum(one.rss for one in each))


def _usage(folder: Path) -> Usage:
    fields = (folder / "stat").read_text().rpartition(")")[2].split()  # the name before may hold blanks
    user, system, pages = int(fields[11]), int(fields[12]), int(fields[21])
    return Usage((user + system) / _TICKS, pages * os.sysconf("SC_PAGE_SIZE"))
