"""What a bench stands on: topics of its own on a broker, and a pipeline with one route in a folder. Called by `whole`.

People's private keys are forgotten: nobody opens what a bench holds.
"""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from schemas.bundle import read_bundle
from schemas.topics import PARTITIONS, REPLICATION, Setting, Topic
from stream.guard.admin import Admin
from stream.guard.keyfile import write
from stream.guard.keyring import new_keys
from stream.guard.topics import survey

WIDTH = 4  # partitions
_PIPELINE = """\
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {{name: bench, owner: somebody@laboratory.example}}
controller: Laboratoire Exemple
topics: {{prefix: {name}}}
sources:
  - {{name: lis, topic: {name}.in, from: earliest}}
routes:
  - {{name: out, source: lis, destination: {name}.out, policy: {policy}}}
max_quarantine_ratio: 1
"""


class Site(NamedTuple):
    """One measured run's own pipeline. No other run reads its topics or shares its group."""

    pipeline: Path
    source: str
    destination: str
    group: str


def lay_out(folder: Path, name: str, policy: str, admin: Admin) -> Site:
    """Writes the pipeline and its keys, and makes its topics. Raises ConfigError, Unavailable."""
    folder.mkdir(parents=True)
    path = folder / "pipeline.yaml"
    path.write_text(_PIPELINE.format(name=name, policy=policy))
    keys = new_keys(["reviewer"], lambda _: None, secrets.token_bytes, datetime.now(UTC).date())
    for place, files in {folder / "keys": keys.guard, folder / "keys" / "reviewers": keys.shown}.items():
        place.mkdir()
        for file in files:
            write(file, place)
    pipeline = read_bundle(path).pipeline
    site = Site(path, f"{name}.in", f"{name}.out", pipeline.group)
    admin.create(_plain(topic) for topic in (site.source, site.destination))
    admin.create(survey(pipeline, admin, dev=True).absent)
    return site


def _plain(name: str) -> Topic:
    return Topic(name, Setting(PARTITIONS, str(WIDTH)), Setting(REPLICATION, "1"), (Setting("message.timestamp.type", "CreateTime"),), "")
