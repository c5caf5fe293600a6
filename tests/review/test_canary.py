"""The canary in the reviewers' hands: planted values are held by a real guard, listed, shown, asked for and answered, and none of them is
in anything that is printed, logged or written beside the records.
"""

import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from schemas.topics import Purpose
from tests.support.apache import Cluster
from tests.support.canary import found_in, planted
from tests.support.laboratory import Laboratory, a_laboratory
from tests.support.transports import until

pytestmark = pytest.mark.broker

ROUTE = "registry"
CRASH = """
import sys
from stream.cli import entry, quarantine
def show(held, seen, output, record):
    raise ValueError(repr(seen.seen.record.value) + repr(seen.seen.record.key))
quarantine.show = show
entry.main()
"""


def test_nothing_that_reviewers_are_told_holds_a_value(kafka: Cluster, tmp_path: Path) -> None:
    lab = a_laboratory(kafka, tmp_path)
    with lab.guards() as fleet:
        lab.command("breaker", "open", ROUTE, "--reason", "a canary", "--pipeline", str(lab.pipeline))
        fleet.start(0)
        for record in planted():
            kafka.put(lab.source, record.value, key=record.key, headers=record.headers)
        until(lab.is_worked_off, 60)

        for what, printed in _told(lab):
            assert found_in(printed) == [], what

        assert set(fleet.stop_all()) == {0}
    for purpose in Purpose:
        for row in kafka.read(lab.topic(purpose)):
            assert found_in(repr((row.key, row.value, row.headers)) + (row.value or b"").decode("latin-1")) == [], purpose
    for path in (lab.folder / "log-0", *(lab.folder / "ledger").iterdir(), lab.folder / "two.jsonl"):
        assert found_in(path.read_text()) == [], path.name


def _told(lab: Laboratory) -> Iterator[tuple[str, str]]:
    """Each command that is not asked to show a record, and what it prints."""
    pipeline, held = str(lab.pipeline), [lab.address(ROUTE, offset) for offset in range(len(planted()))]
    asking, signing = (*lab.reviewing(), "--why", "clinical_need"), (*lab.signing(), "--why", "duplicate")
    shows = [("show", each, *lab.reviewing()[:2], "-o", form) for form, each in zip(cycle(("table", "json")), held)]
    two = str(lab.folder / "two.jsonl")
    lists = [("list", "-o", form) for form in ("table", "json", "jsonl")]
    asks = [
        ("release", *held, *asking),  # while it stands still: held again
        ("reject", held[0], *signing),
        ("reject", held[0], *signing),  # decided already
        ("release", held[1], *asking, "--waive", "person.name@nowhere"),
        ("release", held[1], *asking, "--out", two),
        ("cosign", two, *lab.signing("bruno")),
        ("rewrap", "--all", *lab.reviewing(), "--yes"),
        ("expire", "--older-than", "90d", *lab.signing()),
    ]
    for words in (*lists, *shows, *asks):
        yield _printed(lab, "quarantine", words[0], pipeline, *words[1:])
    yield _crashed(lab, held[1])
    close = ("close", ROUTE, "--reason", "looked at", "--key", str(lab.key("alice", "signing")), "--pipeline", pipeline)
    yield _printed(lab, "breaker", *close)
    yield _printed(lab, "breaker", "list", "--pipeline", pipeline)
    yield _printed(lab, "quarantine", "release", pipeline, "--backlog", ROUTE, *lab.reviewing())
    for name, *more in map(str.split, ("verify", "show", "show --human", "verify -o json", "show -o jsonl")):
        yield _printed(lab, "audit", name, pipeline, *more)


def _printed(lab: Laboratory, *words: str) -> tuple[str, str]:
    ended = lab.command(*words)
    assert ended.exit_code in (0, 1), ended.stderr
    return " ".join(words), ended.stdout + ended.stderr


def _crashed(lab: Laboratory, held: str) -> tuple[str, str]:
    """`show` breaks down with the record in hand."""
    words = ["quarantine", "show", str(lab.pipeline), held, *lab.reviewing()[:2], "--settings", str(lab.folder / "settings.yaml")]
    ended = subprocess.run([sys.executable, "-c", CRASH, *words], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, '"error": "ValueError"' in ended.stderr) == (1, True), ended.stderr
    return "a crash", ended.stdout + ended.stderr
