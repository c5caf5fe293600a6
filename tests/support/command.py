"""The installed `pratique`, in a process of its own."""

import subprocess
import sys
from pathlib import Path


def pratique(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command line to its end; never raises on an exit code."""
    command = [str(Path(sys.executable).with_name("pratique")), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
