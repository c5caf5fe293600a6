"""Logins, passwords, tokens, keys: after their label or by their own shape. Case matters, so values are read from the visible text.

Called through the catalogue.
"""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.nearby import lined, strongest
from stream.core.values import Evidence

_WORD = (
    r"(?:mots? de passes?|mot 2 passe|mdp|pass ?word|passwd|pass ?phrase|pwd|pass(?=[ \t]*[:=])|code (?:secret|d'acces|confidentiel"
    r"|personnel|internet|web|pin|d'activation)|cle d'acces|(?:code )?pin(?![a-z]))"
)
_LOGIN = (
    r"(?:login|identifiants?(?! (?:du |de la )?patiente?)(?: (?:de connexion|web|internet|portail))?|user(?:[ _-]?(?:name|id))?"
    r"|username|utilisateur|nom d'utilisateur|compte(?: (?:web|internet|patient))?)"
)
_JOIN = (
    r"[ \t]*(?:\([^)\n]{0,20}\))?(?:[ \t]*(?:[:=]|(?<![a-z])(?:est|is|provisoire|temporaire|web|internet|actuel|:)(?![a-z]))"
    r")*[ \t]*[\"'«“]?[ \t]*"
)
_PASSWORD = re.compile(rf"(?<![a-z]){_WORD}(?P<join>{_JOIN})(?P<value>[^ \t\n\"'«»“”<>|^]{{3,64}})")
_USER = re.compile(rf"(?<![a-z]){_LOGIN}[ \t]*(?:[:=]|est(?![a-z])|is(?![a-z]))[ \t]*[\"'«]?(?P<value>[^ \t\n\"'«»“”<>|^,;/]{{3,64}})")
_PAIR = re.compile(
    rf"(?<![a-z]){_LOGIN}[ \t]*(?:/|et|&|and|-)[ \t]*{_WORD}[ \t]*[:=]?[ \t]*(?P<login>[^ \t\n/,;]{{3,64}})"
    rf"[ \t]*[/,;]?[ \t]+[/]?[ \t]*(?P<value>[^ \t\n/,;]{{3,64}})"
)
_IN_TURN = re.compile(
    rf"(?<![a-z]){_LOGIN}[ \t]*:?[ \t]+(?P<login>[^ \t\n,;/:]{{3,64}})"
    rf"[ \t,;/-]+(?:et[ \t])?{_WORD}{_JOIN}(?P<value>[^ \t\n\"'«»“”<>|^]{{3,64}})"
)
_BEARER = re.compile(r"(?<![a-z])(?:bearer|basic)[ \t:=]+(?P<value>[a-z0-9._~+/=-]{16,})")
_TOKEN = re.compile(
    r"(?<![a-z])(?:api[ _-]?key|apikey|(?:access|auth|refresh|session|id)?[ _-]?token|client[ _-]?secret|secret(?:[ _-]?key)?"
    r"|access[ _-]?key|jeton|cle api)"
    r"[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[a-z0-9._~+/=-]{8,512})"
)
_SHAPES = re.compile(
    r"(?<![\w-])(?:eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}"
    r"|sk-[A-Za-z0-9_-]{20,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))",
    re.DOTALL,
)
_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://(?P<login>[^\s:/@]{1,64}):(?P<value>[^\s/@]{1,128})@")
_PIN = re.compile(r"[0-9]{4,8}")
_TALK = re.compile(
    r"(?:oublie|perdu|envoy|transmis|communiqu|change|modif|a|au|de|du|des|le|la|les|un|une|et|ou|non|oui|voir|sera|est|inconnu"
    r"|personnel|provisoire|valide|expire|bloque"
    r"|incorrect|reinitialis|pour|par|dans|sur|ci-joint|ci-dessous|identique|habituel|required|forgotten|reset|invalid|incorrect|none"
    r"|null|true|false|n/a|patient|numero"
    r"|[*x.•-]+)(?:e?s?|ees?|er|e|i?on)?[.,;:!?]*$"
)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    yield from strongest([*_labelled(around, text), *_shaped(around, text)])


def _labelled(around: Around, text: str) -> Iterator[Match]:
    for pattern in (_PAIR, _IN_TURN):
        for pair in pattern.finditer(text):
            if not _TALK.match(pair["login"]) and not _TALK.match(pair["value"]):
                yield _value(pair, "login", Category.CREDENTIAL_LOGIN, Evidence("label@near", 3))
                yield _value(pair, "value", None, Evidence("label@near", 3))
    for password in _PASSWORD.finditer(text):
        strong = any(c in ":=" for c in password["join"]) or " est " in f" {password['join']} "
        value = around.visible[slice(*password.span("value"))]
        if not _TALK.match(password["value"]) and (strong or _looks_secret(value) or _PIN.fullmatch(value)):
            yield _value(password, "value", None, Evidence("label@near", 3 if strong else 2))
    for login in _USER.finditer(text):
        if not _TALK.match(login["value"]):
            yield _value(login, "value", Category.CREDENTIAL_LOGIN, Evidence("label@near", 2))


def _value(found: re.Match[str], group: str, category: Category | None, evidence: Evidence) -> Match:
    value = found[group]
    return Match(found.start(group), found.start(group) + len(value.rstrip(".,;)") or value), (evidence,), category)


def _looks_secret(value: str) -> bool:
    """Letters and digits together, or a sign that no word has."""
    return (any(c.isdigit() for c in value) and any(c.isalpha() for c in value)) or any(c in "!@#$%&*?_+=" for c in value.rstrip("?!"))


def _shaped(around: Around, text: str) -> Iterator[Match]:
    token = Category.CREDENTIAL_TOKEN
    for shape in _SHAPES.finditer(around.visible):
        yield Match(*shape.span(), (Evidence("strict-structure", 5),), token)
    for bearer in _BEARER.finditer(text):
        yield _value(bearer, "value", token, Evidence("label@near", 3))
    for labelled in _TOKEN.finditer(text):
        if _looks_secret(around.visible[slice(*labelled.span("value"))]):
            yield _value(labelled, "value", token, Evidence("label@near", 3))
    for address in _IN_ADDRESS.finditer(text):
        yield Match(*address.span("login"), (Evidence("in-address", 3),), Category.CREDENTIAL_LOGIN)
        yield Match(*address.span("value"), (Evidence("in-address", 3),))


CREDENTIAL = Detector(
    "credential",
    Category.CREDENTIAL_PASSWORD,
    (
        (
            r"mots? (?:de|2) passe|\bmdp\b|pass ?word|passwd|pass ?phrase|\bpwd\b|\bpass ?[:=]|code (?:secret|d.acces|confid|perso|internet"
            r"|web|pin|d.activ)|cle d.acces|\bpin\b"
        ),
        r"\blogin|identifiants?\b|\buser|utilisateur|\bcompte\b.{0,12}[:=]",
        r"bearer|\bbasic [a-z0-9+/=]{12}|token|api[ _-]?key|secret|access[ _-]?key|\bjeton|cle api",
        r"eyj[a-z0-9_-]{8,}\.|akia[0-9a-z]{16}|gh[pousr]_[a-z0-9]{30}|glpat-|xox[abprs]-|\bsk-[a-z0-9_-]{20}|private key",
        r"://[a-z0-9._%+-]{1,64}:",
    ),
    _find,
)
