"""`pratique synth` by its exit codes, its files and what comes on a topic."""

import json
import time
from itertools import islice
from pathlib import Path

from schemas.labels import LabelledRecord
from stream.broker.client import Client
from stream.broker.mock import mock
from stream.synth.traffic import Keyed, Mix, traffic
from tests.support.command import pratique


def test_a_folder_gets_the_records_and_their_labels(tmp_path: Path) -> None:
    run = pratique("synth", "--out", "out", "--records", "20", "--seed", "3", "--dirt", "0.5", "--output", "jsonl", cwd=tmp_path)

    assert 0 == run.returncode, run.stderr
    lines = [LabelledRecord.model_validate_json(line) for line in (tmp_path / "out" / "labels.jsonl").read_text("utf-8").splitlines()]
    for line, sample in zip(lines, islice(traffic(3, mix=Mix(dirt=0.5)), 20), strict=True):
        data = (tmp_path / "out" / "records" / line.name).read_bytes()
        assert sample.data == data
        assert [label.value for label in line.labels] == [data[label.start : label.end].decode(line.charset) for label in line.labels]
    assert 20 == sum(int(json.loads(row)["records"]) for row in run.stdout.splitlines())


def test_a_topic_gets_the_records_with_their_keys(tmp_path: Path) -> None:
    with mock(topics=["lis.results"]) as address:
        told = ("--kafka", "--records", "20", "--seed", "3", "--key", "patient", "--dev", "--set", "kafka.security=PLAINTEXT")
        run = pratique("synth", *told, "--set", f"kafka.bootstrap={address}", "--rate", "200", cwd=tmp_path)

        assert 0 == run.returncode, run.stderr
        with Client(address, ["lis.results"]) as client:
            seen = _seen(client, 20)
    sent = islice(traffic(3, mix=Mix(keyed=Keyed.PATIENT)), 20)
    assert {(sample.key, sample.data) for sample in sent} == seen


def _seen(client: Client, many: int) -> set[tuple[bytes | None, bytes | None]]:
    seen: set[tuple[bytes | None, bytes | None]] = set()
    until = time.monotonic() + 20
    while len(seen) < many and time.monotonic() < until:
        seen |= {(each.key, each.value) for each in client.look(0.2)}
    return seen


def test_a_topic_that_does_not_answer_is_a_dependency(tmp_path: Path) -> None:
    told = ("--kafka", "--dev", "--set", "kafka.security=PLAINTEXT", "--set", "kafka.bootstrap=127.0.0.1:1")
    run = pratique("synth", *told, cwd=tmp_path)

    assert (4, "") == (run.returncode, run.stdout)
    assert "do not answer" in run.stderr


def test_neither_or_both_places_are_a_wrong_command_line(tmp_path: Path) -> None:
    assert 2 == pratique("synth", cwd=tmp_path).returncode
    assert 2 == pratique("synth", "--out", "out", "--kafka", cwd=tmp_path).returncode
    assert 2 == pratique("synth", "--out", "out", "--format", "nothing", cwd=tmp_path).returncode
