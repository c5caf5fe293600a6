from functools import cache
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.lists import lists
from schemas.vocabulary import Category, Likelihood, Reason
from stream.core.detect import Rules, compile_rules, detect
from stream.core.detect.memory import Kind, learn
from stream.core.values import Document, Finding, Limits, PartKind
from tests.support.rows import document, raw

PERSON = (
    ("person.name.family", "DURANDEL"),
    ("person.name.given", "Élodie"),
    ("person.birth_date", "19840312"),
    ("person.ins", "284033599931111"),
    ("person.local_number", "8009912345"),
    ("person.visit_number", "18250"),
    ("contact.phone", "01 99 00 12 34"),
    ("contact.email", "elodie.d@example.org"),
    ("contact.address", "12 rue des Lices"),
    ("relative.name.family", "MARTINEAU"),
    ("professional.name.full", "DR KERVELLA Yann"),
    ("credential.password", "Azerty12"),
)


@cache
def rules() -> Rules:
    return compile_rules((), lists())


def remembered(*documents: Document) -> list[tuple[Document, Finding]]:
    """What memory found, with the document it stands in."""
    found = detect(documents, rules(), Limits()).findings
    return [(documents[finding.places[0].document], finding) for finding in found if finding.detector == "memory"]


def recalled(text: str, role: str = "health.text", person: tuple[tuple[str, str], ...] = PERSON) -> dict[str, Likelihood]:
    """The texts that memory finds in one more leaf of a record about a person."""
    found = remembered(document(*person, (role, text)))
    return {raw(page, finding.places[0].start, finding.places[0].end): finding.likelihood for page, finding in found}


SPELLINGS = [
    ("vu Durandel ce jour", "Durandel", "another case"),
    ("vue par elodie", "elodie", "without its accent"),
    ("ÉLODIE", "ÉLODIE", "the whole leaf"),
    ("DURAN-DEL", "DURAN-DEL", "a hyphen inside"),
    ("D.U.R.A.N.D.E.L", "D.U.R.A.N.D.E.L", "letter by letter"),
    ("D U R A N D E L", "D U R A N D E L", "letter by letter, with blanks"),
    ("DUR\u200bANDEL", "DUR\u200bANDEL", "a character that is not seen inside"),
    ("ＤＵＲＡＮＤＥＬ", "ＤＵＲＡＮＤＥＬ", "full-width letters"),
    ("CR_DURANDEL_1984.pdf", "DURANDEL", "the name of a file"),
    ("crDurandelFinal", "Durandel", "camel case"),
    ("edurandel", "durandel", "an initial before it, as in a login"),
    ("IPP 8009912345", "8009912345", "a number"),
    ("IPP8009912345", "8009912345", "a long number glued to its label"),
    ("8 009 912 345", "8 009 912 345", "a number in groups"),
    ("8009-912-345", "8009-912-345", "a number with hyphens"),
    ("dossier 18250", "18250", "a short number"),
    ("2 84 03 35 999 311 11", "2 84 03 35 999 311 11", "a NIR in its groups"),
    ("2840335999311", "2840335999311", "a NIR without its key"),
    ("0199001234", "0199001234", "a phone number"),
    ("tel 01.99.00.12.34", "01.99.00.12.34", "with dots"),
    ("+33 1 99 00 12 34", "+33 1 99 00 12 34", "with the prefix of France"),
    ("0033199001234", "0033199001234", "the same from a landline"),
    ("+33(0)1 99 00 12 34", "+33(0)1 99 00 12 34", "both prefixes"),
    ("199001234", "199001234", "a zero lost in a spreadsheet"),
    ("ELODIE.D@EXAMPLE.ORG", "ELODIE.D@EXAMPLE.ORG", "an e-mail"),
    ("12, Rue des Lices", "12, Rue des Lices", "an address"),
    ("rue des Lices", "rue des Lices", "its street"),
    ("née le 12/03/1984", "12/03/1984", "a date with slashes"),
    ("12-03-84", "12-03-84", "two digits for the year"),
    ("12.3.1984", "12.3.1984", "without leading zeros"),
    ("1984-03-12", "1984-03-12", "ISO 8601"),
    ("19840312", "19840312", "glued"),
    ("le 12 mars 1984", "12 mars 1984", "the month as a word"),
    ("March 12, 1984", "March 12, 1984", "in English"),
    ("mdp Azerty12", "Azerty12", "a password"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), SPELLINGS, ids=[f"{case[0]!a}: {case[2]}" for case in SPELLINGS])
