"""Kinds of HL7 v2 messages through the shipped policies: nobody's name leaves, and what a reader needs of the envelope does."""

import pytest

from schemas.vocabulary import Status, Urgency
from stream.core.judge import inspect
from stream.core.triage import triage
from tests.support.rulesets import a_record, forwarded, ruleset


def message(type_: str, *segments: str, version: str = "2.5", charset: str = "UNICODE UTF-8", profile: str = "") -> str:
    head = f"MSH|^~\\&|SIL-TEST|LABO|DPI|CH|20240912083015||{type_}|MSG1|P|{version}|||||FRA|{charset}|FR||{profile}"
    return "\r".join((head, *segments, ""))


_PID = "PID|1||8009912345^^^LABO-TEST^PI||DURANDEL^ELODIE^^^^^L||19840312|F"
_OTHER = "PID|2||8009912399^^^LABO-TEST^PI||LEGALLOIS^MARCEL^^^^^L||19610418|M"
_OBX = "OBX|{}|{}|A^B^L||{}||||||F"

_MESSAGES = [
    (
        message(
            "ACK^R01^ACK",
            "MSA|AE|MSG1|Patient DURANDEL ELODIE inconnu",
            "ERR|PID^1^5^101&DURANDEL inconnu&HL70357|PID^1^5^1~PID^1^3|204^DURANDEL^HL70357|E|X^DURANDEL|DURANDEL|DURANDEL|DURANDEL",
        ),
        "an acknowledgement that quotes what it refuses",
    ),
    (
        message(
            "OML^O21^OML_O21",
            _PID,
            "ORC|NW|PRE-5512|||||^^^20240912^^S||20240912|||99900000011^KERVELLA^YANN",
            "TQ1|1||||||20240912||S^Stat",
            "OBR|1|PRE-5512||56888-1^VIH 1+2^LN|||20240912|||||Mme Durandel enceinte",
            "DG1|1||B20^VIH de DURANDEL^I10",
            "SPM|1|LAB-42^||BLD^sang de DURANDEL",
        ),
        "an order",
    ),
    (message("ORL^O22^ORL_O22", "MSA|AA|MSG1", _PID, "ORC|OK|PRE-5512|LAB-42", "NTE|1||DURANDEL prévenue"), "the answer to an order"),
    (message("QBP^Q22^QBP_Q21", "QPD|IHE PDQ Query|Q1|@PID.5.1^DURANDEL~@PID.5.2^ELODIE", "RCP|I|10^RD"), "a query"),
    (
        message("RSP^K22^RSP_K21", "MSA|AA|MSG1", "QAK|Q1|OK", "QPD|IHE PDQ Query|Q1|@PID.5.1^DURANDEL", _PID, "NTE|1||DURANDEL", _OTHER),
        "its answer, about two patients",
    ),
    (
        message(
            "ADT^A01^ADT_A01",
            _PID,
            "PV1|1|I",
            "ZBE|M42^CH-TEST|20240912||INSERT|N|A01|^^^^^^UF^^^1234|^^^^^^UF^^^DURANDEL|HMS",
            "ZFA|ACTIF|20240912|20240912|O|20240912|N|O|20240912",
            "ZFD|31^02^1984|12|Y|N|INSI|20211201",
            "ZFP|1|DURANDEL",
            "ZFV|DURANDEL^20240910|8^2|8|20240912|20240913|3 RUE DURANDEL^^VANNES^^56000|DURANDEL",
            "ZFM|8|6|7|1",
            "ZFS|1|S1|20240912|20240913|INSERT|SPDT DURANDEL",
            version="2.5^FRA^2.11",
            charset="8859/1~UNICODE UTF-8",
            profile="2.11^IHE_FRANCE-2.11-PAM~2.0^CI-SIS_CR-BIO",
        ),
        "an admission of IHE France",
    ),
    (
        message(
            "ORU^R01^ORU_R01",
            _PID,
            _OBX.format(1, "TX", "Mme DURANDEL~vue avec Élodie Durandel"),
            _OBX.format(2, "FT", r"DURAN\H\DEL\.br\DUR\C2842\ANDEL \M284200\ELODIE\Z1\ et DURAN\X44\EL"),
            _OBX.format(3, "RP", r"\E\\E\srv\E\DURANDEL_ELODIE.pdf^SRV&1.2^AP^PDF"),
            _OBX.format(4, "ED", "^AP^TEXT^Base64^TW1lIERVUkFOREVMIEVMT0RJRSB2dWUgY2Ugam91cg=="),
            _OBX.format(5, "ZZ", "DURANDEL^ELODIE"),
            _OBX.format(6, "NR", "DURANDEL^1"),
        ),
        "results of every kind",
    ),
    (
        "FHS|^~\\&|SIL|LABO|DPI|CH|20240912||DURANDEL.hl7|lot DURANDEL|F1\r"
        "BHS|^~\\&|SIL|LABO|DPI|CH|20240912||DURANDEL|DURANDEL|B1\r"
        + message("ORU^R01", _PID)
        + message("ORU^R01", _PID)
        + "BTS|2|fin DURANDEL|14\rFTS|1|fin DURANDEL\r",
        "a batch in a file",
    ),
]
_WORDS = ("durandel", "elodie", "élodie", "legallois", "marcel", "kervella", "8009912345")


