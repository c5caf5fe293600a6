"""`inspect` and `redact`, as a person calls them: what is written where, what is reported, and what never is."""

import base64
import json
import subprocess
from itertools import islice
from pathlib import Path

import pytest

from stream.synth.traffic import Mix, traffic
from tests.support.command import pratique

_HELD = (
    "apiVersion: pratique/v1alpha1\nkind: Policy\nmetadata: {name: strict, owner: o, version: 1}\n"
    "recipient: {name: r, kind: research, purpose: p}\nlegal: {article_6: a, article_9: b, secrecy: c, controller: d}\n"
    "expires: 2099-01-01\nwhen_found: {person.name: quarantine}\ndefault: remove\nunknown_structure: remove\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = tmp_path / "in" / "below"
    given.mkdir(parents=True)
    for sample in islice(traffic(3, mix=Mix(clean=0)), 4):
        (given / sample.name).write_bytes(sample.data)
    return tmp_path


def reports(run: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_redact_writes_each_outcome_under_its_relative_name(folder: Path) -> None:
    lines = reports(pratique("redact", "--policy", "research", "--out", "out", "--output", "jsonl", "in", cwd=folder))

    assert {"source", "record", "format", "verdict", "reasons", "findings"} == set(lines[0])
    assert sorted(str(line["source"]) for line in lines) == sorted(str(p.relative_to(folder / "out")) for p in folder.glob("out/**/*.*"))


def test_redact_writes_nothing_for_a_held_record(folder: Path) -> None:
    (folder / "strict.yaml").write_text(_HELD)

    lines = reports(pratique("redact", "--policy", "strict.yaml", "--out", "out", "--output", "jsonl", "in", cwd=folder))

    assert {"quarantine"} == {line["verdict"] for line in lines}
    assert not (folder / "out").exists()


def test_redact_with_care_leaves_every_byte(folder: Path) -> None:
    pratique("redact", "--policy", "care", "--out", "out", "in", cwd=folder)

    for path in (folder / "in").rglob("*.*"):
        assert path.read_bytes() == (folder / "out" / path.relative_to(folder / "in")).read_bytes()


def test_redact_reads_one_record_a_line(tmp_path: Path) -> None:
    samples = [sample.data for sample in islice(traffic(4, mix=Mix(("json",))), 3)]
    (tmp_path / "all.ndjson").write_bytes(b"\n".join(samples) + b"\n")

    lines = reports(pratique("redact", "--policy", "research", "--out", "out", "--lines", "--output", "jsonl", "all.ndjson", cwd=tmp_path))

    assert [0, 1, 2] == [line["record"] for line in lines]
    assert len(samples) == len((tmp_path / "out" / "all.ndjson").read_bytes().splitlines())


def test_inspect_shows_no_value(folder: Path) -> None:
    run = pratique("inspect", "in", "--output", "jsonl", cwd=folder)

    assert run.returncode == 0
    for sample in islice(traffic(3, mix=Mix(clean=0)), 4):
        for label in sample.labels:
            if label.category.startswith(("person", "contact", "credential")) and len(label.value) > 4:
                assert label.value not in run.stdout + run.stderr


def test_a_policy_that_does_not_exist_is_refused_with_exit_code_3(folder: Path) -> None:
    run = pratique("redact", "--policy", "reserch", "--out", "out", "in", cwd=folder)

    assert (3, "") == (run.returncode, run.stdout)
    assert "research" in run.stderr


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    assert pratique("inspect", "nowhere", cwd=tmp_path).returncode == 2


def test_inspect_draws_how_a_record_is_read(tmp_path: Path) -> None:
    inner = base64.b64encode(b'{"patient": {"nom": "DURANDEL"}}').decode()
    (tmp_path / "one.json").write_text(
        json.dumps({"priorite": "R", "document": inner, "scan": base64.b64encode(bytes(range(200))).decode()})
    )

    run = pratique("inspect", "--tree", "one.json", cwd=tmp_path)

    assert run.returncode == 0, run.stderr
    lines = [line.strip("│├└─ ") for line in run.stdout.splitlines()]
    assert lines[0] == "one.json #0 (json)"
    assert lines[1].startswith("json, value: ")
    assert any(line.startswith("json, by base64: ") for line in lines)
    assert "patient.nom  person.name.family  person.name  D***" in lines
    assert any(line.endswith("not read: undecodable") for line in lines)
    assert "DURANDEL" not in run.stdout


def test_a_tree_is_for_people(folder: Path) -> None:
    assert pratique("inspect", "--tree", "--output", "jsonl", "in", cwd=folder).returncode == 2
