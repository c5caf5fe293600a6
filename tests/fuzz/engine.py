"""Runs one target under libFuzzer in a process of its own, and reads what became of it. Called by the tests."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.findings import kept
from tests.fuzz.targets import LONGEST, Target, words

HAS_ATHERIS = find_spec("atheris") is not None
SEED = 1
_HANG = 60  # seconds after which an input is taken to never end, on a busy machine too
_MEMORY = 512  # MB that no input may take
_APART = ("sh", "-c", '"$@"; exit $?', "sh")
"""Between us and the process: its peak of memory begins with that of whoever starts it, and we may be a whole run of tests."""
_REPOSITORY = Path(__file__).parents[2]


class Ran(NamedTuple):
    """What a run of one target did. `slowest`: milliseconds and bytes of the input that took longest."""

    target: str
    executions: int
    rate: int  # executions a second
    edges: int  # of the core's bytecode that were reached
    corpus: int  # inputs that reached something new
    memory: int  # MB at most
    slowest: tuple[int, int]
    findings: Sequence[Path]


def fuzz(target: Target, folder: Path, *options: str) -> Ran:
    """Fuzzes until the options (`-runs=`, `-max_total_time=`) end it. Raises RuntimeError where the process did not fuzz at all."""
    corpus, findings, dictionary = folder / "corpus", folder / "findings", folder / "dictionary"
    corpus.mkdir(parents=True)
    findings.mkdir()
    seeds = [*target.seeds(), *(path.read_bytes() for path in kept(target))]
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    dictionary.write_text("".join(map(_quoted, words(seeds))))
    limits = (f"-seed={SEED}", f"-max_len={LONGEST}", f"-timeout={_HANG}", f"-rss_limit_mb={_MEMORY}", "-print_final_stats=1")
    places = (f"-dict={dictionary}", f"-artifact_prefix={findings}/", str(corpus))
    command = [sys.executable, "-m", "tests.fuzz.process", target.name, str(folder), *limits, *options, *places]
    fixed = {**os.environ, "PYTHONHASHSEED": "0"}
    log = folder / "log"
    with log.open("wb") as told:
        subprocess.run([*_APART, *command], cwd=_REPOSITORY, env=fixed, stdout=told, stderr=told, check=False)
    return _read(target, folder, log.read_text(errors="replace"), sorted(findings.iterdir()))


def _quoted(word: bytes) -> str:
    """A word as a line of a dictionary."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n'


def _read(target: Target, folder: Path, log: str, findings: Sequence[Path]) -> Ran:
    covered = re.findall(r"cov: (\d+) ft: \d+ corp: (\d+)/", log)
    told = dict(re.findall(r"stat::(\w+):\s+(\d+)", log))
    if not covered or not told:
        raise RuntimeError(f"{target} did not run:\n{log[-3000:]}")
    seconds, size = (folder / "slowest").read_text().split()
    return Ran(
        target.name,
        int(told["number_of_executed_units"]),
        int(told["average_exec_per_sec"]),
        int(covered[-1][0]),
        int(covered[-1][1]),
        int(told["peak_rss_mb"]),
        (round(1000 * float(seconds)), int(size)),
        findings,
    )


def table(runs: Sequence[Ran]) -> str:
    """What several runs did, as it stands under `docs/proof`."""
    heads = ("target", "executions", "a second", "edges", "corpus", "peak MB", "slowest input", "findings")
    rows = [
        (
            ran.target,
            f"{ran.executions:,}",
            ran.rate,
            f"{ran.edges:,}",
            f"{ran.corpus:,}",
            ran.memory,
            f"{ran.slowest[0]} ms, {ran.slowest[1]} B",
            len(ran.findings),
        )
        for ran in runs
    ]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (heads, ["---"] * len(heads), *rows))
