"""`pratique topics`: tells what a cluster lacks, makes what is missing, changes nothing that is there."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from schemas.topics import PARTITIONS, REPLICATION, Setting, Topic
from stream.cli import topics
from tests.support.admin import FakeAdmin

PIPELINE = """
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {name: biology, owner: dpo@laboratory.example}
controller: Laboratoire Exemple
topics: {prefix: biology}
sources:
  - {name: lis, topic: lis.results, from: earliest}
routes:
  - {name: insurer, source: lis, destination: insurer.acts, policy: insurer}
"""
OWN = [f"biology.{name}" for name in ("quarantine", "facts", "standing", "breakers", "release", "dispositions")]


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAdmin:
    """A source and a destination of three partitions, nothing else."""
    made = FakeAdmin()
    made.create(Topic(name, Setting(PARTITIONS, "3"), Setting(REPLICATION, "1"), (), "") for name in ("lis.results", "insurer.acts"))
    monkeypatch.setattr(topics, "Admin", made)
    monkeypatch.setenv("PRATIQUE_KAFKA__BOOTSTRAP", "broker.example:9092")
    monkeypatch.setenv("PRATIQUE_KAFKA__SECURITY", "PLAINTEXT")
    monkeypatch.chdir(tmp_path)
    Path("pipeline.yaml").write_text(PIPELINE)
    return made


def command(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(topics.topics)
    return CliRunner().invoke(app, ["--dev", *arguments])


def states(result: Result) -> Mapping[str, str]:
    return {row["topic"]: row["state"] for row in map(json.loads, result.stdout.splitlines())}


def test_looking_changes_nothing_and_tells_what_is_missing(cluster: FakeAdmin) -> None:
    looked = command("--output", "jsonl")

    assert looked.exit_code == 1
    assert states(looked) == dict.fromkeys(OWN, "missing")
    assert cluster.describe(OWN) == {}


def test_the_commands_of_kafka_are_shown_to_those_who_may_not_create(cluster: FakeAdmin) -> None:
    lines = command().stderr.splitlines()

    assert (
        "kafka-topics.sh --create --topic biology.breakers --partitions 1 --replication-factor 1"
        " --config cleanup.policy=compact --config max.compaction.lag.ms=3600000"
    ) in lines
    assert len(lines) == 1 + len(OWN)


def test_apply_makes_what_is_missing_and_the_next_look_finds_no_fault(cluster: FakeAdmin) -> None:
    made = command("--apply", "--output", "jsonl")

    assert (made.exit_code, states(made)) == (0, dict.fromkeys(OWN, "created"))
    again = command("--output", "jsonl")
    assert (again.exit_code, states(again), again.stderr) == (0, dict.fromkeys(OWN, "exists"), "")


def test_apply_never_changes_a_topic_that_is_there(cluster: FakeAdmin) -> None:
    wrong = Topic("biology.facts", Setting(PARTITIONS, "3"), Setting(REPLICATION, "1"), (Setting("cleanup.policy", "compact"),), "")
    cluster.create([wrong])

    made = command("--apply", "--output", "jsonl")

    assert made.exit_code == 1
    assert states(made)["biology.facts"] == "exists"
    assert "topic biology.facts: `cleanup.policy` is compact, and must be = delete" in made.stderr
    assert cluster.describe(["biology.facts"])["biology.facts"]["cleanup.policy"] == "compact"


def test_a_destination_is_not_made_for_anybody(cluster: FakeAdmin) -> None:
    Path("pipeline.yaml").write_text(PIPELINE.replace("insurer.acts", "insurer.other"))

    made = command("--apply")

    assert made.exit_code == 1
    assert made.stderr == "topic insurer.other: does not exist. Create it with 3 partitions, as its source has.\n"


def test_brokers_that_do_not_answer_are_a_dependency(cluster: FakeAdmin) -> None:
    cluster.reachable = False

    ended = command()

    assert (ended.exit_code, ended.stdout) == (4, "")


def test_a_pipeline_that_is_refused_asks_no_broker(cluster: FakeAdmin) -> None:
    Path("pipeline.yaml").write_text(PIPELINE.replace("source: lis", "source: his"))

    assert command().exit_code == 3


def test_a_table_names_each_topic_on_one_line(cluster: FakeAdmin) -> None:
    lines = command("--apply").stdout.splitlines()

    assert [line.split()[:3] for line in lines[1:]] == [[name, "1" if name == "biology.breakers" else "3", "1"] for name in OWN]
