"""What stands near a value: labels, lines; and which of two overlapping matches is the better. Called by the detectors."""

import re
from collections.abc import Iterable

from stream.core.detect.around import Around, Match
from stream.core.values import Evidence

_RESTORED = re.compile(r"[\r\n°º]")

NO = r"n(?:°|[o.](?![a-z])|um(?:ero)?s?(?![a-z])|r(?![a-z]))"
"""`n°` and its other spellings."""

IS = rf"(?:[ \t]*(?:[:=#>]|(?<![a-z])(?:{NO}|(?:est|is)(?![a-z]))\.?)){{0,3}}[ \t]*"
"""What may stand between a label and its value: `:`, `=`, `n°`, `est` ..., or a blank."""

LABEL = 2  # the weight of a label


def lined(around: Around) -> str:
    """The folded text with its line ends and degree signs back: patterns stop at the ones, and read `n°` by the others."""
    folded = around.folded
    pieces: list[str] = []
    last = 0
    for sign in _RESTORED.finditer(around.visible):
        pieces += folded[last : sign.start()], "\n" if sign[0] in "\r\n" else "°"
        last = sign.end()
    return "".join((*pieces, folded[last:])) if pieces else folded


def line(text: str, position: int) -> tuple[int, int]:
    """The line of a lined text that a position is in."""
    end = text.find("\n", position)
    return text.rfind("\n", 0, position) + 1, len(text) if end < 0 else end


def labelled(around: Around, text: str, start: int, labels: re.Pattern[str], reach: int = 40) -> tuple[Evidence, ...]:
    """The nearest label before `start` on its line and within `reach`, or the key that names the leaf."""
    if around.label and labels.search(around.label):
        return (Evidence("label@key", LABEL),)
    begin = max(start - reach, text.rfind("\n", 0, start) + 1)
    nearest = None
    for nearest in labels.finditer(text, begin, start):  # noqa: B007  # the last one is what is wanted
        pass
    return (Evidence(f"label@{start - nearest.end()}", LABEL),) if nearest else ()


def weight(match: Match) -> int:
    """What speaks for a match, less what speaks against it."""
    return sum(evidence.weight for evidence in match.evidence)


def strongest(matches: Iterable[Match]) -> list[Match]:
    """Matches that do not overlap: the heavier, then the longer win. In the order of the text; what weighs nothing is left out."""
    chosen: list[Match] = []
    for match in sorted(matches, key=lambda m: (-weight(m), m.start - m.end, m.start)):
        if weight(match) > 0 and all(match.end <= other.start or other.end <= match.start for other in chosen):
            chosen.append(match)
    return sorted(chosen, key=lambda m: m.start)
