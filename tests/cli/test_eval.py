"""`pratique eval` by its exit codes, its figures and its page; and that nothing of a folder is shown unless asked."""

import json
import re
from pathlib import Path

import pytest

from schemas.labels import LabelledRecord
from tests.support.canary import CANARIES, found_in
from tests.support.command import pratique

_FEW = ("--records", "24", "--seed", "5", "--dirt", "0.3", "--clean", "0.2")


def label(text: str, value: str, **told: object) -> str:
    """The line of a record, with one value planted in it."""
    start = len(text[: text.index(value)].encode())
    planted = {"category": "person.name", "path": value, "start": start, "end": start + len(value.encode()), "subject": "", "value": value}
    given = {
        "name": f"{value}.json",
        "format": "json",
        "charset": "utf-8",
        "kind": "report",
        "dirt": value,
        "sent": "",
        "labels": [planted],
    }
    return json.dumps({**given, **told})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A record with a canary that leaks, since nothing tells that it is a name, and one that goes for nothing."""
    (tmp_path / "own" / "records").mkdir(parents=True)
    text = f'{{"commentaire": "le lapin {CANARIES[0]}, vu Mme {CANARIES[1]}"}}'
    (tmp_path / "own" / "records" / f"{CANARIES[0]}.json").write_text(text, "utf-8")
    (tmp_path / "own" / "labels.jsonl").write_text(label(text, CANARIES[0]) + "\n", "utf-8")
    return tmp_path


def test_the_laboratory_is_measured_in_every_format(tmp_path: Path) -> None:
    run = pratique("eval", *_FEW, "--output", "json", cwd=tmp_path)

    assert 0 == run.returncode, run.stderr
    told = json.loads(run.stdout)
    assert {"run", "formats", "categories", "worst"} == {*told}
    assert {"hl7v2", "json", "cda", "csv"} <= {*told["formats"]}
    assert 24 == told["formats"]["all"]["documents"]
    assert 0.9 < told["formats"]["all"]["recall"]["share"] <= 1
    assert told["categories"]["all"]["person.name"]["recall"]["of"] > 24


def test_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    first, second = (pratique("eval", *_FEW, "--format", "csv", cwd=tmp_path).stdout for _ in range(2))

    assert first == second
    assert "recall" in first


def test_a_folder_that_synth_wrote_gives_the_figures_of_the_laboratory(tmp_path: Path) -> None:
    pratique("synth", "--out", "lab", *_FEW, "--format", "json", cwd=tmp_path)
    there = pratique("eval", "lab", "--output", "json", cwd=tmp_path)
    here = pratique("eval", *_FEW, "--format", "json", "--output", "json", cwd=tmp_path)

    assert (0, 0) == (there.returncode, here.returncode), there.stderr
    assert json.loads(here.stdout)["formats"] == json.loads(there.stdout)["formats"]


@pytest.mark.parametrize("output", ["table", "json"])
def test_of_a_folder_only_places_and_categories_are_shown(folder: Path, output: str) -> None:
    run = pratique("eval", "own", "--output", output, "--out", "page.html", cwd=folder)

    assert 0 == run.returncode, run.stderr
    assert "commentaire" in run.stdout
    assert [] == found_in(run.stdout + run.stderr + (folder / "page.html").read_text("utf-8"))


def test_of_a_folder_the_text_is_shown_to_who_asks(folder: Path) -> None:
    run = pratique("eval", "own", "--show", "--out", "page.html", cwd=folder)

    assert "leaked: person.name commentaire" in run.stdout
    assert f"«{CANARIES[0]}»" in run.stdout
    assert f"<mark>{CANARIES[0]}</mark>" in (folder / "page.html").read_text("utf-8")


def test_the_page_needs_no_other_file(tmp_path: Path) -> None:
    pratique("eval", *_FEW, "--out", "page.html", cwd=tmp_path)
    page = (tmp_path / "page.html").read_text("utf-8")

    assert [] == re.findall(r"(?:src|href)=|url\(|@import|<script|https?://(?!www\.w3\.org)", page)
    assert page.count("<svg") > 8
    assert "$" not in page
    assert "prefers-color-scheme: dark" in page


def test_what_a_record_holds_is_text_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "own" / "records").mkdir(parents=True)
    text = '{"commentaire": "le <script>lapin</script>"}'
    (tmp_path / "own" / "records" / "a.json").write_text(text)
    (tmp_path / "own" / "labels.jsonl").write_text(label(text, "lapin", name="a.json"))

    pratique("eval", "own", "--show", "--out", "page.html", cwd=tmp_path)

    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;<mark>lapin</mark>" in page


def test_every_fault_of_the_labels_is_told_with_its_line_and_without_what_it_says(folder: Path) -> None:
    good = (folder / "own" / "labels.jsonl").read_text("utf-8")
    data = json.loads(good)
    beyond = {**data, "labels": [{**data["labels"][0], "end": 10_000}]}
    bad = [{**data, "labels": CANARIES[0]}, {**data, "name": f"../{CANARIES[0]}"}, {**data, "charset": "latin-99"}, beyond]
    lines = [good.strip(), CANARIES[0], *map(json.dumps, bad)]
    (folder / "own" / "labels.jsonl").write_text("\n".join(lines), "utf-8")

    run = pratique("eval", "own", cwd=folder)

    assert 3 == run.returncode
    assert [2, 3, 4, 5, 6] == [int(line.split(":")[1]) for line in run.stderr.splitlines()]
    assert [] == found_in(run.stderr)
    assert "no labelled record: labels" in run.stderr


@pytest.mark.parametrize("written", [None, ""])
def test_a_folder_without_labels_is_refused(tmp_path: Path, written: str | None) -> None:
    (tmp_path / "own").mkdir()
    if written is not None:
        (tmp_path / "own" / "labels.jsonl").write_text(written)

    assert 3 == pratique("eval", "own", cwd=tmp_path).returncode


def test_a_floor_is_of_the_laboratory_only(folder: Path) -> None:
    assert 2 == pratique("eval", "own", "--floor", "floor.json", cwd=folder).returncode
    assert 0 == pratique("eval", *_FEW, "--floor", "floor.json", cwd=folder).returncode
    assert {"run", "figures"} == {*json.loads((folder / "floor.json").read_text())}


def test_the_label_of_the_tests_is_one(folder: Path) -> None:
    assert LabelledRecord.model_validate_json((folder / "own" / "labels.jsonl").read_text("utf-8")).labels
