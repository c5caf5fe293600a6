"""`pratique audit`: facts in plain words, names from keys, and the first one that is not as it was written."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas.topics import Purpose
from stream.cli import audit, desk
from stream.guard.reader import Row
from tests.support.canary import found_in
from tests.support.review import NOW, Facts, Reviewed, act, place, reviewed


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reviewed:
    made = reviewed(tmp_path, partitions=2)
    monkeypatch.setattr(desk, "Admin", made.admin)
    monkeypatch.setenv("PRATIQUE_KAFKA__BOOTSTRAP", "broker.example:9092")
    monkeypatch.setenv("PRATIQUE_KAFKA__SECURITY", "PLAINTEXT")
    monkeypatch.chdir(tmp_path)
    return made


def command(*arguments: str) -> Result:
    return CliRunner().invoke(audit.app, [arguments[0], "pipeline.yaml", *arguments[1:], "--dev"])


def key_of(lab: Reviewed, name: str) -> str:
    return next(signer.id for signer in lab.keys.signers if signer.name == name)


# ---- verify -------------------------------------------------------------------------------------------------------------


def test_whole_chains_are_told_as_such(lab: Reviewed) -> None:
    for route, number in (("insurer", 0), ("research", 1)):
        Facts(lab, route, number).judged(0, 3)

    ended = command("verify")

    assert ended.exit_code == 0
    assert [line.split(maxsplit=1) for line in map(str.rstrip, ended.stdout.splitlines()[1:])] == [
        ["insurer/lis.results/0", "whole: 1 fact from the beginning"],
        ["research/lis.results/1", "whole: 1 fact from the beginning"],
    ]


def test_a_broken_chain_is_a_finding_with_its_place(lab: Reviewed) -> None:
    facts = Facts(lab, partition=1)
    for first in range(4):
        facts.judged(first * 10, 10)
    rows = lab.admin.partition(place(lab, Purpose.FACTS, 1))
    rows[:] = [Row(row.place, number, row.key, row.value) for number, row in enumerate([rows[0], *rows[2:]])]

    ended = command("verify", "-o", "json")

    assert ended.exit_code == 1
    (told,) = json.loads(ended.stdout)
    assert (told["lane"], told["facts"], told["first"], told["whole"]) == ("insurer/lis.results/1", 3, 0, True)
    assert told["broken"] == {"how": "removed", "partition": 1, "offset": 1, "before": 0, "follows": -1, "records": [10, 20]}
    assert "partition 1 offset 1" in command("verify").stdout


def test_who_keeps_the_digest_of_the_last_fact_finds_it_in_the_next(lab: Reviewed) -> None:
    facts = Facts(lab)
    facts.judged(0)
    (kept,) = json.loads(command("verify", "-o", "json").stdout)

    following = json.loads(facts.judged(1))

    assert (kept["digest"], kept["broken"]) == (following["previous"], None)


def test_a_pipeline_without_facts_has_nothing_to_verify(lab: Reviewed) -> None:
    assert (command("verify").exit_code, command("verify", "-o", "json").stdout) == (0, "[]\n")


# ---- show ---------------------------------------------------------------------------------------------------------------


def test_what_a_person_did_is_a_sentence_with_names_from_keys(lab: Reviewed) -> None:
    human = act(by=key_of(lab, "alice"), second=key_of(lab, "bruno"), ticket="T-1", waived=("health.topic.hiv@OBX[3]-5",))
    Facts(lab, partition=1).human(1234, human, verdict="redact")

    assert command("show").stdout == (
        "2026-09-21T14:13:20Z alice released insurer lis.results/1/1234, agreed by bruno: clinical_need, ticket T-1; "
        "waived health.topic.hiv@OBX[3]-5; forwarded as redacted\n"
    )


@pytest.mark.parametrize(
    ("told", "verdict", "sentence"),
    [
        ({"request": "reject", "why": "test_data"}, "drop", "alice rejected insurer lis.results/0/1: test_data"),
        ({"request": "expire", "why": "retention"}, "drop", "alice expired insurer lis.results/0/1: retention"),
        ({"request": "rewrap", "why": "key_change"}, "quarantine", "alice wrapped anew the seal of insurer lis.results/0/1: key_change"),
        ({"request": "show", "why": "review"}, "quarantine", "alice looked at insurer lis.results/0/1: review"),
        ({"request": "release"}, "clear", "alice released insurer lis.results/0/1: clinical_need; forwarded as it is"),
        ({"request": "release"}, "drop", "alice released insurer lis.results/0/1: clinical_need; dropped by the policy"),
        (
            {"request": "release", "refusal": "superseded"},
            "quarantine",
            "alice asked to release insurer lis.results/0/1: clinical_need; refused: superseded",
        ),
    ],
)
def test_each_act_has_its_words(told: dict[str, str], verdict: str, sentence: str, lab: Reviewed) -> None:
    Facts(lab).human(1, act(by=key_of(lab, "alice"), **told), verdict=verdict)

    assert command("show", "--human").stdout == f"2026-09-21T14:13:20Z {sentence}\n"


def test_a_key_that_is_not_registered_any_more_is_told_by_its_id(lab: Reviewed) -> None:
    Facts(lab).human(1, act(by="abcdefgh"))

    assert "key abcdefgh, not registered released insurer" in command("show").stdout


def test_what_the_guard_decided_is_a_sentence(lab: Reviewed) -> None:
    facts = Facts(lab)
    facts.judged(1, verdict="clear")
    facts.judged(2, verdict="quarantine", reasons=("found", "not_allowed"))

    assert command("show").stdout.splitlines() == [
        "2026-09-21T14:13:20Z insurer lis.results/0/1 forwarded as it is; person.name 2",
        "2026-09-21T14:13:20Z insurer lis.results/0/2 held: found, not_allowed; person.name 2",
    ]


@pytest.mark.parametrize(
    ("arguments", "offsets"),
    [
        ((), [1, 2, 3, 4]),
        (("--route", "research"), [4]),
        (("--coordinate", "insurer/lis.results/0/2"), [2]),
        (("--human",), [3]),
        (("--since", "1h"), [3, 4]),
    ],
)
def test_the_lines_are_filtered(arguments: tuple[str, ...], offsets: list[int], lab: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.cli.audit.time.time", lambda: NOW + 7200.0)
    facts = Facts(lab)
    facts.judged(1, 2)
    facts.human(3, act(), at=NOW + 7000)
    Facts(lab, "research", 1).judged(4, at=NOW + 7100)

    told = json.loads(command("show", *arguments, "-o", "json").stdout)

    assert [int(line["coordinate"].rpartition("/")[2]) for line in told] == offsets


def test_the_lines_for_programs_have_their_parts(lab: Reviewed) -> None:
    Facts(lab).human(1, act(by=key_of(lab, "alice")), verdict="redact", reasons=("transformed",))

    (line,) = json.loads(command("show", "-o", "json").stdout)

    assert (line["verdict"], line["reasons"], line["categories"]) == ("redact", ["transformed"], {"person.name": 2})
    assert (line["human"]["request"], line["human"]["by"], line["human"]["by_key"]) == ("release", "alice", key_of(lab, "alice"))


def test_a_fact_that_cannot_be_read_is_left_to_verify(lab: Reviewed) -> None:
    Facts(lab).judged(1)
    lab.admin.put(lab.topic(Purpose.FACTS), b"insurer", b"scribbled over")

    assert len(command("show").stdout.splitlines()) == 1
    assert command("verify").exit_code == 1


@pytest.mark.parametrize("arguments", [("--route", "nowhere"), ("--coordinate", "lis.results/0/2"), ("--since", "long")])
def test_a_filter_that_names_nothing_is_a_wrong_command_line(arguments: tuple[str, ...], lab: Reviewed) -> None:
    assert command("show", *arguments).exit_code == 2


def test_an_audit_prints_no_record(lab: Reviewed) -> None:
    Facts(lab).judged(1, 5)

    assert found_in(command("show").stdout + command("show", "-o", "json").stdout + command("verify").stdout) == []
