"""Overlapping findings of one category become one. Called by `detect`; the order in which findings come in does not matter."""

from collections.abc import Iterable
from operator import itemgetter

from schemas.vocabulary import Category
from stream.core.values import Evidence, Finding

_by_place = itemgetter(2, 0)  # places, then category


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of their places. One that overlaps another of its category covers both; the strongest gives its
    likelihood and its name, the evidence of all is kept."""
    clusters: list[list[Finding]] = []
    for finding in sorted(set(findings), key=_cluster_order):
        if clusters and _overlap(clusters[-1], finding):
            clusters[-1].append(finding)
        else:
            clusters.append([finding])
    return tuple(sorted((c[0] if len(c) == 1 else _united(c) for c in clusters), key=_by_place))


def _cluster_order(finding: Finding) -> tuple[Category, int, int, int, int, str]:
    place = finding.places[0]
    return (finding.category, *place, finding.detector)


def _overlap(cluster: list[Finding], finding: Finding) -> bool:
    """Whether a finding begins, in the same leaf and category, before the cluster ends. Findings of several places stay alone."""
    first, place = cluster[0], finding.places[0]
    return (
        first.category is finding.category
        and len(finding.places) == 1 == len(first.places)
        and first.places[0][:2] == place[:2]
        and place.start < max(f.places[0].end for f in cluster)
    )


def _united(cluster: list[Finding]) -> Finding:
    strongest = max(cluster, key=_strength)
    place = cluster[0].places[0]._replace(end=max(f.places[0].end for f in cluster))
    evidence = {e for finding in cluster for e in finding.evidence}
    return strongest._replace(places=(place,), evidence=tuple(sorted(evidence, key=_heaviest)))


def _strength(finding: Finding) -> tuple[int, int, str]:
    return (finding.likelihood, sum(e.weight for e in finding.evidence), finding.detector)


def _heaviest(evidence: Evidence) -> tuple[int, str]:
    return (-evidence.weight, evidence.code)
