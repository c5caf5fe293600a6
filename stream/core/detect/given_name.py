"""Given names: which words are one, the names around them in a text, and the patterns that hit them. Called by `person_name`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase
from typing import NamedTuple

from stream.core.detect.around import Around, Match
from stream.core.detect.capitals import Shape, Word, ahead, behind, run, uniform
from stream.core.detect.nearby import line
from stream.core.detect.ordinary import ORDINARY, PARTICLES, looks_ordinary
from stream.core.values import Evidence


class GivenNames(NamedTuple):
    """Folded given names; weak ones are words too."""

    strong: frozenset[str]
    weak: frozenset[str]

    def weight(self, word: str) -> int:
        """2 for a given name, 1 for one that is a word too, 0 for none."""
        return 2 if word in self.strong else 1 if word in self.weak else 0

    def knows(self, word: Word) -> bool:
        """Whether a word of a name is a given name; a compound (jean-pierre) is one when its first part is."""
        return self.weight(word.folded.removeprefix("d'").removeprefix("l'").partition("-")[0]) > 0


_THINGS = frozenset(
    "maladie maladies syndrome syndromes test tests reaction coloration methode score facteur facteurs anticorps anti corps cellule "
    "cellules formule milieu bouillon gelose index indice signe critere criteres classification stade souche virus fievre anemie "
    "thalassemie unite unites echelle tube angine systeme cirrhose tumeur phenotype sous selon pilule contraception rue avenue av "
    "boulevard bd place quai allee square impasse chemin hopital hopitaux clinique polyclinique institut centre chu chr chru ch ghu "
    "gh college lycee ecole residence ehpad maison maternite laboratoire labo fondation groupe espace batiment pavillon salle "
    "pharmacie universite ville st ste saint sainte".split()
)
"""What is called after somebody: a name after one of these is no person of this text."""
_BETWEEN = frozenset("de du des d la le les l hospitalier medical medicale".split())
_JOINED = re.compile(r"(?<![a-z])[a-z]{2,}(?:[_^][a-z]{2,})+")
_PART = re.compile(r"[a-z]+")
_ACTS = re.compile(r" (?:est |sera |a ete )?(?:prevenu|appele|rappele|informe|averti|joint|avise)e?\b")  # what only people are
_SHORT = 200  # characters: a longer text is no single name


def around_given_name(around: Around, text: str, word: re.Match[str], names: GivenNames) -> Iterator[Match]:
    """Elodie DURANDEL, DURANDEL Elodie, vu avec Elodie: a given name and the surname beside it."""
    start = word.start()
    compound = text[start - 1 : start] == "-" and text[start - 2 : start - 1].isalpha()
    if compound or not around.visible[start].isupper():
        return
    begin, end = line(text, start)
    upper = uniform(around, begin, end)
    following = ahead(around, text, start)
    given = next(following)
    if given.folded in ORDINARY:
        return
    before = _surname_before(around, text, start, upper, names)
    after = _surname_after(following, upper, bool(before), names)
    words = with_given_after_comma(around, text, [*before, given, *after], names)
    if not _names_a_thing(text, words[0].start):
        opens = text[begin:start].rstrip(" \t*>-")[-1:] in {"", ".", "!", "?"}
        yield Match(words[0].start, words[-1].end, tuple(_evidence(words, given, names, upper, opens, around)))


def joined_names(text: str, names: GivenNames) -> Iterator[Match]:
    """durandel_elodie, DURANDEL^ELODIE: the parts that are no other word, when one of them is a given name."""
    if "_" not in text and "^" not in text:
        return
    for chain in _JOINED.finditer(text):
        parts = [part for part in _PART.finditer(text, *chain.span()) if part[0] not in ORDINARY]
        if len(parts) > 1 and any(names.weight(part[0]) == 2 for part in parts):
            yield Match(parts[0].start(), parts[-1].end(), (Evidence("in-a-list", 2),))


def with_given_after_comma(around: Around, text: str, words: Sequence[Word], names: GivenNames) -> Sequence[Word]:
    """DURANDEL, Elodie"""
    if words and text.startswith(", ", words[-1].end):
        for given in ahead(around, text, words[-1].end + 2, 1):
            if given.shape is not Shape.LOWER and names.knows(given):
                return [*words, given]
    return words


def _evidence(words: Sequence[Word], given: Word, names: GivenNames, upper: bool, opens: bool, around: Around) -> Iterator[Evidence]:
    others = [word for word in words if word is not given and word.folded not in PARTICLES]
    whole = len(around.folded) < _SHORT and words[-1].end - words[0].start >= len(around.folded.strip())
    acts = _ACTS.match(around.folded, words[-1].end) is not None
    tells = bool(others) or whole or acts or (given.shape is Shape.TITLE and not upper and not opens)
    yield Evidence("in-a-list", names.weight(given.folded.partition("-")[0]) if tells else 1)
    if not upper and any(word.shape is not given.shape for word in others):
        yield Evidence("name-shape", 1)


def _names_a_thing(text: str, start: int) -> bool:
    """maladie de Gilbert, rue Victor Hugo"""
    before, word = text[max(0, start - 40) : start], ""
    while not word or word in _BETWEEN:
        tied = before.rstrip("' \t-")
        before = tied.rstrip(ascii_lowercase)
        word = tied[len(before) :]
        if not word:
            return False
    return word in _THINGS


def _surname_before(around: Around, text: str, start: int, upper: bool, names: GivenNames) -> Sequence[Word]:
    """DURANDEL Elodie, LE GOFF Elodie; with a comma between them only what is in capitals."""
    if _lower_case_before(around, text, start):
        return ()
    words = behind(around, text, start, 3)
    if not words and text.endswith(", ", 0, start):
        words = [word for word in behind(around, text, start - 2, 1) if word.shape is Shape.CAPS and not upper]
    taken = len(words)
    while taken and _precedes(words[taken - 1], words[taken:], upper, names):
        taken -= 1
    return words[taken:]


def _lower_case_before(around: Around, text: str, start: int) -> bool:
    """Whether the word before is plainly none of a name: most are, and it is cheap to tell."""
    begin = max(0, start - 40)
    previous = max(text.rfind(" ", begin, max(begin, start - 1)), text.rfind("\n", begin, start), begin - 1) + 1
    return around.visible[previous].islower() and text[start - 1 : start] == " "


def _precedes(word: Word, later: Sequence[Word], upper: bool, names: GivenNames) -> bool:
    if word.folded in PARTICLES:
        return bool(later) and word.shape is not Shape.LOWER
    if not all(map(names.knows, later)) and (
        upper or word.shape is not Shape.CAPS
    ):  # one surname, where capitals do not tell where it begins
        return False
    common = (looks_ordinary(word.folded) if upper else word.folded in ORDINARY) and not names.knows(word)
    return word.shape in {Shape.TITLE, Shape.CAPS} and len(word.folded) > 2 and not common


def _surname_after(words: Iterable[Word], upper: bool, found: bool, names: GivenNames) -> Sequence[Word]:
    """Elodie DURANDEL, Elodie de La Tour. In a line of capitals nothing that could be another word, and one surname is enough."""
    following = run(words, upper, names.knows)
    if not upper:
        return following
    common = any(looks_ordinary(word.folded) and not names.knows(word) for word in following)
    return () if common or (found and not (following and names.knows(following[0]))) else following


def patterns(names: GivenNames) -> Iterator[str]:
    """Hyperscan patterns: long names as literals; short ones, which stand within many words, as tries of whole words by first letter."""
    short: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names.strong | names.weak):
        if len(name) > 4:
            yield name
        else:
            short[name[0]].append(name)
    for group in short.values():
        yield rf"\b{_trie(group)}\b"


def _trie(words: Iterable[str]) -> str:
    """One pattern for these words, with what they begin with written once."""
    by_first: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        by_first[word[:1]].append(word[1:])
    ends = by_first.pop("", None) is not None
    branches = [first + _trie(rest) for first, rest in sorted(by_first.items())]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"
