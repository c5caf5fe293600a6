"""`validate`: whole folders, every fault at once, pipelines together with their policies."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from stream.cli.entry import application
from stream.cli.exits import Exit

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
POLICIES = Path(__file__).parents[2] / "schemas" / "policies"


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def validate(*arguments: object) -> Ended:
    result = CliRunner().invoke(application(["validate"]), ["validate", *map(str, arguments)])
    return Ended(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in EXAMPLES.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_we_ship_and_show_is_valid() -> None:
    ended = validate(EXAMPLES, POLICIES)

    assert ended.code == Exit.OK
    assert ended.err == ""
    assert f"{EXAMPLES}/pipeline.yaml: a valid pipeline\n" in ended.out


def test_every_fault_of_every_file_is_listed_and_the_rest_is_said_to_be_valid(folder: Path) -> None:
    change(folder / "pipeline.yaml", "topic: lis.results", "topic: lis/results")
    change(folder / "pipeline.yaml", "controller:", "contoller:")
    change(folder / "research-cardiology.yaml", "default: remove", "default: removed")
    (folder / "settings.yaml").write_text("kind: Settings\nkafka: {bootstrap: [a:1]}\n")

    ended = validate(folder)

    assert ended.code == Exit.CONFIG
    assert ended.out == f"{folder}/profile.yaml: a valid profile\n{folder}/settings.yaml: a valid settings\n"
    assert [line.split(": ")[0].removeprefix(f"{folder}/").rpartition(":")[0] for line in ended.err.splitlines()] == [
        "pipeline.yaml:3",
        "pipeline.yaml:6",
        "pipeline.yaml:12",
        "research-cardiology.yaml:25",
    ]


def test_a_pipeline_is_checked_with_the_policies_that_it_names(folder: Path) -> None:
    change(folder / "pipeline.yaml", "policy: insurer", "policy: care")

    ended = validate(folder / "pipeline.yaml")

    assert ended.code == Exit.CONFIG
    assert "a care route in one pipeline with routes that are not for care" in ended.err


def test_a_fault_of_a_policy_is_listed_once_though_pipeline_and_folder_lead_to_it(folder: Path) -> None:
    change(folder / "research-cardiology.yaml", "kind: research", "kind: reserch")

    assert validate(folder).err.count("Did you mean `research`?") == 1


def test_programs_get_one_object_a_fault(folder: Path) -> None:
    change(folder / "pipeline.yaml", "from: earliest", "from: erliest")

    ended = validate(folder / "pipeline.yaml", "--output", "jsonl")

    assert ended.code == Exit.CONFIG
    assert ended.err == ""
    assert [json.loads(line) for line in ended.out.splitlines()] == [
        {
            "file": f"{folder}/pipeline.yaml",
            "line": 13,
            "column": 11,
            "what": "a word that is not known here",
            "remedy": "Did you mean `earliest`?",
        }
    ]
