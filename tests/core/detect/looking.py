"""Looks at one detector as `detect` does: folds a text, asks the prefilter, asks the detector. Expected values stand between « and »."""

from functools import cache

from hypothesis import strategies as st

from schemas.lists import lists
from schemas.vocabulary import Category, Likelihood
from stream.core.detect.around import Around, Detector, Facts
from stream.core.detect.catalogue import detectors
from stream.core.detect.likelihood import likelihood
from stream.core.kernels.alike import folded
from stream.core.kernels.scan import Database, build, scan
from stream.core.roles import INDEX, ROLES


@cache
def catalogue() -> dict[str, Detector]:
    return {detector.name: detector for detector in detectors(lists())}


@cache
def _prefilter(name: str) -> Database:
    return build(catalogue()[name].patterns, ())


def around(text: str, label: str = "", role: str = "health.text", facts: Facts | None = None) -> Around:
    """A leaf of this text; the text holds nothing that is hidden or written out."""
    return Around(folded(text), text, label, ROLES[INDEX[role]], facts or Facts())


def hit(name: str, text: str) -> bool:
    """Whether the prefilter makes the detector look at this text."""
    return bool(scan(f"\n{folded(text)}\n".encode(), _prefilter(name), 10_000))


def found(name: str, leaf: Around, at_least: Likelihood = Likelihood.POSSIBLE) -> list[tuple[str, Category]]:
    """What the detector finds in a leaf, in the order of the text."""
    detector = catalogue()[name]
    matches = sorted(match for match in detector.find(leaf) if likelihood(match.evidence) >= at_least)
    return [(leaf.visible[match.start : match.end], match.category or detector.category) for match in matches]


def expected(marked: str) -> tuple[str, list[str]]:
    """A text without its marks, and what stood between them."""
    pieces = marked.replace("»", "«").split("«")
    return "".join(pieces), pieces[1::2]


def check_found(name: str, marked: str, category: Category, label: str = "") -> None:
    """The marked values and no others of this category are found, and the prefilter does not miss them."""
    text, values = expected(marked)

    assert [value for value, kind in found(name, around(text, label)) if kind is category] == values
    assert hit(name, text)


TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        "12 03 1984 0639981234 184037599904226 / - . : , @ + ( ) < ° n° né née le DDN Mme M. Dr DURANDEL Elodie LE GOFF rue des Lices "
        "35000 RENNES IPP NIR groupe A+ Rh pos FR14 mdp login Azerty12 http:// 192.168.1.20 ans 92 CHU de patient \n \t * pq1- é Œ "
        "12AB34567 P<FRA<< passeport mutuelle".split(" ")
    ),
    max_size=14,
).map(" ".join)
"""Any text, and texts of the pieces that detectors look for."""


def check_never_raises(name: str, text: str) -> None:
    """The detector reads any text, and its spans lie within it."""
    leaf = around(text)
    for match in catalogue()[name].find(leaf):
        assert 0 <= match.start < match.end <= len(leaf.visible)
        assert match.evidence
