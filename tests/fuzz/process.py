"""One target under libFuzzer, which owns the process: `python -m tests.fuzz.process TARGET FOLDER OPTION...`. Called by `engine`.

A finding does not end it: each is written once, by where it broke, so that a long run goes on behind a shallow one. What never ends or
takes all memory does end it, and libFuzzer writes the input.
"""

import sys
from pathlib import Path
from time import perf_counter

import atheris

_NAME = sys.argv[1]
_ONLY_WHOLE = ["stream.core.detect", "stream.core.act", "stream.core.decide"]  # that decoding never reaches

with atheris.instrument_imports(include=["stream.core"], exclude=["stream.synth", *(_ONLY_WHOLE if _NAME != "whole" else ())]):
    from tests.fuzz.findings import broken
    from tests.fuzz.targets import TARGETS


class _Slowest:
    """The input that took longest, written down as seconds and bytes whenever there is a slower one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seconds = 0.0

    def seen(self, seconds: float, size: int) -> None:
        if seconds > self._seconds:
            self._seconds = seconds
            self._file.write_text(f"{seconds:.3f} {size}")


def main() -> None:
    """Fuzzes until libFuzzer ends the process."""
    folder, *options = sys.argv[2:]
    target = next(each for each in TARGETS if each.name == _NAME)
    out = Path(folder)
    target.check(b"")  # what is made once is no input's time
    slowest = _Slowest(out / "slowest")

    def one(data: bytes) -> None:
        began = perf_counter()
        where = broken(target, data)
        slowest.seen(perf_counter() - began, len(data))
        if where is not None:
            path = out / "findings" / where
            if not path.exists() or path.stat().st_size > len(data):
                path.write_bytes(data)

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
