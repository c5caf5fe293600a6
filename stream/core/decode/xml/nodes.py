"""What names mean in XML: per kind of element, what its text, its attributes and the elements in it are. The profiles, compiled; and the
dictionary of key names for all that they do not have. Called by the reader and the paths.

In a table an entry is a role, a table with what it is asked for (`PN person`), a `.slot` of the person or body a table is asked for, or
one of `structure` (words of the format), `rooted ROLE` (an OID, else of that role) and `result` (a number or a text).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from stream.core.decode.names import ROOT, Context, Judge, context, reached, resource, result
from stream.core.decode.slots import SLOTS
from stream.core.decode.words import NONE
from stream.core.decode.xml.cda import CDA, CLASSES, ELSEWHERE, EVERYWHERE, GROUPS
from stream.core.decode.xml.cda import CONTEXTS as CDA_CONTEXTS
from stream.core.decode.xml.hprim import CONTEXTS as HPRIM_CONTEXTS
from stream.core.decode.xml.hprim import DOCUMENTS, HPRIM, PERSONS
from stream.core.decode.xml.structure import NAMESPACES, PREFIXES, WORDS
from stream.core.roles import INDEX

_KEPT = 4096  # names remembered per node; names of unknown senders must not fill the memory
_KEY, _STRANGE, _STRUCTURE = INDEX["key"], INDEX["key.unknown"], INDEX["structure.code"]
_OID = re.compile(rb"(?:urn:oid:)?[0-2](?:\.(?:0|[1-9][0-9]{0,6}))+")
_REACHED = frozenset(INDEX[name] for name in ("contact.phone", "contact.email", "professional.contact", "establishment.location"))
_UNNAMED = ROOT.entry("")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]{1,40}")


class Step(NamedTuple):
    """What a name says: the role of a value or text under it, or who judges it, what stands in it, and whether the name is known."""

    role: int
    judge: Judge | None
    below: Node
    known: bool = True
    own: bool = False  # an attribute that holds the value of its element
    reach: bool = False  # a telephone number or an e-mail address, which may follow its scheme
    link: bool = False  # a reference of FHIR, in which a number may stand


class Node:
    """A kind of element. Closed lists: one per context of the dictionary, one per table of a profile and what it is asked for."""

    __slots__ = (
        "asked",
        "attributes",
        "closes",
        "context",
        "elements",
        "extension",
        "group",
        "identifier",
        "name",
        "persons",
        "profile",
        "tells",
    )

    def __init__(self, context_: Context, profile: str = "", name: str = "", asked: str = "") -> None:
        self.context = context_
        self.profile = profile  # "" for the dictionary
        self.name = name
        self.asked = asked.split()
        self.elements: dict[bytes, Step] = {}
        self.attributes: dict[bytes, Step] = {}
        self.group = bool(profile) and name in GROUPS  # with all that is in it, one result
        self.persons = name in PERSONS if profile else context_.crowd  # may be about a person of its own
        self.closes = self.group or self.persons or (not profile and context_.weighed)
        self.identifier = name == "II"
        self.extension = not profile and context_.table == "Extension"
        self.tells = self.extension or name in {"II", "professional"}  # an attribute says what others mean

    def element(self, name: bytes) -> Step:
        """What an element of that name is here."""
        known = self.elements.get(name)
        return known or _remember(self.elements, name, self._named(name, "", ELSEWHERE))

    def attribute(self, name: bytes) -> Step:
        """What an attribute of that name is here."""
        known = self.attributes.get(name)
        return known or _remember(self.attributes, name, _space(name) or self._named(name, "@", EVERYWHERE))

    def _named(self, name: bytes, kind: str, everywhere: Mapping[str, str]) -> Step:
        prefix, _, raw = name.rpartition(b":")
        local = raw.decode("utf-8", "replace")
        if kind and (prefix in {b"xml", b"xsi"} or local == "nullFlavor"):
            return _SCHEMA if local.endswith("chemaLocation") else _STRUCTURAL
        step = self._said(local, kind, everywhere) or self._looked_up(local, kind)
        return step._replace(known=step.known and (not prefix or prefix in PREFIXES))

    def _said(self, local: str, kind: str, everywhere: Mapping[str, str]) -> Step | None:
        """What the table says."""
        if not self.profile:
            return None
        table = _TABLES[self.profile].get(self.name, {})
        written = table.get(kind + local) or everywhere.get(local)
        if written is not None:
            return self._step(written)
        if "*" in table and not kind:
            return self._step(table["*"])._replace(known=self.context.entry(local).pair[0] == _KEY)
        return None

    def _looked_up(self, local: str, kind: str) -> Step:
        """What the dictionary says."""
        document = _DOCUMENTS.get(local) if not kind else None
        if document is not None:
            return Step(_UNNAMED.pair[1], _UNNAMED.judge, node(*document))
        entry = self.context.entry(local)
        known, below = entry.pair[0] == _KEY, entry.below
        if kind and local in _OWN:
            return Step(entry.pair[1], entry.judge, self, own=True)
        if not kind and local == "div":
            return NARRATIVE
        if not kind and local[:1].isupper() and _PLAIN.fullmatch(local):
            of_resource = resource(local)
            known, below = known or of_resource is not ROOT, below if of_resource is ROOT else of_resource
        judge = _worded(entry.judge, entry.pair[1]) if (kind and local == "url") or local == "valueCode" else entry.judge
        return Step(entry.pair[1], judge, dictionary(below), known, reach=entry.pair[1] in _REACHED, link=entry.link)

    def _step(self, written: str) -> Step:
        """What an entry of the table is."""
        for number, asked in enumerate(self.asked, 1):
            written = written.replace(f"${number}", asked)
        head, _, rest = written.partition(" ")
        if head not in _TABLES[self.profile]:
            return self._valued(head, rest)
        below = node(self.profile, head, rest)
        return below.whole()._replace(below=below)

    def whole(self) -> Step:
        """What the text of such an element is."""
        text = _TABLES[self.profile][self.name].get("")
        return self._step(text) if text is not None else Step(_UNNAMED.pair[1], _UNNAMED.judge, self)

    def _valued(self, head: str, rest: str) -> Step:
        """The same where it is a value."""
        below = self._plain()
        match head:
            case "structure":
                return Step(_STRUCTURE, _structure, below)
            case "rooted":
                return Step(INDEX[rest], _rooted(INDEX[rest]), below)
            case "result":
                return Step(INDEX["result.text"], result, below)
            case ".telecom":
                slots = SLOTS[self.asked[0]]
                return Step(INDEX[slots["phone"]], reached(slots["phone"], slots["email"]), below, reach=True)
            case _:
                return Step(INDEX[SLOTS[self.asked[0]][head[1:]] if head.startswith(".") else head], None, below)

    def _plain(self) -> Node:
        """An element with text and nothing in it."""
        return node(self.profile, "", " ".join(self.asked))


def _remember(steps: dict[bytes, Step], name: bytes, step: Step) -> Step:
    if len(steps) >= _KEPT:
        steps.clear()
    steps[name] = step
    return step


# ---- the nodes there are --------------------------------------------------------------------------------------------

_TABLES: Mapping[str, Mapping[str, Mapping[str, str]]] = {"cda": CDA, "hprim": HPRIM}
_CONTEXTS: Mapping[str, Mapping[str, str]] = {"cda": CDA_CONTEXTS, "hprim": HPRIM_CONTEXTS}
_DOCUMENTS = {"ClinicalDocument": ("cda", "ClinicalDocument"), **dict.fromkeys(DOCUMENTS, ("hprim", "message"))}
_OWN = frozenset({"value", "valeur"})


@cache
def node(profile: str, name: str, asked: str = "") -> Node:
    """The one node of a table of a profile and of what it is asked for."""
    around = _CONTEXTS[profile].get(name)
    return Node(context(around) if around else ROOT, profile, name, asked)


@cache
def dictionary(context_: Context) -> Node:
    """The one node of a context of the dictionary."""
    return Node(context_)


TOP = dictionary(ROOT)
NARRATIVE = node("cda", "narrative").whole()._replace(below=node("cda", "narrative"))


def of_class(name: str, usual: Node) -> Node:
    """What an entity of CDA is by its class, where that makes it no professional."""
    table = CLASSES.get(name)
    return node("cda", table) if table else usual


# ---- judges ---------------------------------------------------------------------------------------------------------


def _structure(value: bytes, _: bool) -> int:
    return NONE if value in WORDS else _STRUCTURE


_STRUCTURAL = Step(_STRUCTURE, _structure, TOP)
_SCHEMA = Step(INDEX["technical.text"], None, TOP)


@cache
def _rooted(role: int) -> Judge:
    return lambda value, _: _STRUCTURE if _OID.fullmatch(value) else role


@cache
def _worded(judge: Judge | None, role: int) -> Judge:
    """A word of the format, else what the place says."""
    return lambda value, token: NONE if value in WORDS else judge(value, token) if judge else role


def _namespace(value: bytes, _: bool) -> int:
    return NONE if value in NAMESPACES else _STRANGE


_NAMESPACE = Step(_STRANGE, _namespace, TOP)


def _space(name: bytes) -> Step | None:
    """A declaration of a namespace: its prefix is a name, and so is its address."""
    prefix, _, local = name.rpartition(b":")
    if prefix == b"xmlns" or name == b"xmlns":
        return _NAMESPACE._replace(known=name == b"xmlns" or local in PREFIXES)
    return None
