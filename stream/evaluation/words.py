"""What the figures are called, and how a share is said to people. Called by `pratique eval` and its page."""

from collections.abc import Mapping

from stream.evaluation.figures import Figures, Share

TITLES: Mapping[str, str] = {
    "recall": "recall",
    "leak_free": "documents without a leak",
    "precision": "precision",
    "precision_found": "of findings",
    "needless": "removed needlessly",
    "touched": "clean documents touched",
    "kept": "results kept",
    "held": "held",
    "held_needlessly": "held needlessly",
}
"""By the name of a share of Figures."""


def shares(figures: Figures) -> dict[str, Share]:
    """The shares of TITLES, in their order."""
    return {name: getattr(figures, name) for name in TITLES}


def percent(share: Share) -> str:
    """Never rounded up to all, nor down to none."""
    return "–" if share.value is None else f"{_written(share.value)} %"


def interval(share: Share) -> str:
    """Both ends."""
    low, high = share.interval
    return "" if share.value is None else f"{_written(low)} to {_written(high)} %"


def _written(value: float) -> str:
    shown = f"{value * 100:.2f}"
    if value in {0.0, 1.0}:
        return f"{value * 100:.0f}"
    return {"100.00": ">99.99", "0.00": "<0.01"}.get(shown, shown)
