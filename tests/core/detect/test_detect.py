import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.lists import Lists, lists
from schemas.vocabulary import Category, Likelihood, Reason
from stream.core.detect import Detected, Rules, compile_rules, detect
from stream.core.detect.around import Around, Detector, Facts, Match
from stream.core.detect.choose import choose
from stream.core.roles import INDEX
from stream.core.values import Document, Evidence, Limits, PartKind
from tests.support.rows import document, escaped, raw

NO_LISTS = Lists((), (), (), (), (), (), (), ())
BADGE = re.compile(r"badge ([0-9]{4})")


def badge(name: str, weight: int, category: Category = Category.PERSON_LOCAL_NUMBER, before: int = 0) -> Detector:
    """Finds the number of a badge, or more of the text before it."""

    def find(around: Around) -> Iterator[Match]:
        for found in BADGE.finditer(around.folded):
            yield Match(found.start(1) - before, found.end(1), (Evidence(name, weight),))

    return Detector(name, category, ("badge [0-9]{4}",), find)


def witness(seen: list[Around]) -> Detector:
    """Finds nothing, and keeps what it was shown."""

    def find(around: Around) -> Iterator[Match]:
        seen.append(around)
        yield from ()

    return Detector("witness", Category.UNKNOWN, ("badge",), find, personal=True)


def found(detected: Detected, *documents: Document) -> list[tuple[str, str]]:
    """Category and text of every finding."""
    places = [(finding.category, finding.places[0]) for finding in detected.findings]
    return [(category.value, raw(documents[place.document], place.start, place.end)) for category, place in places]


# ---- what is scanned ------------------------------------------------------------------------------------------------

CHOSEN = [
    ("health.text", "rien", True, "text"),
    ("test.label", "Hémoglobine", True, "the name of an analyte"),
    ("unknown", "x", True, "a place that nobody knows"),
    ("key.unknown", "patientName", True, "a key that nobody knows"),
    ("key", "birthDate", False, "a known key"),
    ("person.name.family", "DURANDEL", False, "identity is told by its place"),
    ("person.local_number", "284033599931111", False, "whatever it looks like"),
    ("result.number", "13.5", False, "a number"),
    ("result.number", "0612345678", True, "a phone number in the place of a number"),
    ("test.code", "HB", False, "a code"),
    ("test.code", "DR KERVELLA 0199001234", True, "a text in the place of a code"),
    ("admin.date", "20240912081200", False, "a date"),
    ("sample.number", "x" * 300, True, "more than any code has"),
    ("test.system", f"http://{'a' * 40}/{'x' * 60}", True, "more than any code has"),
    ("result.unit", escaped("0612"), True, "escapes that look like a unit"),
    ("technical.code", escaped("0612345678"), True, "escapes in the place of a code"),
    ("unknown.number", "13.5", False, "its shape gave it its role"),
]


@pytest.mark.parametrize(("role", "text", "scanned", "reason"), CHOSEN, ids=[f"{case[0]}: {case[3]}" for case in CHOSEN])
def test_leaves_are_scanned_by_their_role_and_shape(role: str, text: str, scanned: bool, reason: str) -> None:
    chosen = choose((document(("technical.code", "A"), (role, text)),), lambda role, raw: ())

    assert chosen.leaves == [(0, 1)] * scanned


@pytest.mark.parametrize(
    ("role", "text", "scanned", "reason"),
    [
        ("result.attachment", "RFVSQU5ERUw=", False, "all of it is what hangs on it"),
        ("result.attachment", "voir: RFVSQU5ERUw=", True, "there is more"),
        ("health.text", "DURANDEL", True, "any other place"),
    ],
)
def test_an_attachment_is_what_hangs_on_it(role: str, text: str, scanned: bool, reason: str) -> None:
    child = document(("person.name.family", "DURANDEL"))
    child = replace(child, origin=child.origin._replace(parent=0, leaf=0))

    assert choose((document((role, text)), child), lambda role, raw: ()).leaves == [(0, 0)] * scanned


# ---- detectors ------------------------------------------------------------------------------------------------------


def test_a_detector_looks_only_at_leaves_in_which_it_was_hit() -> None:
    seen: list[Around] = []
    page = document(("health.text", "rien"), ("health.text", "badge"), ("person.name.family", "badge"))

    detect((page,), compile_rules([witness(seen)], NO_LISTS), Limits())

    assert [around.folded for around in seen] == ["badge"]


def test_a_detector_looks_once_at_a_leaf_however_often_it_was_hit() -> None:
    seen: list[Around] = []

    detect((document(("health.text", "badge badge badge")),), compile_rules([witness(seen)], NO_LISTS), Limits())

    assert len(seen) == 1


