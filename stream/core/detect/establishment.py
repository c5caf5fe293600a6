"""Places of care: FINESS and SIRET numbers with their label, names of hospitals, clinics and laboratories. Called through the catalogue."""

import re
from collections.abc import Iterator

from schemas.vocabulary import Category
from stream.core.detect import checks
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.capitals import Shape, Word, ahead, run, uniform
from stream.core.detect.nearby import IS, LABEL, line, lined, strongest
from stream.core.detect.ordinary import looks_ordinary
from stream.core.values import Evidence

_FINESS = re.compile(rf"(?<![a-z])finess(?:[ \t]+(?:ej|et|juridique|geographique))?{IS}(1?[0-9][0-9ab](?:[ .]?[0-9]){{7}})(?![0-9])")
_SIRET = re.compile(rf"(?<![a-z])sire[nt](?![a-z]){IS}([0-9](?:[ .]?[0-9]){{8}}(?:(?:[ .]?[0-9]){{5}})?)(?![0-9])")
_SITE = (
    r"centre hospitalier(?: (?:universitaire|regional|intercommunal|general|specialise)){0,2}|groupe hospitalier|hopital|hopitaux"
    r"|polyclinique|policlinique|ehpad"
    r"|laboratoires? (?:d'analyses(?: de biologie)?(?: medicales?)?|de biologie(?: medicale)?|d'anatomopathologie)|cabinet (?:medical"
    r"|infirmier|dentaire)"
    r"|centre de (?:sante|dialyse|transfusion sanguine|reeducation)|maison de (?:retraite|sante|repos)|etablissement francais du sang"
    r"|hospital|clinic"
)
_KIND = re.compile(
    rf"(?<![a-z0-9'-])(?:(?P<short>chi?c?|chs|chr|chru|chu|ghu?|ght|hia|clcc|had|ssr|smur|samu|lbm|msp)|(?P<site>{_SITE})"
    r"|(?P<plain>clinique|laboratoire|labo|centre|institut|fondation|cabinet|pharmacie|maternite|foyer|service))"
    r"[ \t]{1,2}(?P<of>(?:privee? )?(?:(?:de la |de l'|de |du |des |d'|les |la |le )|(?:saint|ste?|sainte|notre)[- ])*)(?=[a-z])"
)
_ADJECTIVE = re.compile(
    r"(?:examen|contexte|renseignements?|signes?|tableau|recherche|etude|essai|avis|donnees?|bilan|suspicion|sens|etat|interet|validite)"
    r"s?[ \t]*$"
)


def _find(around: Around) -> Iterator[Match]:
    text = lined(around)
    yield from strongest([*_numbers(text), *_names(around, text)])


def _numbers(text: str) -> Iterator[Match]:
    for number in _FINESS.finditer(text):
        digits = number[1].replace(" ", "").replace(".", "")[-9:].replace("a", "1").replace("b", "2")
        checked = (Evidence("checksum", 1),) if checks.luhn(digits) else ()
        yield Match(*number.span(1), (Evidence("label@near", LABEL), *checked))
    for number in _SIRET.finditer(text):
        yield Match(*number.span(1), (Evidence("label@near", LABEL),))


def _names(around: Around, text: str) -> Iterator[Match]:
    """CHU de Rennes, clinique Saint-Yves: the kind of place and its name. In a line of capitals only with `de` or a saint between them."""
    for kind in _KIND.finditer(text):
        begin, end = line(text, kind.start())
        upper = uniform(around, begin, end)
        if kind["short"] and not around.visible[kind.start("short") : kind.end("short")].isupper():
            continue
        if kind["plain"] and _ADJECTIVE.search(text, max(begin, kind.start() - 24), kind.start()):
            continue
        words = run(ahead(around, text, kind.end()), upper)
        if words and words[0].shape is not Shape.INITIAL and len(words[0].folded) > 2:
            doubt = (Evidence("capitals-say-nothing", -1),) if _doubtful(kind, words[0], upper) else ()
            yield Match(kind.start(), words[-1].end, (Evidence("kind", 2), *doubt))


def _doubtful(kind: re.Match[str], name: Word, upper: bool) -> bool:
    """CLINIQUE NORMALE, CH POSITIF: without a small word between them capitals do not make a name."""
    if upper and looks_ordinary(name.folded):
        return True
    return not kind["of"] and ((upper and bool(kind["plain"])) or (bool(kind["short"]) and name.shape is not Shape.TITLE))


ESTABLISHMENT = Detector(
    "establishment",
    Category.PROFESSIONAL_ESTABLISHMENT,
    (
        r"finess|\bsire[nt]\b",
        r"\b(?:chi?c?|chs|chr|chru|chu|ghu?|ght|hia|clcc|had|ssr|smur|samu|lbm|msp) [a-z]{2}",
        (
            r"(?:clinique|laboratoires?|\blabo|centre|institut|fondation|cabinet|pharmacie|maternite|hospitalier|universitaire|foyer"
            r"|\bservice|\bmaison|hopital"
            r"|hopitaux|ehpad|medicales?|biologie|analyses|sante|dialyse|retraite|\bsang|hospital|clinic) [a-z]{2}"
        ),
    ),
    _find,
)
