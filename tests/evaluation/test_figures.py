"""Shares, their intervals, and the figures of a few measured records."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Category, Verdict
from stream.evaluation.case import Spot
from stream.evaluation.figures import ALL, Share, evaluation, wilson, worst
from stream.evaluation.measure import Measured
from stream.evaluation.words import interval, percent

NAME, PHONE, RESULT = Category.PERSON_NAME, Category.CONTACT_PHONE, Category.HEALTH_RESULT
_BLANK = Measured(
    1, "", "json", False, "", Verdict.REDACT, (), Counter(), (), 0, 0, (), 0, 0, 0, Counter(), Counter(), (), needlessly_held=False
)


def test_wilson_gives_the_interval_of_the_textbook() -> None:
    assert (0.0552, 0.1744) == pytest.approx(wilson(0.1, 100), abs=1e-4)
    assert (0.0, 0.0370) == pytest.approx(wilson(0.0, 100), abs=1e-4)


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_an_interval_holds_its_share_and_lies_within_0_and_1(share: float, trials: int) -> None:
    low, high = wilson(share, trials)

    assert 0 <= low <= share <= high <= 1


@given(st.floats(0, 1), st.integers(1, 10**5))
def test_more_trials_make_an_interval_no_wider(share: float, trials: int) -> None:
    few, many = wilson(share, trials), wilson(share, 10 * trials)

    assert few[0] - 1e-12 <= many[0]
    assert many[1] <= few[1] + 1e-12


def test_figures_are_of_each_format_and_of_all() -> None:
    leak = Spot(NAME, "nom", 3)
    records = [
        _BLANK._replace(due=Counter({NAME: 3, PHONE: 1}), leaks=(leak,), results=2, kept=1, removed=40, needless=4, staying=100),
        _BLANK._replace(number=2, format="hl7v2", due=Counter({NAME: 2}), results=2, kept=2, removed=60, staying=300),
        _BLANK._replace(number=3, about_nobody=True, needless=1, removed=1, found=Counter({NAME: 1}), idle=Counter({NAME: 1})),
        _BLANK._replace(number=4, about_nobody=True, verdict=Verdict.QUARANTINE, needlessly_held=True),
        _BLANK._replace(number=5, about_nobody=True, verdict=Verdict.CLEAR),
    ]
    found = evaluation(records)
    figures = found.formats[ALL]

    assert [ALL, "hl7v2", "json"] == [*found.formats]
    assert 5 == figures.documents
    assert (5, 6, 6) == figures.recall
    assert (1, 2, 2) == figures.leak_free
    assert (96, 101, 4) == figures.precision
    assert (0, 1, 1) == figures.precision_found
    assert (5, 400, 4) == figures.needless
    assert (2, 3, 3) == figures.touched
    assert (3, 4, 4) == figures.kept
    assert (1, 5, 5) == figures.held == figures.held_needlessly
    assert (4, 5, 5) == found.categories[ALL][NAME].recall
    assert (2, 2, 2) == found.categories["hl7v2"][NAME].recall
    assert [NAME, PHONE] == [*found.categories["json"]]


def test_what_there_is_nothing_of_has_no_share() -> None:
    figures = evaluation([_BLANK]).formats[ALL]

    assert (None, "–", "") == (figures.recall.value, percent(figures.recall), interval(figures.recall))


def test_a_share_is_never_rounded_up_to_all_nor_down_to_none() -> None:
    shares = [Share(1, 1, 1), Share(99_999, 100_000, 100_000), Share(1, 3, 3), Share(1, 100_000, 100_000), Share(0, 1, 1)]

    assert ["100 %", ">99.99 %", "33.33 %", "<0.01 %", "0 %"] == [percent(share) for share in shares]


def test_the_worst_come_first_and_the_good_not_at_all() -> None:
    leak = Spot(NAME, "nom", 3)
    records = [
        _BLANK,
        _BLANK._replace(number=2, needless=5),
        _BLANK._replace(number=3, leaks=(leak,)),
        _BLANK._replace(number=4, leaks=(leak, leak)),
        _BLANK._replace(number=5, verdict=Verdict.QUARANTINE, needlessly_held=True),
        _BLANK._replace(number=6, verdict=Verdict.QUARANTINE),
    ]

    assert [4, 3, 2, 5] == [one.number for one in worst(records, 10)]
    assert [4] == [one.number for one in worst(records, 1)]
