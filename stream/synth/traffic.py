"""A stream of samples from one seed: the same seed gives the same bytes. For `pratique synth`, demo, tests and benches."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from hashlib import sha256
from itertools import count
from random import Random
from typing import NamedTuple

from stream.synth.day import days
from stream.synth.dirt import dirty
from stream.synth.episode import Episode
from stream.synth.formats import FORMATS, Format
from stream.synth.label import Kind, Rename, Sample
from stream.synth.upkeep import Upkeep, upkeep


class Keyed(StrEnum):
    """What the key of a Kafka record is."""

    ORDER = "order"  # a patient's, where nothing was ordered
    PATIENT = "patient"


class Mix(NamedTuple):
    """What a stream is made of."""

    formats: Sequence[str] = ("hl7v2", "json")
    clean: float = 0.05  # share of the records that is about nobody
    dirt: float = 0.0  # share of the others that is damaged
    keyed: Keyed = Keyed.ORDER


EVERYDAY = Mix()


def traffic(seed: int, drift: bool = False, mix: Mix = EVERYDAY) -> Iterator[Sample]:
    """Endless, in the order of sending. An order keeps its format. With `drift` every JSON key and every Z segment has another name."""
    rename = _other if drift else str
    formats = [FORMATS[name] for name in mix.formats]
    keep, damage = (Random(f"{seed} {what}") for what in ("upkeep", "dirt"))  # noqa: S311  # as above; so that a mix invents the same people
    numbers = count()
    for happened in days(Random(seed)):  # noqa: S311  # invented people, not secrets
        while keep.random() < mix.clean:
            yield from _kept(keep, formats, upkeep(keep, next(numbers), happened.sent), rename)
        for sample in _told(formats, happened._replace(number=next(numbers)), rename, mix.keyed):
            yield dirty(damage, sample) if damage.random() < mix.dirt else sample


def _told(formats: Sequence[Format], episode: Episode, rename: Rename, keyed: Keyed) -> Iterator[Sample]:
    """In the format of its order; not at all where none can tell it."""
    able = [each for each in formats if episode.kind in each.kinds]
    if able:
        patient = keyed is Keyed.PATIENT or episode.kind in {Kind.UPDATE, Kind.MERGE}
        key = episode.patient.ipp if patient else episode.order
        sample = able[int(episode.order) % len(able)].write(episode, rename)
        yield sample._replace(kind=episode.kind, key=key.encode(), sent=episode.sent)


def _kept(random: Random, formats: Sequence[Format], upkeep: Upkeep, rename: Rename) -> Iterator[Sample]:
    able = [each.keep for each in formats if upkeep.kind in each.kinds and each.keep is not None]
    if able:
        sample = random.choice(able)(upkeep, rename)
        yield sample._replace(kind=upkeep.kind, key=upkeep.instrument.encode(), sent=upkeep.sent)


def _other(name: str) -> str:
    """Another name of the same shape: a Z segment stays one."""
    known = sha256(name.encode()).hexdigest()
    return f"Z{known[:2].upper()}" if name.isupper() else f"k{known[:6]}"
