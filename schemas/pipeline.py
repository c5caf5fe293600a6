"""The pipeline file, `apiVersion: pratique/v1alpha1`: one data controller's sources and routes. People write it; `bundle` and the guard
read it. It says nothing of brokers and machines: those are settings."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.faults import Complaint
from schemas.policy import Line, Name, Written
from schemas.topics import Purpose
from schemas.vocabulary import RecipientKind, SequenceKind, WhenHeld

Topic = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}$"), Field(examples=["lis.results"])]
SubjectType = Literal["national", "local", "identity"]
Prefix = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$"), Field(examples=["pratique.biology"])]


class PipelineMetadata(Written):
    """What the pipeline is called (in topics, groups, metrics) and who answers for it."""

    name: Name
    owner: Line


class Topics(Written):
    """What the pipeline's own topics begin with: `<prefix>.quarantine`, `<prefix>.facts` ..."""

    prefix: Prefix


class Timestamp(Written):
    """Where a partition without a commit starts: at the first record of this time or later."""

    timestamp: AwareDatetime


class SourceLimits(Written):
    """Work budgets of one record, in place of the engine's own."""

    depth: Annotated[int, Field(ge=1, le=16)] | None = None
    nesting: Annotated[int, Field(ge=1, le=512)] | None = None
    expanded: Annotated[int, Field(ge=1024, le=256 * 1024 * 1024)] | None = None
    leaves: Annotated[int, Field(ge=100, le=2_000_000)] | None = None
    hits: Annotated[int, Field(ge=100, le=1_000_000)] | None = None


class Source(Written):
    """A topic that is read."""

    name: Name
    topic: Topic
    start: Annotated[Literal["earliest", "latest"] | Timestamp, Field(alias="from")]
    profile: Line | None = None  # file of what only this source has, from the pipeline's folder
    limits: SourceLimits = SourceLimits()
    subjects: Annotated[tuple[SubjectType, ...], Field(min_length=1)] = ("national", "local", "identity")  # the most telling first


class Route(Written):
    """One recipient: from a source to a destination under one policy (a shipped name, or a path from the pipeline's folder)."""

    name: Name
    source: Name
    destination: Topic
    policy: Line
    sequence: SequenceKind = SequenceKind.ORDER  # which records must not overtake each other
    when_held: WhenHeld = WhenHeld.OVERTAKE  # what later ones of a sequence do while one is held
    show_control: bool = False  # dispositions carry the sender's own number of the message as it is, not as a keyed token
    isolated: bool = True  # false: a care route may share its pipeline with routes that are not for care


class Pipeline(Written):
    """One data controller's sources and routes: one consumer group, one process a worker, one set of keys."""

    apiVersion: Literal["pratique/v1alpha1"]  # noqa: N815  # the published spelling
    kind: Literal["Pipeline"]
    metadata: PipelineMetadata
    controller: Line
    topics: Topics
    keys: Line = "keys"  # folder of the pipeline's own keys, from the pipeline's folder
    reviewers: Line = "keys/reviewers"  # folder of the public keys of those who may open a seal
    keep_held_days: Annotated[int, Field(ge=1)] = 90  # before that, no held record expires
    max_quarantine_ratio: Annotated[float, Field(gt=0, le=1)] = 0.5  # the share of held records from which on a new bundle is not believed
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]

    @property
    def group(self) -> str:
        """The consumer group."""
        return f"{self.topics.prefix}-{self.metadata.name}"

    def transactional_id(self, ordinal: int) -> str:
        """Stable per worker, so that a restart ends what the worker before it left open."""
        return f"{self.group}-{ordinal}"

    def complaints(self) -> Iterator[Complaint]:
        """What is wrong although the shape is right."""
        yield from _twice("sources", "name", [source.name for source in self.sources])
        yield from _twice("sources", "topic", [source.topic for source in self.sources])
        yield from _twice("routes", "name", [route.name for route in self.routes])
        yield from _twice("routes", "destination", [route.destination for route in self.routes])
        yield from self._sources()
        yield from self._destinations()

    def _sources(self) -> Iterator[Complaint]:
        names = {source.name for source in self.sources}
        for number, route in enumerate(self.routes):
            if route.source not in names:
                yield Complaint(("routes", number, "source"), "no source of this name", "Name one of `sources`.")
        for number, source in enumerate(self.sources):
            if source.name not in {route.source for route in self.routes}:
                yield Complaint(("sources", number, "name"), "no route reads this source", "Add a route, or delete the source.")

    def _destinations(self) -> Iterator[Complaint]:
        topics = {source.topic for source in self.sources}
        own = {f"{self.topics.prefix}.{purpose}" for purpose in Purpose}
        for number, source in enumerate(self.sources):
            if source.topic in own:
                yield Complaint(("sources", number, "topic"), "a topic that the pipeline itself writes", "Read another topic.")
        for number, route in enumerate(self.routes):
            if route.destination in topics:
                yield Complaint(("routes", number, "destination"), "a destination that is also a source", "Write to another topic.")
            if route.destination in own:
                yield Complaint(("routes", number, "destination"), "a topic that the pipeline keeps for itself", "Write to another topic.")


def _twice(section: str, field: str, values: Iterable[str]) -> Iterator[Complaint]:
    seen: Counter[str] = Counter()
    for number, value in enumerate(values):
        if seen[value]:
            yield Complaint((section, number, field), f"this {field} stands twice in `{section}`", "Each needs its own.")
        seen[value] += 1


def sharing(pipeline: Pipeline, recipients: Mapping[str, RecipientKind]) -> Iterator[Complaint]:
    """Care routes beside others; `recipients` by route name. A destination that fails for good stops every route of its pipeline."""
    care = {name for name, kind in recipients.items() if kind is RecipientKind.CARE}
    if care == set(recipients):
        return
    for number, route in enumerate(pipeline.routes):
        if route.name in care and route.isolated:
            what = "a care route in one pipeline with routes that are not for care, whose failure would stop it"
            yield Complaint(("routes", number), what, "Give care routes a pipeline of their own, or write `isolated: false` here.")
