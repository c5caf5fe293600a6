"""The list of categories is whole, for people and for programs."""

import json

from typer.testing import CliRunner

from schemas.vocabulary import Category
from stream.cli.entry import application


def listing(*arguments: str) -> list[str]:
    result = CliRunner().invoke(application(["categories"]), ["categories", *arguments])
    assert result.exit_code == 0
    return result.output.splitlines()


def test_every_category_is_listed_once_with_its_parent() -> None:
    rows = [json.loads(line) for line in listing("--output", "jsonl")]

    assert rows == [{"category": category, "parent": category.parent or ""} for category in Category]


def test_the_table_shows_the_same() -> None:
    assert [line.split()[0] for line in listing()[1:]] == list(Category)
