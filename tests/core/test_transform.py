"""What is written in a place, without any format around it."""

import pytest

from schemas.vocabulary import Generalisation
from stream.core.act.transform import _generalised


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("19840312", "1984"),  # HL7 TS
        ("19840312083015+0100", "1984"),  # with time and zone
        ("198403", "1984"),  # month known only
        ("1984-03-12", "1984"),
        ("12/03/1984", "1984"),
        ("12 mars 1984", "1984"),
        ("1984", "1984"),  # acting twice
    ],
)
def test_a_date_becomes_its_year(written: str, year: str) -> None:
    assert year == _generalised(written, Generalisation.YEAR)


@pytest.mark.parametrize("written", ["12/03/84", "inconnue", "", "00000000"])
def test_a_date_without_a_year_has_no_coarser_value(written: str) -> None:
    assert _generalised(written, Generalisation.YEAR) is None


@pytest.mark.parametrize(
    ("postcode", "department"),
    [
        ("35000", "35"),
        ("01000", "01"),
        ("97400", "974"),  # overseas has three digits
        ("98800", "988"),
        ("20000", "2A"),  # Corse-du-Sud
        ("20200", "2B"),  # Haute-Corse
        ("2A", "2A"),  # acting twice
        ("974", "974"),
        ("35", "35"),
    ],
)
def test_a_postcode_becomes_its_department(postcode: str, department: str) -> None:
    assert department == _generalised(postcode, Generalisation.DEPARTMENT)


@pytest.mark.parametrize("written", ["3500", "RENNES", "SW1A 1AA", "350000"])
def test_what_is_no_french_postcode_has_no_department(written: str) -> None:
    assert _generalised(written, Generalisation.DEPARTMENT) is None
