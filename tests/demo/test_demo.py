"""The demo, watched from start to end on the mock cluster: the story comes true, screens are whole, nobody is on them who should not be."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from schemas.bundle import read_bundle
from schemas.vocabulary import Verdict
from stream.broker.apache import free_ports
from stream.demo import laboratory
from stream.demo.board import Board
from stream.demo.stage import EXPORT, RESULTS
from stream.demo.story import PATIENTS
from stream.synth.label import Sample
from tests.demo.watching import RECORDS, SEED, SIZES, Watched, drawn, watch
from tests.support.command import pratique

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return watch(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def board(watched: Watched) -> Board:
    return watched.board


# ---- the story ----------------------------------------------------------------------------------------------------------


def test_each_record_has_one_outcome_on_each_route_and_as_many_arrive_as_left(board: Board) -> None:
    assert (board.written[RESULTS], board.written[EXPORT]) == (RECORDS, PATIENTS + 12)
    for route, lane in board.lanes.items():
        verdicts = board.verdicts[route]
        assert verdicts.total() == board.written[lane.source]
        assert board.arrived[route] + board.still_held(route) == board.written[lane.source]
    assert board.closes()


def test_the_urgent_result_that_was_held_is_released_by_the_reviewer_and_arrives(board: Board) -> None:
    (address,) = board.late

    assert address.route == "hospital"
    assert board.held[address].status == "released"
    assert board.released == {"hospital": 1, "insurer": 0, "research": 0, "partner": 0}
    assert [step.word for step in board.steps] == ["held", "opened", "asked", "judged", "arrived"]
    assert "waiving health.topic.hiv" in board.steps[2].text


def test_the_bulk_export_opens_the_breaker_and_only_as_many_leave_as_the_cap_lets_through(board: Board) -> None:
    cap = board.lanes["partner"].cap or 0

    assert list(board.stopped) == ["partner"]
    assert board.stopped["partner"].reason == "cap_reached"
    assert len(board.subjects["partner"]) <= cap < PATIENTS
    assert board.arrived["partner"] <= cap
    assert board.verdicts["partner"][Verdict.QUARANTINE] >= PATIENTS - cap


def test_each_recipient_gets_of_the_shown_record_what_its_policy_lets_through(board: Board) -> None:
    assert board.chosen is not None
    came = board.chosen.came

    assert board.got["hospital"] == came
    assert (board.got["insurer"].name, board.got["insurer"].result, board.got["insurer"].comment) == (came.name, "", "")
    assert (board.got["research"].name, board.got["research"].result) == ("", came.result)
    assert board.got["research"].number.startswith("pq1-")
    assert "***" in board.got["research"].comment


def test_a_seed_always_gives_the_same_day() -> None:
    assert list(islice(laboratory.everyday(7), 50)) == list(islice(laboratory.everyday(7), 50))
    assert laboratory.urgent(7) == laboratory.urgent(7)


def test_the_pipeline_of_the_demo_can_be_read_as_it_lies_in_the_package() -> None:
    bundle = read_bundle(Path(laboratory.__file__).with_name("pipeline.yaml"))

    assert set(bundle.policies) == {"hospital", "insurer", "research", "partner"}


# ---- what stands on the screen ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_screen_is_as_wide_and_high_as_its_terminal(watched: Watched, size: tuple[int, int]) -> None:
    found = [each for each in watched.screens if each.size == size]

    assert len(found) > 10
    assert {len(line) for each in found for line in each.lines} == {size[0]}
    assert {len(each.lines) for each in found} == {size[1]}


@pytest.mark.parametrize("width", [80, 81, 120, 149, 150, 260])
@pytest.mark.parametrize("height", [24, 25, 31, 32, 33, 80])
def test_any_terminal_from_eighty_columns_and_twenty_four_lines_on_is_filled(board: Board, width: int, height: int) -> None:
    lines = drawn(board, (width, height))

    assert ({len(line) for line in lines}, len(lines)) == ({width}, height)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_what_the_story_tells_stands_on_the_screen_whole(watched: Watched, size: tuple[int, int]) -> None:
    for each in watched.screens:
        if each.size == size:
            assert any(each.told[-1] in line for line in each.lines), each.told[-1]
            assert not any("…" in line.replace("pq1-…", "") for line in each.lines)


def test_an_open_breaker_is_told_by_words_and_signs_too(watched: Watched) -> None:
    last = [each for each in watched.screens if each.size == SIZES[0]][-1]

    assert any("partner" in line and "■ OPEN" in line for line in last.lines)
    assert any("nothing more leaves on this route" in line for line in last.lines)


def test_nobody_is_on_a_screen_or_in_a_log_but_the_one_who_is_shown(watched: Watched) -> None:
    shown = laboratory.telling(SEED + 1)
    day = islice(laboratory.everyday(SEED), RECORDS)
    others = [*day, laboratory.urgent(SEED + 1), *laboratory.patients(SEED + 3, PATIENTS)]
    everything = "\n".join([watched.plain, watched.log, *("\n".join(each.lines) for each in watched.screens)])

    values = {value for sample in others for value in _telling(sample)} - _telling(shown)
    assert len(values) > 1000
    assert [value for value in values if value in everything] == []
    assert any(value in everything for value in _telling(shown))


def _telling(sample: Sample) -> set[str]:
    """The planted values that tell a person, as far as they are no common word or short number."""
    return {label.value for label in sample.labels if label.subject and len(label.value) > 6}


# ---- the command --------------------------------------------------------------------------------------------------------


def test_in_a_pipe_it_prints_lines_without_control_characters_and_ends_by_itself(tmp_path: Path) -> None:
    run = pratique("demo", "--pace", "1000", "--records", "20", "--metrics-port", str(free_ports(1)[0]), cwd=tmp_path)

    assert run.returncode == 0, run.stderr
    assert CONTROL.findall(run.stdout) == []
    assert "The result is at the hospital." in run.stdout
    assert "✓ One outcome for each record on each route" in run.stdout
    assert "pratique breaker list" in run.stdout
    assert run.stdout.count("\n  pratique ") == 3
    assert "proves nothing about exactly-once" in " ".join(run.stdout.split())


def test_plain_prints_no_control_characters_on_a_terminal(watched: Watched) -> None:
    assert watched.plain
    assert CONTROL.findall(watched.plain) == []


def test_an_interrupt_on_a_terminal_brings_the_screen_back_and_ends_in_good_order(tmp_path: Path) -> None:
    terminal = Terminal(("demo", "--forever", "--metrics-port", str(free_ports(1)[0])), tmp_path)

    terminal.read_until("laboratory, 07:1")
    terminal.interrupt()
    code = terminal.read_to_end()

    assert code == 0, terminal.text
    assert terminal.text.index("\x1b[?1049h") < terminal.text.index("\x1b[?1049l") < terminal.text.index("what became of each record")
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")
    assert "One outcome for each record on each route" in terminal.text


class Terminal:
    """The command in a terminal of 80 columns and 24 lines."""

    def __init__(self, arguments: tuple[str, ...], folder: Path) -> None:
        self.text = ""
        self._ours, theirs = pty.openpty()
        command = ["env", "--default-signal=INT", str(Path(sys.executable).with_name("pratique")), *arguments]  # which a shell may ignore
        environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        self._process = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)

    def read_until(self, text: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < until, self.text
            self._read()

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def read_to_end(self, seconds: float = 60) -> int:
        """The exit code."""
        until = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < until, self.text
        os.close(self._ours)
        return self._process.wait(30)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 0.1)
        if not ready:
            return True
        try:
            came = os.read(self._ours, 65536)
        except OSError:  # the other end is closed
            return False
        self.text += came.decode(errors="replace")
        return bool(came)


# ---- the picture --------------------------------------------------------------------------------------------------------


def test_the_picture_of_the_readme_is_small_and_asks_for_nothing_from_elsewhere() -> None:
    picture = (Path(__file__).parents[2] / "docs" / "demo.svg").read_text("utf-8")

    assert len(picture.encode()) < 500_000
    assert re.findall(r"url\((?!#)|href=|@font-face|@import|<image|<script", picture) == []
    assert picture.count('class="frame"') == 3
