"""Which planted values of a record have to go, by what the policy says where they stand. Called by `measure`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.labels import PlantedValue
from schemas.vocabulary import Action, Category
from stream.core.decode.layers import packed
from stream.core.roles import CATEGORY
from stream.core.ruleset import RouteRules
from stream.core.values import Document, Inspection


class Due(NamedTuple):
    """The labels of a record, by whether they have to go."""

    going: Sequence[PlantedValue]
    staying: Sequence[PlantedValue]
    forced: bool  # the policy holds or drops a record for one of them


def due(labels: Iterable[PlantedValue], seen: Inspection, route: RouteRules) -> Due:
    acted = [(label, _action(label, place, seen, route)) for label, place in _placed(labels, seen)]
    return Due(
        [label for label, action in acted if action is not Action.KEEP],
        [label for label, action in acted if action is Action.KEEP],
        any(action >= Action.DROP for _, action in acted),
    )


def _placed(labels: Iterable[PlantedValue], seen: Inspection) -> Iterator[tuple[PlantedValue, tuple[int, int] | None]]:
    """Each label with its document and leaf. Where the record is written anew to be read (in another charset), bytes tell nothing, and
    the labels are taken in their order."""
    anew = len(seen.documents) > 1 and seen.documents[0].format is packed.FORMAT
    at = 0
    for label in labels:
        leaf = leaf_at(seen.documents[0], label.start) if seen.documents else None
        if anew:
            document = seen.documents[1]
            texts = (document.format.text(document, each).text for each in range(at, len(document.columns.start)))
            leaf = next((number for number, text in enumerate(texts, at) if label.value in text), None)
            at = at if leaf is None else leaf
        yield label, None if leaf is None else (int(anew), leaf)


def _action(label: PlantedValue, place: tuple[int, int] | None, seen: Inspection, route: RouteRules) -> Action:
    """What the policy says of a planted value where it stands. A topic that it does not name goes with its health leaf."""
    if place is None:
        return route.rules[label.category].action
    document, leaf = seen.documents[place[0]], place[1]
    own, category = CATEGORY[document.columns.role[leaf]], label.category
    if Category.HEALTH_TOPIC in category.lineage and category not in route.topics_named and Category.HEALTH in own.lineage:
        category = own
    return route.rule(category, document, leaf).action


def leaf_at(document: Document, start: int) -> int | None:
    """The leaf that holds a byte of its document."""
    leaf = bisect_right(document.columns.start, start) - 1
    return leaf if leaf >= 0 and start < document.columns.end[leaf] else None
