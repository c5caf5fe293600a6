"""Dirt: what people and interfaces do to records on their way. Each damages one thing, and the labels stay exact. Called by `traffic`."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from schemas.vocabulary import Category as C
from stream.synth.label import Piece, Planted, Sample, assemble

_WORDS = {C.PERSON_NAME, C.PROFESSIONAL_NAME, C.CONTACT_ADDRESS, C.CONTACT_CITY}
_NUMBERS = {C.PERSON_NIR, C.PERSON_INS}
_COPIED = {C.PERSON_NAME, C.PERSON_NIR, C.CONTACT_PHONE, C.CONTACT_EMAIL, C.PERSON_BIRTH_DATE}
_FIELDS = {C.CONTACT_ADDRESS, C.CONTACT_CITY, C.INSURANCE_MEMBER, C.SAMPLE_NUMBER, C.PROFESSIONAL_NAME, C.PERSON_VISIT_NUMBER}
Damaged = list[Piece] | None
"""None: there is nothing of that kind to damage."""


def dirty(random: Random, sample: Sample) -> Sample:
    """The sample with one damage, of a kind that can happen to it."""
    for name in random.sample(tuple(DIRT), len(DIRT)):
        damaged = DIRT[name](random, list(_pieces(sample)))
        charset = _other(sample) if name == "charset" else sample.charset
        if damaged is not None and _writable(damaged, charset):
            data, labels = assemble(damaged, charset)
            return sample._replace(data=data, labels=labels, charset=charset, dirt=name)
    return sample


def _writable(pieces: Sequence[Piece], charset: str) -> bool:
    try:
        assemble(pieces, charset)
    except UnicodeEncodeError:
        return False
    return True


def _pieces(sample: Sample) -> Iterator[Piece]:
    end = 0
    for label in sample.labels:
        yield sample.data[end : label.start].decode(sample.charset)
        yield Planted(label.value, label.category, label.subject)
        end = label.end
    yield sample.data[end:].decode(sample.charset)


def _typo(random: Random, pieces: list[Piece]) -> Damaged:
    """Two letters of a name or address in the wrong order."""
    return _one(random, pieces, _WORDS, _swapped)


def _swapped(random: Random, value: str) -> str:
    places = [at for at in range(len(value) - 1) if value[at : at + 2].isalpha() and value[at] != value[at + 1]]
    if not places or "\\" in value:
        return value
    at = random.choice(places)
    return f"{value[:at]}{value[at + 1]}{value[at]}{value[at + 2 :]}"


def _wrong_key(random: Random, pieces: list[Piece]) -> Damaged:
    """A NIR whose key does not fit."""
    return _one(random, pieces, _NUMBERS, lambda _, value: f"{value[:-2]}{int(value[-2:]) % 97 + 1:02d}")


def _one(random: Random, pieces: list[Piece], categories: set[C], damage: Callable[[Random, str], str]) -> Damaged:
    """One of the planted values of these categories, damaged."""
    chosen = _some(random, pieces, categories)
    if chosen is None:
        return None
    number, planted = chosen
    value = damage(random, planted.value)
    pieces[number] = planted._replace(value=value)
    return None if value == planted.value else pieces


def _some(random: Random, pieces: Sequence[Piece], categories: set[C]) -> tuple[int, Planted] | None:
    """One of the planted values of these categories, and where it stands."""
    found = [(number, piece) for number, piece in enumerate(pieces) if isinstance(piece, Planted) and piece.category in categories]
    return random.choice(found) if found else None


def _glued(random: Random, pieces: list[Piece]) -> Damaged:
    """A value without the blank before it."""
    found = [number for number, piece in enumerate(pieces[1:]) if isinstance(piece, Planted) and _ends_with_word(pieces[number])]
    if not found:
        return None
    number = random.choice(found)
    before = pieces[number]
    pieces[number] = before[:-1] if isinstance(before, str) else before
    return pieces


def _ends_with_word(piece: Piece) -> bool:
    return isinstance(piece, str) and piece[-1:] == " " and piece[-2:-1].isalpha()


def _copied(random: Random, pieces: list[Piece]) -> Damaged:
    """A value once more, behind another where it does not belong."""
    source, target = _some(random, pieces, _COPIED), _some(random, pieces, _FIELDS)
    if source is None or target is None:
        return None
    return [*pieces[: target[0] + 1], " ", source[1], *pieces[target[0] + 1 :]]


def _misread(random: Random, pieces: list[Piece]) -> Damaged:
    """Accented letters as someone reads UTF-8 who takes it for Latin-9; or as question marks."""
    letter = random.choice((_twice, _lost))
    return _each(pieces, lambda text: text if text.isascii() else "".join(map(letter, text)))


def _twice(letter: str) -> str:
    return letter.encode().decode("iso8859-15")


def _lost(letter: str) -> str:
    return letter if letter.isascii() else "?"


def _each(pieces: list[Piece], change: Callable[[str], str]) -> Damaged:
    changed = [change(piece) if isinstance(piece, str) else piece._replace(value=change(piece.value)) for piece in pieces]
    return None if changed == pieces else changed


def _kept(_: Random, pieces: list[Piece]) -> Damaged:
    """The text stays; its bytes are those of another charset than the record says."""
    return None if all((piece if isinstance(piece, str) else piece.value).isascii() for piece in pieces) else pieces


def _other(sample: Sample) -> str:
    return "cp1252" if sample.charset == "utf-8" else "utf-8"


DIRT: dict[str, Callable[[Random, list[Piece]], Damaged]] = {
    "typo": _typo,
    "glued": _glued,
    "key": _wrong_key,
    "copied": _copied,
    "misread": _misread,
    "charset": _kept,
}
