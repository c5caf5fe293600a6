"""`run` before it reaches Kafka: what is refused, all at once."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream.cli.entry import application
from stream.cli.exits import Exit

PIPELINE = """\
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {name: biology, owner: dpo@laboratory.example}
controller: Laboratoire Exemple
topics: {prefix: pratique.biology}
sources: [{name: lis, topic: lis.results, from: earliest}]
routes: [{name: ward, source: lis, destination: ward.results, policy: ./care.yaml}]
"""
CARE = """\
apiVersion: pratique/v1alpha1
kind: Policy
metadata: {name: care, owner: dpo@laboratory.example, version: 1}
recipient: {name: ward, kind: care, purpose: treatment}
legal: {article_6: a, article_9: b, secrecy: c, controller: d}
review_by: 2020-01-01
allow: [{category: health}]
"""


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    (tmp_path / "care.yaml").write_text(CARE)
    path = tmp_path / "pipeline.yaml"
    path.write_text(PIPELINE)
    return path


def run(pipeline: Path, *arguments: str) -> str:
    """Runs what cannot start, and gives what was said."""
    result = CliRunner().invoke(application(["run"]), ["run", str(pipeline), *arguments])
    assert result.exit_code == Exit.CONFIG
    assert result.stdout == ""
    return str(result.stderr)


def test_faults_of_settings_pipeline_and_policies_come_at_once(pipeline: Path) -> None:
    pipeline.write_text(PIPELINE.replace("controller", "contoller"))

    said = run(pipeline, "--set", "metrics.port=x")

    assert "settings: `kafka.bootstrap` is missing." in said
    assert "--set metrics.port: a whole number is expected." in said
    assert "pipeline.yaml:4:1: an unknown key. Did you mean `controller`?" in said


def test_either_is_refused_alone(pipeline: Path) -> None:
    assert run(pipeline, "--set", "kafka.bootstrap=a:1", "--set", "kafka.security=PLAINTEXT").startswith("--set kafka.security: PLAINTEXT")

    pipeline.write_text(PIPELINE.replace("./care.yaml", "caer"))
    assert "no shipped policy has this name" in run(pipeline, "--set", "kafka.bootstrap=a:1")


def test_a_gap_is_accepted_by_topic_and_partition(pipeline: Path) -> None:
    said = run(pipeline, "--set", "kafka.bootstrap=a:1", "--accept-gap", "lis.results/3", "--accept-gap", "lis.results")

    assert said == "--set accept_gaps: is not written as it must be. Write it like `lis.results/3`.\n"
