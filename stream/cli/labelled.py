"""Labelled records to measure by: of the synthetic laboratory, or of a folder as `pratique synth` writes one. Called by `eval`."""

import codecs
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from schemas.faults import ConfigError, Fault
from schemas.labels import LabelledRecord
from stream.synth.paths import LABELS, RECORDS, labelled
from stream.synth.traffic import Mix, traffic


class Given(NamedTuple):
    """A record with its labels."""

    labelled: LabelledRecord
    data: bytes

    def __repr__(self) -> str:
        return f"Given({len(self.data)}B, {len(self.labelled.labels)} labels)"


def laboratory(seed: int, records: int, mix: Mix) -> Iterator[Given]:
    """The first records of a stream."""
    for sample in islice(traffic(seed, mix=mix), records):
        yield Given(labelled(sample), sample.data)


def folder(path: Path) -> Iterator[Given]:
    """The records that `labels.jsonl` names, in its order. Raises ConfigError with every fault of it before the first is given."""
    file = path / LABELS
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigError((Fault(str(file), 0, 0, "this cannot be read", "Name a folder as `pratique synth --out` writes it."),)) from None
    read = [_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    faults = tuple(one for one in read if isinstance(one, Fault))
    if faults or not read:
        raise ConfigError(faults or (Fault(str(file), 0, 0, "there is no label in it", "Write one line for each record."),))
    return (Given(one, (path / RECORDS / one.name).read_bytes()) for one in read if isinstance(one, LabelledRecord))


def _line(path: Path, number: int, line: str) -> LabelledRecord | Fault:
    """One line of the labels; of what is wrong with it nothing is repeated but the names of fields."""
    where = str(path / LABELS)
    try:
        label = LabelledRecord.model_validate_json(line)
    except ValidationError as error:
        fields = sorted({".".join(map(str, detail["loc"])) for detail in error.errors(include_input=False, include_url=False)})
        return Fault(
            where, number, 1, f"no labelled record: {', '.join(filter(None, fields)) or 'no JSON'}", "Write it as docs/synth.md says."
        )
    if not _known(label.charset):
        return Fault(where, number, 1, "no such `charset`", "Name it as Python does.")
    file = path / RECORDS / label.name
    if ".." in Path(label.name).parts or not file.is_file() or file.is_symlink():
        return Fault(where, number, 1, "its record is not there", f"Put the file that `name` names into {RECORDS}/.")
    size = file.stat().st_size
    if any(not one.start < one.end <= size for one in label.labels):
        return Fault(where, number, 1, "a label is not within its record", "`start` and `end` count bytes of the file.")
    return label


def _known(charset: str) -> bool:
    try:
        codecs.lookup(charset)
    except (LookupError, ValueError):
        return False
    return True
