"""Searches what a scope taught in the rest of it. Called by `detect`; never reports a name in the label of an analyte, and never a weak
one in a coded value, a unit, a range, a flag or a number: patients are called Blanc, Fer and Rose.

A name that is also a common word needs more than itself: a title before it or another of the person's names beside it makes it likely;
a capital inside a sentence that is not all capitals, or being the whole of a place that nobody knows, makes it possible; else it is no
finding.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, compress, count
from typing import NamedTuple

from schemas.vocabulary import Category
from stream.core.detect.found import Found
from stream.core.detect.likelihood import weighed
from stream.core.detect.memory import BETWEEN, TITLES, How, Kind, Terms, is_person, spelled
from stream.core.detect.words import in_token, parts
from stream.core.kernels.fold import LeafText, View
from stream.core.roles import ROLES
from stream.core.values import Evidence, PartKind, Role, Treat

WORK = 1 << 31
"""Bytes searched, times terms, that a record may cost."""


def recall(view: View, memory: Mapping[int, Terms], common: frozenset[bytes], limit: int) -> list[Found] | None:
    """Every term found again in leaves of its scope. None: more work or more hits than a record may cost."""
    found: list[Found] = []
    work = 0
    for text, numbers, terms in _pages(view, memory):
        work += len(text) * len(terms.needles)
        if work > WORK:
            return None
        present = _present(text, terms)
        if present:
            by_leaf = _located(view, text, numbers, present, limit)
            if by_leaf is None:
                return None
            for number, hits in by_leaf.items():
                found += _judged(view, number, hits, common)
    return found


def _present(text: bytes, terms: Terms) -> dict[bytes, How]:
    """The needles that stand in the text at all."""
    present = {needle: how for needle, how in terms.needles.items() if needle in text}
    for date, category in terms.dates.items():
        if date[:4] in text or date[6:] + date[4:6] + date[2:4] in text:
            present.update((needle, (kind, category)) for needle, kind in spelled(date) if needle in text)
    return present


# ---- where to look --------------------------------------------------------------------------------------------------


def _pages(view: View, memory: Mapping[int, Terms]) -> Iterator[tuple[bytes, Sequence[int], Terms]]:
    """Needles of leaves between newlines, the numbers of these leaves, and what is searched in them: a page per scope that knows a person,
    for its own terms; one for all else (keys, headers, an envelope), for all terms."""
    text = view.text.translate(None, BETWEEN)
    if len(memory) == 1:
        yield text, range(len(view.leaves)), next(iter(memory.values()))
    elif memory:
        lines = text.split(b"\n")
        for scope, numbers in _by_scope(view, memory).items():
            page = b"\n".join((b"", *[lines[n + 1] for n in numbers], b""))
            yield page, numbers, memory[scope] if scope >= 0 else _everything(memory)


def _by_scope(view: View, memory: Mapping[int, Terms]) -> dict[int, list[int]]:
    """The leaves by the scope whose terms they are searched for; -1: all of them."""
    persons = {scope for scope, terms in memory.items() if terms.dates or any(is_person(how) for how in terms.needles.values())}
    by_scope: dict[int, list[int]] = {}
    for n, (number, leaf) in enumerate(view.leaves):
        document = view.documents[number]
        own = document.origin.part.kind is PartKind.VALUE and not document.columns.shared
        scope = document.scope_of(leaf) if own else -1
        by_scope.setdefault(scope if scope in persons else -1, []).append(n)
    return by_scope


def _everything(memory: Mapping[int, Terms]) -> Terms:
    everything = Terms({}, {})
    for terms in memory.values():
        everything.needles.update(terms.needles)
        everything.dates.update(terms.dates)
    return everything


class _Hit(NamedTuple):
    """A needle at characters of a leaf."""

    start: int
    end: int
    needle: bytes
    kind: Kind
    category: Category


_KEPT = bytes(code not in BETWEEN for code in range(256))


def _located(view: View, text: bytes, numbers: Sequence[int], present: Mapping[bytes, How], limit: int) -> dict[int, list[_Hit]] | None:
    """Every place of the needles, by the leaf they stand in. None: more than `limit`."""
    ends = [size + n for n, size in enumerate(accumulate(map(len, text.split(b"\n"))))]
    kept: dict[int, list[int]] = {}
    hits: dict[int, list[_Hit]] = {}
    for needle, how in present.items():
        at = text.find(needle)
        while at >= 0:
            line = bisect_right(ends, at) - 1
            number = numbers[line]
            if number not in kept:
                kept[number] = list(compress(count(), view.leaf(number).folded.encode().translate(_KEPT)))
                hits[number] = []
            first = at - ends[line] - 1
            hits[number].append(_Hit(kept[number][first], kept[number][first + len(needle) - 1] + 1, needle, *how))
            limit -= 1
            if limit < 0:
                return None
            at = text.find(needle, at + 1)
    return hits


# ---- what it is worth -----------------------------------------------------------------------------------------------

_LIKELY = 3
_KNOWN = {Kind.NAME: Evidence("known", 3), Kind.FULL: Evidence("known", 4), Kind.SHORT: Evidence("known", 3)}
_SHORT, _COMMON, _INITIAL = Evidence("short", -3), Evidence("common-word", -3), Evidence("initial", -1)
_SIGNS, _BLANKS = Evidence("signs-inside", -1), Evidence("blanks-inside", -2)
_TITLE, _NEIGHBOUR, _CAPITAL, _WHOLE = Evidence("title", 3), Evidence("neighbour", 3), Evidence("capital", 2), Evidence("whole", 2)


class _Scene(NamedTuple):
    """A leaf and the names that were found in it."""

    text: LeafText
    role: Role
    outside: bool  # in a key or a header
    starts: Mapping[int, _Hit]
    ends: Mapping[int, _Hit]
    common: frozenset[bytes]


def _judged(view: View, number: int, hits: Sequence[_Hit], common: frozenset[bytes]) -> Iterator[Found]:
    text = view.leaf(number)
    document = view.documents[text.document]
    role = ROLES[document.columns.role[text.leaf]]
    names = [hit for hit in hits if hit.kind <= Kind.SHORT]
    outside = document.origin.part.kind is not PartKind.VALUE
    scene = _Scene(text, role, outside, {hit.start: hit for hit in names}, {hit.end: hit for hit in names}, common)
    for hit in hits:
        start = hit.start
        if hit.kind <= Kind.SHORT:
            evidence = _name(scene, hit)
        elif hit.kind is Kind.PHONE:
            start -= len(_PREFIX.search(text.folded, max(0, start - 12), start)[0])  # type: ignore[index]  # matches nothing at least
            evidence = _number(scene, start, hit)
        else:
            evidence = _number(scene, start, hit)
        weight = weighed(evidence)
        if weight > 0 and (weight >= _LIKELY or role.treat is not Treat.SHAPED):
            yield Found(number, start, hit.end, hit.category, "memory", evidence)


# names

_TITLED = re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(title.decode() for title in TITLES))})[. ]{{1,3}}$")
_BEFORE_NAME = frozenset({".", " "})
_PIECE = re.compile(r"[a-z]+")
_SENTENCE = ".!?;\r\n"


def _name(scene: _Scene, hit: _Hit) -> tuple[Evidence, ...]:
    """What speaks for and against a name; nothing where it is a part of a longer word."""
    edges = _edges(scene, hit)
    if edges is None or scene.role.name == "test.label":
        return ()
    folded = scene.text.folded
    pieces = _pieces(folded, hit)
    weak = all(piece in scene.common for _, piece in pieces)
    gaps = _gaps(folded[hit.start : hit.end], pieces) if hit.kind is Kind.NAME else ()
    evidence = [_KNOWN[hit.kind], *edges, *gaps]
    if hit.kind is Kind.SHORT:
        evidence.append(_SHORT)
    if weak:
        evidence.append(_COMMON)
    if folded[hit.start - 1 : hit.start] in _BEFORE_NAME and _TITLED.search(folded, max(0, hit.start - 15), hit.start):
        evidence.append(_TITLE)
    if len(scene.starts) > 1 and _beside(scene, hit):
        evidence.append(_NEIGHBOUR)
    if (weak or gaps) and _capital(scene.text.visible, [at for at, _ in pieces]):
        evidence.append(_CAPITAL)
    if weak and (scene.outside or scene.role.treat is Treat.UNKNOWN) and hit.end - hit.start == len(folded):
        evidence.append(_WHOLE)
    return tuple(evidence)


def _pieces(folded: str, hit: _Hit) -> list[tuple[int, bytes]]:
    """The words that a name is written in, and where."""
    if hit.end - hit.start == len(hit.needle):
        return [(hit.start, hit.needle)]
    return [(hit.start + piece.start(), piece[0].encode()) for piece in _PIECE.finditer(folded[hit.start : hit.end])]


def _edges(scene: _Scene, hit: _Hit) -> tuple[Evidence, ...] | None:
    """() where words part on both sides or another of the names is glued on (`marcellegallois`), an initial's evidence where one letter
    is (`edurandel`), None where the word goes on."""
    visible = scene.text.visible
    after = parts(visible, hit.end) or _other(scene.starts, hit.end, hit)
    if not after or (len(hit.needle) < 5 and in_token(visible, hit.start, hit.end)):
        return None
    if parts(visible, hit.start) or _other(scene.ends, hit.start, hit):
        return ()
    return (_INITIAL,) if len(hit.needle) > 4 and parts(visible, hit.start - 1) else None


def _gaps(written: str, pieces: Sequence[tuple[int, bytes]]) -> tuple[Evidence, ...]:
    """A name of one word that is written in several: `duran-del`, `d u r a n d e l`; `d'une` and `le long` are rather what they say."""
    if len(pieces) == 1:
        return ()
    spelled_out = all(len(piece) == 1 for _, piece in pieces)
    return (_BLANKS,) if not spelled_out and (" " in written or "'" in written) else (_SIGNS,)


def _beside(scene: _Scene, hit: _Hit) -> bool:
    """Whether another of the names of the same kind of person stands next to it, with at most three signs between."""
    folded = scene.text.folded
    for gap in range(4):
        if _other(scene.ends, hit.start - gap, hit) and not _PIECE.search(folded, hit.start - gap, hit.start):
            return True
        if _other(scene.starts, hit.end + gap, hit) and not _PIECE.search(folded, hit.end, hit.end + gap):
            return True
    return False


def _other(edges: Mapping[int, _Hit], at: int, hit: _Hit) -> bool:
    """Whether another name of the same category begins, or ends, here."""
    other = edges.get(at)
    return other is not None and other.needle != hit.needle and other.category is hit.category


def _capital(visible: str, starts: Sequence[int]) -> bool:
    """Whether capitals begin each piece and tell something: not all around is capitals, and no sentence begins here."""
    near = visible[max(0, starts[0] - 40) : starts[-1] + 40]
    before = visible[max(0, starts[0] - 4) : starts[0]].rstrip(" \t(\"'«-")
    return all(visible[at].isupper() for at in starts) and near.upper() != near and before != "" and before[-1] not in _SENTENCE


# numbers, dates, addresses

_PREFIX = re.compile(r"(?:(?:(?:\+|00)33|(?<![0-9])33)[ ./-]{0,2}(?:\(0\)|0)?[ ./-]{0,2}|0[ ./-]{0,2})?$")
_PARTED = re.compile(r"[0-9][ ./-]{1,3}[0-9]{1,2}[ ./-]{1,3}[0-9]")


def _number(scene: _Scene, start: int, hit: _Hit) -> tuple[Evidence, ...]:
    """What speaks for a number, a date or an address; nothing where it is a part of a longer one."""
    folded = scene.text.folded
    written = folded[start : hit.end]
    if not (_ends(folded[start - 1 : start], written[0], hit.needle) and _ends(folded[hit.end : hit.end + 1], written[-1], hit.needle)):
        return ()
    if hit.kind is Kind.SPLIT_DATE:
        return (Evidence("known", 3),) if _PARTED.search(written) else ()
    if hit.kind is not Kind.NUMBER or len(hit.needle) >= 8:
        return (Evidence("known", 4),)
    if scene.role.name.startswith("result.") and len(written) == len(folded):
        return ()  # a short number that is all of a result is the result
    return (Evidence("known", 2), *([Evidence("gaps", -1)] if len(written) > len(hit.needle) else ()))


def _ends(beside: str, edge: str, needle: bytes) -> bool:
    """Whether a number or word ends where `beside` stands beside its `edge`: a long number may follow its label without a blank."""
    if edge.isdigit() and beside.isalpha():
        return len(needle) >= 8
    return not beside.isalnum()
