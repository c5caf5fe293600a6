"""What a pipeline's topics must be, asked of a cluster that only says how its topics are."""

from collections.abc import Iterable, Mapping

import pytest

from schemas.loader import loads
from schemas.pipeline import Pipeline
from schemas.topics import Purpose, Rule, Setting, Topic, Widest, own_topics, topic_name
from stream.guard.topics import check, survey

PIPELINE = loads(
    """
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {name: biology, owner: dpo@laboratory.example}
controller: Laboratoire Exemple
topics: {prefix: pratique.biology}
sources:
  - {name: lis, topic: lis.results, from: earliest}
  - {name: orders, topic: lis.orders, from: earliest}
routes:
  - {name: insurer, source: lis, destination: insurer.acts, policy: insurer}
  - {name: billing, source: orders, destination: billing.orders, policy: billing}
""",
    "pipeline.yaml",
    Pipeline,
)
DURABLE = {"replication.factor": "3", "min.insync.replicas": "2", "unclean.leader.election.enable": "false"}
DATA = {**DURABLE, "max.message.bytes": "1048588", "message.timestamp.type": "CreateTime", "message.timestamp.after.max.ms": "3600000"}
TOPICS = {
    "lis.results": {**DATA, "partitions": "6"},
    "insurer.acts": {**DATA, "partitions": "6"},
    "lis.orders": {**DATA, "partitions": "2", "max.message.bytes": "2000000"},
    "billing.orders": {**DATA, "partitions": "2", "max.message.bytes": "2000000"},
}


class FakeCluster:
    """Topics by name; what is created is exactly as it was asked for."""

    def __init__(self, topics: Mapping[str, Mapping[str, str]]) -> None:
        self.topics = {name: dict(settings) for name, settings in topics.items()}

    def describe(self, topics: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        return {name: self.topics[name] for name in topics if name in self.topics}

    def create(self, topics: Iterable[Topic]) -> None:
        self.topics.update((topic.name, {setting.name: setting.value for setting in topic.settings}) for topic in topics)


def a_cluster() -> FakeCluster:
    """All is as it must be."""
    cluster = FakeCluster(TOPICS)
    cluster.create(survey(PIPELINE, cluster, dev=False).own)
    return cluster


def complaints(cluster: FakeCluster, *, dev: bool = False) -> list[str]:
    return [f"{fault.file}: {fault.what}" for fault in check(PIPELINE, cluster, dev=dev)]


def test_topics_made_as_they_must_be_have_no_faults() -> None:
    assert complaints(a_cluster()) == []


def test_each_missing_topic_is_named() -> None:
    cluster = FakeCluster(TOPICS)

    assert complaints(cluster) == [f"topic pratique.biology.{purpose}: does not exist" for purpose in Purpose]


def test_a_survey_tells_what_to_create() -> None:
    cluster = FakeCluster(TOPICS)

    cluster.create(survey(PIPELINE, cluster, dev=False).absent)

    assert survey(PIPELINE, cluster, dev=False).absent == ()
    assert complaints(cluster) == []


def test_a_source_and_a_destination_that_do_not_exist_are_named() -> None:
    cluster = a_cluster()
    del cluster.topics["lis.orders"], cluster.topics["insurer.acts"]

    found = check(PIPELINE, cluster, dev=False)

    assert [fault.file for fault in found] == ["topic lis.orders", "topic insurer.acts"]
    assert found[1].remedy == "Create it with 6 partitions, as its source has."


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("partitions", "5", "a record would lose its partition number"),
        ("partitions", "7", "readers of both topics would not meet"),
        ("max.message.bytes", "1000000", "a record that was taken could not be forwarded"),
        ("message.timestamp.type", "LogAppendTime", "timestamps would change"),
        ("message.timestamp.after.max.ms", "1000", "a timestamp that was taken would be refused"),
        ("replication.factor", "1", "a lost broker would lose records"),
        ("min.insync.replicas", "1", "an acknowledged record could be lost"),
        ("unclean.leader.election.enable", "true", "an acknowledged record could be lost"),
    ],
)
def test_a_destination_that_cannot_take_its_source_as_it_is_is_refused(setting: str, value: str, why: str) -> None:
    cluster = a_cluster()

    cluster.topics["insurer.acts"][setting] = value

    assert [text.partition(" is ")[0] for text in complaints(cluster)] == [f"topic insurer.acts: `{setting}`"], why


