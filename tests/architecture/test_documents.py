"""What the documents point at exists, and what they promise is done as they say."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = _LINK.findall(document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


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
