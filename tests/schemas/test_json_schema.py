"""The JSON Schemas are those of the models, and as strict as the models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.generate import FOLDER, main, schemas, stale, write


def test_the_committed_schemas_are_those_of_the_models() -> None:
    assert stale() == ()


def test_the_check_only_looks() -> None:
    before = {path: path.stat().st_mtime_ns for path in FOLDER.glob("*.json")}

    assert main(["--check"]) == 0
    assert before == {path: path.stat().st_mtime_ns for path in FOLDER.glob("*.json")}


def test_a_changed_an_absent_and_a_foreign_schema_are_noticed_and_mended(tmp_path: Path) -> None:
    write(tmp_path)
    assert stale(tmp_path) == ()

    (tmp_path / "policy.json").write_text("{}")
    (tmp_path / "fact.json").unlink()
    (tmp_path / "foreign.json").write_text("{}")
    assert stale(tmp_path) == ("fact.json", "foreign.json", "policy.json")

    write(tmp_path)
    assert stale(tmp_path) == ()


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for inner in schema.values():
            yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


@pytest.mark.parametrize("name", ["pipeline.json", "policy.json", "policy-test.json"])
def test_what_people_write_takes_no_unknown_key_anywhere(name: str) -> None:
    found = list(objects(json.loads(dict(schemas())[name])))

    assert found
    assert all(schema["additionalProperties"] is False for schema in found)
