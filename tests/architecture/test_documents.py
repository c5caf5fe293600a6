"""What the documents point at exists, and what they promise is done as they say."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from schemas.requests import Why
from schemas.vocabulary import Reason, Refusal
from stream.review.held import State
from stream.review.words import UNOPENED

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)")
_CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_JSON = re.compile(r"^```json$(.*?)^```$", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"\w+")
_FILE = re.compile(r"`([\w./*-]+/|[\w./-]*\w\.(?:py|tsv|md|yaml))`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [(document.parent / path if path else document, anchor) for path, anchor in _LINK.findall(document.read_text())]

    assert [str(path) for path, _ in links if not path.exists()] == []
    assert [(path.name, anchor) for path, anchor in links if anchor and anchor not in _anchors(path)] == []


def _anchors(document: Path) -> set[str]:
    """What the headings of a document can be linked by."""
    headings = _HEADING.findall(_CODE.sub("", document.read_text()))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_contributors_are_sent_to_files_that_exist() -> None:
    """A path that is short for another is told by its end."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    known = {f"/{path}" for path in tracked} | {f"/{parent}/" for path in tracked for parent in Path(path).parents}
    named = _FILE.findall((ROOT / "docs" / "contributing.md").read_text())

    assert named
    assert [name for name in named if not any(path.endswith(f"/{name}") for path in known)] == []


def test_contributors_are_told_names_that_the_code_has() -> None:
    words = {word for folder in ("schemas", "stream") for path in (ROOT / folder).rglob("*.py") for word in _WORD.findall(path.read_text())}
    table = (ROOT / "docs" / "contributing.md").read_text().partition("## Where things are")[2].partition("\n## ")[0]

    assert [name for name in re.findall(r"`(\w+)`", table) if name not in words] == []


def test_reviewers_read_what_each_state_reason_and_refusal_means() -> None:
    page = (ROOT / "docs" / "quarantine.md").read_text()
    never_held = {Reason.TRANSFORMED, Reason.REJECTED, Reason.EXPIRED, Reason.NOTHING_FORBIDDEN}

    explained: list[str] = [*State, *Refusal, UNOPENED, *(reason for reason in Reason if reason not in never_held)]
    assert [word for word in explained if f"`{word}`" not in page] == []
    assert [word for word in Why if f"`{word}`" not in page] == []


def test_examples_of_json_are_json() -> None:
    examples = [block for document in DOCUMENTS for block in _JSON.findall(document.read_text())]

    assert [type(json.loads(block)) for block in examples] == [dict] * len(examples)
    assert any("read_committed" in block for block in examples)


def test_every_guarantee_names_its_test() -> None:
    section = (ROOT / "README.md").read_text().partition("## Guarantees")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| guarantee")]

    assert rows
    assert [row for row in rows if "](tests/" not in row] == []


def test_the_test_command_is_the_same_everywhere() -> None:
    install, run = ".venv/bin/pip install -e '.[test]'", ".venv/bin/pytest"

    assert f"{install} && {run}\n" in (ROOT / "README.md").read_text()
    ci = (ROOT / ".ci" / "run").read_text()
    assert install.removeprefix(".venv/bin/pip install ") in ci
    assert ci.rstrip().endswith(run)


def test_no_tracked_file_names_a_home_or_a_registry() -> None:
    """Requirements carry hashes and no address; nothing carries a path of the machine it was written on."""
    pattern = r"/(root|home)/[a-z.]|--(extra-)?index-url https?:|--find-links"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!tests/architecture"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert found.stdout == ""
