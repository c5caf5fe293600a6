"""A child looks at what may do harm: whatever that does to it, whoever asked learns only that there is no answer."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from stream.child import Bounds, Child
from stream.core.values import Coordinate, Record
from stream.errors import Unavailable

BOUNDS = Bounds(memory=2 * 1024**3, seconds=2, start=60)


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


def build() -> Callable[[Record], bool]:
    return _attempt


def build_nothing() -> Callable[[Record], bool]:
    raise SystemExit(3)


def a_record(value: str) -> Record:
    return Record(Coordinate("in", 0, 0), b"key", value.encode(), (("h", None),))


@pytest.fixture(scope="module")
def child() -> Iterator[Child[Record, bool]]:
    made = Child(build, BOUNDS)
    yield made
    made.close()


@pytest.mark.parametrize("value", ["dies", "hangs", "swells", "raises", "is judged otherwise"])
def test_a_record_that_does_harm_does_not_survive_and_the_next_one_does(
    child: Child[Record, bool], value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = [bool(child.ask(a_record(each))) for each in ("is harmless", value, "is harmless")]

    assert answers == [True, False, True]
    assert capfd.readouterr().err == ""


def test_without_a_child_nobody_is_condemned() -> None:
    child = Child(build_nothing, BOUNDS)

    with pytest.raises(Unavailable):
        child.ask(a_record("is harmless"))
