"""Overlapping findings of one category become one. Called by `detect`; the order in which findings come in does not matter."""

from collections.abc import Iterable
from operator import itemgetter

from stream.core.detect.likelihood import weighed
from stream.core.values import Evidence, Finding, Place

_by_place = itemgetter(2, 0)  # places, then category
_by_category = itemgetter(0, 2)


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of their places. One that overlaps another of its category covers both; the strongest gives its
    likelihood and its name, the evidence of all is kept."""
    ordered = sorted(findings, key=_by_category)
    if len(ordered) < 2:
        return tuple(ordered)
    merged: list[Finding] = []
    cluster = ordered[:1]
    end = ordered[0].places[0].end
    for finding in ordered[1:]:
        place = finding.places[0]
        if place.start < end and _together(cluster[0], finding):
            cluster.append(finding)
            end = max(end, place.end)
        else:
            merged.append(_united(cluster))
            cluster, end = [finding], place.end
    merged.append(_united(cluster))
    merged.sort(key=_by_place)
    return tuple(merged)


def _together(first: Finding, finding: Finding) -> bool:
    """Whether two findings are of one category and leaf. A finding of several places stays alone."""
    return (
        first.category is finding.category
        and first.places[0][:2] == finding.places[0][:2]
        and len(first.places) == 1 == len(finding.places)
    )


def _united(cluster: list[Finding]) -> Finding:
    if len(cluster) == 1:
        return cluster[0]
    strongest = max(cluster, key=_strength)
    document, leaf, start, _ = cluster[0].places[0]
    place = Place(document, leaf, start, max([finding.places[0].end for finding in cluster]))
    evidence = sorted({e for finding in cluster for e in finding.evidence}, key=_heaviest)
    return Finding(strongest.category, strongest.likelihood, (place,), strongest.detector, tuple(evidence))


def _strength(finding: Finding) -> tuple[int, int, str]:
    return (finding.likelihood, weighed(finding.evidence), finding.detector)


def _heaviest(evidence: Evidence) -> tuple[int, str]:
    return (-evidence.weight, evidence.code)
