"""Are the pipeline's topics what they must be? `run` asks before it starts, `pratique topics` at any time.

Never changes a topic that exists.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from schemas.faults import Fault
from schemas.pipeline import Pipeline
from schemas.topics import PARTITIONS, Setting, Topic, Widest, destination, own_topics

Described = Mapping[str, str]
"""A topic's settings by name, `partitions` and `replication.factor` among them."""


class Cluster(Protocol):
    """What this module asks of Kafka. Both raise Unavailable."""

    def describe(self, topics: Iterable[str]) -> Mapping[str, Described]:
        """Topics that do not exist are left out."""
        ...

    def create(self, topics: Iterable[Topic]) -> None: ...


class Survey(NamedTuple):
    """The pipeline's own topics as they must be, those of them that do not exist, and what is wrong with any topic that does."""

    own: tuple[Topic, ...]
    absent: tuple[Topic, ...]
    faults: tuple[Fault, ...]


def check(pipeline: Pipeline, cluster: Cluster, *, dev: bool) -> tuple[Fault, ...]:
    """Why this pipeline cannot run on these topics; empty if it can. Raises Unavailable."""
    _, absent, faults = survey(pipeline, cluster, dev=dev)
    return (*faults, *(_absent(topic.name, "Create it: `pratique topics --apply`.") for topic in absent))


def survey(pipeline: Pipeline, cluster: Cluster, *, dev: bool) -> Survey:
    """Looks at sources, destinations and the pipeline's own topics. Raises Unavailable."""
    sources = {source.name: source.topic for source in pipeline.sources}
    found = cluster.describe((*sources.values(), *(route.destination for route in pipeline.routes)))
    read = [found[topic] for topic in sources.values() if topic in found]
    faults = [_absent(topic, "Name a topic that exists.") for topic in sources.values() if topic not in found]
    for route in pipeline.routes:
        if (source := found.get(sources[route.source])) is not None:
            faults += _destination(destination(route.destination, source, dev=dev), found.get(route.destination))
    own = own_topics(pipeline.topics.prefix, _widest(read), dev=dev)
    existing = cluster.describe(topic.name for topic in own)
    faults += (fault for topic in own if topic.name in existing for fault in _differences(topic, existing[topic.name]))
    return Survey(own, tuple(topic for topic in own if topic.name not in existing), tuple(faults))


def _widest(sources: Sequence[Described]) -> Widest:
    """Kafka's own limit stands for a source that says none."""
    return Widest(
        max((int(source[PARTITIONS]) for source in sources), default=1),
        max((int(source.get("max.message.bytes", 1_048_588)) for source in sources), default=1_048_588),
    )


def _destination(wanted: Topic, found: Described | None) -> Iterator[Fault]:
    if found is None:
        yield _absent(wanted.name, f"Create it with {wanted.partitions.value} partitions, as its source has.")
    else:
        yield from _differences(wanted, found)


def _differences(wanted: Topic, found: Described) -> Iterator[Fault]:
    for setting in wanted.settings:
        value = found.get(setting.name)
        if value is None or not setting.met_by(value):
            what = f"`{setting.name}` is {value or 'not known'}, and must be {setting.rule} {setting.value}"
            yield Fault(f"topic {wanted.name}", 0, 0, what, _remedy(setting))


def _remedy(setting: Setting) -> str:
    if setting.name == PARTITIONS:
        return "Records keep their partition number: give both topics the same partitions."
    return f"Set it: {setting.name}={setting.value}."


def _absent(name: str, remedy: str) -> Fault:
    return Fault(f"topic {name}", 0, 0, "does not exist", remedy)
