"""A guard that works is stolen, with everything it has: its folder, its environment, and all that its access to Kafka shows."""

import signal
from pathlib import Path

import pytest

from schemas.topics import Purpose
from stream.core.seal import open_seal
from stream.guard.keyfile import read
from tests.support.apache import Cluster
from tests.support.laboratory import HIV, Laboratory, a_laboratory, result
from tests.support.thief import on_disk, opens, possible_keys
from tests.support.transports import until


@pytest.mark.broker
def test_a_thief_of_all_that_a_guard_has_opens_no_seal(kafka: Cluster, tmp_path: Path) -> None:
    """One record was released, so a request for it lies on the release topic; its seal and the others are tried with all that is found."""
    lab = a_laboratory(kafka, tmp_path)
    with lab.guards() as fleet:
        guard = fleet.start(0)
        released, *_ = lab.put(result("S1", "1", "F", HIV), result("S2", "2", "F", HIV))
        until(lab.is_worked_off, 60)
        assert lab.release(lab.address("insurer", released)) == ["released"]
        environment = Path(f"/proc/{guard.pid}/environ").read_bytes() + Path(f"/proc/{guard.pid}/cmdline").read_bytes()
        guard.send_signal(signal.SIGKILL)
        guard.wait()
    keys = {person: read(lab.key(person, "reviewer")).secret_bytes for person in ("alice", "bruno")}
    for person in (*keys, "recovery"):
        for path in (lab.folder / person).iterdir():
            path.unlink()  # these lie elsewhere

    loot = possible_keys(environment, *on_disk(lab.folder), *_in_kafka(lab))

    own = lab.keys
    assert {own.mac.secret, own.fact.secret, own.pseudonym.secret, own.release.secret} <= loot
    sealed = [record for record in kafka.read(lab.topic(Purpose.QUARANTINE)) if record.value]
    seals = [record.value or b"" for record in sealed if (record.key or b"").startswith(b"insurer/")]
    assert (len(sealed), len(seals)) == (6, 2)
    assert [key for key in loot for seal in seals if opens(seal, key)] == []
    assert all(opens(seal, key) and open_seal([seal], key) for seal in seals for key in keys.values())


def _in_kafka(lab: Laboratory) -> list[bytes]:
    """Keys, values and headers of all that the guard may read or write, but for the records themselves as they came and went."""
    records = [record for purpose in Purpose for record in lab.kafka.read(lab.topic(purpose))]
    headers = [
        value
        for route in ("insurer", "ward", "registry")
        for record in lab.kafka.read(lab.destination(route))
        for _, value in record.headers
    ]
    return [part for record in records for part in (record.key, record.value) if part] + [value for value in headers if value]
