"""A whole worker with a detector that kills its process when it meets KILLER: `python -m tests.support.crashing FOLDER ADDRESS`.

Planted when the module is read, so that the child that tries records has it, too.
"""

import ctypes
import sys
from collections.abc import Iterable
from pathlib import Path

from schemas.bundle import read_bundle
from schemas.vocabulary import Category
from stream.core.detect.around import Around, Detector, Match
from stream.core.detect.catalogue import Lists, detectors
from stream.guard import assembly
from stream.guard.main import run
from stream.logs import open_log
from stream.settings import Kafka, Metrics, Settings, Worker

KILLER = "the record that kills"


def _die(around: Around) -> Iterable[Match]:
    ctypes.string_at(0)
    return ()


def _with_planted(lists: Lists) -> tuple[Detector, ...]:
    return (*detectors(lists), Detector("planted", Category.PERSON_NAME, (KILLER,), _die))


setattr(assembly, "detectors", _with_planted)  # noqa: B010  # mypy knows that a module's function is not assigned to


def main(folder: Path, address: str) -> None:
    settings = Settings(
        kafka=Kafka(bootstrap=(address,), security="PLAINTEXT", extra={}),
        metrics=Metrics(port=0),
        worker=Worker(instance="worker-0"),  # known to the group when it comes back
        ledger=folder / "ledger",
        dev=True,
    )
    run(read_bundle(folder / "pipeline.yaml"), settings, open_log("info"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