def test_what_a_place_taught_is_found_however_it_is_written(text: str, expected: str, reason: str) -> None:
    found = recalled(text)

    assert found.get(expected, Likelihood.VERY_UNLIKELY) >= Likelihood.POSSIBLE, found


STRANGERS = [
    ("durandelle", "a longer word"),
    ("superdurandel", "the end of a word"),
    ("80099123456", "a longer number"),
    ("180099123450", "a number around it"),
    ("a18250b", "a short number within a code"),
    ("12.03", "a part of the date"),
    ("120384", "six digits that nothing parts are a number"),
    ("112 rue des Licesx", "another street"),
    ("bbelodie.d@example.organic", "a longer address"),
    ("résultat normal", "nothing of the person"),
]


@pytest.mark.parametrize(("text", "reason"), STRANGERS, ids=[case[1] for case in STRANGERS])
def test_what_only_looks_alike_is_not_found(text: str, reason: str) -> None:
    assert recalled(text) == {}


def test_a_short_name_in_a_token_is_chance() -> None:
    person = (("person.name.family", "Ali"),)

    assert recalled("eyJhbGciOiJIUzI1NiJ9xK7Ali2Qw9", person=person) == {}
    assert recalled("CR_Ali2024.pdf", person=person) == {"Ali": Likelihood.LIKELY}


def test_a_finding_has_the_category_of_the_place_it_was_learnt_from() -> None:
    page = document(*PERSON, ("health.text", "Durandel Martineau Kervella 8009912345 0199001234 Azerty12 12/03/1984"))

    assert [(raw(d, f.places[0].start, f.places[0].end), f.category) for d, f in remembered(page)] == [
        ("Durandel", Category.PERSON_NAME),
        ("Martineau", Category.PERSON_NAME),
        ("Kervella", Category.PROFESSIONAL_NAME),
        ("8009912345", Category.PERSON_LOCAL_NUMBER),
        ("0199001234", Category.CONTACT_PHONE),
        ("Azerty12", Category.CREDENTIAL_PASSWORD),
        ("12/03/1984", Category.PERSON_BIRTH_DATE),
    ]


ROSE = (("person.name.family", "ROSE"), ("person.name.given", "Petit"))
COMMON = [
    ("result.text", "couleur rose", None, "a colour"),
    ("result.text", "Rose pâle", None, "a sentence begins with a capital"),
    ("result.text", "ASPECT ROSE", None, "all is capitals"),
    ("result.text", "Vu. Rose et Petit nodule", Likelihood.VERY_UNLIKELY, "a capital behind a full stop"),
    ("health.text", "vu Rose hier", Likelihood.POSSIBLE, "a capital inside a sentence"),
    ("health.text", "MME ROSE", Likelihood.LIKELY, "a title"),
    ("health.text", "PETIT ROSE", Likelihood.LIKELY, "the other name beside it"),
    ("health.text", "rose, petit", Likelihood.LIKELY, "the same in small letters"),
    ("unknown", "ROSE", Likelihood.POSSIBLE, "all of a place that nobody knows"),
    ("result.text", "ROSE", None, "all of a result is the result"),
]


@pytest.mark.parametrize(("role", "text", "expected", "reason"), COMMON, ids=[f"{case[1]}: {case[3]}" for case in COMMON])
def test_a_name_that_is_a_word_needs_more_than_itself(role: str, text: str, expected: Likelihood | None, reason: str) -> None:
    found = {name.lower(): likelihood for name, likelihood in recalled(text, role, ROSE).items()}

    if expected is None:
        assert "rose" not in found
    elif expected is Likelihood.VERY_UNLIKELY:
        assert found == {"petit": Likelihood.POSSIBLE}
    else:
        assert found["rose"] >= expected


