"""Names of persons and of professionals in text: after titles, roles and labels, after initials, around given names.

Made by the catalogue from the list of given names. Capitals are read from the visible text; where a line is all capitals they say nothing.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.capitals import Shape, Word, ahead, run, uniform
from stream.core.detect.given_name import GivenNames, around_given_name, joined_names, patterns, with_given_after_comma
from stream.core.detect.nearby import line, lined, strongest, weight
from stream.core.detect.ordinary import ORDINARY, PARTICLES, looks_ordinary
from stream.core.values import Evidence

_Reader: TypeAlias = Callable[[Around, str, re.Match[str], GivenNames], Iterator[Match]]
"""What looks for a name after a word of a lined text that announces one."""

_WORD = re.compile(r"[a-z]+")
_AFTER_TITLE = re.compile(r"(?:\.[ \t]{0,3}|[ \t]{1,3})(?=[a-z\x1a])")
_AFTER_ROLE = re.compile(
    r"[ \t]*[:,(]?[ \t]*(?:(?:est|se|nommee?|prenommee?|appelee?|dite?|de|avec|named|is|traitant|liberale?)[ \t]){0,2}(?=[a-z\x1a])"
)
_AFTER_BORN = re.compile(r"(?:\(e\))?\.?(?:[ \t]*:)?[ \t]{1,3}(?=[a-z\x1a])")
_NAME_OF = re.compile(r"(?:au|le) nom d(?:e[ \t]{1,3}|')(?=[a-z\x1a])")
_KIND_OF_NAME = re.compile(
    r"nom (?:de (?:naissance|jeune fille|famille)|d'(?:usage|epouse|epoux)|marital|patronymique)[ \t]{1,3}(?=[a-z\x1a])"
)
_MISTER = re.compile(r"m\.[ \t]")
_DONE_BY = re.compile(
    r"(?<![a-z])(?:valide|preleve|signe|saisi|redige|dicte|prescri[st]|realise|verifie|relu|lu|edite|rendu)e?s? (?:[a-z]{1,14} ){0,2}?par$"
)
_LABEL = re.compile(
    r"(?:noms?(?:[ _](?:de[ _](?:naissance|jeune[ _]fille|famille)|d'(?:usage|epouse|epoux)|marital|patronymique|usuel|utilise|complet"
    r"|(?:du |de la )?patiente?))?(?:[ /,;+&-]{1,3}(?:et )?prenoms?)?"
    r"|prenoms?(?:[ _](?:de[ _]naissance|usuel|utilise|(?:du |de la )?patiente?))?|(?:sur)?name|patronyme|identite|conjointe?|confiance"
    r"|legal|(?P<shy>patiente?|pte?|prevenir|contact|part de)"
    r"|(?P<doctor>(?:medecin|docteur|prescripteur|biologiste|pharmacien|infirmi(?:er|ere)|preleveur|preleveuse|signataire|operateur"
    r"|technicien(?:ne)?)(?: [a-z' ]{1,25})?|par))[\x22']?[ \t]*(?:\([^)\n]{0,20}\))?[ \t]*[:=][ \t]*[\x22']?(?=[a-z\x1a])"
)
_ASSIGNS = re.compile("[:=]")
_HEADING = re.compile(r"(?<![a-z])nom[^\n]{0,25}?prenoms?[^\n]{0,60}\n[ \t]*(?:[0-9]+[ \t;|]+)?(?=[a-z\x1a])")
_INITIAL = re.compile(r"(?<![a-z0-9.'-])[a-z]\.(?:[ -]?[a-z]\.)?[ \t]?(?=[a-z\x1a]{3})")
_LETTERS = re.compile(r"[a-z]([ ._/*,;:|-]{1,2})[a-z](?:\1[a-z]){2,30}(?![a-z])")  # d u r a n d e l
_CELL = re.compile(r"[ \t]*[;|,/\t][ \t]*")
_WITHOUT_PERSONS = frozenset({"test.label", "sample.kind", "drug.label", "diagnosis.label", "technical.text"})
_SHORT = frozenset({"m", "ms", "pr"})  # also a metre, milliseconds, "pour"
_DOCTORS = frozenset("dr drs docteur docteure pr prof professeur professeure".split())
_CAPITALS, _NO_CAPITALS = Evidence("capitals", 1), Evidence("no-capitals", -1)
_TITLED, _LABELLED, _HEADED, _IN_ROLE = Evidence("title", 3), Evidence("label", 3), Evidence("heading", 3), Evidence("role", 2)
_PROFESSIONAL = Category.PROFESSIONAL_NAME


def person_name(names: GivenNames) -> Detector:
    """The detector of names that knows these given names."""
    in_labels = _table(_ANYWHERE)
    in_text = _table((*_ANYWHERE, *_IN_TEXT, (around_given_name, names.strong | names.weak)))

    def find(around: Around) -> Iterator[Match]:
        text = lined(around)
        found = [*_headings(around, text, names)]
        readers = in_labels
        if around.role.name not in _WITHOUT_PERSONS:
            readers = in_text
            found += [*_initials(around, text), *joined_names(text, names)]
        found += _read(around, text, names, readers)
        yield from strongest(found)

    return Detector("person_name", Category.PERSON_NAME, (*_PATTERNS, *patterns(names)), find)


def _read(around: Around, text: str, names: GivenNames, readers: Mapping[str, tuple[_Reader, ...]]) -> Iterator[Match]:
    """What the words of a text announce. Within a name that is found no word announces another."""
    done = 0
    for word in _WORD.finditer(text):
        for reader in readers.get(word[0], ()):
            if word.start() < done:
                break
            for match in reader(around, text, word, names):
                yield match
                done = match.end if weight(match) > 1 else done


def _match(words: Sequence[Word], names: GivenNames, evidence: Iterable[Evidence], category: Category | None = None) -> Match:
    listed = (Evidence("in-a-list", 1),) if any(map(names.knows, words)) else ()
    return Match(words[0].start, words[-1].end, (*evidence, *listed), category)


def _name_after(around: Around, text: str, start: int, names: GivenNames, titled: bool = False) -> tuple[Sequence[Word], bool]:
    """The name that is written from `start` on, and whether its line is all capitals."""
    upper = uniform(around, *line(text, start))
    words = run(ahead(around, text, start), upper, names.knows, titled)
    return with_given_after_comma(around, text, words, names), upper


def _after_title(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    after = _AFTER_TITLE.match(text, word.end())
    short = word[0] in _SHORT
    if after is None or text[word.start() - 1 : word.start()] in {"'", "-"} or (short and not around.visible[word.start()].isupper()):
        return
    category = _PROFESSIONAL if word[0] in _DOCTORS else None
    if spelled := _LETTERS.match(text, after.end()):
        yield Match(*spelled.span(), (_TITLED,), category)
        return
    words, upper = _name_after(around, text, after.end(), names, titled=True)
    if words:
        yield _match(words, names, (_TITLED,) if upper else (_TITLED, _CAPITALS), category)
    elif not short and (taken := _lower_case(ahead(around, text, after.end()), names)):
        yield _match(taken, names, (_TITLED, _NO_CAPITALS), category)


def _lower_case(words: Iterable[Word], names: GivenNames) -> Sequence[Word]:
    """madame durandel elodie, dr yann kervella: one word that is not known to be something else, and given names before or after it."""
    seen: list[Word] = []
    surname = taken = 0
    for number, word in enumerate(words):
        seen.append(word)
        if word.shape is not Shape.LOWER:
            break
        if word.folded in PARTICLES and not surname:
            continue
        given = names.knows(word)
        if not given and (surname or looks_ordinary(word.folded) or len(word.folded) < 3):
            break
        surname += not given
        taken = number + 1
    return seen[:taken]


def _after_relation(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    midwife = word[0] == "femme" and text.startswith(("sage-", "sage "), max(0, word.start() - 5))
    return _after_role(around, text, word, names, _PROFESSIONAL if midwife else None)


def _after_profession(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    return _after_role(around, text, word, names, _PROFESSIONAL)


def _after_by(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    """valide par, preleve ce jour par"""
    if _DONE_BY.search(text, max(0, word.start() - 50), word.end()):
        yield from _after_role(around, text, word, names, _PROFESSIONAL)


def _after_role(around: Around, text: str, word: re.Match[str], names: GivenNames, category: Category | None) -> Iterator[Match]:
    after = _AFTER_ROLE.match(text, word.end())
    if after and not _MISTER.match(text, after.end()) and not _plain(around, text, after.end()):
        words, upper = _name_after(around, text, after.end(), names)
        if words and (any(map(names.knows, words)) if upper else _nameable(words)):
            yield _match(words, names, (_IN_ROLE,), category)


def _after_born(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    """nee MARTINEAU, epouse DURANDEL; `ne(e)` but never `ne`, which denies."""
    after = _AFTER_BORN.match(text, word.end())
    if after and not _plain(around, text, after.end()) and (word[0] != "ne" or after[0].startswith("(")):
        words, _ = _name_after(around, text, after.end(), names)
        if words and _nameable(words):
            yield _match(words, names, (_IN_ROLE,))


def _after_name_of(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    """au nom de MARTINEAU, sous le nom de Durandel; nom de naissance ROSE, where a word of the laboratory is a name as well"""
    kind = _KIND_OF_NAME.match(text, word.start())
    after = kind or _NAME_OF.match(text, max(0, word.start() - 3))
    if after and not _plain(around, text, after.end()):
        words, upper = _name_after(around, text, after.end(), names, titled=kind is not None)
        if words and (any(map(names.knows, words)) if upper else _nameable(words)):
            yield _match(words, names, (_IN_ROLE,))


def _plain(around: Around, text: str, start: int) -> bool:
    """Whether a word in lower case follows that is no particle: no name then, and most words are such."""
    following = _WORD.match(text, start)
    return following is not None and around.visible[start].islower() and following[0] not in PARTICLES


def _nameable(words: Sequence[Word]) -> bool:
    """Not only an acronym or a short sign."""
    return any(len(word.folded) > (2 if word.shape is Shape.TITLE else 3) for word in words)


def _after_label(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    label = _LABEL.match(text, word.start()) if _ASSIGNS.search(text, word.end(), word.end() + 60) else None
    if label is None:
        return
    words, _ = _name_after(around, text, label.end(), names)
    category = _PROFESSIONAL if label["doctor"] else None
    if words and (not label["shy"] or _nameable(words)):
        yield _match(words, names, (_LABELLED,), category)
    elif not words and not label["shy"] and (value := _value([*ahead(around, text, label.end(), 4)])):
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
    for heading in _HEADING.finditer(text) if "\n" in text else ():
        words, _ = _name_after(around, text, heading.end(), names)
        if not words:
            continue
        yield _match(words, names, (_HEADED,))
        cell = _CELL.match(text, words[-1].end)
        if cell and (given := run(ahead(around, text, cell.end(), 2), True, names.knows)):
            yield _match(given, names, (_HEADED,))


def _initials(around: Around, text: str) -> Iterator[Match]:
    """J. DUPONT, in a line that is not all capitals; E. COLI is a germ."""
    for initial in _INITIAL.finditer(text) if "." in text else ():
        words = run(ahead(around, text, initial.start()), False)
        surname = next((word for word in words if word.shape is not Shape.INITIAL), None)
        if surname and surname.shape is Shape.CAPS and len(surname.folded) > 2 and not uniform(around, *line(text, initial.start())):
            yield Match(words[0].start, words[-1].end, (Evidence("initial", 1), _CAPITALS))


_RELATIONS = (
    "patient patiente enfant bebe nourrisson fils fille epouse epoux mari femme conjoint conjointe compagne compagnon concubin "
    "concubine mere pere maman papa soeur frere cousin cousine oncle tante jumelle jumeau tutrice tuteur curateur curatrice voisin "
    "voisine ami amie assure assuree adherent adherente donneur donneuse famille prevenir prevenu prevenue husband wife daughter mother "
    "father baby brother sister partner"
)
_PROFESSIONS = (
    "biologiste biologistes infirmier infirmiere ide medecin interne externe pharmacien pharmacienne prescripteur prescriptrice "
    "preleveur preleveuse technicien technicienne secretaire chirurgien chirurgienne cardiologue gynecologue urologue oncologue "
    "neurologue dermatologue nephrologue radiologue pneumologue rhumatologue infectiologue endocrinologue hematologue psychologue "
    "angiologue allergologue stomatologue pediatre psychiatre anesthesiste kine kinesitherapeute confrere consoeur correspondant "
    "correspondante generaliste"
)
_LABELS = (
    "nom noms prenom prenoms name surname patronyme identite conjoint conjointe confiance legal patient patiente pt pte prevenir "
    "contact part medecin docteur prescripteur biologiste pharmacien infirmier infirmiere preleveur preleveuse signataire operateur "
    "technicien technicienne par"
)
_TITLES = "m mr mme mrs ms miss mlle melle mle monsieur madame mademoiselle mister maitre veuve vve".split()

_ANYWHERE: tuple[tuple[_Reader, Iterable[str]], ...] = ((_after_title, (*_TITLES, *_DOCTORS)), (_after_label, _LABELS.split()))
_IN_TEXT: tuple[tuple[_Reader, Iterable[str]], ...] = (
    (_after_relation, _RELATIONS.split()),
    (_after_profession, _PROFESSIONS.split()),
    (_after_by, ("par",)),
    (_after_name_of, ("nom",)),
    (_after_born, "nee ne epouse ep veuve vve dit dite alias".split()),
)


def _table(readers: Iterable[tuple[_Reader, Iterable[str]]]) -> dict[str, tuple[_Reader, ...]]:
    """Per word that announces a name, who reads on from there."""
    table: defaultdict[str, tuple[_Reader, ...]] = defaultdict(tuple)
    for reader, words in readers:
        for word in words:
            table[word] += (reader,)
    return dict(table)


_PATTERNS = (
    rf"\b(?:{'|'.join(sorted(_table((*_ANYWHERE, *_IN_TEXT))))})\b[ .:,(/=+&;-]",
    r"\b(?:nom|prenom|name|medecin|docteur|prescripteur|biologiste|pharmacien|signataire|operateur|technicien)[a-z]{0,2}\b.{0,30}[:=]",
    r"\bnom.{1,25}prenom",
    r"\b[a-z]\.[ -]?[a-z]{3}",
    r"lastname|firstname|fullname|surname",
)
