"""Bars with their intervals, as SVG within a page. Called by `page`. Colours come from the page's style."""

from collections.abc import Iterable, Sequence
from html import escape
from statistics import median
from typing import NamedTuple

from stream.evaluation.figures import Share
from stream.evaluation.words import percent

_ROW, _LEFT, _WIDE, _RIGHT, _HEAD = 18, 178, 260, 132, 18
_ROUND = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


class Bar(NamedTuple):
    """A row of a plot."""

    label: str
    share: Share


def scale(shares: Iterable[Share]) -> float:
    """A round end of an axis from 0 on which every share is seen, and most of the intervals; the others go beyond it."""
    told = [share for share in shares if share.value is not None]
    most = max((share.value or 0.0 for share in told), default=0.0)
    usual = median(share.interval[1] for share in told) if told else 0.0
    return next(end for end in _ROUND if max(most * 1.2, usual) <= end or end == 1.0)


def plot(title: str, bars: Sequence[Bar], end: float) -> str:
    """Bars from 0 to `end`. What has nothing to have a share of has no bar."""
    height = _HEAD + _ROW * len(bars) + 16
    rows = "".join(_bar(number, bar, end) for number, bar in enumerate(bars))
    ticks = "".join(_tick(end * part / 4, end, height) for part in range(0, 5, 2))
    size = f'viewBox="0 0 {_LEFT + _WIDE + _RIGHT} {height}"'
    return f'<svg {size} role="img" aria-label="{escape(title)}"><text class="title" x="0" y="12">{escape(title)}</text>{ticks}{rows}</svg>'


def _tick(value: float, end: float, height: int) -> str:
    at = _at(value, end)
    line = f'<line class="grid" x1="{at}" x2="{at}" y1="{_HEAD}" y2="{height - 14}"/>'
    return f'{line}<text class="tick" x="{at}" y="{height - 3}" text-anchor="middle">{value * 100:g} %</text>'


def _bar(number: int, bar: Bar, end: float) -> str:
    top, share = _HEAD + _ROW * number, bar.share
    label = f'<text x="{_LEFT - 8}" y="{top + 13}" text-anchor="end">{escape(bar.label)}</text>'
    if share.value is None:
        return label
    low, high = share.interval
    first, last, wide = _at(low, end), _at(min(high, end), end), _at(min(share.value, end), end) - _LEFT
    drawn = f'<rect class="bar" x="{_LEFT}" y="{top + 4}" width="{wide:.1f}" height="{_ROW - 8}"/>'
    middle = top + _ROW / 2
    caps = "".join(f"M{at} {middle - 3}V{middle + 3}" for at in (first, *([last] if high <= end else [])))
    whisker = f'<path class="whisker" d="M{first} {middle}H{last}{caps}"/>'
    said = f'<text class="value" x="{_LEFT + _WIDE + 8}" y="{top + 13}">{percent(share)} of {share.of:,}</text>'
    return label + drawn + whisker + said


def _at(value: float, end: float) -> float:
    return round(_LEFT + _WIDE * value / end, 1)