@pytest.mark.parametrize(
    ("purpose", "setting", "value", "why"),
    [
        (Purpose.QUARANTINE, "cleanup.policy", "delete", "seals would vanish undecided"),
        (Purpose.QUARANTINE, "cleanup.policy", "compact,delete", "seals would vanish undecided"),
        (Purpose.QUARANTINE, "max.compaction.lag.ms", "9223372036854775807", "decided seals would stay"),
        (Purpose.QUARANTINE, "max.message.bytes", "2000000", "seals are larger than their records"),
        (Purpose.FACTS, "retention.ms", "604800000", "thirteen months are asked"),
        (Purpose.FACTS, "retention.bytes", "1000000", "facts would vanish before their time"),
        (Purpose.STANDING, "cleanup.policy", "delete", "windows and caps would be forgotten"),
        (Purpose.STANDING, "partitions", "2", "a source partition's standing has the same number"),
        (Purpose.BREAKERS, "partitions", "2", "rows of all writers stand in one order"),
        (Purpose.RELEASE, "partitions", "2", "a request goes to the partition of its record"),
    ],
)
def test_an_own_topic_that_would_lose_or_keep_too_much_is_refused(purpose: Purpose, setting: str, value: str, why: str) -> None:
    cluster = a_cluster()

    cluster.topics[topic_name("pratique.biology", purpose)][setting] = value

    assert [text.partition(" is ")[0] for text in complaints(cluster)] == [f"topic pratique.biology.{purpose}: `{setting}`"], why


def test_more_than_is_asked_will_do() -> None:
    cluster = a_cluster()
    cluster.topics["pratique.biology.facts"] |= {"retention.ms": "-1", "partitions": "12", "replication.factor": "5"}
    cluster.topics["pratique.biology.quarantine"]["max.compaction.lag.ms"] = "1000"

    assert complaints(cluster) == []


def test_a_setting_that_the_cluster_does_not_tell_counts_as_wrong() -> None:
    cluster = a_cluster()
    del cluster.topics["pratique.biology.quarantine"]["cleanup.policy"]

    assert complaints(cluster) == ["topic pratique.biology.quarantine: `cleanup.policy` is not known, and must be = compact"]


def test_development_needs_no_replicas_and_everything_else() -> None:
    cluster = a_cluster()
    for settings in cluster.topics.values():
        settings |= {"replication.factor": "1", "min.insync.replicas": "1"}
    cluster.topics["insurer.acts"]["partitions"] = "1"

    assert complaints(cluster, dev=True) == ["topic insurer.acts: `partitions` is 1, and must be = 6"]


def test_own_topics_have_room_for_the_widest_source() -> None:
    own = {topic.name: topic for topic in survey(PIPELINE, FakeCluster(TOPICS), dev=False).own}

    assert own["pratique.biology.quarantine"].partitions.value == "6"
    assert Setting("max.message.bytes", "4000000", Rule.AT_LEAST) in own["pratique.biology.quarantine"].config


def test_development_topics_have_one_replica() -> None:
    assert {topic.replication.value for topic in own_topics("p", Widest(1, 1), dev=True)} == {"1"}
    assert {topic.replication.value for topic in own_topics("p", Widest(1, 1), dev=False)} == {"3"}


@pytest.mark.parametrize(
    ("rule", "found", "met"),
    [
        (Rule.EXACTLY, "5", True),
        (Rule.EXACTLY, "6", False),
        (Rule.AT_LEAST, "5", True),
        (Rule.AT_LEAST, "4", False),
        (Rule.AT_LEAST, "-1", True),
        (Rule.AT_MOST, "5", True),
        (Rule.AT_MOST, "6", False),
        (Rule.AT_MOST, "-1", False),
    ],
)
def test_a_setting_is_met(rule: Rule, found: str, met: bool) -> None:
    assert Setting("some.setting", "5", rule).met_by(found) is met
