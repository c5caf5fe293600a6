"""Names of persons and of professionals in text: after titles, roles and labels, after initials, around given names.

Made by the catalogue from the list of given names. Capitals are read from the visible text; where a line is all capitals they say nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.capitals import Shape, Word, ahead, run, uniform
from stream.core.detect.given_name import GivenNames, around_given_names, patterns, with_given_after_comma
from stream.core.detect.nearby import line, lined, strongest
from stream.core.detect.ordinary import ORDINARY, PARTICLES, looks_ordinary
from stream.core.values import Evidence

_TITLE = re.compile(
    r"(?<![a-z0-9'-])(?P<title>(?P<doctor>drs?|docteure?|pr|prof|professeure?)|(?:m|mr|mme|mrs|ms|miss|mlle|melle|mle|monsieur|madame"
    r"|mademoiselle|mister|maitre|veuve|vve))(?:\.[ \t]{0,3}|[ \t]{1,3})(?=[a-z\x1a])"
)
_RELATION = re.compile(
    r"(?<![a-z])(?:patiente?|enfant|bebe|nourrisson|nouveau[- ]?ne|fils|fille|epou(?:se|x)|mari|femme|conjointe?|compagn(?:e|on)"
    r"|concubine?|mere|pere"
    r"|maman|papa|soeur|frere|cousine?|oncle|tante|jumelle|jumeau|tutrice|tuteur|curat(?:eur|rice)|voisine?|amie?|assuree?|adherente?"
    r"|donneu(?:r|se)"
    r"|famille|prevenir|prevenue?|husband|wife|daughter|mother|father|baby|brother|sister|partner)"
    r"[ \t]*[:,(]?[ \t]*(?:(?:est|se|nommee?|prenommee?|appelee?|dite?|de|avec|named|is)[ \t]){0,2}(?=[a-z\x1a])"
)
_ROLE = re.compile(
    r"(?<![a-z])(?:biologistes?|infirmi(?:er|ere)|ide|sage[- ]?femme|medecin(?: traitant)?|interne|externe|pharmacien(?:ne)?"
    r"|prescript(?:eur|rice)"
    r"|preleveu(?:r|se)|technicien(?:ne)?|secretaire|chirurgien(?:ne)?|[a-z]{4,12}ologue|pediatre|psychiatre|anesthesiste"
    r"|kine(?:sitherapeute)?"
    r"|confrere|consoeur|correspondante?|generaliste|(?:valide|preleve|signe|saisi|redige|dicte|prescri[st]|realise|verifie|relu|lu"
    r"|edite|rendu)e?s?"
    r" (?:[a-z]{1,14} ){0,2}?par)[ \t]*[:,(]?[ \t]*(?=[a-z\x1a])"
)
_BORN = re.compile(r"(?<![a-z])(?:nee|ne\(e\)|epouse|ep\.?|veuve|vve|dite?|alias|maiden name)(?:[ \t]*:)?[ \t]{1,3}(?=[a-z\x1a])")
_LABEL = re.compile(
    r"(?<![a-z])(?P<label>noms?(?:[ _](?:de[ _](?:naissance|jeune[ _]fille|famille)|d'(?:usage|epouse|epoux)|marital|patronymique|usuel"
    r"|utilise"
    r"|complet|(?:du |de la )?patiente?))?(?:[ /,;+&-]{1,3}(?:et )?prenoms?)?|prenoms?(?:[ _](?:de[ _]naissance|usuel|utilise|(?:du "
    r"|de la )?patiente?))?"
    r"|(?:sur|last|first|family|given|full|middle|maiden|patient)[ _]?name|name|patronyme|identite|conjointe?|personne (?:de confiance"
    r"|a prevenir)"
    r"|representant legal|(?P<shy>patiente?|a prevenir|contact|de la part de)"
    r"|(?P<doctor>(?:medecin|docteur|prescripteur|biologiste|pharmacien|infirmi(?:er|ere)|prelev(?:eur|euse|e par)|valide(?:e)? par"
    r"|signataire|signe(?:e)? par"
    r"|operateur|technicien(?:ne)?)(?: [a-z' ]{1,25})?))[ \t]*(?:\([^)\n]{0,20}\))?[ \t]*[:=][ \t]*(?=[a-z\x1a])"
)
_HEADING = re.compile(r"(?<![a-z])nom[^\n]{0,25}?prenoms?[^\n]{0,60}\n[ \t]*(?:[0-9]+[ \t;|]+)?(?=[a-z\x1a])")
_INITIAL = re.compile(r"(?<![a-z0-9.'-])[a-z]\.(?:[ -]?[a-z]\.)?[ \t]?(?=[a-z\x1a]{3})")
_WITHOUT_PERSONS = frozenset({"test.label", "sample.kind", "drug.label", "diagnosis.label", "technical.text"})
_CELL = re.compile(r"[ \t]*[;|,/\t][ \t]*")
_CAPITALS, _NO_CAPITALS = Evidence("capitals", 1), Evidence("no-capitals", -1)
_TITLED, _LABELLED, _HEADED, _IN_ROLE = Evidence("title", 3), Evidence("label", 3), Evidence("heading", 3), Evidence("role", 2)
_PROFESSIONAL = Category.PROFESSIONAL_NAME


def person_name(names: GivenNames) -> Detector:
    """The detector of names that knows these given names."""

    def find(around: Around) -> Iterator[Match]:
        text = lined(around)
        found = [*_titles(around, text, names), *_labels(around, text, names), *_headings(around, text, names)]
        if around.role.name not in _WITHOUT_PERSONS:
            found += [*_roles(around, text, names), *_initials(around, text), *around_given_names(around, text, names)]
        yield from strongest(found)

    return Detector("person_name", Category.PERSON_NAME, (*_PATTERNS, *patterns(names)), find)


def _match(words: Sequence[Word], names: GivenNames, evidence: Iterable[Evidence], category: Category | None = None) -> Match:
    listed = (Evidence("in-a-list", 1),) if any(map(names.knows, words)) else ()
    return Match(words[0].start, words[-1].end, (*evidence, *listed), category)


def _name_after(around: Around, text: str, start: int, names: GivenNames, titled: bool = False) -> tuple[Sequence[Word], bool]:
    """The name that is written from `start` on, and whether its line is all capitals."""
    upper = uniform(around, *line(text, start))
    words = run(ahead(around, text, start), upper, names.knows, titled)
    return with_given_after_comma(around, text, words, names), upper


def _titles(around: Around, text: str, names: GivenNames) -> Iterator[Match]:
    for title in _TITLE.finditer(text):
        category = _PROFESSIONAL if title["doctor"] else None
        words, upper = _name_after(around, text, title.end(), names, titled=True)
        if title["title"] in _SHORT and not around.visible[title.start()].isupper():
            continue
        if words:
            yield _match(words, names, (_TITLED,) if upper else (_TITLED, _CAPITALS), category)
        elif title["title"] not in _SHORT and (taken := _lower_case(ahead(around, text, title.end()), names)):
            yield _match(taken, names, (_TITLED, _NO_CAPITALS), category)


_SHORT = frozenset({"m", "ms", "pr"})  # also a metre, milliseconds, "pour"


def _lower_case(words: Sequence[Word], names: GivenNames) -> Sequence[Word]:
    """madame durandel elodie, dr yann kervella: one word that is not known to be something else, and given names before or after it."""
    surname = taken = 0
    for number, word in enumerate(words):
        if word.shape is not Shape.LOWER:
            break
        if word.folded in PARTICLES and not surname:
            continue
        given = names.knows(word)
        if not given and (surname or looks_ordinary(word.folded) or len(word.folded) < 3):
            break
        surname += not given
        taken = number + 1
    return words[:taken]


def _roles(around: Around, text: str, names: GivenNames) -> Iterator[Match]:
    for pattern, category in ((_RELATION, None), (_ROLE, _PROFESSIONAL), (_BORN, None)):
        for role in pattern.finditer(text):
            words, upper = _name_after(around, text, role.end(), names)
            if words and (any(map(names.knows, words)) if upper and pattern is not _BORN else _nameable(words)):
                yield _match(words, names, (_IN_ROLE,), category)


def _nameable(words: Sequence[Word]) -> bool:
    """Not only an acronym or a short sign."""
    return any(len(word.folded) > (2 if word.shape is Shape.TITLE else 3) for word in words)


def _labels(around: Around, text: str, names: GivenNames) -> Iterator[Match]:
    for label in _LABEL.finditer(text):
        words, _ = _name_after(around, text, label.end(), names)
        category = _PROFESSIONAL if label["doctor"] else None
        if words and (not label["shy"] or _nameable(words)):
            yield _match(words, names, (_LABELLED,), category)
        elif not words and not label["shy"] and (value := _value(ahead(around, text, label.end(), 4))):
            yield _match(value, names, (_LABELLED, _NO_CAPITALS), category)


def _value(words: Sequence[Word]) -> Sequence[Word]:
    """The words of a labelled value in lower case, up to a word that is none of a name."""
    taken = 0
    for number, word in enumerate(words):
        if word.folded in PARTICLES:
            continue
        if word.folded in ORDINARY:
            break
        taken = number + 1
    return words[:taken]


def _headings(around: Around, text: str, names: GivenNames) -> Iterator[Match]:
    """The line below a heading NOM PRENOM: its first cell, and the next when it is a name too."""
    for heading in _HEADING.finditer(text):
        words, _ = _name_after(around, text, heading.end(), names)
        if not words:
            continue
        yield _match(words, names, (_HEADED,))
        cell = _CELL.match(text, words[-1].end)
        if cell and (given := run(ahead(around, text, cell.end(), 2), True, names.knows)):
            yield _match(given, names, (_HEADED,))


def _initials(around: Around, text: str) -> Iterator[Match]:
    """J. DUPONT, in a line that is not all capitals; E. COLI is a germ."""
    for initial in _INITIAL.finditer(text):
        words = run(ahead(around, text, initial.start()), False)
        surname = next((word for word in words if word.shape is not Shape.INITIAL), None)
        if surname and surname.shape is Shape.CAPS and len(surname.folded) > 2 and not uniform(around, *line(text, initial.start())):
            yield Match(words[0].start, words[-1].end, (Evidence("initial", 1), _CAPITALS))


_PATTERNS = (
    (
        r"\b(?:mr?|mme|mrs|ms|miss|mlle|melle|mle|monsieur|madame|mademoiselle|mister|maitre|veuve|vve|drs?|docteure?|pr|prof|professeure?)"
        r"[. ]{1,3}[a-z]"
    ),
    (
        r"\b(?:patiente?|enfant|bebe|nourrisson|ne|fils|fille|epou(?:se|x)|mari|femme|conjointe?|compagn(?:e|on)|concubine?|mere|pere|maman"
        r"|papa"
        r"|soeur|frere|cousine?|oncle|tante|jumelle|jumeau|tutrice|tuteur|curat(?:eur|rice)|voisine?|amie?|assuree?|adherente?|donneu(?:r"
        r"|se)|famille"
        r"|prevenir|prevenue?|husband|wife|daughter|mother|father|baby|brother|sister|partner)[ :,(]{1,3}[a-z]"
    ),
    (
        r"\b(?:biologistes?|infirmi(?:er|ere)|ide|femme|medecin|traitant|interne|externe|pharmacien(?:ne)?|prescript(?:eur|rice)"
        r"|preleveu(?:r|se)"
        r"|technicien(?:ne)?|secretaire|chirurgien(?:ne)?|[a-z]{4,12}ologue|pediatre|psychiatre|anesthesiste|kine(?:sitherapeute)?|confrere"
        r"|consoeur"
        r"|correspondante?|generaliste|par)[ :,(]{1,3}[a-z]"
    ),
    r"\b(?:nee|ne\(e\)|ep\.?|dite?|alias|name)[ :]{1,3}[a-z]",
    (
        r"\b(?:noms?|prenoms?|[a-z]*name|patronyme|identite|conjointe?|confiance|prevenir|legal|patiente?|contact|part de|medecin"
        r"|docteur|prescripteur|biologiste|pharmacien|infirmi(?:er|ere)|preleveu(?:r|se)|par|signataire|operateur|technicien(?:ne)?)"
        r"\b.{0,30}[:=]"
    ),
    r"\bnom.{1,25}prenom",
    r"\b[a-z]\.[ -]?[a-z]{3}",
)
