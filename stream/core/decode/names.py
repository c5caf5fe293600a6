"""The dictionary of names: what stands under a key, in a column or in a header, by the object it stands in; and the places of FHIR, which
are looked up in the same way. Read from `schemas/detectors/names.tsv` and `fhir.tsv`.

Called by the formats that name their values and, for message headers, by decode. Never guesses: a name is known when all of it is words
of the dictionary.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from stream.core.decode.links import handle, link
from stream.core.decode.shapes import bare, shape
from stream.core.decode.slots import SLOTS
from stream.core.decode.tables import RESOURCES, TABLES, Line, folded, singular
from stream.core.decode.words import name, system, word
from stream.core.roles import INDEX

DIGITS = 254
"""Stands for a role while its object is open: five digits, a number or a postcode by what else the object holds."""

_UNKNOWN = INDEX["unknown"]
_LITERAL = INDEX["unknown.literal"]
_NUMBER = INDEX["unknown.number"]

Judge = Callable[[bytes, bool], int]
"""(value, whether it is a bare token) -> role, where the key alone does not tell."""


class Entry(NamedTuple):
    """What a key says: the roles of the key and of a value under it, or who judges the value, the context of objects below, and whether the
    value is a reference of FHIR."""

    pair: bytes
    judge: Judge | None
    below: "Context"
    link: bool = False


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
_CROWDS = frozenset({"Entry", "Parameter", "Contained"})  # of FHIR: objects that may be about persons of their own
_TOLD_BY_SHAPE = frozenset({"Observation", "Component", "Item", "Parameter"})
_TOGETHER = frozenset({"Observation", "Item", "Identifier", "Extension"})
_PLAIN = frozenset({"name", "telecom", "address", "credential", "attribute", "code", "note", "attachment", "technical", "period", "kind"})

_WORDS: dict[str, tuple[str, Judge]] = {
    "structure": ("technical.code", word),
    "system": ("structure.code", system),
    "name": ("key.unknown", name),
}
_LETTERS = "A-Za-zàâäçéèêëîïôöùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ"
_WRITTEN = re.compile(rf"(?!.*\d{{3}})[{_LETTERS}0-9_\-. /:@$°º'’]{{1,48}}")  # more digits than a numbered key has are data
_LINK = re.compile(rb"[a-z]+:|#|[A-Z][A-Za-z]+/")  # to another resource
KEPT = 4096
"""Names remembered per context; those of unknown senders must not fill the memory."""


_GENERAL, _ANY = TABLES["general"], TABLES["Any"]
_NOTHING: dict[str, Line] = {}
_OPENERS = {word + s: line.below for word, line in _GENERAL.items() for s in ("", "s") if line.below in _ACTORS and len(word) > 2}
_LENGTHS = sorted({len(word) for word in _OPENERS}, reverse=True)


class Context:
    """The kind of object that keys stand in: a table of the dictionary, and the person or body that the object is about."""

    __slots__ = ("crowd", "group", "identifier", "known", "neutral", "part", "persona", "shaped", "table", "tables", "weighed")

    def __init__(self, table: str, persona: str) -> None:
        self.table = table
        self.persona = persona
        self.known: dict[str, Entry] = {}
        fhir = table[0].isupper()
        own = TABLES.get(table, _NOTHING)
        self.tables = (own, _ANY, _GENERAL) if fhir else (own, _GENERAL)
        self.neutral = fhir or table in _NEUTRAL  # not within one person
        self.crowd = table in _CROWDS if fhir else self.neutral or table == "patient"  # objects that may be about persons of their own
        self.shaped = table in _TOLD_BY_SHAPE if fhir else table not in _SHAPELESS  # a value under an unknown key may be told by its shape
        self.part = table in _PARTS  # belongs to the result around it
        self.weighed = table in _TOGETHER if fhir else table not in _PLAIN  # its values mean something together
        self.identifier = table.lower() == "identifier"  # a number beside its type and authority
        self.group = table == "Observation"  # all of it is one result

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
        word = singular(flat)
        line = next((table[word] for table in self.tables if word in table), None)
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

    def _said(self, line: Line) -> Entry:
        below = self if line.below == "-" else self.below(line.below)
        if line.role == "?":
            return Entry(_pair("key", "unknown"), self._unknown(), below)
        if line.role == "result":
            return Entry(_pair("key", "result.text"), result, below)
        if line.role == "reference":
            return Entry(_pair("key", "result.range"), _reference, below)
        slots = SLOTS[self.persona]
        if line.role == "link":
            return Entry(_pair("key", slots["number"]), link(INDEX[slots["number"]]), below, link=True)
        if line.role in _WORDS:
            return Entry(_pair("key", _WORDS[line.role][0]), _WORDS[line.role][1], below)
        if line.role.startswith("id:"):
            role = slots["number"] if line.role == "id:.number" else line.role[3:]
            return Entry(_pair("key", role), handle(INDEX[role]), below)
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
    line = RESOURCES.get(singular(folded(kind[:64])))
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
