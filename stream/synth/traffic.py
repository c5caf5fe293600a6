"""A stream of samples from one seed: the same seed gives the same bytes. Called by the demo, the tests and the benches."""

from collections.abc import Iterator
from hashlib import sha256
from random import Random

from stream.synth.episode import episode
from stream.synth.hl7v2 import oru
from stream.synth.json import report
from stream.synth.label import Sample


def traffic(seed: int, drift: bool = False) -> Iterator[Sample]:
    """Endless; HL7 and JSON in turn. With `drift` every JSON key and every Z segment has another name."""
    random = Random(seed)  # noqa: S311  # invented people, not secrets
    number = 0
    while True:
        happened = episode(random, number)
        yield oru(happened, _other_segment if drift else str) if number % 2 == 0 else report(happened, _other_key if drift else str)
        number += 1


def _other_key(key: str) -> str:
    return f"k{sha256(key.encode()).hexdigest()[:6]}"


def _other_segment(name: str) -> str:
    return f"Z{sha256(name.encode()).hexdigest()[:2].upper()}"
