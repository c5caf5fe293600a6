from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Category, Likelihood
from stream.core.detect.likelihood import likelihood
from stream.core.detect.merge import merge
from stream.core.values import Evidence, Finding, Place

WEIGHTS = [
    ([], Likelihood.VERY_UNLIKELY, "nothing speaks for it"),
    ([2, -3], Likelihood.VERY_UNLIKELY, "more speaks against it"),
    ([1], Likelihood.UNLIKELY, "a hint"),
    ([2], Likelihood.POSSIBLE, "a label"),
    ([3], Likelihood.LIKELY, "a checksum"),
    ([2, 2], Likelihood.LIKELY, "a label and more"),
    ([3, 2], Likelihood.VERY_LIKELY, "a checksum and a label"),
    ([9, 9], Likelihood.VERY_LIKELY, "there is no more than that"),
]


@pytest.mark.parametrize(("weights", "expected", "reason"), WEIGHTS, ids=[case[2] for case in WEIGHTS])
def test_evidence_adds_up_to_a_likelihood(weights: list[int], expected: Likelihood, reason: str) -> None:
    assert likelihood(Evidence("e", weight) for weight in weights) is expected


def found(
    start: int, end: int, weight: int = 3, detector: str = "a", category: Category = Category.PERSON_NAME, leaf: int = 0, code: str = "e"
) -> Finding:
    evidence = (Evidence(code, weight),)
    return Finding(category, likelihood(evidence), (Place(0, leaf, start, end),), detector, evidence)


def spans(findings: tuple[Finding, ...]) -> list[tuple[int, int, int]]:
    return [(f.places[0].leaf, f.places[0].start, f.places[0].end) for f in findings]


def test_findings_that_overlap_become_one_that_covers_both() -> None:
    assert spans(merge([found(0, 5), found(3, 8), found(20, 22)])) == [(0, 0, 8), (0, 20, 22)]


def test_findings_that_touch_stay_two() -> None:
    assert spans(merge([found(0, 5), found(5, 8)])) == [(0, 0, 5), (0, 5, 8)]


def test_a_chain_of_overlaps_becomes_one() -> None:
    assert spans(merge([found(6, 9), found(0, 4), found(3, 7)])) == [(0, 0, 9)]


def test_a_short_one_within_a_long_one_does_not_end_it() -> None:
    assert spans(merge([found(0, 9), found(1, 2), found(8, 12)])) == [(0, 0, 12)]


def test_other_categories_and_other_leaves_are_left_alone() -> None:
    findings = [found(0, 5), found(0, 5, category=Category.CONTACT_PHONE), found(0, 5, leaf=1)]

    assert len(merge(findings)) == 3


def test_the_strongest_gives_its_likelihood_and_name_and_all_evidence_is_kept() -> None:
    weak, strong = found(0, 5, 2, "weak", code="label"), found(2, 9, 3, "strong", code="checksum")

    (merged,) = merge([weak, strong])

    assert (merged.likelihood, merged.detector) == (Likelihood.LIKELY, "strong")
    assert merged.evidence == (Evidence("checksum", 3), Evidence("label", 2))


def test_what_two_detectors_say_is_not_added_up() -> None:
    (merged,) = merge([found(0, 5, 2, "a"), found(0, 5, 2, "b", code="f")])

    assert merged.likelihood is Likelihood.POSSIBLE


def test_a_finding_of_several_places_is_never_merged() -> None:
    split = found(0, 5)._replace(places=(Place(0, 0, 0, 5), Place(0, 1, 0, 5)))

    assert len(merge([split, found(0, 5)])) == 2


FINDINGS = st.lists(
    st.builds(
        lambda start, size, weight, detector, category, leaf: found(start, start + size, weight, detector, category, leaf),
        st.integers(0, 12),
        st.integers(1, 6),
        st.integers(-1, 6),
        st.sampled_from("abc"),
        st.sampled_from([Category.PERSON_NAME, Category.CONTACT_PHONE]),
        st.integers(0, 1),
    ),
    max_size=10,
)


@given(FINDINGS, st.randoms(use_true_random=False))
def test_the_order_in_which_findings_come_does_not_matter(findings: list[Finding], chance: Random) -> None:
    shuffled = [*findings]
    chance.shuffle(shuffled)

    assert merge(shuffled) == merge(findings)


@given(FINDINGS)
def test_merging_again_changes_nothing(findings: list[Finding]) -> None:
    assert merge(merge(findings)) == merge(findings)


@given(FINDINGS)
def test_every_character_that_was_found_stays_found_at_least_as_surely(findings: list[Finding]) -> None:
    merged = merge(findings)

    for finding in findings:
        place = finding.places[0]
        covering = [
            m
            for m in merged
            if m.category is finding.category
            and m.places[0].leaf == place.leaf
            and m.places[0].start <= place.start
            and place.end <= m.places[0].end
        ]
        assert covering
        assert covering[0].likelihood >= finding.likelihood
