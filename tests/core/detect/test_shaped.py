from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stream.core.detect.shaped import HARMLESS, fits
from stream.core.roles import INDEX, ROLES
from stream.core.values import Treat

SHAPES = [
    ("result.number", "13.5", True, "a number"),
    ("result.number", "<0,05", True, "below what is measured"),
    ("result.number", "12345678", True, "eight digits"),
    ("result.number", "-1.5e+3", True, "an exponent"),
    ("result.number", "0612345678", False, "a phone number"),
    ("result.number", "639981234", False, "a phone number that lost its zero"),
    ("result.number", "2840335999311", False, "a NIR without its key"),
    ("result.number", "284033599931111", False, "a NIR"),
    ("result.number", "2.84034E+14", True, "what a spreadsheet makes of a NIR tells nobody"),
    ("result.number", "DURANDEL", False, "a name"),
    ("result.number", "voir commentaire", False, "a text"),
    ("result.range", "12.0-16.0", True, "from and to"),
    ("result.range", "0 - 5", True, "with blanks"),
    ("result.range", "100,0 à 160,0", True, "in French"),
    ("result.range", "(3.90 ; 5.50)", True, "in brackets"),
    ("result.range", ">= 60.00", True, "from"),
    ("result.range", "06 12 34 56 78", False, "a phone number in pairs"),
    ("result.range", "0612-345678", False, "a phone number that looks like a range"),
    ("result.unit", "10*9/L", True, "a power"),
    ("result.unit", "mL/min/1,73m²", True, "a square"),
    ("result.unit", "µmol/L", True, "a micro sign"),
    ("result.unit", "DURANDEL Elodie", False, "a name"),
    ("result.unit", "0612345678", False, "a phone number"),
    ("result.unit", "elodie@example.org", False, "an e-mail"),
    ("admin.date", "20240912081200", True, "seconds"),
    ("admin.date", "20240912081200.123+0200", True, "fractions and a zone"),
    ("admin.date", "2024-09-12T08:12:00Z", True, "ISO 8601"),
    ("admin.date", "12/09/2024", True, "French"),
    ("admin.date", "12/09/2024 08:12", True, "French, with its time"),
    ("admin.date", "1840375999042", False, "a NIR of a man born in 1984"),
    ("admin.date", "20241312", False, "no thirteenth month"),
    ("admin.date", "06 12 34 56 78", False, "a phone number as long as a date"),
    ("admin.date", "0612345678", False, "a phone number"),
    ("test.code", "56888-1", True, "LOINC"),
    ("test.code", "BETA_HCG_PLASMA", True, "a local code"),
    ("test.code", "0199001234", False, "a phone number"),
    ("test.code", "vu Mme DURANDEL", False, "a text"),
    ("sample.number", "LAB-240912-0042", True, "letters lead the digits"),
    ("sample.number", "LAB2409120042", True, "ten digits behind letters"),
    ("sample.number", "TEL0612345678", False, "a phone number behind letters"),
    ("sample.number", "NIR2840335999311", False, "a NIR behind letters"),
    ("sample.number", "2409120042", False, "ten digits could be a patient's number"),
    ("technical.code", "UNICODE UTF-8", True, "a charset"),
    ("technical.code", "ORU^R01^ORU_R01", True, "the type of a message"),
    ("technical.code", "ACK^R01^ACK", True, "the type of an acknowledgement"),
    ("technical.code", "QBP^ZV1^QBP_Q21", True, "the type of a query of IHE"),
    ("technical.code", "création", True, "a code word with an accent"),
    ("technical.code", "Hélénoria", False, "a name with an accent"),
    ("technical.code", "DURANDEL^ELODIE", False, "a name in components"),
    ("technical.code", "1.2.250.1.213.1.4.8", True, "an object identifier"),
    ("technical.code", "2.16.840.1.113883.6.1", True, "another"),
    ("technical.code", "06.12.34.56.78", False, "a phone number with dots"),
    ("technical.code", "2.16.12.75.999.142.26", False, "a NIR with dots"),
    ("technical.code", "20240912083015", True, "a timestamp"),
    ("technical.code", "elodie.d@example.org", False, "an e-mail"),
    ("test.system", "http://loinc.org", True, "the address of a code system"),
    ("test.system", "urn:oid:1.2.250.1.213.2.12", True, "an object identifier"),
    ("result.status", "F", True, "a letter"),
    ("result.code", "une tache rose au centre", False, "a text"),
]


@pytest.mark.parametrize(("role", "text", "expected", "reason"), SHAPES, ids=[f"{case[0]}: {case[3]}" for case in SHAPES])
def test_a_value_fits_its_place_or_is_scanned(role: str, text: str, expected: bool, reason: str) -> None:
    assert fits(INDEX[role], text.encode()) is expected


CHECKED = [number for number, harmless in enumerate(HARMLESS) if harmless is not None]


def test_every_shaped_place_is_checked_but_those_that_got_their_role_by_their_shape() -> None:
    unchecked = {role.name for number, role in enumerate(ROLES) if role.treat is Treat.SHAPED and number not in CHECKED}

    assert unchecked == {role.name for role in ROLES if role.name.startswith("unknown.")}


@st.composite
def identifiers(draw: st.DrawFn) -> str:
    """A NIR with or without its key, or a phone number, with any separator between its groups."""
    groups = draw(st.sampled_from([(1, 2, 2, 2, 3, 3, 2), (1, 2, 2, 2, 3, 3), (2, 2, 2, 2, 2)]))
    digits = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=sum(groups), max_size=sum(groups))))
    head = "0" + draw(st.sampled_from("12345679")) if len(groups) == 5 else draw(st.sampled_from("12")) + digits[1] + digits[2]
    digits = head + digits[len(head) :]
    separator = draw(st.sampled_from(["", " ", ".", "-", "/", "_"]))
    at = [sum(groups[:n]) for n in range(len(groups) + 1)]
    return separator.join(digits[start:end] for start, end in pairwise(at))


@given(identifiers(), st.sampled_from(CHECKED))
@example("0612345678", INDEX["admin.date"])
@example("1 84 03 75 999 042", INDEX["result.range"])
def test_no_identifier_fits_any_place(text: str, role: int) -> None:
    assert not fits(role, text.encode())


@given(identifiers(), st.sampled_from(CHECKED), st.sampled_from(["", "A", "x ", "no "]), st.sampled_from(["", "B", " y"]))
def test_no_identifier_fits_with_something_beside_it(text: str, role: int, before: str, after: str) -> None:
    assert not fits(role, f"{before}{text}{after}".encode())


@given(st.binary(max_size=90), st.sampled_from(CHECKED))
def test_any_bytes_are_answered(raw: bytes, role: int) -> None:
    assert fits(role, raw) in {True, False}
