"""What stands near a value: labels, lines; and which of two overlapping matches is the better. Called by the detectors."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from operator import attrgetter

from stream.core.detect.around import Around, Match
from stream.core.detect.likelihood import weighed
from stream.core.values import Evidence

_RESTORED = re.compile(r"[\r\n°º]")

NO = r"n(?:°|[o.](?![a-z])|um(?:ero)?s?(?![a-z])|r(?![a-z]))"
"""`n°` and its other spellings."""

IS = rf"(?:[ \t]*(?:[:=#>]|(?<![a-z])(?:{NO}|(?:est|is)(?![a-z]))\.?)){{0,3}}[ \t]*"
"""What may stand between a label and its value: `:`, `=`, `n°`, `est` ..., or a blank."""

LABEL = 2  # the weight of a label
_NEAR = 160  # characters


def lined(around: Around) -> str:
    """The folded text with its line ends and degree signs back: patterns stop at the ones, and read `n°` by the others."""
    folded = around.folded
    if not _RESTORED.search(around.visible):
        return folded
    pieces: list[str] = []
    last = 0
    for sign in _RESTORED.finditer(around.visible):
        pieces += folded[last : sign.start()], "\n" if sign[0] in "\r\n" else "°"
        last = sign.end()
    return "".join((*pieces, folded[last:]))


def line(text: str, position: int) -> tuple[int, int]:
    """The line of a lined text that a position is in; of a long line what stands near."""
    end = text.find("\n", position, position + _NEAR)
    return after_line_end(text, position - _NEAR, position), min(position + _NEAR, len(text)) if end < 0 else end


def after_line_end(text: str, begin: int, end: int) -> int:
    """Where the line that `end` is in begins, but not before `begin`."""
    begin = max(begin, 0)
    return max(text.rfind("\n", begin, end) + 1, begin)


def labelled(around: Around, text: str, start: int, labels: re.Pattern[str], reach: int = 40) -> tuple[Evidence, ...]:
    """The nearest label before `start` on its line and within `reach`, or the key that names the leaf."""
    if around.label and labels.search(around.label):
        return (Evidence("label@key", LABEL),)
    nearest = None
    for nearest in labels.finditer(text, after_line_end(text, start - reach, start), start):  # noqa: B007  # the last one is what is wanted
        pass
    return (Evidence(f"label@{start - nearest.end()}", LABEL),) if nearest else ()


def weight(match: Match) -> int:
    """What speaks for a match, less what speaks against it."""
    return weighed(match.evidence)


def strongest(matches: Iterable[Match]) -> list[Match]:
    """Matches that do not overlap: the heavier, then the longer win. In the order of the text; what weighs nothing is left out."""
    every = list(matches)
    if len(every) < 2:
        return [match for match in every if weight(match) > 0]
    chosen: list[Match] = []
    for match in sorted(every, key=lambda m: (-weight(m), m.start - m.end, m.start)):
        if weight(match) <= 0:
            break
        place = bisect_left(chosen, match.start, key=attrgetter("start"))
        if (place == 0 or chosen[place - 1].end <= match.start) and (place == len(chosen) or match.end <= chosen[place].start):
            chosen.insert(place, match)
    return chosen
