"""What is written in a place: mask, pseudonym, coarser value, or the format's own word for absent. Applied again, none of them changes."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import compress, count
from typing import assert_never

from schemas.vocabulary import Action, Category, Generalisation
from stream.core.roles import ROLES
from stream.core.ruleset import RouteRules
from stream.core.values import Act, Document, Edit, Mark, Place, Sweep, Treat, zipped

MASK = "***"

_NO_MASK = frozenset({Category.PERSON_BIRTH_DATE, Category.PERSON_SEX, Category.PERSON_DEATH, Category.ADMIN_DATE, Category.HEALTH_RESULT})
_YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d{2}(?!\d)|^(?:18|19|20)\d{2}(?=\d{2,10}(?:\D|$))")  # alone, or at the head of yyyymmdd

_ACTIONS = tuple(Action)
_MASK, _REMOVE = Action.MASK, Action.REMOVE  # until Python 3.12 a member of an enum costs five times what a name costs


def swept(document: Document, sweep: Sweep, route: RouteRules) -> list[Edit] | None:
    """The edits that carry out what is done to whole leaves, in their order, or None when the format cannot write one of them."""
    starts, ends, roles, *_ = document.columns
    actions, said, write = sweep.actions, sweep.said, document.format.write
    leaves = [*compress(count(), actions)]
    written = [
        write(document, leaf, None)
        if (action := _ACTIONS[actions[leaf]]) is _REMOVE
        else _rewritten(document, leaf, action, said[roles[leaf]][0], route)
        for leaf in leaves
    ]
    if None in written:
        return None
    if Edit in map(type, written):
        return [edit for leaf, word in zip(leaves, written, strict=True) if (edit := _edit(document, leaf, word))]
    return [*zipped(Edit, map(starts.__getitem__, leaves), map(ends.__getitem__, leaves), written)]


def absence(document: Document, leaf: int) -> Edit | None:
    """The edit that puts the format's own word for absent in place of a whole leaf, or None when it cannot be written."""
    return _edit(document, leaf, document.format.write(document, leaf, None))


def _edit(document: Document, leaf: int, word: bytes | Edit | None) -> Edit | None:
    return Edit(document.columns.start[leaf], document.columns.end[leaf], word) if isinstance(word, bytes) else word


def replacement(document: Document, act: Act, route: RouteRules) -> Edit | None:
    """The edit that carries out one act, or None when its format cannot write it."""
    _, leaf, start, end = act.place
    if start == document.columns.start[leaf] and end == document.columns.end[leaf]:
        return _edit(document, leaf, _rewritten(document, leaf, act.action, act.category, route))
    text = _new_text(document, leaf, _span(document, act.place), act.action, act.category, route)
    written = document.format.write(document, leaf, text or MASK)  # within a text, a gap is shown
    # a span that cannot be written takes its whole leaf with it
    return absence(document, leaf) if written is None else Edit(start, end, written)


def _rewritten(document: Document, leaf: int, action: Action, category: Category, route: RouteRules) -> bytes | Edit | None:
    """A whole leaf anew, absent where the new text cannot stand there; None when the format cannot write even that."""
    write = document.format.write
    goes = action is _REMOVE or (action is _MASK and _typed(document, leaf, category))
    text = None if goes else _new_text(document, leaf, document.format.text(document, leaf).text, action, category, route)
    written = None if text is None else write(document, leaf, text)
    return write(document, leaf, None) if written is None else written


def _new_text(document: Document, leaf: int, text: str, action: Action, category: Category, route: RouteRules) -> str | None:
    """What a text of the leaf becomes, or None for absent."""
    match action:
        case Action.PSEUDONYMISE:
            return route.pseudonymiser.pseudonym(category, text)
        case Action.GENERALISE:
            return _generalised(text, route.rule(category, document, leaf).generalisation)
        case Action.MASK:
            return MASK
        case Action.REMOVE:
            return None
        case Action.KEEP | Action.DROP | Action.QUARANTINE:
            raise ValueError(f"{action.name} is not written")
        case _:
            assert_never(action)


def _typed(document: Document, leaf: int, category: Category) -> bool:
    """Whether a receiver expects a date, a number or a code in this leaf, so that a mask would not parse."""
    columns = document.columns
    return columns.mark[leaf] == Mark.BARE or category in _NO_MASK or ROLES[columns.role[leaf]].treat is Treat.SHAPED


def _span(document: Document, place: Place) -> str:
    """The text of a part of a leaf."""
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
