"""The pipeline file: what it takes, every fault of meaning at once, and pipelines together with their policies."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from schemas.bundle import read_bundle
from schemas.faults import ConfigError
from schemas.loader import load, loads
from schemas.pipeline import Pipeline, Timestamp, sharing
from schemas.vocabulary import RecipientKind

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "pipeline.yaml"
HEAD = """\
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {name: biology, owner: dpo@laboratory.example}
controller: Laboratoire Exemple
topics: {prefix: pratique.biology}
"""
SOURCES = "sources: [{name: lis, topic: lis.results, from: earliest}]\n"
ROUTES = "routes: [{name: insurer, source: lis, destination: insurer.acts, policy: insurer}]\n"


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as refusal:
        loads(text, "pipeline.yaml", Pipeline)
    return str(refusal.value)


def test_the_example_of_the_documentation_is_valid_with_its_policies() -> None:
    bundle = read_bundle(EXAMPLE)

    assert set(bundle.policies) == {route.name for route in bundle.pipeline.routes}
    assert bundle.folder == EXAMPLE.parent


def test_names_follow_from_the_prefix_and_the_name() -> None:
    pipeline = load(EXAMPLE, Pipeline)

    assert pipeline.group == "pratique.biology-biology"
    assert pipeline.transactional_id(2) == "pratique.biology-biology-2"


def test_a_start_at_a_time_needs_its_offset() -> None:
    at = SOURCES.replace("earliest", "{timestamp: 2027-01-01T00:00:00+01:00}")
    start = loads(HEAD + at + ROUTES, "pipeline.yaml", Pipeline).sources[0].start

    assert isinstance(start, Timestamp)
    assert start.timestamp.isoformat() == "2027-01-01T00:00:00+01:00"
    assert "with its offset" in refused(HEAD + at.replace("+01:00", "") + ROUTES)


@pytest.mark.parametrize(
    ("sources", "routes", "fault"),
    [
        (SOURCES.replace(", from: earliest", ""), ROUTES, "6:11: `from` is missing"),
        (SOURCES.replace("earliest", "erliest"), ROUTES, "6:49: a word that is not known here. Did you mean `earliest`?"),
        (SOURCES.replace("lis.results", "lis/results"), ROUTES, "6:30: is not written as it must be. Write it like `lis.results`."),
        (SOURCES.replace("name: lis", "name: LIS"), ROUTES, "6:18: is not written as it must be."),
        (SOURCES, ROUTES.replace("source: lis", "source: other"), "7:34: no source of this name."),
        (SOURCES.replace("}]", "}, {name: b, topic: b, from: latest}]"), ROUTES, "6:67: no route reads this source."),
        (SOURCES.replace("}]", "}, {name: lis, topic: b, from: latest}]"), ROUTES, "6:67: this name stands twice in `sources`."),
        (SOURCES.replace("}]", "}, {name: b, topic: lis.results, from: latest}]"), ROUTES, "6:77: this topic stands twice in `sources`."),
        (SOURCES, ROUTES.replace("insurer.acts", "lis.results"), "7:52: a destination that is also a source."),
        (SOURCES, ROUTES.replace("insurer.acts", "pratique.biology.facts"), "7:52: a topic that the pipeline keeps for itself."),
        (SOURCES.replace("lis.results", "pratique.biology.release"), ROUTES, "6:30: a topic that the pipeline itself writes."),
        (SOURCES, "routes: []\n", "7:9: holds too few entries."),
        (SOURCES, ROUTES + "isolated: true\n", "8:1: an unknown key."),
    ],
)
def test_a_pipeline_that_cannot_be_meant_is_refused(sources: str, routes: str, fault: str) -> None:
    assert f"pipeline.yaml:{fault}" in refused(HEAD + sources + routes)


def test_two_routes_may_not_share_a_name_or_a_destination() -> None:
    route = "{name: insurer, source: lis, destination: insurer.acts, policy: insurer}"
    faults = refused(HEAD + SOURCES + f"routes:\n  - {route}\n  - {route}\n").splitlines()

    assert [fault.removeprefix("pipeline.yaml:").split(" in ")[0] for fault in faults] == [
        "9:12: this name stands twice",
        "9:47: this destination stands twice",
    ]


# ---- with policies ----------------------------------------------------------------------------------------------------


def pipeline_in(folder: Path, *routes: str) -> Path:
    path = folder / "pipeline.yaml"
    path.write_text(HEAD + SOURCES + "routes:\n" + "".join(f"  - {{source: lis, {route}}}\n" for route in routes))
    return path


def test_care_does_not_share_a_pipeline_unless_somebody_says_so(tmp_path: Path) -> None:
    care, research = "name: ward, destination: ward.results, policy: care", "name: study, destination: study.results, policy: research"
    with pytest.raises(ConfigError, match=r"pipeline.yaml:8:5: a care route in one pipeline with routes that are not for care"):
        read_bundle(pipeline_in(tmp_path, care, research))

    assert read_bundle(pipeline_in(tmp_path, f"{care}, isolated: false", research))
    assert read_bundle(pipeline_in(tmp_path, care, "name: unit, destination: unit.results, policy: care"))
    assert read_bundle(pipeline_in(tmp_path, research))


def test_every_care_route_beside_others_is_named() -> None:
    pipeline = load(EXAMPLE, Pipeline)

    assert [complaint.at for complaint in sharing(pipeline, {"insurer": RecipientKind.CARE, "research": RecipientKind.RESEARCH})] == [
        ("routes", 0)
    ]


def test_a_care_policy_is_overdue_the_day_after_its_review_and_others_never(tmp_path: Path) -> None:
    bundle = read_bundle(pipeline_in(tmp_path, "name: ward, destination: ward.results, policy: care"))
    review = bundle.policies["ward"].review_by
    assert review is not None

    assert bundle.overdue(review) == ()
    assert bundle.overdue(review + timedelta(days=1)) == ("ward",)
    assert read_bundle(EXAMPLE).overdue(date.max) == ()


def test_policies_that_are_not_there_and_faults_within_them_come_together(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("apiVersion: pratique/v1alpha1\nkind: Polcy\n")
    path = pipeline_in(
        tmp_path,
        "name: a, destination: a, policy: insurr",
        "name: b, destination: b, policy: ./absent.yaml",
        "name: c, destination: c, policy: ./own.yaml",
    )

    with pytest.raises(ConfigError) as refusal:
        read_bundle(path)

    found = [(Path(fault.file).name, fault.line, fault.what.split(" (")[0]) for fault in refusal.value.faults]
    assert found[:2] == [("pipeline.yaml", 8, "no shipped policy has this name"), ("pipeline.yaml", 9, "cannot be read")]
    assert ("own.yaml", 2, "a word that is not known here") in found
