"""`pratique topics`: the topics of a pipeline, and what is wrong with them. Creates what is missing when told to, and changes nothing."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from schemas.bundle import read_bundle
from schemas.topics import Topic
from stream.cli.brokers import needing_brokers
from stream.cli.exits import Exit, refusing_bad_configuration
from stream.cli.listing import listed
from stream.cli.output import Listing
from stream.cli.setup import Dev, Sets, SettingsFile, read_settings
from stream.guard.admin import Admin
from stream.guard.topics import Survey, survey


@refusing_bad_configuration
@needing_brokers
def topics(
    pipeline: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Pipeline file.")] = Path("pipeline.yaml"),
    apply: Annotated[bool, typer.Option("--apply", help="Create what is missing.")] = False,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """Print the topics of a pipeline; create them with --apply."""
    chosen = read_settings(settings, sets, dev=dev).settings
    admin = Admin(chosen.kafka.librdkafka())
    found = survey(read_bundle(pipeline).pipeline, admin, dev=chosen.dev)
    if apply:
        admin.create(found.absent)
    listed([_row(topic, found, created=apply) for topic in found.own], output)
    for fault in found.faults:
        print(fault, file=sys.stderr)
    if found.absent and not apply:
        _say_how(found.absent)
    if found.faults or (found.absent and not apply):
        raise typer.Exit(Exit.FOUND)


def _row(topic: Topic, found: Survey, *, created: bool) -> dict[str, str]:
    state = "exists" if topic not in found.absent else "created" if created else "missing"
    return {
        "topic": topic.name,
        "partitions": topic.partitions.value,
        "replication": topic.replication.value,
        "settings": " ".join(map(str, topic.config)),
        "holds": topic.holds,
        "state": state,
    }


def _say_how(absent: Sequence[Topic]) -> None:
    """For those who may not create topics themselves."""
    print("missing topics: --apply creates them, and so do these commands", file=sys.stderr)
    for topic in absent:
        config = " ".join(f"--config {setting.name}={setting.value}" for setting in topic.config)
        size = f"--partitions {topic.partitions.value} --replication-factor {topic.replication.value}"
        print(f"kafka-topics.sh --create --topic {topic.name} {size} {config}", file=sys.stderr)
