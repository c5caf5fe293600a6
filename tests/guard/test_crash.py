"""A record that kills the process that judges it, through whole worker processes on a real Kafka."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import KafkaException

from schemas.events import Fact
from tests.support.apache import Cluster
from tests.support.crashing import KILLER
from tests.support.whole import Site, a_site, settled

ROOT = Path(__file__).parents[2]
STARTS = 5
PATIENCE = 120  # seconds of one start
JSON = b'{"patient": {"nom": "MARTINEAU"}, "resultats": [{"code": "718-7", "valeur": 13.2}]}'


@pytest.mark.broker
def test_a_record_that_segfaults_a_detector_is_held_after_the_restart_and_the_others_go_on(kafka: Cluster, tmp_path: Path) -> None:
    site = a_site(kafka, tmp_path)
    kafka.put(site.source, JSON, f'{{"note": "{KILLER}"}}'.encode(), JSON, key=b"k")

    deaths = _supervise(site, tmp_path)

    assert [-signal.SIGSEGV] * 2 == deaths
    rows = [row for each in settled(site, f"{site.prefix}.facts") for row in Fact.model_validate_json(each.value or b"").each()]
    assert {0, 2} == {row.offset for row in rows if row.verdict != "quarantine"}
    assert {("crashed",)} == {row.reasons for row in rows if row.offset == 1}
    assert [JSON, JSON] == [each.value for each in settled(site, site.destination("care"))]


def _supervise(site: Site, folder: Path) -> list[int]:
    """Starts the worker again whenever it dies, until it has done all; returns how it died."""
    deaths: list[int] = []
    for _ in range(STARTS):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crashing", str(folder), site.kafka.address], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + PATIENCE
        while worker.poll() is None and not _done(site) and time.monotonic() < until:
            time.sleep(0.2)
        if worker.poll() is None:
            worker.terminate()
            worker.wait(30)
            return deaths
        deaths.append(worker.returncode)
    return deaths


def _done(site: Site) -> bool:
    try:
        return site.kafka.committed(site.bundle.pipeline.group, site.source).get(0) == 3
    except KafkaException:  # a new group has no coordinator yet
        return False