def test_a_detector_is_told_what_names_the_leaf_and_what_is_known_of_the_person() -> None:
    seen: list[Around] = []
    page = document(
        ("person.sex", "f"),
        ("person.birth_date", "12/03/1984"),
        ("key.unknown", "N° Interne"),
        ("unknown", "Badge É"),
        ("person.sex", "1"),
        ("unknown", "badge"),
        scopes=[4],
        labels=[-1, -1, -1, 2, -1, -1],
    )

    detect((page,), compile_rules([witness(seen)], NO_LISTS), Limits())

    assert [around._replace(role=around.role) for around in seen] == [
        Around("badge e", "Badge É", "no interne", seen[0].role, Facts("F", "19840312")),
        Around("badge", "badge", "", seen[1].role, Facts("M", "")),
    ]
    assert seen[0].role.name == "unknown"


def test_the_first_that_can_be_read_is_what_is_known_of_a_person() -> None:
    seen: list[Around] = []
    page = document(
        ("person.sex", "?"),
        ("person.sex", "F"),
        ("person.sex", "M"),
        ("person.birth_date", "inconnue"),
        ("person.birth_date", "1984"),
        ("person.birth_date", "1990"),
        ("unknown", "badge"),
    )

    detect((page,), compile_rules([witness(seen)], NO_LISTS), Limits())

    assert seen[0].facts == Facts("F", "1984")


@pytest.mark.parametrize(
    ("written", "expected", "reason"),
    [
        ("19840312", "19840312", "HL7"),
        ("198403", "198403", "without its day"),
        ("1984", "1984", "a year"),
        ("1984-03-12T00:00:00Z", "19840312", "ISO 8601"),
        ("12.03.1984", "19840312", "with dots"),
        ("mars 84", "", "not understood"),
    ],
)
def test_birth_dates_are_read_as_far_as_they_go(written: str, expected: str, reason: str) -> None:
    seen: list[Around] = []
    page = document(("person.birth_date", written), ("unknown", "badge"))

    detect((page,), compile_rules([witness(seen)], NO_LISTS), Limits())

    assert seen[0].facts.birth == expected


def test_what_was_said_of_a_leaf_is_not_said_of_one_that_means_something_else() -> None:
    seen: list[Around] = []
    rules = compile_rules([witness(seen)], NO_LISTS)
    pages = [
        document(("unknown", "badge")),
        document(("health.text", "badge")),
        document(("unknown", "BADGE")),
        document(("person.sex", "F"), ("unknown", "badge")),
        document(("key.unknown", "badge"), ("unknown", "badge"), labels=[-1, 0]),
    ]

    for page in pages + pages:
        detect((page,), rules, Limits())

    assert [(around.visible, around.role.name, around.label, around.facts.sex) for around in seen] == [
        ("badge", "unknown", "", ""),
        ("badge", "health.text", "", ""),
        ("BADGE", "unknown", "", ""),
        ("badge", "unknown", "", "F"),
        ("badge", "key.unknown", "", ""),
        ("badge", "unknown", "badge", ""),
    ]


def test_what_a_detector_sees_shows_no_text_when_printed() -> None:
    seen: list[Around] = []
    detect((document(("person.sex", "F"), ("unknown", "badge 1234")),), compile_rules([witness(seen)], NO_LISTS), Limits())

    assert "1234" not in repr(seen)
    assert "'F'" not in repr(seen)


def test_a_match_is_found_at_its_bytes_with_the_likelihood_of_its_evidence() -> None:
    page = document(("health.text", "Élodie, badge 1234"))

    detected = detect((page,), compile_rules([badge("badge", 3)], NO_LISTS), Limits())

    assert found(detected, page) == [("person.local_number", "1234")]
    assert detected.findings[0].likelihood is Likelihood.LIKELY
    assert detected.findings[0].detector == "badge"


def test_a_match_may_say_another_category_than_its_detector() -> None:
    other = Detector("x", Category.UNKNOWN, ("badge",), lambda around: [Match(0, 5, (Evidence("e", 3),), Category.PERSON_AGE)])
    page = document(("health.text", "badge"))

    assert found(detect((page,), compile_rules([other], NO_LISTS), Limits()), page) == [("person.age", "badge")]


def test_a_strong_finding_in_text_is_searched_in_the_rest_of_its_scope() -> None:
    page = document(
        ("health.text", "badge 12345"), ("health.text", "vu 12345"), ("person.name.family", "LEGALLOIS"), ("unknown", "12345"), scopes=[2]
    )
    long_badge = Detector(
        "badge", Category.PERSON_LOCAL_NUMBER, ("badge",), lambda a: [Match(6, 11, (Evidence("label", 3),))] if "badge" in a.folded else []
    )

    detected = detect((page,), compile_rules([long_badge], NO_LISTS), Limits())

    assert [(f.places[0].leaf, f.detector) for f in detected.findings] == [(0, "badge"), (1, "memory")]


