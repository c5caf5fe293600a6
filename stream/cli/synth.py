"""`pratique synth`: traffic of the synthetic laboratory into a folder, with its labels, or onto a topic. Everybody in it is invented."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from stream.broker.feed import Feed
from stream.cli.brokers import needing_brokers
from stream.cli.exits import Exit, refusing_bad_configuration
from stream.cli.listing import listed
from stream.cli.output import Listing
from stream.cli.setup import Dev, Sets, SettingsFile, read_settings
from stream.given import Resolved
from stream.synth.formats import Name
from stream.synth.label import Sample
from stream.synth.paths import LABELS, RECORDS, labelled
from stream.synth.traffic import EVERYDAY, Keyed, Mix, traffic


@refusing_bad_configuration
@needing_brokers
def synth(
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for the records and their labels.")] = None,
    kafka: Annotated[bool, typer.Option("--kafka", help="Write to a topic.")] = False,
    topic: Annotated[str, typer.Option(help="With --kafka; it must exist.")] = "lis.results",
    records: Annotated[int, typer.Option(min=1, help="Records to write.")] = 100,
    forever: Annotated[bool, typer.Option("--forever", help="Go on until interrupted.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 2026,
    formats: Annotated[list[Name] | None, typer.Option("--format", help="Again for more; hl7v2 and json unless said.")] = None,
    dirt: Annotated[float, typer.Option(min=0, max=1, help="Share that is damaged.")] = EVERYDAY.dirt,
    clean: Annotated[float, typer.Option(min=0, max=0.9, help="Share that is about nobody.")] = EVERYDAY.clean,
    drift: Annotated[bool, typer.Option("--drift", help="Other names for all that sites may name as they like.")] = False,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Records a second; as fast as it goes unless said.")] = None,
    key: Annotated[Keyed, typer.Option(help="Of the Kafka records.")] = EVERYDAY.keyed,
    dev: Dev = False,
    settings: SettingsFile = None,
    sets: Sets = None,
    output: Annotated[Listing, typer.Option(help="table or jsonl")] = Listing.TABLE,
) -> None:
    """Write traffic of an invented laboratory to a folder, with labels, or to a topic."""
    if (out is None) != kafka:
        raise typer.BadParameter("give either --out DIR or --kafka", param_hint="--out")
    mix = Mix(tuple(map(str, formats or EVERYDAY.formats)), clean, dirt, key)
    samples = _paced(islice(traffic(seed, drift, mix), None if forever else records), rate)
    written: Counter[tuple[str, str]] = Counter()
    interrupted = False
    try:
        for sample in _to_folder(samples, out) if out else _to_topic(samples, read_settings(settings, sets, dev=dev), topic):
            written[sample.format, sample.kind] += 1
    except KeyboardInterrupt:
        interrupted = True
    except OSError as error:
        print(f"the folder does not take the records: {error.strerror}", file=sys.stderr)
        raise typer.Exit(Exit.DEPENDENCY) from None
    listed([{"format": form, "kind": kind, "records": str(many)} for (form, kind), many in sorted(written.items())], output)
    if interrupted:
        raise typer.Exit(Exit.INTERRUPTED)


def _paced(samples: Iterable[Sample], rate: float | None) -> Iterator[Sample]:
    """No earlier than the rate lets them."""
    started = time.monotonic()
    for number, sample in enumerate(samples):
        if rate is not None:
            time.sleep(max(0.0, started + number / rate - time.monotonic()))
        yield sample


def _to_folder(samples: Iterable[Sample], out: Path) -> Iterator[Sample]:
    (out / RECORDS).mkdir(parents=True, exist_ok=True)
    with (out / LABELS).open("w", encoding="utf-8") as labels:
        for sample in samples:
            (out / RECORDS / sample.name).write_bytes(sample.data)
            labels.write(labelled(sample).model_dump_json() + "\n")
            yield sample


def _to_topic(samples: Iterable[Sample], given: Resolved, topic: str) -> Iterator[Sample]:
    with Feed(given.settings.kafka.librdkafka(), topic) as feed:
        for sample in samples:
            feed.write(sample.key, sample.data)
            yield sample
