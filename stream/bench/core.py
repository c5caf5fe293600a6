"""Microseconds a record by stage and format, beside a calibration loop of the same rounds. Called by `pratique bench core` and the gate.

Counts the processor's time of this process only, so that other work on the machine changes little. Quote the ratios.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from time import process_time
from typing import NamedTuple, TypeVar

from stream.bench.calibration import calibrate
from stream.core.act import act
from stream.core.decide import decide
from stream.core.decode import decode
from stream.core.detect import detect
from stream.core.judge import inspect, judge
from stream.core.ruleset import Ruleset
from stream.core.seal import About, ReviewerKey
from stream.core.values import Coordinate, Record, Standing
from stream.guard.plan import Route
from stream.guard.sealing import Sealer
from stream.synth import formats
from stream.synth.label import Kind
from stream.synth.traffic import Mix, traffic

Item = TypeVar("Item")

FORMATS = tuple(formats.FORMATS)
"""All that the synthetic laboratory writes."""

SEED = 2026
"""Of the synthetic traffic."""
_HELD = About(("found",))
_NOBODY = ReviewerKey("nobody", b"\t".ljust(32, b"\0"))  # the curve's base point: what is sealed here is never opened
_UNIT, _LOOPS = "calibration", 20_000  # some 20 ms
_LARGEST = 1_000_000  # bytes of a part


class Cost(NamedTuple):
    """Microseconds of CPU for one record, and how many calibration loops that is."""

    format: str
    bytes: int  # mean size of a record
    stage: str
    microseconds: float
    ratio: float


def measure(records: int, rounds: int, ruleset: Ruleset) -> list[Cost]:
    """The cost of each stage for each format. `records`: of each format; `rounds`: the fastest counts, of the calibration as well."""
    costs = []
    for name in FORMATS:
        taken = _sample(name, records)
        size = sum(len(record.value or b"") for record in taken) // records
        fastest = _fastest({_UNIT: _calibrate, **_stages(taken, ruleset)}, rounds)
        unit = fastest.pop(_UNIT) / _LOOPS
        costs += [Cost(name, size, stage, seconds / records * 1e6, seconds / records / unit) for stage, seconds in fastest.items()]
    return costs


def _calibrate() -> None:
    for _ in range(_LOOPS):
        calibrate()


def _sample(name: str, records: int) -> list[Record]:
    values = (sample.data for sample in traffic(SEED, mix=Mix((name,), clean=0)) if sample.kind is Kind.REPORT)
    return [Record(Coordinate("bench", 0, number), None, value) for number, value in enumerate(islice(values, records))]


def _stages(records: Sequence[Record], ruleset: Ruleset) -> Mapping[str, Callable[[], None]]:
    limits, detection, route, standing = ruleset.source.limits, ruleset.detection, ruleset.routes[0], Standing()
    decoded = [decode(record, limits, ruleset.extract) for record in records]
    seen = [inspect(record, ruleset) for record in records]
    decisions = [decide(one, route, standing) for one in seen]
    return {
        "decode": lambda: _each(records, lambda record: decode(record, limits, ruleset.extract)),
        "detect": lambda: _each(decoded, lambda found: detect(found.documents, detection, limits)),
        "decide": lambda: _each(seen, lambda one: decide(one, route, standing)),
        "act": lambda: _each(zip(seen, decisions, strict=True), lambda pair: act(*pair, route)),
        "whole": lambda: _each(records, lambda record: judge(inspect(record, ruleset), ruleset, [standing])),
        "seal": lambda: _seal(records),
    }


def _seal(records: Iterable[Record]) -> None:
    """As in one transaction: the keys of a lane are drawn once."""
    sealer = Sealer("bench", (_NOBODY,), b"k" * 32, _LARGEST, secrets.token_bytes)
    seals, route = sealer.fresh(), Route("research", "research@1", "digest", "to.research", partitions=1)
    _each(records, lambda record: [*seals(record, route, _HELD, 0)])


def _each(items: Iterable[Item], work: Callable[[Item], object]) -> None:
    """Keeps no result, as the guard keeps none: garbage that piles up would be collected again and again."""
    for item in items:
        work(item)


def _fastest(work: Mapping[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """CPU seconds of the fastest round of each. They take turns, so that a slow minute of the machine is slow for all."""
    best = dict.fromkeys(work, float("inf"))
    for name, seconds in _timed(work, rounds):
        best[name] = min(best[name], seconds)
    return best


def _timed(work: Mapping[str, Callable[[], None]], rounds: int) -> Iterator[tuple[str, float]]:
    for _ in range(rounds):
        for name, run in work.items():
            before = process_time()
            run()
            yield name, process_time() - before
