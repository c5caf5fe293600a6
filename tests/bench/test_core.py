"""The core's stages are measured; and the gate: none costs much more than was recorded, in calibration loops of the same run."""

from pathlib import Path

import pytest

from stream.bench.core import FORMATS, Cost, measure
from stream.bench.floor import HEADROOM, POLICY, TRIES, Slower, found, read_floor, slower, write_floor
from stream.cli.offline import offline_ruleset

FLOOR = Path(__file__).with_name("floor.json")
STAGES = ["decode", "detect", "decide", "act", "whole", "seal"]


def cost(stage: str, ratio: float) -> Cost:
    return Cost("json", 1000, stage, ratio, ratio)


def test_no_stage_has_become_slower_than_was_recorded() -> None:
    """Made anew, after a change that may cost: `pratique bench floor tests/bench/floor.json`."""
    ruleset = offline_ruleset(POLICY)

    assert [str(each) for each in slower(lambda: found(ruleset), read_floor(FLOOR))] == []


def test_every_stage_of_every_format_is_measured_and_recorded() -> None:
    costs = measure(10, 1, offline_ruleset(POLICY))

    assert [(each.format, each.stage) for each in costs] == [(name, stage) for name in FORMATS for stage in STAGES]
    assert all(each.microseconds > 0 and each.ratio > 0 and each.bytes > 500 for each in costs)
    assert {name: [*stages] for name, stages in read_floor(FLOOR).items()} == dict.fromkeys(FORMATS, STAGES)


def test_a_stage_beyond_its_headroom_is_named() -> None:
    floor = {"json": {"decode": 10.0, "act": 5.0}}

    beyond = slower(lambda: [cost("decode", 10 * HEADROOM), cost("act", 5 * HEADROOM + 0.1)], floor)

    assert beyond == [Slower("json", "act", 5.0, 5 * HEADROOM + 0.1)]
    assert "json act" in str(beyond[0])


def test_one_good_try_is_enough() -> None:
    tries = iter([99.0, 99.0, 10.0])

    assert slower(lambda: [cost("decode", next(tries))], {"json": {"decode": 10.0}}) == []
    assert TRIES == 3


def test_a_stage_that_was_never_recorded_is_refused() -> None:
    with pytest.raises(KeyError):
        slower(lambda: [cost("seal", 1.0)], {"json": {"decode": 10.0}})


def test_what_is_recorded_is_read_again(tmp_path: Path) -> None:
    write_floor(tmp_path / "floor.json", [cost("decode", 1.236), cost("act", 2.0)])

    assert read_floor(tmp_path / "floor.json") == {"json": {"decode": 1.24, "act": 2.0}}