def test_the_name_of_a_physician_is_no_neighbour_of_a_patients() -> None:
    assert recalled("aspect rose petit", person=(("person.name.family", "ROSE"), ("professional.name.family", "PETIT"))) == {}


@pytest.mark.parametrize("role", ["test.label", "result.unit", "result.flag", "result.number", "result.range", "test.code"])
def test_a_patient_called_fer_does_not_empty_the_analysis_of_iron(role: str) -> None:
    person = (("person.name.family", "FER"), ("person.name.given", "Blanc"))

    for text in ("Fer", "FER", "Fer sérique", "Globules Blanc"):
        assert recalled(text, role, person) == {}


def test_a_number_of_the_person_in_the_place_of_a_number_is_found() -> None:
    assert recalled("8009912345", "result.number") == {"8009912345": Likelihood.LIKELY}


def test_a_short_number_that_is_all_of_a_result_is_the_result() -> None:
    assert recalled("18250", "result.text") == {}


BRETON = (("person.name.family", "LE GOFF"), ("person.name.given", "Li"))
PARTS = [
    ("Le Goff", "Le Goff", "as it is written"),
    ("LEGOFF", "LEGOFF", "glued"),
    ("le-goff", "le-goff", "with a hyphen"),
    ("goff", "goff", "its long part"),
    ("Mme Li", "Li", "a short name behind a title"),
    ("Goff Li", "Li", "a short name beside the other"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), PARTS, ids=[case[2] for case in PARTS])
def test_names_of_several_words_and_short_names_are_found(text: str, expected: str, reason: str) -> None:
    assert recalled(text, person=BRETON)[expected] >= Likelihood.LIKELY


@pytest.mark.parametrize("text", ["le patient", "Li+ 0,8 mmol/L", "lithium"])
def test_particles_and_short_names_alone_are_nothing(text: str) -> None:
    assert recalled(text, person=BRETON) == {}


def test_a_glued_name_is_found_apart_when_its_parts_have_capitals() -> None:
    person = (("person.name.family", "LEGALL"),)

    assert recalled("vu Le Gall", person=person)["Le Gall"] is Likelihood.LIKELY
    assert recalled("le gall", person=person) == {"le gall": Likelihood.UNLIKELY}


# ---- scopes ---------------------------------------------------------------------------------------------------------

ROWS = document(
    ("person.name.family", "DURANDEL"),
    ("health.text", "vu Durandel, Legallois"),
    ("person.name.family", "LEGALLOIS"),
    ("health.text", "vu Durandel, Legallois"),
    scopes=[2],
)


def names(*documents: Document) -> list[tuple[int, str]]:
    """The leaf and the text of what memory found."""
    return [(f.places[0].leaf, raw(d, f.places[0].start, f.places[0].end)) for d, f in remembered(*documents)]


def test_a_scope_is_searched_for_its_own_person_only() -> None:
    assert names(ROWS) == [(1, "Durandel"), (3, "Legallois")]


@pytest.mark.parametrize("part", [PartKind.KEY, PartKind.HEADER_NAME, PartKind.HEADER_VALUE])
def test_keys_and_headers_are_searched_for_the_persons_of_all_scopes(part: PartKind) -> None:
    outside = document(("key.unknown", "Legallois/DURANDEL"), part=part)

    assert names(ROWS, outside)[2:] == [(0, "Legallois"), (0, "DURANDEL")]


def test_a_scope_that_knows_nobody_is_searched_for_all() -> None:
    envelope = document(("health.text", "Durandel"), ("professional.name.family", "KERVELLA"), scope=9)

    assert (0, "Durandel") in names(ROWS, envelope)


def test_a_child_document_is_searched_for_the_persons_of_its_scope() -> None:
    child = document(("plain.text", "CR de Durandel"))

    assert names(document(("person.name.family", "DURANDEL")), child) == [(0, "Durandel")]


