"""Evidence -> likelihood: the one place where weights become one of five words. Called by `detect`; thresholds live in `decide`."""

from collections.abc import Iterable

from schemas.vocabulary import Likelihood
from stream.core.values import Evidence

_BY_SUM = (Likelihood.VERY_UNLIKELY, Likelihood.UNLIKELY, Likelihood.POSSIBLE, Likelihood.LIKELY, Likelihood.LIKELY, Likelihood.VERY_LIKELY)


def weighed(evidence: Iterable[Evidence]) -> int:
    """What speaks for, less what speaks against."""
    total = 0
    for _, weight in evidence:
        total += weight
    return total


def likelihood(evidence: Iterable[Evidence]) -> Likelihood:
    """0 and less is very unlikely, 1 unlikely, 2 possible, 3 and 4 likely, 5 and more very likely."""
    weight = weighed(evidence)
    return _BY_SUM[0 if weight < 0 else min(weight, 5)]
