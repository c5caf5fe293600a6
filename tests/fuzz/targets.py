"""What is fuzzed: each format of the core, what hangs in a record, and the whole way of a record. Nothing is listed twice: a format gets
its target, its seeds and its words from being in FORMATS and in the synthetic laboratory.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import islice, pairwise
from typing import NamedTuple

from stream.core.decode import FORMATS
from stream.core.values import Format, Record
from stream.synth.formats import FORMATS as WRITTEN
from stream.synth.frames import CLINICAL, PREANALYTICAL
from stream.synth.traffic import Mix, traffic
from tests.fuzz.laws import check_format, check_layers, check_whole
from tests.fuzz.wraps import WRAPS
from tests.support.rulesets import a_record, ruleset

LONGEST = 4096  # bytes of an input
_SEEDS = 24  # of a target
_SAMPLES = 60  # of the laboratory, in each format that it writes
_WORDS = 120
_ODD = (
    *(b"\\ud800", b"\\u0000", b"\\X", b"\\XC3\\", b"\\.br\\", b"&#0;", b"&#xd800;", b"%C3", b"=C3"),
    *(b"\xed\xa0\x80", b"\xef\xbb\xbf"),
)
"""Escapes that no laboratory writes."""


class Target(NamedTuple):
    """Something that takes any bytes. `check` raises where a law is broken; a seed is an input that goes deep."""

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    runs: int = 500  # that take some seconds

    def __repr__(self) -> str:
        return self.name


def _nested(data: bytes) -> None:
    """The first byte says what the rest is hidden in, twice; as the value, and what is left of it as key and header."""
    check_layers(_hidden(data))


def _hidden(data: bytes) -> Record:
    outer, inner = divmod(data[0] if data else 0, len(WRAPS))
    body = data[1:]
    return a_record(WRAPS[outer % len(WRAPS)](WRAPS[inner](body)), body[-40:] or None, (("patient", body[:40]),))


def _whole(data: bytes) -> None:
    check_whole(_hidden(data), ruleset("research", "insurer"))


@cache
def _samples() -> Sequence[bytes]:
    """Of every format of the laboratory, as known and drifted and damaged, small ones first; as they are and hidden once."""
    mixes = [Mix(formats=(name,), dirt=dirt) for name in WRITTEN for dirt in (0.0, 1.0)]
    plain = [sample.data for mix in mixes for drift in (False, True) for sample in islice(traffic(1, drift, mix), _SAMPLES)]
    plain += ["\n".join(lines).encode("cp1252" if at else "utf-8") for at, lines in enumerate((PREANALYTICAL, CLINICAL))]
    small = sorted(plain, key=len)
    several = [b"\x0b%b\x1c\r\x0b%b\x1c\r" % pair for pair in pairwise(small)]
    short = [data for data in (*plain, *several) if len(data) < LONGEST // 2]
    return [*short, *(wrap(data) for data in short[::40] for wrap in WRAPS)]


def _spread(seeds: Sequence[bytes]) -> Sequence[bytes]:
    return seeds[:: max(1, len(seeds) // _SEEDS)][:_SEEDS]


def _escaped(seeds: Sequence[bytes]) -> Sequence[bytes]:
    """The shortest seed with capitals, and each odd escape in its names."""
    shortest = min((seed for seed in seeds if b"U" in seed), key=len, default=b"")
    return [shortest.replace(b"U", odd + b"U") for odd in _ODD]


def _seeds_of(format_: Format) -> Sequence[bytes]:
    """What the format takes for its own, and the other formats do not ask for first."""
    asked = FORMATS[: FORMATS.index(format_)]
    seeds = _spread([data for data in _samples() if format_.sniff(data) and not any(each.sniff(data) for each in asked)])
    return [*seeds, *_escaped(seeds)]


def _hidden_seeds() -> Sequence[bytes]:
    number = len(WRAPS) ** 2
    return _spread([bytes([at % min(number, 256)]) + data for at, data in enumerate(_samples())])


def words(seeds: Sequence[bytes]) -> Iterator[bytes]:
    """What the seeds are made of, the commonest first: names, and the signs between them; and what is seldom right."""
    found = Counter(
        word for seed in seeds for word in re.findall(rb"[A-Za-z_][A-Za-z0-9_:.-]{0,23}|[^\w\s]{1,6}|[\r\n\x0b\x1c\x00]+", seed)
    )
    yield from _ODD
    yield from (word for word, _ in found.most_common(_WORDS))


TARGETS: tuple[Target, ...] = (
    *(Target(each.name, partial(check_format, each), partial(_seeds_of, each)) for each in FORMATS),
    Target("layers", _nested, _hidden_seeds, 200),
    Target("whole", _whole, _hidden_seeds, 120),
)
