"""Processes that are measured: what they use is seen, their end is noticed, and none is left behind."""

import os
from pathlib import Path

import pytest

from stream.bench.process import Processes
from stream.errors import Unavailable
from tests.support.transports import until

BUSY = ["-c", "while True: pass"]


def test_what_they_use_is_that_of_all_together(tmp_path: Path) -> None:
    with Processes([BUSY, BUSY], tmp_path) as processes:
        until(lambda: processes.usage().cpu > 0.1)

        assert 5 * 1024**2 < processes.usage().rss < 1024**3


def test_one_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    def ended() -> bool:
        try:
            processes.usage()
        except Unavailable as error:
            return "no such pipeline" in str(error)
        return False

    with Processes([["-c", "raise SystemExit('no such pipeline')"]], tmp_path) as processes:
        until(ended)


def test_none_is_left_behind(tmp_path: Path) -> None:
    writes = ["-c", f"import os, pathlib, time; pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid())); time.sleep(600)"]
    with Processes([writes], tmp_path):
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
