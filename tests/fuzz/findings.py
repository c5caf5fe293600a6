"""What a broken law looks like, and the smallest input that breaks it. Called by the engines, and by people to keep one:
`python -m tests.fuzz.findings TARGET FILE` writes the input, made small, to `found/TARGET/`."""

import hashlib
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.targets import TARGETS, Target

FOUND = Path(__file__).parent / "found"


def broken(target: Target, data: bytes) -> str | None:
    """Where and how the target breaks on data, as a word that is the same for every input that breaks it there; None where it holds."""
    try:
        target.check(data)
    except AssertionError as law:
        return _word(str(law).splitlines()[0])
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
        at = traceback.extract_tb(error.__traceback__)[-1]
        return _word(f"{type(error).__name__} in {Path(at.filename).parent.name} {Path(at.filename).stem} {at.name}")
    return None


def _word(told: str) -> str:
    return re.sub(r"\W+", "-", told)


def smallest(target: Target, data: bytes) -> bytes:
    """Less of data that breaks in the same place: halves, quarters and so on are left out as long as it does."""
    where = broken(target, data)
    size = len(data) // 2
    while size:
        at = 0
        while at < len(data):
            less = data[:at] + data[at + size :]
            if broken(target, less) == where:
                data = less
            else:
                at += size
        size //= 2
    return data


def kept(target: Target) -> Sequence[Path]:
    """What was found once."""
    return sorted((FOUND / target.name).glob("*"))


def keep(target: Target, data: bytes) -> Path:
    """Writes what a finding comes down to among the inputs that the tests read again."""
    small = smallest(target, data)
    path = FOUND / target.name / hashlib.sha256(small).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(small)
    return path


if __name__ == "__main__":
    name, file = sys.argv[1:]
    target = next(each for each in TARGETS if each.name == name)
    data = Path(file).read_bytes()
    sys.stdout.write(f"{broken(target, data)}\n{keep(target, data)}\n")
