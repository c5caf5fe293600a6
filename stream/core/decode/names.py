"""The dictionary of names: what stands under a key, in a column or in a header, by the object it stands in. Read from
`schemas/detectors/names.tsv`.

Called by the formats that name their values and, for message headers, by decode. Never guesses: a name is known when all of it is words
of the dictionary.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from stream.core.decode.shapes import bare, shape
from stream.core.decode.slots import SLOTS
from stream.core.roles import INDEX

DIGITS = 254
"""Stands for a role while its object is open: five digits, a number or a postcode by what else the object holds."""

_UNKNOWN = INDEX["unknown"]
_LITERAL = INDEX["unknown.literal"]
_NUMBER = INDEX["unknown.number"]

Judge = Callable[[bytes, bool], int]
"""(value, whether it is a bare token) -> role, where the key alone does not tell."""


class Entry(NamedTuple):
    """What a key says: the roles of the key and of a value under it, or who judges the value, and the context of objects below."""

    pair: bytes
    judge: Judge | None
    below: "Context"


class _Line(NamedTuple):
    role: str
    below: str


_BODIES = ("insurer", "establishment", "sample", "visit")
_ACTORS = frozenset({"patient", "relative", "professional", "test", "diagnosis", "drug", *_BODIES})
_PERSONAS = {
    "patient": "person",
    "relative": "relative",
    "professional": "professional",
    "insurer": "insurer",
    "establishment": "establishment",
}
_NEUTRAL = frozenset({"root", "bundle", "test", "sample", "visit", "diagnosis", "drug"})
_SHAPELESS = frozenset(
    {
        "patient",
        "relative",
        "professional",
        "insurer",
        "establishment",
        "identifier",
        "name",
        "telecom",
        "address",
        "visit",
        "credential",
        "attribute",
        "extension",
    }
)
_PARTS = frozenset({"answer", "quantity", "range", "flag"})
_PLAIN = frozenset({"name", "telecom", "address", "credential", "attribute", "code", "note", "attachment", "technical", "period", "kind"})

_LETTERS = "A-Za-zàâäçéèêëîïôöùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ"
_WRITTEN = re.compile(rf"(?!.*\d{{3}})[{_LETTERS}0-9_\-. /:@$°º'’]{{1,48}}")  # more digits than a numbered key has are data
_BETWEEN = str.maketrans("", "", "_-. /:@$'")
_LINK = re.compile(rb"[a-z]+:|#|[A-Z][A-Za-z]+/")  # to another resource
_TAIL = re.compile(r"(?<=..)\d{1,2}\Z")
KEPT = 4096
"""Names remembered per context; those of unknown senders must not fill the memory."""


def folded(name: str) -> str:
    """Letters and digits only, lower case, no accents."""
    plain_ = name if name.isascii() else unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode("ascii")
    return plain_.lower().translate(_BETWEEN)


def _singular(flat: str) -> str:
    """Without a number and a plural s at the end."""
    flat = _TAIL.sub("", flat)
    return flat[:-1] if len(flat) > 3 and flat.endswith("s") else flat


def _read() -> dict[str, dict[str, _Line]]:
    tables: dict[str, dict[str, _Line]] = {}
    text = files("schemas").joinpath("detectors/names.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith(("#", "tables\t")):
            continue
        names, role, below, keys = line.split("\t")
        for table in names.split(","):
            tables.setdefault(table, {}).update((_singular(folded(key)), _Line(role, below)) for key in keys.split())
    return tables


_TABLES = _read()
_GENERAL = _TABLES["general"]
_RESOURCES = _TABLES.pop("resource")
_OPENERS = {word + s: line.below for word, line in _GENERAL.items() for s in ("", "s") if line.below in _ACTORS and len(word) > 2}
_LENGTHS = sorted({len(word) for word in _OPENERS}, reverse=True)


class Context:
    """The kind of object that keys stand in: a table of the dictionary, and the person or body that the object is about."""

    __slots__ = ("crowd", "known", "neutral", "part", "persona", "shaped", "table", "weighed")

    def __init__(self, table: str, persona: str) -> None:
        self.table = table
        self.persona = persona
        self.known: dict[str, Entry] = {}
        self.neutral = table in _NEUTRAL  # not within one person
        self.crowd = self.neutral or table == "patient"  # objects that may be about persons of their own
        self.shaped = table not in _SHAPELESS  # a value under an unknown key may be told by its shape
        self.part = table in _PARTS  # belongs to the result around it
        self.weighed = table not in _PLAIN  # its values mean something together

    def entry(self, name: str) -> Entry:
        """What a name says here."""
        return self.known.get(name) or self._learn(name)

    def _learn(self, name: str) -> Entry:
        if len(self.known) >= KEPT:
            self.known.clear()
        entry = self.known[name] = self._entry(name)
        return entry

    def _entry(self, name: str) -> Entry:
        found = self.find(folded(name), 2) if _WRITTEN.fullmatch(name) else None
        return found or Entry(_pair("key.unknown", "unknown"), self._unknown(), self)

    def find(self, flat: str, joints: int) -> Entry | None:
        """The entry of a folded key, which may be joined of that many more words; None where it is not all known."""
        word = _singular(flat)
        line = _TABLES.get(self.table, {}).get(word) or _GENERAL.get(word)
        return self._said(line) if line else self._joined(flat, joints)

    def _joined(self, flat: str, joints: int) -> Entry | None:
        """`patientName`, `nom_medecin`: a word that opens a context, and a key of that context."""
        for length in _LENGTHS if joints else ():
            for opener, rest in ((flat[-length:], flat[:-length]), (flat[:length], flat[length:])):
                if opener in _OPENERS and len(rest) > 1:
                    found = self.below(_OPENERS[opener]).find(rest, joints - 1)
                    if found:
                        return found
        return None

    def _said(self, line: _Line) -> Entry:
        below = self if line.below == "-" else self.below(line.below)
        if line.role == "?":
            return Entry(_pair("key", "unknown"), self._unknown(), below)
        if line.role == "result":
            return Entry(_pair("key", "result.text"), result, below)
        if line.role == "reference":
            return Entry(_pair("key", "result.range"), _reference, below)
        slots = SLOTS[self.persona]
        role = slots[line.role[1:]] if line.role.startswith(".") else line.role
        judge = reached(slots["phone"], slots["email"]) if line.role == ".telecom" else None
        return Entry(_pair("key", role), judge, below)

    def below(self, written: str) -> "Context":
        """The context that the dictionary writes as `table` or `table@persona`."""
        table, _, persona = written.partition("@")
        return context(table, persona or _PERSONAS.get(table) or ("person" if table in _NEUTRAL else self.persona))

    def _unknown(self) -> Judge:
        return _shaped if self.shaped else _literal


@cache
def context(table: str, persona: str = "person") -> Context:
    """The one context of that table and persona; closed lists both."""
    return Context(table, persona)


ROOT = context("root")


@lru_cache(maxsize=256)
def resource(kind: str) -> Context:
    """The context of a FHIR resource of that type."""
    line = _RESOURCES.get(_singular(folded(kind[:64])))
    return ROOT.below(line.below) if line else ROOT


def unnamed(entry: Entry, value: bytes) -> int:
    """The role of a text value that stands alone under that entry: a header under its name."""
    role = entry.judge(value, False) if entry.judge else entry.pair[1]
    return _UNKNOWN if role == DIGITS else role


def _pair(key: str, value: str) -> bytes:
    return bytes((INDEX[key], INDEX[value]))


def _shaped(value: bytes, token: bool) -> int:
    if token:
        return _LITERAL if value in {b"true", b"false"} else bare(value)
    found = shape(value)
    return DIGITS if found == _UNKNOWN and len(value) == 5 and value.isdigit() and value[0] != 48 else found


def _literal(value: bytes, token: bool) -> int:
    return _LITERAL if token and value in {b"true", b"false"} else _UNKNOWN


def result(value: bytes, token: bool) -> int:
    """A number or a text, by what it is written like."""
    number = bare(value) == _NUMBER or (not token and shape(value) == _NUMBER)
    return INDEX["result.number"] if number else INDEX["result.text"]


def _reference(value: bytes, _: bool) -> int:
    return INDEX["technical.text"] if _LINK.match(value) else INDEX["result.range"]


@cache
def reached(phone: str, email: str) -> Judge:
    """Phone or e-mail, by the @; the secure mail of patients is theirs wherever it stands."""
    number, mail, patients = INDEX[phone], INDEX[email], INDEX["contact.email"]
    return lambda value, _: (patients if b"@patient." in value.lower() else mail) if b"@" in value else number
