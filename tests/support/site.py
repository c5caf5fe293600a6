"""A pipeline's folder as people make it: the pipeline file, the guard's keys, and a reviewer's own keys elsewhere."""

import secrets
from datetime import date
from pathlib import Path
from typing import NamedTuple

from schemas.bundle import Bundle, read_bundle
from stream.guard.keyfile import write
from stream.guard.keyring import KeyRing, load, new_keys


class Folder(NamedTuple):
    """What was written, read again. `person`: the folder of the reviewer's private keys, where the guard does not look."""

    bundle: Bundle
    keys: KeyRing
    person: Path


def a_folder(folder: Path, prefix: str = "biology", source: str = "lis", research: str = "to.research", care: str = "to.care") -> Folder:
    """One source, a research route and a care route."""
    (folder / "pipeline.yaml").write_text(f"""
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {{name: biology, owner: dpo@laboratory.example}}
controller: Laboratoire Exemple
topics: {{prefix: {prefix}}}
sources:
  - {{name: lis, topic: {source}, from: earliest}}
routes:
  - {{name: research, source: lis, destination: {research}, policy: research}}
  - {{name: care, source: lis, destination: {care}, policy: care, isolated: false}}
""")
    made = new_keys(["claire"], lambda name: None, secrets.token_bytes, date(2026, 9, 1))
    for name, files in {"keys": made.guard, "keys/reviewers": made.shown, "away": made.people["claire"]}.items():
        (folder / name).mkdir()
        for file in files:
            write(file, folder / name)
    return Folder(read_bundle(folder / "pipeline.yaml"), load(folder / "keys", folder / "keys/reviewers"), folder / "away")
