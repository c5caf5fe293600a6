"""The verifier of tests/guard/test_exactly_once sees each way in which a pipeline can be wrong: a run in memory is right, and what is then
taken away, doubled, moved or changed in it is found.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.events import Disposition
from stream.core.values import Record
from stream.guard.transport import Budget
from tests.support.guard import CARE, RESEARCH, TOPICS, a_broker, a_plan, a_worker
from tests.support.verifier import Seen, wrongs

VALUES = ("a", "b redact", "c hold", "d drop", "e", "f")


def _run(folder: Path) -> Seen:
    broker = a_broker()
    for number, value in enumerate(VALUES * 2):
        broker.produce("in", number % 2, str(number).encode(), value.encode())
    worker = a_worker(broker, folder, a_plan(CARE, RESEARCH), budget=Budget(records=4))
    worker.turns(6)
    worker.ledger.close()
    return Seen(
        inputs=broker.read("in"),
        forwarded={route.name: broker.read(route.destination) for route in (CARE, RESEARCH)},
        facts=[record.value or b"" for record in broker.read(TOPICS.facts)],
        seals=[record.key or b"" for record in broker.read(TOPICS.quarantine)],
        dispositions=[Disposition.model_validate_json(record.value or b"") for record in broker.read(TOPICS.dispositions)],
        caps={"care": None, "research": RESEARCH.cap},
    )


def _care(seen: Seen, change: Callable[[list[Record]], list[Record]]) -> Seen:
    return seen._replace(forwarded={**seen.forwarded, "care": change([*seen.forwarded["care"]])})


def _with(records: list[Record], number: int, **changes: object) -> list[Record]:
    return [replace(record, **changes) if at == number else record for at, record in enumerate(records)]  # type: ignore[arg-type]  # by name


def test_a_right_run_is_right(tmp_path: Path) -> None:
    assert wrongs(_run(tmp_path)) == []


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        pytest.param(lambda seen: _care(seen, lambda all_: all_[1:]), "forwarded 0 times", id="a record is lost"),
        pytest.param(lambda seen: _care(seen, lambda all_: [*all_, all_[0]]), "forwarded 2 times", id="a record comes twice"),
        pytest.param(lambda seen: _care(seen, lambda all_: [all_[1], all_[0], *all_[2:]]), "came after", id="two records change places"),
        pytest.param(lambda seen: _care(seen, lambda all_: _with(all_, 0, value=b"x")), "was changed", id="a value is changed"),
        pytest.param(lambda seen: _care(seen, lambda all_: _with(all_, 0, key=b"x")), "is not what its fact says", id="a key is changed"),
        pytest.param(lambda seen: _care(seen, lambda all_: _with(all_, 0, headers=all_[-1].headers)), "forwarded", id="under another name"),
        pytest.param(lambda seen: seen._replace(facts=seen.facts[1:]), "not one chain", id="a fact is gone"),
        pytest.param(lambda seen: seen._replace(facts=[*seen.facts, seen.facts[0]]), "2 verdicts", id="a fact stands twice"),
        pytest.param(lambda seen: seen._replace(seals=seen.seals[1:]), "sealed 0 times", id="a seal is gone"),
        pytest.param(lambda seen: seen._replace(seals=[*seen.seals, seen.seals[0]]), "sealed 2 times", id="a seal stands twice"),
        pytest.param(lambda seen: seen._replace(dispositions=[]), "dispositions do not say so", id="nobody is told"),
        pytest.param(
            lambda seen: seen._replace(
                dispositions=[*seen.dispositions, *[seen.dispositions[0].model_copy(update={"status": "superseded"})] * 2]
            ),
            "overtaken twice",
            id="overtaken twice",
        ),
        pytest.param(lambda seen: seen._replace(inputs=seen.inputs[1:]), "never came in", id="a record out of nowhere"),
        pytest.param(lambda seen: seen._replace(caps={**seen.caps, "research": 2}), "persons of 2", id="a person too many"),
        pytest.param(
            lambda seen: seen._replace(inputs=[replace(record, value=b"x hold") for record in seen.inputs]),
            "got clear",
            id="what was to be held was forwarded",
        ),
    ],
)
def test_a_wrong_run_is_found_out(tmp_path: Path, spoil: Callable[[Seen], Seen], found: str) -> None:
    assert any(found in wrong for wrong in wrongs(spoil(_run(tmp_path))))