@pytest.mark.parametrize("policy", ["research", "insurer"])
@pytest.mark.parametrize("text", [text for text, _ in _MESSAGES], ids=[why for _, why in _MESSAGES])
def test_nobodys_name_leaves(text: str, policy: str) -> None:
    allowed = {"research": (), "insurer": ("PID-5",)}[policy]
    left = forwarded(text.encode(), policy).decode()
    lines = [line for line in left.split("\r") if not (allowed and line.startswith("PID|"))]  # the insurer's policy allows PID-5

    assert [word for word in _WORDS if word in "\r".join(lines).casefold()] == []


@pytest.mark.parametrize("text", [text for text, _ in _MESSAGES], ids=[why for _, why in _MESSAGES])
def test_what_a_reader_needs_of_the_envelope_stays(text: str) -> None:
    before, after = text.split("\r"), forwarded(text.encode(), "insurer").decode().split("\r")

    assert [line.split("|")[0] for line in before] == [line.split("|")[0] for line in after]
    assert [_needed(line) for line in before] == [_needed(line) for line in after]
    assert [line.count("|") for line in before] == [line.count("|") for line in after]


_NEEDED = {
    "MSH": (8, 9, 10, 11, 17, 18, 20),
    "MSA": (1, 2),
    "ERR": (2, 4),
    "BTS": (1, 3),
    "FTS": (1,),
    "QAK": (1, 2),
    "FHS": (10,),
    "BHS": (10,),
}


def _needed(line: str) -> list[str]:
    fields = line.split("|")
    return [fields[number] for number in _NEEDED.get(fields[0], ()) if number < len(fields)]


def test_an_order_is_as_urgent_as_it_says_in_any_of_its_places() -> None:
    seen = inspect(a_record(_MESSAGES[1][0].encode()), ruleset("care"))

    assert triage(seen.documents)[:2] == (Urgency.URGENT, Status.UNSTATED)


@pytest.mark.parametrize("declared", ["UNICODE UTF-8", "8859/1", "8859/15", "ASCII", "", "ISO IR87"])
@pytest.mark.parametrize("written", ["utf-8", "cp1252", "iso8859-15"])
def test_a_charset_that_is_not_the_declared_one_hides_no_name(declared: str, written: str) -> None:
    text = message("ORU^R01", _PID.replace("ELODIE", "HÉLOÏSE"), "NTE|1||Mme héloïse Durandel vue", charset=declared)

    left = forwarded(text.encode(written), "research").decode(written).casefold()

    assert "héloïse" not in left
    assert "durandel" not in left
