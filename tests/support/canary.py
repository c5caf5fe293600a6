"""Values that occur nowhere else, the records that hold them everywhere, and the search for them."""

import base64
import json
import re

from stream.core.values import Coordinate, Record

NAME, GIVEN, NUMBER, EMAIL, WORD, KEY, HEADER = CANARIES = (
    "QUOXENBRAIL",
    "ZEPHIRINETTE",
    "8173640925",
    "quoxenbrail.z@example.org",
    "xylovantine",
    "wexfordelle",
    "vrombissaud",
)


def planted() -> tuple[Record, ...]:
    """Records with a canary in each place that can hold one: fields, keys, comments, Kafka keys, header names and values."""
    hl7 = (
        f"MSH|^~\\&|{WORD}|LABO|DPI|CH|20260901||ORU^R01|{NUMBER}|P|2.5\r"
        f"PID|1||{NUMBER}^^^LABO^PI||{NAME}^{GIVEN}||19840312|F||||||{EMAIL}\r"
        f"OBX|1|NM|{WORD}^{WORD}^L||{NUMBER}|{WORD}|{WORD}|{WORD}|||{WORD}\r"
        f"NTE|1|L|Mme {NAME} {GIVEN}, {EMAIL}, {WORD}\r"
        f"{WORD}|{WORD}^{NAME}|{NUMBER}\r"
        f"Z99|{WORD}|{NAME}|{NUMBER}\r"
    )
    tree = {
        "patient": {"nom": NAME, "prenom": GIVEN, "ipp": NUMBER, KEY: WORD, "email": EMAIL},
        KEY: {NAME: NUMBER, WORD: [NAME, {GIVEN: EMAIL}]},
        "commentaire": f"Mme {NAME} {GIVEN} {WORD}",
        "document": base64.b64encode(hl7.encode()).decode(),
    }
    values = (
        hl7.encode(),
        json.dumps(tree).encode(),
        json.dumps(tree)[:-7].encode(),  # cut off
        f'{{"{NAME}": 1, "{NAME}": "{GIVEN}"}}'.encode(),  # a key twice
        f"Mme {NAME} {GIVEN}, tel {NUMBER}, {EMAIL} {WORD}".encode("utf-16"),
        hl7.encode() + bytes(range(256)),
        None,
    )
    headers = ((HEADER, WORD.encode()), (NAME, GIVEN.encode()), ("note", f"Mme {NAME}".encode()))
    return tuple(Record(Coordinate("lis", 0, n), f"Mme {NAME} {KEY}".encode(), value, headers) for n, value in enumerate(values))


def found_in(text: str) -> list[str]:
    """The canaries in a text: as they are, in any case, within base64, within hexadecimal digits."""
    pieces = [text, *_decoded(text)]
    return [canary for canary in CANARIES if any(canary.casefold() in piece.casefold() for piece in pieces)]


def _decoded(text: str) -> list[str]:
    decoded = []
    for run in re.findall(r"[A-Za-z0-9+/_-]{12,}", text):
        plain = run.translate(str.maketrans("-_", "+/"))
        decoded += [base64.b64decode(plain[shift : shift + (len(plain) - shift) // 4 * 4]).decode("latin-1") for shift in range(4)]
    decoded += [bytes.fromhex(run[: len(run) // 2 * 2]).decode("latin-1") for run in re.findall(r"[0-9a-fA-F]{12,}", text)]
    return decoded
