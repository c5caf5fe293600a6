"""The topics of a pipeline: names, partitions and settings. The guard checks them at start; `pratique topics` prints and creates them."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

_MINUTE = 60_000  # milliseconds
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


class Purpose(StrEnum):
    """What a topic of the pipeline's own is for; the last part of its name."""

    QUARANTINE = "quarantine"
    FACTS = "facts"
    STANDING = "standing"
    BREAKERS = "breakers"
    RELEASE = "release"
    DISPOSITIONS = "dispositions"


class Rule(StrEnum):
    """How a setting of a topic compares with what is asked."""

    EXACTLY = "="
    AT_LEAST = ">="
    AT_MOST = "<="


class Setting(NamedTuple):
    """One setting of a topic, and how far it may differ. -1 is Kafka's word for no limit."""

    name: str
    value: str
    rule: Rule = Rule.EXACTLY

    def met_by(self, found: str) -> bool:
        """Whether a topic that says `found` will do."""
        match self.rule:
            case Rule.EXACTLY:
                return found == self.value
            case Rule.AT_LEAST:
                return found == "-1" or int(found) >= int(self.value)
            case Rule.AT_MOST:
                return found != "-1" and int(found) <= int(self.value)

    def __str__(self) -> str:
        return f"{self.name}{self.rule}{self.value}"


class Topic(NamedTuple):
    """What a topic must be."""

    name: str
    partitions: Setting
    replication: Setting
    config: tuple[Setting, ...]
    holds: str  # for the reader of a listing

    @property
    def settings(self) -> tuple[Setting, ...]:
        return (self.partitions, self.replication, *self.config)


class Widest(NamedTuple):
    """The most of what the pipeline's sources have: partitions, and bytes of a record (`max.message.bytes`)."""

    partitions: int
    record_bytes: int


PARTITIONS = "partitions"
REPLICATION = "replication.factor"


def topic_name(prefix: str, purpose: Purpose) -> str:
    return f"{prefix}.{purpose}"


def own_topics(prefix: str, widest: Widest, *, dev: bool) -> tuple[Topic, ...]:
    """The pipeline's own topics, in which a source partition's rows have the same partition number. `dev`: one broker is enough."""
    return tuple(
        Topic(
            topic_name(prefix, purpose),
            Setting(PARTITIONS, "1") if purpose is Purpose.BREAKERS else Setting(PARTITIONS, str(widest.partitions), Rule.AT_LEAST),
            _replication(dev=dev),
            (*_settings(purpose, widest.record_bytes), *_durable(dev=dev)),
            _HOLDS[purpose],
        )
        for purpose in Purpose
    )


def destination(name: str, source: Mapping[str, str], *, dev: bool) -> Topic:
    """What a destination must be for a source with these settings (partitions among them): it takes every record as it is."""
    kept = (Setting(setting, source[setting], Rule.AT_LEAST) for setting in _TAKES_AS_MUCH if setting in source)
    timestamps = Setting("message.timestamp.type", "CreateTime")
    config = (timestamps, *kept, *_durable(dev=dev))
    return Topic(name, Setting(PARTITIONS, source[PARTITIONS]), _replication(dev=dev), config, "records forwarded")


_TAKES_AS_MUCH = ("max.message.bytes", "message.timestamp.before.max.ms", "message.timestamp.after.max.ms")


def _replication(*, dev: bool) -> Setting:
    return Setting(REPLICATION, "1" if dev else "3", Rule.AT_LEAST)


def _durable(*, dev: bool) -> tuple[Setting, ...]:
    """What keeps an acknowledged record: two copies before it counts, and no leader that lacks it."""
    if dev:
        return ()
    return (Setting("min.insync.replicas", "2", Rule.AT_LEAST), Setting("unclean.leader.election.enable", "false"))


_HOLDS = {
    Purpose.QUARANTINE: "seals of held records",
    Purpose.FACTS: "verdicts",
    Purpose.STANDING: "windows and caps of each route",
    Purpose.BREAKERS: "which routes stand still",
    Purpose.RELEASE: "requests to release",
    Purpose.DISPOSITIONS: "what became of held records",
}


def _settings(purpose: Purpose, record_bytes: int) -> Iterator[Setting]:
    match purpose:
        case Purpose.QUARANTINE:
            yield from _compacted(_DAY)
            yield Setting("max.message.bytes", str(2 * record_bytes), Rule.AT_LEAST)
        case Purpose.STANDING | Purpose.BREAKERS:
            yield from _compacted(_HOUR)
        case Purpose.FACTS:
            yield from _kept(400 * _DAY)  # thirteen months, whatever months they are
        case Purpose.RELEASE:
            yield from _kept(7 * _DAY)
            yield Setting("max.message.bytes", str(2 * record_bytes), Rule.AT_LEAST)
        case Purpose.DISPOSITIONS:
            yield from _kept(30 * _DAY)


def _compacted(lag: int) -> Iterator[Setting]:
    """Only the last row of a key lives, and what it replaces is gone after `lag` milliseconds: a decided seal, too."""
    yield Setting("cleanup.policy", "compact")
    yield Setting("max.compaction.lag.ms", str(lag), Rule.AT_MOST)


def _kept(milliseconds: int) -> Iterator[Setting]:
    yield Setting("cleanup.policy", "delete")
    yield Setting("retention.ms", str(milliseconds), Rule.AT_LEAST)
    yield Setting("retention.bytes", "-1")
