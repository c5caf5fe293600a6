import re
from functools import cache

import pytest

from schemas.lists import lists
from schemas.vocabulary import Category, Likelihood
from stream.core.detect import Rules, compile_rules, detect
from stream.core.kernels.fold import fold
from stream.core.values import Finding, Limits
from tests.support.rows import document, raw


@cache
def rules() -> Rules:
    return compile_rules((), lists())


def findings(role: str, text: str) -> list[tuple[str, str, Likelihood]]:
    """Category (without `health.topic.`), text and likelihood of what a leaf gives away."""
    page = document((role, text))

    def told(finding: Finding) -> tuple[str, str, Likelihood]:
        place = finding.places[0]
        return finding.category.removeprefix("health.topic."), raw(page, place.start, place.end), finding.likelihood

    return [told(finding) for finding in detect((page,), rules(), Limits()).findings]


def topics(role: str, text: str) -> set[str]:
    """The categories that a policy with the usual threshold sees."""
    return {category for category, _, likelihood in findings(role, text) if likelihood >= Likelihood.POSSIBLE}


TEXTS = [
    ("grossesse 7 SA", {"pregnancy"}, "from the press on the leak of 2021"),
    ("sous Levothyrox", {"health.drug"}, "the same"),
    ("patient séropositif HIV", {"hiv"}, "the same"),
    ("tumeur au cerveau", {"oncology"}, "the same"),
    ("Sérologie VIH négative", {"hiv"}, "a negative test is a test"),
    ("pas de grossesse en cours", {"pregnancy"}, "what is denied was asked"),
    ("PATIENTE ENCEINTE", {"pregnancy"}, "capitals"),
    ("Patientes enceintes", {"pregnancy"}, "plural"),
    ("métastases hépatiques", {"oncology"}, "a stem"),
    ("une interruption volontaire de grossesse", {"abortion", "pregnancy"}, "several words"),
    ("IVG médicamenteuse le 12", {"abortion"}, "an abbreviation"),
    ("Mifégyne puis Cytotec", {"abortion"}, "drugs tell what they are for"),
    ("PrEP par Truvada", {"hiv"}, "prevention"),
    ("BIKTARVY depuis 2021", {"hiv"}, "a drug"),
    ("dépistage IST avant PrEP", {"sti", "hiv"}, "context on both sides"),
    ("TPHA-VDRL", {"sti"}, "two tests in one"),
    ("Ag HBs, Ac anti-HBc", {"hepatitis"}, "hyphens"),
    ("AgHBs", {"hepatitis"}, "camel case"),
    ("hivStatus", {"hiv"}, "the name of a field"),
    ("vih1_pcr", {"hiv"}, "the name of another"),
    ("charge virale VIH indétectable", {"hiv"}, "context"),
    ("charge virale CMV", set(), "another virus"),
    ("25-OH vitamine D", set(), "no alcohol"),
    ("OH chronique, tabac", {"addiction"}, "alcohol"),
    ("solution hydro-alcoolique", set(), "no alcohol that is drunk"),
    ("Helicobacter pylori, HP positif", set(), "no psychiatric hospital"),
    ("adressée par l'HP, suivi psy", {"psychiatry"}, "a psychiatric hospital"),
    ("CMP: suivi par infirmier", {"psychiatry"}, "a mental health centre"),
    ("ACE 12 ng/mL", {"oncology"}, "an antigen"),
    ("enzyme de conversion (ACE)", set(), "an enzyme"),
    ("CA 15-3 élevé", {"oncology"}, "a marker"),
    ("CA corrigé 2,35 mmol/L", set(), "calcium"),
    ("12SA+3", {"pregnancy"}, "weeks glued to their number"),
    ("G2P1", {"pregnancy"}, "gestity and parity"),
    ("SA au capital de 1000 euros", set(), "a company"),
    ("TS médicamenteuse en 2019", {"psychiatry"}, "an attempt"),
    ("TSH normale", set(), "thyroid"),
    ("mutation du service 3 vers le lit 12", set(), "a move between wards"),
    ("mutation JAK2 V617F", {"genetics"}, "a gene"),
    ("violences conjugales", {"stigma"}, "violence"),
    ("urines violettes", set(), "a colour"),
    ("bénéficiaire AME", {"stigma"}, "state aid"),
    ("examen de l'âme", set(), "no state aid"),
    ("gêne respiratoire", set(), "no gene"),
    ("protocole standard", set(), "an abbreviation within a word"),
    ("contexte inflammatoire", set(), "nothing"),
    ("jeton eyJhbGciOiJIUzI1NiJ9xK7hiv2Qw9", set(), "letters of a token, drawn by lot"),
    ("ref 9f86d081hiv7d659a2", set(), "and of a hash"),
    ("crVih2024", {"hiv"}, "a short word among few"),
    ("VI\u200bH po\u00adsitif", {"hiv"}, "what is not seen does not part a word"),
    ("ＶＩＨ positif", {"hiv"}, "full-width letters"),
    ("SÉROLOGIE\u00a0VIH", {"hiv"}, "another blank"),
    ("interruption  volontaire\nde grossesse", {"abortion", "pregnancy"}, "over the end of a line"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), TEXTS, ids=[f"{case[0]!a}: {case[2]}" for case in TEXTS])
