"""Traces of devices and pages: IP and MAC addresses, addresses of pages that name somebody. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.nearby import labelled, lined, strongest
from stream.core.values import Evidence

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?<![0-9.]){_OCTET}(?:\.{_OCTET}){{3}}(?![0-9]|\.[0-9])")
_IPV6 = re.compile(r"(?<![0-9a-z:.])(?=[0-9a-f:]*:[0-9a-f:]*:)(?:[0-9a-f]{1,4}:){2,7}(?::[0-9a-f]{1,4}){0,6}[0-9a-f]{0,4}(?![0-9a-z:])")
_MAC = re.compile(r"(?<![0-9a-z:-])[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}(?![0-9a-z:-])")
_PAGE = re.compile(r"(?<![a-z0-9])(?:https?|ftps?|sftp)://[^ \t\n<>\"'|^]{3,300}|(?<![a-z0-9@./])www\.[^ \t\n<>\"'|^]{4,300}")
_TELLS = re.compile(
    r"(?:patient|ipp|nip|nom|name|user|login|token|session|sid|email|mail|dossier|resultat|result|id)[^=/?&]{0,20}[=/][^&/]{3,}|[0-9]{6}"
    r"|[?&][^=]+=[^&]{4,}|%40|@"
)
_PUBLIC = re.compile(
    r"https?://(?:[a-z0-9-]+\.)*(?:hl7\.org|loinc\.org|snomed\.info|unitsofmeasure\.org|interopsante\.org|w3\.org|nlm\.nih\.gov"
    r"|who\.int)(?![a-z0-9-])"
)
_LABELS = re.compile(
    r"(?<![a-z])(?:ip|ipv[46]|adresse ip|host|hote|serveur|poste|client|mac|device|user[ _-]?agent|remote|x-forwarded-for)(?![a-z])"
)
_VERSION = re.compile(r"(?:version|v|vers|rev|release|oid|paragraphe|chapitre|section|§)[ \t.:]*$")
_LOCAL = frozenset({"127.0.0.1", "0.0.0.0"})  # noqa: S104  # compared, not bound


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    yield from strongest([*_ips(around, text), *_devices(around, text), *_pages(text)])


def _ips(around: Around, text: str) -> Iterator[Match]:
    for address in _IPV4.finditer(text):
        if address[0] in _LOCAL or _VERSION.search(text, max(0, address.start() - 14), address.start()):
            continue
        large = sum(len(octet) > 1 for octet in address[0].split(".")) > 1
        evidence = (Evidence("strict-structure", 2 if large else 0), *labelled(around, text, address.start(), _LABELS))
        yield Match(*address.span(), evidence)
    for address in _IPV6.finditer(text):
        whole = address[0].count(":") == 7 or "::" in address[0]
        letters = any(c in "abcdef" for c in address[0])
        yield Match(
            *address.span(), (Evidence("strict-structure", 2 * (whole and letters)), *labelled(around, text, address.start(), _LABELS))
        )


def _devices(around: Around, text: str) -> Iterator[Match]:
    for device in _MAC.finditer(text):
        letters = (Evidence("strict-structure", 2),) if any(c in "abcdef" for c in device[0]) else ()
        yield Match(*device.span(), (*letters, *labelled(around, text, device.start(), _LABELS)))


def _pages(text: str) -> Iterator[Match]:
    for page in _PAGE.finditer(text):
        end = page.start() + len(page[0].rstrip(".,;:)]}"))
        if not _PUBLIC.match(page[0]):
            rest = page[0].partition("://")[2].partition("/")[2]
            yield Match(page.start(), end, (Evidence("page", 1), *((Evidence("tells-somebody", 2),) if _TELLS.search(rest) else ())))


ONLINE = Detector(
    "online",
    Category.CONTACT_ONLINE,
    (
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        r"[0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}",
        r"[0-9a-f]{1,4}:[0-9a-f]{0,4}:[0-9a-f]{0,4}:[0-9a-f]|[0-9a-f]::[0-9a-f]",
        r"://|\bwww\.",
    ),
    _find,
)
