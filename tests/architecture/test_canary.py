"""The canary: values planted in every place of a record are in nothing that Pratique prints, lists or reports. The guard's own outputs
on a real broker are searched by `tests/guard/test_canary.py`."""

import base64
import json
from pathlib import Path

import pytest

from stream.core.judge import inspect, judge
from stream.core.values import Record, Standing
from tests.support.canary import CANARIES, found_in, planted
from tests.support.command import pratique
from tests.support.rulesets import ruleset


@pytest.mark.parametrize("record", planted(), ids=repr)
def test_no_value_of_the_core_prints_what_a_record_holds(record: Record) -> None:
    rules = ruleset("research", "insurer")
    seen = inspect(record, rules)
    outcomes = judge(seen, rules, [Standing()] * 2)

    assert [] == found_in(repr((record, seen, seen.documents, seen.findings, seen.subjects, outcomes)))


@pytest.mark.parametrize("record", planted(), ids=repr)
def test_no_path_is_built_from_data(record: Record) -> None:
    for document in inspect(record, ruleset("research")).documents:
        for leaf in range(len(document.columns.start)):
            assert [] == found_in(document.format.path(document, leaf))


@pytest.mark.parametrize("command", [("inspect",), ("inspect", "--policy", "research"), ("redact", "--policy", "research", "--out", "out")])
@pytest.mark.parametrize("output", ["table", "jsonl"])
def test_no_command_prints_what_a_record_holds(command: tuple[str, ...], output: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, record in enumerate(planted()):
        (tmp_path / "in" / f"{number}.bin").write_bytes(record.value or b"")

    run = pratique(*command, "--output", output, "in", cwd=tmp_path)

    assert run.returncode == 0, run.stderr
    assert [] == found_in(run.stdout + run.stderr)


def test_the_canary_sings() -> None:
    """The search finds what it looks for, plain, escaped and encoded."""
    value = CANARIES[0]

    assert [value] == found_in(f"... {value} ...")
    assert [value] == found_in(json.dumps({"x": value.lower()}))
    assert [value] == found_in(base64.b64encode(f"__{value}__".encode()).decode())
    assert [] == found_in("nothing here")