def test_text_tells_its_topics(text: str, expected: set[str], reason: str) -> None:
    assert topics("health.text", text) == expected


def test_an_ambiguous_abbreviation_without_its_context_is_weak_in_text_and_nothing_in_a_label() -> None:
    assert findings("health.text", "TS 2") == [("psychiatry", "TS", Likelihood.UNLIKELY)]
    assert findings("test.label", "TS 2") == []


def test_a_term_stands_where_it_is_written() -> None:
    assert findings("health.text", "Recherche de VIH, syphilis.") == [
        ("hiv", "VIH", Likelihood.LIKELY),
        ("sti", "syphilis", Likelihood.LIKELY),
    ]


CODES = [
    ("test.code", "56888-1", {"hiv"}, "LOINC"),
    ("test.code", "21198-7", {"pregnancy"}, "LOINC"),
    ("test.code", "718-7", set(), "haemoglobin"),
    ("test.code", "882-1", {"person.blood_group"}, "the group itself is the sensitive part"),
    ("test.code", "BHCG", {"pregnancy"}, "a local code"),
    ("test.code", "b-hcg", {"pregnancy"}, "signs and case do not count"),
    ("test.code", "HIVAG", {"hiv"}, "the beginning of a local code"),
    ("test.code", "GRSG", {"person.blood_group"}, "blood group"),
    ("test.code", "NFS", set(), "a blood count"),
    ("test.code", "GLU", set(), "glucose"),
    ("unknown.code", "56888-1", {"hiv"}, "a LOINC code in a place that nobody knows"),
    ("diagnosis.code", "B20", {"hiv"}, "a diagnosis"),
    ("diagnosis.code", "b20.1", {"hiv"}, "a sub-category"),
    ("diagnosis.code", "Z206", {"hiv"}, "without its point"),
    ("diagnosis.code", "Z20.8", set(), "beside a range"),
    ("diagnosis.code", "O04.9", {"pregnancy", "abortion"}, "in two ranges"),
    ("diagnosis.code", "C50.9+", {"oncology"}, "with a dagger"),
    ("diagnosis.code", "E11.9", set(), "diabetes"),
    ("diagnosis.code", "sans", set(), "no code"),
    ("test.code", "B20", set(), "a diagnosis code means nothing among tests"),
    ("result.unit", "BHCG", set(), "nor a test's among units"),
    ("diagnosis.code", "BHCG", set(), "nor among diagnoses"),
]


@pytest.mark.parametrize(("role", "text", "expected", "reason"), CODES, ids=[f"{case[1]}: {case[3]}" for case in CODES])
def test_codes_tell_their_topics_in_the_places_of_such_codes(role: str, text: str, expected: set[str], reason: str) -> None:
    assert topics(role, text) == expected


def test_a_code_is_found_as_its_whole_leaf() -> None:
    assert findings("test.code", "56888-1") == [("hiv", "56888-1", Likelihood.VERY_LIKELY)]


ROWS = [*lists().topics, *lists().drugs]
PLAIN = [row for row in ROWS if not row[2] and not row[0].startswith("/")]


def test_every_plain_term_is_found_in_a_sentence_by_itself() -> None:
    missed = [row[0] for row in PLAIN if row[1].removeprefix("health.topic.") not in topics("health.text", f"vu {row[0].rstrip('*')}, xx")]

    assert missed == []


def test_every_term_is_written_as_text_is_folded() -> None:
    terms = [row[0] for row in ROWS if not row[0].startswith("/")]
    page = document(*(("health.text", term) for term in terms))
    view = fold((page,), [(0, n) for n in range(len(terms))])

    assert [view.leaf(n).folded for n in range(len(terms))] == terms


def test_no_term_stands_twice_for_one_topic() -> None:
    assert len({row[:2] for row in ROWS}) == len(ROWS)


def test_every_pattern_of_the_lists_is_one() -> None:
    for _, category, only, never in ROWS:
        assert Category(category)
        re.compile(only)
        re.compile(never)


def test_every_loinc_code_has_its_check_digit() -> None:
    def luhn(code: str) -> int:
        digits = [int(digit) for digit in reversed(code.replace("-", ""))]
        return sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])

    assert [row[0] for row in lists().loinc if luhn(row[0]) % 10] == []


def test_ranges_of_diagnoses_begin_before_they_end_and_are_as_long() -> None:
    assert [row for row in lists().icd if len(row[0]) != len(row[1]) or row[0] > row[1]] == []
