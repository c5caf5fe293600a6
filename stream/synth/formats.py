"""The formats that the laboratory writes, one line each. Called by `traffic`."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from stream.synth import csv, hl7v2, json
from stream.synth.episode import Episode
from stream.synth.label import Kind, Rename, Sample


class Format(NamedTuple):
    """How a format writes what happens in a laboratory. `rename` gives another name to what sites may name as they like (drift)."""

    write: Callable[[Episode, Rename], Sample]
    kinds: frozenset[Kind] = frozenset({Kind.REPORT})  # what it can tell; the rest happens in other formats


FORMATS: Mapping[str, Format] = {
    "hl7v2": Format(hl7v2.oru),
    "json": Format(json.report),
    "csv": Format(csv.row),
}
