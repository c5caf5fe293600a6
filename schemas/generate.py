"""Writes the JSON Schemas under `json/` from the models: `python -m schemas.generate`; with `--check` it only tells whether they differ."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from schemas.cases import PolicyTest
from schemas.events import PUBLISHED
from schemas.labels import LabelledRecord
from schemas.pipeline import Pipeline
from schemas.policy import Policy
from schemas.profile import Profile
from schemas.requests import Asked, SignedRequest

FOLDER = Path(__file__).with_name("json")
MODELS: tuple[type[BaseModel], ...] = (Pipeline, Policy, PolicyTest, Profile, *PUBLISHED, Asked, SignedRequest, LabelledRecord)
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def schemas() -> Iterator[tuple[str, str]]:
    """File name and text of every schema."""
    for model in MODELS:
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
        yield f"{_WORD.sub('-', model.__name__).lower()}.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def stale(folder: Path = FOLDER) -> tuple[str, ...]:
    """Files that differ from their model, are absent, or belong to none."""
    wanted = dict(schemas())
    found = {path.name: path.read_text("utf-8") for path in folder.glob("*.json")}
    return tuple(sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)))


def main(arguments: list[str]) -> int:
    """0: all is as it must be."""
    if arguments == ["--check"]:
        for name in stale():
            print(f"{name} differs from its model: run `python -m schemas.generate`", file=sys.stderr)  # noqa: T201  # a command
        return 1 if stale() else 0
    write(FOLDER)
    return 0


def write(folder: Path) -> None:
    """Makes the folder hold every schema, and no other."""
    for path in folder.glob("*.json"):
        path.unlink()
    for name, text in schemas():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
