"""A stream of samples from one seed: the same seed gives the same bytes. Called by the demo, the tests and the benches."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from random import Random

from stream.synth.episode import episode
from stream.synth.formats import FORMATS
from stream.synth.label import Sample

EVERYDAY = ("hl7v2", "json")


def traffic(seed: int, drift: bool = False, formats: Sequence[str] = EVERYDAY) -> Iterator[Sample]:
    """Endless; the formats in turn. With `drift` every JSON key and every Z segment has another name."""
    random = Random(seed)  # noqa: S311  # invented people, not secrets
    rename = _other if drift else str
    number = 0
    while True:
        happened = episode(random, number)
        written = FORMATS[formats[number % len(formats)]].write(happened, rename)
        yield written._replace(kind=happened.kind, key=happened.order.encode(), sent=happened.drawn)
        number += 1


def _other(name: str) -> str:
    """Another name of the same shape: a Z segment stays one."""
    known = sha256(name.encode()).hexdigest()
    return f"Z{known[:2].upper()}" if name.isupper() else f"k{known[:6]}"
