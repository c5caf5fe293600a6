"""The list of formats is made from the formats themselves, for people, for programs and for the page."""

import json
from pathlib import Path

from typer.testing import CliRunner

from stream.cli.entry import application
from stream.cli.formats import rows, table
from stream.core.decode import FORMATS
from stream.core.decode.layers import LAYERS

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()


def test_every_format_and_layer_is_listed_once() -> None:
    result = CliRunner().invoke(application(["formats"]), ["formats", "--output", "jsonl"])

    assert result.exit_code == 0
    assert [json.loads(line) for line in result.output.splitlines()] == [*rows()]
    assert [row["name"] for row in rows()] == [each.name for each in FORMATS] + [each.name for each in LAYERS]


def test_nothing_is_left_unsaid() -> None:
    assert [row["name"] for row in rows() if not all((row["reads"], row["writes"], row["holds"]))] == []
    assert [row["name"] for row in rows() if row["kind"] == "format" and not row["places"]] == []


def test_the_page_is_the_same_table() -> None:
    assert table() in PAGE
