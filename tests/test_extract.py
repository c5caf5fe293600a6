"""Files that the core cannot read itself: their text is inspected, and what cannot be read is not passed."""

import base64
from collections.abc import Iterator

import pytest

from schemas.vocabulary import Reason, Verdict
from stream.core.judge import inspect, judge
from stream.core.values import Incomplete, Outcome, Standing
from stream.extract import Extractor
from stream.synth.pdf import pdf
from tests.support.rulesets import a_record, ruleset

MOST = 100_000
NAMED = pdf(["Patient : DURANDEL Élodie (née MARTINEAU)", "NIR 2 84 03 35 999 311 11"], title="compte rendu")
RTF = rb"{\rtf1\ansi{\fonttbl\f0 Arial;}\f0\pard Patiente DURANDEL \b \'c9lodie\b0\par}"
POLICY = "allow: [{category: health}, {category: admin}, {category: technical}]\nunknown_structure: %s\ndefault: remove\n"


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    made = Extractor()
    yield made
    made.close()


def test_a_pdf_is_read_with_its_properties(extractor: Extractor) -> None:
    read = extractor(NAMED, MOST)

    assert isinstance(read, str)
    assert all(word in read for word in ("compte rendu", "DURANDEL Élodie", "2 84 03 35 999 311 11"))


def test_an_rtf_is_read_without_its_controls(extractor: Extractor) -> None:
    assert extractor(RTF, MOST) == "Patiente DURANDEL Élodie\n"


@pytest.mark.parametrize(
    ("data", "most", "reason", "why"),
    [
        (pdf(["Laboratoire"], scanned=True), MOST, Reason.UNDECODABLE, "a scanned page may say anything"),
        (pdf([], scanned=True), MOST, Reason.UNDECODABLE, "so may a picture without a word"),
        (NAMED[:200], MOST, Reason.UNDECODABLE, "half a file"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 10, MOST, Reason.UNDECODABLE, "no file at all"),
        (NAMED, 20, Reason.OVER_BUDGET, "more text than there is room for"),
        (RTF.replace(rb"\par}", rb"{\pict 00}}"), MOST, Reason.UNDECODABLE, "a picture in a text"),
    ],
)
def test_what_cannot_be_read_whole_has_no_text(extractor: Extractor, data: bytes, most: int, reason: Reason, why: str) -> None:
    assert extractor(data, most) == Incomplete(reason), why


# ---- in a record --------------------------------------------------------------------------------------------------------


def judged(extractor: Extractor, file: bytes, unknown: str = "remove") -> Outcome:
    value = (
        b"MSH|^~\\&|SIL|LABO|DPI|CH|20260901||ORU^R01|M1|P|2.5\rPID|1||||DURANDEL^ELODIE\rOBR|1|PRE-1\r"
        b"OBX|1|NM|2951-2^Sodium^LN||141|mmol/L|135 - 145|N|||F\r"
        b"OBX|2|ED|11502-2^CR^LN||^application^pdf^Base64^" + base64.b64encode(file) + b"||||||F\r"
    )
    rules = ruleset(POLICY % unknown)._replace(extract=extractor)
    return judge(inspect(a_record(value), rules), rules, [Standing()])[0]


def test_an_attachment_with_an_identity_in_it_is_removed_and_the_other_results_stay(extractor: Extractor) -> None:
    outcome = judged(extractor, NAMED)

    assert outcome.forward is not None
    assert base64.b64encode(NAMED) not in (outcome.forward.value or b"")
    assert b"|141|mmol/L|135 - 145|N|||F" in (outcome.forward.value or b"")


def test_an_attachment_that_says_nothing_forbidden_stays_as_it_is(extractor: Extractor) -> None:
    plain = pdf(["Glycemie a jeun 0.92 g/L", "Controle conseille dans 3 mois."])

    outcome = judged(extractor, plain)

    assert outcome.forward is not None
    assert base64.b64encode(plain) in (outcome.forward.value or b"")


def test_a_scanned_attachment_never_stays(extractor: Extractor) -> None:
    scanned = pdf(["Laboratoire"], scanned=True)

    removed, held = judged(extractor, scanned), judged(extractor, scanned, "quarantine")

    assert removed.forward is not None
    assert base64.b64encode(scanned) not in (removed.forward.value or b"")
    assert (held.forward, held.decision.verdict, held.decision.reasons) == (None, Verdict.QUARANTINE, (Reason.UNDECODABLE,))


def test_a_file_that_is_the_whole_record_is_held_where_something_in_it_would_have_to_go(extractor: Extractor) -> None:
    rules = ruleset(POLICY % "remove")._replace(extract=extractor)

    outcome = judge(inspect(a_record(NAMED), rules), rules, [Standing()])[0]

    assert (outcome.forward, outcome.decision.reasons) == (None, (Reason.CANNOT_REWRITE,))
