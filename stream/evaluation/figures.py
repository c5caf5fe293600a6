"""The figures of an evaluation: shares with intervals, by format and by category. Called by `pratique eval`, its page and the gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.evaluation.measure import Measured

ALL = "all"
"""Stands beside the names of formats for all of them together."""
_Z = 1.959964  # of a normal distribution, for 95 %


class Share(NamedTuple):
    """So many of so many. `trials`: what may be taken as independent; the bytes of one document stand or fall together."""

    hits: int
    of: int
    trials: int

    @property
    def value(self) -> float | None:
        """None where there is nothing to have a share of."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return (0.0, 1.0) if self.value is None else wilson(self.value, self.trials)

    @property
    def rest(self) -> Share:
        return self._replace(hits=self.of - self.hits)


def wilson(share: float, trials: int) -> tuple[float, float]:
    """The interval of 95 % about a share of so many trials, one at least."""
    weight = _Z * _Z / trials
    middle = (share + weight / 2) / (1 + weight)
    half = _Z * sqrt(share * (1 - share) / trials + weight / trials / 4) / (1 + weight)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def _share(hits: int, of: int) -> Share:
    return Share(hits, of, of)


class Figures(NamedTuple):
    """Of all records, or of those of a format."""

    documents: int
    recall: Share  # planted values gone, of those that had to go
    leak_free: Share  # documents without any leak, of those with something to lose
    precision: Share  # removed text that had to go
    precision_found: Share  # the same of what was removed for what was found in it, not for its place
    needless: Share  # text removed needlessly, of that which had no need to go
    touched: Share  # clean documents that lost something or were held for nothing
    kept: Share  # results still there, whole
    held: Share
    held_needlessly: Share  # of all documents


class OfCategory(NamedTuple):
    """Of one category in a format."""

    recall: Share
    precision: Share  # of text removed for what was found in it


class Evaluation(NamedTuple):
    """By format, and for ALL; and within it by category."""

    formats: Mapping[str, Figures]
    categories: Mapping[str, Mapping[Category, OfCategory]]


def evaluation(measured: Sequence[Measured]) -> Evaluation:
    """The figures of at least one record."""
    groups = {ALL: measured} | {name: [one for one in measured if one.format == name] for name in sorted({one.format for one in measured})}
    return Evaluation(
        {name: _figures(group) for name, group in groups.items()},
        {name: _categories(group) for name, group in groups.items()},
    )


def _figures(group: Sequence[Measured]) -> Figures:
    due, removed = sum(one.due.total() for one in group), sum(one.removed for one in group)
    losing, clean = [one for one in group if one.due], [one for one in group if one.about_nobody]
    results, found = sum(one.results for one in group), sum(one.found.total() for one in group)
    forwarded = [one for one in group if not one.held]
    return Figures(
        documents=len(group),
        recall=_share(due - sum(len(one.leaks) for one in group), due),
        leak_free=_share(sum(not one.leaks for one in losing), len(losing)),
        precision=Share(removed - sum(one.needless for one in group), removed, len(forwarded)),
        precision_found=Share(found - sum(one.idle.total() for one in group), found, sum(bool(one.found) for one in group)),
        needless=Share(sum(one.needless for one in group), sum(one.staying for one in group), len(forwarded)),
        touched=_share(sum(one.touched for one in clean), len(clean)),
        kept=_share(sum(one.kept for one in group), results),
        held=_share(len(group) - len(forwarded), len(group)),
        held_needlessly=_share(sum(one.needlessly_held for one in group), len(group)),
    )


def _categories(group: Sequence[Measured]) -> Mapping[Category, OfCategory]:
    concerned = {category for one in group for category in (*one.due, *one.found)}
    return {category: _of(category, group) for category in Category if category in concerned}


def _of(category: Category, group: Iterable[Measured]) -> OfCategory:
    due = leaked = found = idle = documents = 0
    for one in group:
        due += one.due[category]
        leaked += sum(leak.category is category for leak in one.leaks)
        found += one.found[category]
        idle += one.idle[category]
        documents += one.found[category] > 0
    return OfCategory(_share(due - leaked, due), Share(found - idle, found, documents))


def worst(measured: Iterable[Measured], most: int) -> list[Measured]:
    """Those with something to read, the most leaks first, then the most text lost for nothing."""
    bad = [one for one in measured if one.leaks or one.touched or one.lost]
    return sorted(bad, key=lambda one: (-len(one.leaks), -len(one.lost), -one.needless, one.number))[:most]
