"""What is written in a place: mask, pseudonym, coarser value, or the format's own word for absent. Applied again, none of them changes."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import compress, count
from typing import assert_never, cast

from schemas.vocabulary import Action, Category, Generalisation
from stream.core.roles import ROLES
from stream.core.ruleset import RouteRules
from stream.core.values import Act, Document, Edit, Mark, Place, Sweep, Treat, zipped

MASK = "***"

_NO_MASK = frozenset({Category.PERSON_BIRTH_DATE, Category.PERSON_SEX, Category.PERSON_DEATH, Category.ADMIN_DATE, Category.HEALTH_RESULT})
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d{2}(?!\d)|^(?:18|19|20)\d{2}(?=\d{2,10}(?:\D|$))")  # alone, or at the head of yyyymmdd


_REMOVED = bytes(action == Action.REMOVE for action in range(256))
_REWRITTEN = bytes(action not in (Action.KEEP, Action.REMOVE) for action in range(256))


def swept(document: Document, sweep: Sweep, route: RouteRules) -> list[Edit] | None:
    """The edits that carry out what is done to whole leaves, or None when the format cannot write one of them."""
    starts, ends, *_ = document.columns
    gone = [*compress(count(), sweep.actions.translate(_REMOVED))]
    write = document.format.write
    absent = [write(document, leaf, None) for leaf in gone]
    edits = [replacement(document, sweep.act(leaf), route) for leaf in compress(count(), sweep.actions.translate(_REWRITTEN))]
    if None in absent or None in edits:
        return None
    edits += zipped(Edit, map(starts.__getitem__, gone), map(ends.__getitem__, gone), absent)
    return cast("list[Edit]", edits)


def replacement(document: Document, act: Act, route: RouteRules) -> Edit | None:
    """The edit that carries out one act, or None when its format cannot write it."""
    _, leaf, start, end = act.place
    columns = document.columns
    first, last = columns.start[leaf], columns.end[leaf]
    whole = start == first and end == last
    text = None if whole and act.action is Action.REMOVE else _new_text(document, act, route, whole)
    written = document.format.write(document, leaf, text)
    if text is None:
        return None if written is None else Edit(first, last, written)
    if written is not None:
        return Edit(start, end, written)
    absent = document.format.write(document, leaf, None)  # a span that cannot be written takes its whole leaf with it
    return None if absent is None else Edit(first, last, absent)


def _new_text(document: Document, act: Act, route: RouteRules, whole: bool) -> str | None:
    """The new text, or None for absent. What is removed is not the whole leaf."""
    match act.action:
        case Action.REMOVE:
            return MASK  # within a text, a gap is shown
        case Action.GENERALISE:
            rule = route.rule(act.category, document, act.place.leaf)
            return _generalised(_text(document, act.place), rule.generalisation) or (None if whole else MASK)
        case Action.PSEUDONYMISE:
            return route.pseudonymiser.pseudonym(act.category, _text(document, act.place))
        case Action.MASK:
            return None if whole and _typed(document, act) else MASK
        case Action.KEEP | Action.DROP | Action.QUARANTINE:
            raise ValueError(f"{act.action.name} is not written")
        case _:
            assert_never(act.action)


def _typed(document: Document, act: Act) -> bool:
    """Whether a receiver expects a date, a number or a code in this leaf, so that a mask would not parse."""
    columns, leaf = document.columns, act.place.leaf
    return columns.mark[leaf] == Mark.BARE or act.category in _NO_MASK or ROLES[columns.role[leaf]].treat is Treat.SHAPED


def _text(document: Document, place: Place) -> str:
    text, offsets = document.format.text(document, place.leaf)
    if offsets is None:
        first = document.columns.start[place.leaf]
        return text[place.start - first : place.end - first]
    return text[bisect_right(offsets, place.start) - 1 : bisect_left(offsets, place.end)]


def _generalised(text: str, to: Generalisation | None) -> str | None:
    match to:
        case Generalisation.YEAR:
            found = _YEAR.search(text)
            return found.group() if found else None
        case Generalisation.DEPARTMENT:
            return _department(text.strip())
        case None:
            return None
        case _:
            assert_never(to)


def _department(postcode: str) -> str | None:
    """The department of a French postcode; of Corsica and overseas by their own rules. A department stays what it is."""
    if re.fullmatch(r"\d{2}|2[AB]|9[78]\d", postcode):
        return postcode
    if not re.fullmatch(r"\d{5}", postcode):
        return None
    if postcode.startswith("20"):
        return "2A" if postcode < "20200" else "2B"
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]
