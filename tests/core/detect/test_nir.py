import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Category, Likelihood
from stream.core.detect import checks
from stream.core.detect.around import Facts
from tests.core.detect.looking import TEXTS, around, check_found, check_never_raises, found

NIR, INS = Category.PERSON_NIR, Category.PERSON_INS

_FOUND = [
    ("«1 84 03 75 999 042 26»", NIR, "as printed on the card"),
    ("«184037599904226»", NIR, "glued"),
    ("«1840375999042 26»", NIR, "the key apart"),
    ("«1.84.03.75.999.042.26»", NIR, "dots"),
    ("«1-84-03-75-999-042-26»", NIR, "hyphens"),
    ("«1·84·03·75·999·042·26»", NIR, "middle dots"),
    ("«1\u00a084\u00a003\u00a075\u00a0999\u00a0042\u00a026»", NIR, "no-break spaces"),
    ("«1 8 4 0 3 7 5 9 9 9 0 4 2 2 6»", NIR, "one digit per box of a form"),
    ("«1 84 03 75 999 042 / 26»", NIR, "the key after a slash"),
    ("«1 84 03 75 999 042 clé 26»", NIR, "the key named"),
    ("«2 65 03 2A 999 015 21»", NIR, "Corse-du-Sud"),
    ("«265032a99901521»", NIR, "Corse-du-Sud in lower case"),
    ("«180112B99912758»", NIR, "Haute-Corse"),
    ("«2 93 07 97 499 086 90»", NIR, "overseas"),
    ("«2 79 12 99 999 018 32»", NIR, "born abroad"),
    ("«3 88 05 99 999 007 22»", NIR, "temporary"),
    ("«1 55 25 75 999 008 87»", NIR, "a month of an incomplete register"),
    ("«1 84 O3 75 999 042 26»", NIR, "a zero that a machine read as O"),
    ("«１８４０３７５９９９０４２２６»", NIR, "full-width digits"),
    ("NIR«184037599904226»", NIR, "glued to its label"),
    ("«184037599904227»", NIR, "a wrong key: keys are wrong in real files too"),
    ("«1 84 03 75 999 042 27»", NIR, "a wrong key, grouped as only a NIR is"),
    ("assurée sous le «1 84 03 75 999 042»", NIR, "no key, grouped as only a NIR is"),
    ("NIR : «1840375999042»", NIR, "no key, labelled"),
    ("n° sécu «1840375999042»", NIR, "no key, labelled as people say"),
    ("Assuré : «1 70 01 75 101 123 13»", NIR, "a wrong key, labelled"),
    ("Sécu: «1.84038E+14»", NIR, "a spreadsheet's"),
    ("35000 «1 84 03 75 999 042 26»", NIR, "a postcode before it"),
    ("12/03/1984 «184037599904226» 0199001234", NIR, "between a date and a phone"),
    ("matricule INS: «2 79 12 99 999 018 32»", INS, "labelled INS"),
    ("INS «27707279035121518989»", INS, "twenty digits by mistake, labelled"),
    ("«27707279035121518989»^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS", INS, "the same with its authority"),
    ("«184037599904226»@patient.mssante.fr", INS, "the local part of a secure address"),
]


@pytest.mark.parametrize(("marked", "category", "why"), _FOUND, ids=[row[2] for row in _FOUND])
def test_a_nir_is_found_however_it_is_written(marked: str, category: Category, why: str) -> None:
    check_found("nir", marked, category)


_OTHERS = [
    ("1840375999042", "thirteen digits without a label are mostly clocks"),
    ("1726000000000", "milliseconds"),
    ("20240912083000", "a timestamp"),
    ("20240912083000123", "a timestamp with milliseconds"),
    ("Prélevé le 12/09/2024 à 10:30 reçu le 12/09/2024 11:05", "two dates with times"),
    ("1/80 1/160 1/320 1/640 1/1280", "titres"),
    ("LAB184037599904227", "a sample number: letters before, no key"),
    ("123456789012345", "no month 45"),
    ("charge virale 1.84038E+14 copies", "a viral load in scientific notation"),
    ("1.2.250.1.213.1.1.1.55", "an object identifier"),
    ("NIR : ***", "already masked"),
    ("INS le 12/09/2024 à 10:30", "a date after the word"),
]


@pytest.mark.parametrize(("text", "why"), _OTHERS, ids=[row[1] for row in _OTHERS])
def test_other_long_numbers_are_no_nir(text: str, why: str) -> None:
    assert found("nir", around(text)) == []


def test_a_key_of_a_json_object_labels_its_value() -> None:
    assert found("nir", around("1840375999042", label="num_secu")) == [("1840375999042", NIR)]


def test_the_birth_date_of_the_scope_confirms_thirteen_digits() -> None:
    leaf = around("1840375999042", facts=Facts(birth="19840312"))

    assert found("nir", leaf, Likelihood.LIKELY) == [("1840375999042", NIR)]


def test_another_sex_than_the_scope_says_lowers_the_likelihood() -> None:
    woman = around("184037599904226", facts=Facts(sex="F"))

    assert found("nir", woman, Likelihood.POSSIBLE) != []
    assert found("nir", woman, Likelihood.VERY_LIKELY) == []


_BODIES = st.tuples(
    st.sampled_from("12"),
    st.integers(0, 99).map("{:02}".format),
    st.integers(1, 12).map("{:02}".format),
    st.sampled_from(["01", "35", "75", "2A", "2B", "97", "99"]),
    st.integers(1, 990).map("{:03}".format),
    st.integers(1, 999).map("{:03}".format),
)
_WRITERS = st.sampled_from(["", " ", ".", "-", "/", "\u00a0", "_", "each"])


def _written(groups: tuple[str, ...], writer: str) -> str:
    return " ".join("".join(groups)) if writer == "each" else writer.join(groups)


@given(_BODIES, _WRITERS)
def test_any_valid_nir_is_found_in_any_writing(body: tuple[str, ...], writer: str) -> None:
    written = _written((*body, f"{checks.nir(''.join(body).lower()):02}"), writer)

    assert [value for value, _ in found("nir", around(f"vu ce jour {written} merci"), Likelihood.LIKELY)] == [written]


@given(_BODIES, _WRITERS, st.integers(1, 96))
def test_a_broken_key_alone_is_never_likely(body: tuple[str, ...], writer: str, off: int) -> None:
    wrong = (checks.nir("".join(body).lower()) - 1 + off) % 97 + 1

    assert found("nir", around(_written((*body, f"{wrong:02}"), writer)), Likelihood.LIKELY) == []


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_never_raises("nir", text)