def test_a_weak_finding_teaches_nothing() -> None:
    page = document(("health.text", "badge 12345"), ("health.text", "vu 12345"))
    weak = Detector("badge", Category.PERSON_LOCAL_NUMBER, ("badge",), lambda _: [Match(6, 11, (Evidence("label", 2),))])

    assert len(detect((page,), compile_rules([weak], NO_LISTS), Limits()).findings) == 1


def test_what_stands_in_a_pseudonym_is_not_found() -> None:
    page = document(
        ("person.name.family", "ABC"),
        ("health.text", "pq1-abcdefgh-hiv4abc2defghijklmnopqrst2 vih"),
    )

    assert found(detect((page,), compile_rules((), lists()), Limits()), page) == [("health.topic.hiv", "vih")]


# ---- the whole ------------------------------------------------------------------------------------------------------


def test_findings_stand_in_the_order_of_their_places() -> None:
    pages = (
        document(("test.code", "HIV"), ("health.text", "vih, ivg, badge 1234")),
        document(("key.unknown", "badge 1234"), part=PartKind.KEY),
    )

    places = [finding.places[0] for finding in detect(pages, compile_rules([badge("badge", 3)], lists()), Limits()).findings]

    assert len(places) == 5
    assert all(before <= after for before, after in pairwise(places))


def test_a_record_without_anything_to_scan_is_inspected_to_its_end() -> None:
    assert detect((document(("person.name.family", "DURANDEL")),), compile_rules((), NO_LISTS), Limits()) == Detected(())
    assert detect((), compile_rules((), NO_LISTS), Limits()) == Detected(())


def test_more_hits_than_the_budget_are_an_incomplete_inspection() -> None:
    rules = compile_rules([badge("badge", 3)], NO_LISTS)
    page = document(("health.text", "badge 1234, badge 1234"))

    assert detect((page,), rules, Limits(hits=1)) == Detected((), (Reason.OVER_BUDGET,))
    assert detect((page,), rules, Limits(hits=2)).incomplete == ()


def test_rules_show_nothing_but_their_size_when_printed() -> None:
    assert repr(compile_rules((), lists())).startswith("Rules(")
    assert len(repr(compile_rules((), lists()))) < 40


def test_a_pattern_that_cannot_be_compiled_is_refused() -> None:
    with pytest.raises(ValueError, match="a pattern is refused"):
        compile_rules([Detector("bad", Category.UNKNOWN, ("(?<=a)b",), lambda _: ())], NO_LISTS)


# ---- laws -----------------------------------------------------------------------------------------------------------

DETECTORS = (
    badge("a", 2),
    badge("b", 3, before=3),
    badge("c", 4, Category.PERSON_DOCUMENT),
    badge("d", 3, Category.PERSON_NAME, before=6),
    badge("e", 3, Category.PROFESSIONAL_NAME, before=6),
)


@cache
def shuffled_rules(seed: int) -> Rules:
    detectors = list(DETECTORS)
    Random(seed).shuffle(detectors)
    rows = list(lists().topics)
    Random(seed).shuffle(rows)
    return compile_rules(detectors, lists()._replace(topics=tuple(rows)))


WORDS = st.sampled_from(["badge 1234", "Durandel", "vih", "badge", "1234", "8009912345", "ivg", "rose", "Mme", "née", "\u200b", "sa 12"])
PAGES = st.lists(
    st.tuples(
        st.sampled_from(
            ["health.text", "unknown", "person.name.family", "test.code", "result.number", "person.local_number", "key.unknown"]
        ),
        st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(PAGES, st.integers(1, 4))
def test_the_order_of_the_detectors_does_not_matter(rows: list[tuple[str, str]], seed: int) -> None:
    page = document(*rows)

    assert detect((page,), shuffled_rules(seed), Limits()) == detect((page,), shuffled_rules(0), Limits())


@settings(deadline=None)
@given(st.lists(PAGES, max_size=3))
def test_every_finding_stands_within_one_leaf_that_was_scanned_or_holds_a_code(pages: list[list[tuple[str, str]]]) -> None:
    documents = tuple(document(*rows) for rows in pages)

    for finding in detect(documents, shuffled_rules(0), Limits()).findings:
        (place,) = finding.places
        columns = documents[place.document].columns
        assert columns.start[place.leaf] <= place.start < place.end <= columns.end[place.leaf]
        assert columns.role[place.leaf] not in {INDEX["person.name.family"], INDEX["person.local_number"]}


def detected_twice(documents: Sequence[Document]) -> tuple[Detected, Detected]:
    return detect(documents, shuffled_rules(0), Limits()), detect(documents, shuffled_rules(0), Limits())


@settings(deadline=None)
@given(PAGES)
def test_a_replay_finds_the_same(rows: list[tuple[str, str]]) -> None:
    first, second = detected_twice((document(*rows),))

    assert first == second
