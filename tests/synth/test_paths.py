"""A label's path is the one that `pratique inspect` shows."""

from itertools import islice

from schemas.labels import LabelledRecord
from stream.cli.offline import offline_ruleset, rows
from stream.core.judge import inspect
from stream.synth.paths import labelled
from stream.synth.traffic import Mix, traffic
from tests.support.rulesets import a_record


def test_paths_are_those_of_inspect() -> None:
    rules = offline_ruleset(None)
    for sample in islice(traffic(1), 30):
        shown = {row.path for row in rows(inspect(a_record(sample.data), rules))}
        assert {label.path for label in labelled(sample).labels} <= shown, sample.name


def test_a_record_that_cannot_be_read_has_no_paths() -> None:
    samples = [sample for sample in islice(traffic(2, mix=Mix(("json",), dirt=0.9)), 200) if sample.dirt == "charset"]

    assert any({""} == {label.path for label in labelled(sample).labels} for sample in samples)


def test_a_line_is_read_again() -> None:
    for sample in islice(traffic(3, mix=Mix(dirt=0.5, clean=0.3)), 30):
        line = labelled(sample)
        assert line == LabelledRecord.model_validate_json(line.model_dump_json())
        assert [(label.start, label.end, label.value) for label in sample.labels] == [
            (one.start, one.end, one.value) for one in line.labels
        ]
