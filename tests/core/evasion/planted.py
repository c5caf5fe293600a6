"""Values that must not leave, the records they are planted in, and everything that a receiver may read in an outcome."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from schemas.vocabulary import Reason
from stream.core.values import Outcome, Record
from tests.support.rulesets import a_record, outcomes, ruleset


class Planted(NamedTuple):
    """A value within a sentence."""

    before: str
    value: str
    after: str


NAME = Planted("Résultat dicté à Mme ", "DURANDEL", " ce jour")
FULL_NAME = Planted("Appel de la patiente ", "Sidonie DURANDEL", " ce jour")
NIR = Planted("communiqué : ", "284039900123473", " ce jour")
PHONE = Planted("vue ce matin, ", "0639981234", " ce jour")
EMAIL = Planted("écrire à ", "sidonie.durandel@example.org", " ce jour")
BIRTH = Planted("née le ", "12/03/1984", " à suivre")

STRICT = """\
allow:
  - {category: health}
  - {category: admin}
  - {category: sample}
unknown_structure: quarantine
default: mask
"""
POLICIES = ("research", STRICT)

ESCAPES = str.maketrans(
    {"|": r"\F" + "\\", "^": r"\S" + "\\", "&": r"\T" + "\\", "~": r"\R" + "\\", "\\": r"\E" + "\\", "\n": r"\.br" + "\\"}
)


def hl7(text: str, *more: str) -> bytes:
    """An ORU with the text in OBX-5, and further segments."""
    return as_it_stands(text.replace("\r\n", "\n").translate(ESCAPES), *more)


def as_it_stands(field: str, *more: str) -> bytes:
    """The same with OBX-5 as it is written here."""
    segments = (
        "MSH|^~\\&|A|B|C|D|20240912||ORU^R01|1|P|2.5|||||FRA|UNICODE UTF-8",
        "PID|1||8009912345^^^LABO^PI",
        "OBR|1||1|2345-7^Glucose^LN",
        f"OBX|1|TX|2345-7^Glucose^LN||{field}||||||F",
        *more,
        "",
    )
    return "\r".join(segments).encode()


def in_json(text: object) -> bytes:
    """A result in JSON with the text as its comment."""
    return json.dumps({"commentaire": text, "valeur": 5.2}, ensure_ascii=False).encode()


def in_csv(text: str) -> bytes:
    """Two rows of an export with the text in the first."""
    quoted = text.replace('"', '""')
    rows = (
        "date_prelevement;analyse;valeur;unite;commentaire",
        f'2026-01-02;Glucose;5,2;mmol/L;"{quoted}"',
        "2026-01-03;Glucose;5,3;mmol/L;ras",
        "",
    )
    return "\r\n".join(rows).encode()


CARRIERS: dict[str, Callable[[str], bytes]] = {"hl7": hl7, "json": in_json, "csv": in_csv, "text": str.encode}


def outcome(data: bytes | None, policy: str, key: bytes | None = None, headers: tuple[tuple[str, bytes | None], ...] = ()) -> Outcome:
    """What becomes of a record under one policy."""
    return outcomes(a_record(data, key, headers), ruleset(policy))[0]


def held(data: bytes | None, key: bytes | None = None, headers: tuple[tuple[str, bytes | None], ...] = ()) -> set[tuple[Reason, ...]]:
    """The reasons for which a record is held under each of the policies; () for one that forwards it."""
    every = outcomes(a_record(data, key, headers), ruleset(*POLICIES))
    return {() if each.forward is not None else each.decision.reasons for each in every}


def leaves(record: Record, value: str) -> bool:
    """Whether a value can be read anywhere in what is forwarded."""
    parts = [record.value, record.key, *(part for name, value in record.headers for part in (name.encode(), value))]
    needle = squashed(value)
    return any(needle in squashed(reading) for part in parts if part for reading in readings(part.decode("utf-8", "replace")))


def readings(text: str) -> Iterator[str]:
    """A text as receivers may read it: as it stands, and with what is spelled in it undone."""
    undone = re.sub(r"\\[FSTRE]\\|\\\.br\\", lambda found: {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\"}.get(found[0][1], "\n"), text)
    yield undone
    yield html.unescape(html.unescape(re.sub(r"<[!/a-zA-Z][^<>]*>", "", undone)))
    yield unquote(unquote(undone))
    yield re.sub(r"%u([0-9A-Fa-f]{4})", _character, undone)
    yield re.sub(r"=([0-9A-Fa-f]{2})", _character, re.sub(r"=(?:\r?\n|\\r\\n)", "", undone))
    yield re.sub(r"\\+[ux]([0-9A-Fa-f]{4}|[0-9A-Fa-f]{2})", _character, undone)
    yield undone[::-1]


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


LOOKS = str.maketrans("АВЕКМНОРСТХаеорсухіѕԁΑΒΕΖΗΙΚΜΝΟΡΤΧοᴅᴜʀᴀɴᴇʟ", "ABEKMHOPCTXaeopcyxisdABEZHIKMNOPTXoduranel")


def squashed(text: str) -> str:
    """Letters and digits alone, in one case and one script."""
    plain = unicodedata.normalize("NFKD", text.translate(LOOKS))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c.lower() for c in plain if c.isalnum())