# ---- what is not learnt ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "text", "reason"),
    [
        ("person.name.family", "***", "a mask"),
        ("person.name.family", "pq1-abcdefgh-abcdefghijklmnopqrstuvwxyz", "a pseudonym"),
        ("person.birth_date", "1984", "a year"),
        ("person.birth_date", "00/00/1950", "no date"),
        ("person.local_number", "1234", "four digits"),
        ("person.local_number", "ABCDEF", "a number without digits"),
        ("contact.address", "VAN", "a word"),
        ("credential.password", "abc", "three letters"),
    ],
)
def test_what_would_be_found_everywhere_is_not_learnt(role: str, text: str, reason: str) -> None:
    terms = learn((document((role, text)),)).get(0)

    assert terms is None or (terms.needles == {} and terms.dates == {})


def test_a_number_in_the_place_of_a_name_is_learnt_as_a_number() -> None:
    terms = learn((document(("person.name.family", "8009912345"), ("person.name.given", "1234")),))[0]

    assert terms.needles == {b"8009912345": (Kind.NUMBER, Category.PERSON_NAME)}


def test_particles_are_learnt_within_a_name_only() -> None:
    assert set(learn((document(("person.name.family", "Van der BERG")),))[0].needles) == {b"vanderberg", b"berg"}


def test_titles_are_no_part_of_a_name() -> None:
    terms = learn((document(("professional.name.full", "Dr. KERVELLA Yann")),))[0]

    assert set(terms.needles) == {b"kervella", b"yann", b"kervellayann"}
    assert terms.needles[b"kervellayann"][0] is Kind.FULL


# ---- budgets --------------------------------------------------------------------------------------------------------


def test_more_hits_than_the_budget_are_an_incomplete_inspection() -> None:
    page = document(("person.name.family", "DURANDEL"), ("health.text", "durandel " * 50))

    assert detect((page,), rules(), Limits(hits=49)).incomplete == (Reason.OVER_BUDGET,)
    assert detect((page,), rules(), Limits(hits=50)).incomplete == ()


def test_more_work_than_the_budget_is_an_incomplete_inspection(monkeypatch: pytest.MonkeyPatch) -> None:
    page = document(("person.name.family", "DURANDEL"), ("health.text", "rien"))
    monkeypatch.setattr(import_module("stream.core.detect.recall"), "WORK", 3)

    assert detect((page,), rules(), Limits()).incomplete == (Reason.OVER_BUDGET,)


# ---- laws -----------------------------------------------------------------------------------------------------------

LETTERS = st.text("bdfghjkvwxyz", min_size=4, max_size=9)


@given(LETTERS, st.text("bdfghjkvwxyz ,.", max_size=12), st.text("bdfghjkvwxyz ,.", max_size=12), st.data())
def test_a_name_is_found_in_any_text_with_any_case_and_separators(name: str, before: str, after: str, data: st.DataObject) -> None:
    separators = data.draw(st.lists(st.sampled_from(["", "", "", "-", "'"]), min_size=len(name), max_size=len(name)))
    spelled = "".join(
        letter.upper() if data.draw(st.booleans()) else letter + separator for letter, separator in zip(name, separators, strict=True)
    ).rstrip("-'")
    page = document(("person.name.family", name), ("health.text", f"{before} Mme {spelled} {after}"))

    assert any(spelled in raw(d, f.places[0].start, f.places[0].end) for d, f in remembered(page))


@given(st.lists(st.tuples(st.sampled_from(["person.name.full", "contact.phone", "person.nir", "health.text"]), st.text(max_size=20))))
def test_any_text_can_be_learnt_and_searched(rows: list[tuple[str, str]]) -> None:
    page = document(*((role, text.replace("%", "").encode("utf-8", "ignore").decode()) for role, text in rows))

    for found in detect((page,), rules(), Limits()).findings:
        place = found.places[0]
        assert page.columns.start[place.leaf] <= place.start < place.end <= page.columns.end[place.leaf]
