"""The gate: over one run of the synthetic laboratory no figure is below what was recorded, less its interval."""

from pathlib import Path

import pytest

from stream.cli.labelled import laboratory
from stream.cli.offline import offline_ruleset
from stream.evaluation.figures import ALL, Evaluation, Figures, Share, evaluation
from stream.evaluation.floor import Fallen, Floor, Recorded, Run, fallen, figures, read_floor, write_floor
from stream.evaluation.measure import measure
from stream.synth.formats import FORMATS
from stream.synth.traffic import Mix

FLOOR = Path(__file__).with_name("floor.json")
RUN = Run("research", ["json"], 1, 1, 0.0, 0.0)


def measured(run: Run) -> Evaluation:
    ruleset = offline_ruleset(run.policy)
    given = laboratory(run.seed, run.records, Mix(tuple(run.formats), run.clean, run.dirt))
    return evaluation([measure(number, *one, ruleset, show=False) for number, one in enumerate(given, 1)])


def test_no_figure_has_fallen_below_what_was_recorded() -> None:
    """Recorded anew, after a change that is meant: `pratique eval --records 600 --floor tests/evaluation/floor.json`."""
    floor = read_floor(FLOOR)

    assert [str(each) for each in fallen(measured(floor.run), floor)] == []


def test_the_floor_is_of_every_format_with_dirt_and_with_what_is_about_nobody() -> None:
    """A new format is recorded by the same command."""
    floor = read_floor(FLOOR)

    assert {*FORMATS} == {*floor.run.formats} <= {*floor.figures}
    assert floor.run.records >= 60 * len(FORMATS)
    assert floor.run.dirt > 0
    assert floor.run.clean > 0
    assert {"recall", "leak-free", "precision", "clean untouched", "results kept", "not held needlessly"} == {*floor.figures[ALL]}
    assert "person.name" in floor.figures


def found(hits: int, of: int) -> Evaluation:
    """Nothing but a recall."""
    none = Share(0, 0, 0)
    return Evaluation({ALL: Figures(1, Share(hits, of, of), *[none] * 8)}, {ALL: {}})


def test_a_figure_below_its_interval_is_named() -> None:
    floor = Floor(RUN, {ALL: {"recall": Recorded(1.0, 100)}})

    assert [] == [*fallen(found(97, 100), floor)]
    assert [Fallen(ALL, "recall", Recorded(1.0, 100), 0.95)] == [*fallen(found(95, 100), floor)]
    assert "all recall: 0.9500, recorded 1.0000, 0.9630 at least" in map(str, fallen(found(95, 100), floor))


def test_a_figure_that_is_not_found_any_more_is_refused() -> None:
    with pytest.raises(KeyError):
        next(fallen(found(1, 1), Floor(RUN, {"cda": {"recall": Recorded(1.0, 100)}})))


def test_what_is_recorded_is_read_again(tmp_path: Path) -> None:
    write_floor(tmp_path / "floor.json", RUN, found(97, 100))

    assert Floor(RUN, figures(found(97, 100))) == read_floor(tmp_path / "floor.json")
