"""A child tries records: whatever a record does to it, the guard learns only that it did not live."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from stream.core.values import Coordinate, Record
from stream.errors import Unavailable
from stream.guard.isolation import Attempt, Isolation, Limits

LIMITS = Limits(memory=2 * 1024**3, seconds=2, start=60)


def _attempt(record: Record) -> bool:
    match record.value:
        case b"dies":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"hangs":
            time.sleep(600)
        case b"swells":
            return len(bytearray(8 * 1024**3)) > 0
        case b"raises":
            raise ValueError("with a name in it")
        case b"is judged otherwise":
            return False
    return True


def build() -> Attempt:
    return _attempt


def build_nothing() -> Attempt:
    raise SystemExit(3)


def a_record(value: str) -> Record:
    return Record(Coordinate("in", 0, 0), b"key", value.encode(), (("h", None),))


@pytest.fixture(scope="module")
def isolation() -> Iterator[Isolation]:
    made = Isolation(build, LIMITS)
    yield made
    made.close()


@pytest.mark.parametrize("value", ["dies", "hangs", "swells", "raises", "is judged otherwise"])
def test_a_record_that_does_harm_does_not_survive_and_the_next_one_does(
    isolation: Isolation, value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = [isolation.survives(a_record(each)) for each in ("is harmless", value, "is harmless")]

    assert answers == [True, False, True]
    assert capfd.readouterr().err == ""


def test_without_a_child_nobody_is_condemned() -> None:
    isolation = Isolation(build_nothing, LIMITS)

    with pytest.raises(Unavailable):
        isolation.survives(a_record("is harmless"))
