"""What the figures of a bench were measured on. Called by `whole`; asks no network."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from stream.broker.load import librdkafka

_CPU = Path("/proc/cpuinfo")
_MEMORY = Path("/proc/meminfo")


class Machine(NamedTuple):
    """Cores that this process may use, and versions."""

    cores: int
    cpu: str
    memory_gib: int
    system: str
    python: str
    librdkafka: str
    pratique: str


def machine() -> Machine:
    """This one."""
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        cpu=_field(_CPU, "model name") or platform.machine(),
        memory_gib=round(int(_field(_MEMORY, "MemTotal").split()[0]) / 1024**2),
        system=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        librdkafka=librdkafka(),
        pratique=version("pratique"),
    )


def _field(file: Path, name: str) -> str:
    lines = (line.partition(":") for line in file.read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "")
