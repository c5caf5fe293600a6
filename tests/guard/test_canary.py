"""The canary on a real Kafka: nothing that the guard writes beside the outcomes, logs or exports holds a value of a record."""

import io
from pathlib import Path
from urllib.request import urlopen

import pytest

from schemas.topics import Purpose, topic_name
from tests.support.apache import Cluster
from tests.support.canary import found_in, planted
from tests.support.whole import Site, a_site, run_until_committed, settled


@pytest.fixture
def site(kafka: Cluster, tmp_path: Path) -> Site:
    return a_site(kafka, tmp_path)


@pytest.mark.broker
def test_no_log_metric_fact_seal_or_ledger_holds_a_value(site: Site) -> None:
    for record in planted():
        site.kafka.put(site.source, record.value, key=record.key, headers=record.headers)
    log = Scraping()

    run_until_committed(site, {0: len(planted())}, log)

    assert [] == found_in(log.getvalue())
    assert "pratique_records_total" in log.metrics
    assert [] == found_in(log.metrics)
    for purpose in Purpose:
        for row in settled(site, topic_name(site.prefix, purpose)):
            assert [] == found_in(repr((row.key, row.value, row.headers)))
            assert [] == found_in((row.value or b"").decode("latin-1"))
    for path in site.settings.ledger.rglob("*"):
        assert [] == found_in(path.read_text() if path.is_file() else path.name)


@pytest.mark.broker
def test_our_headers_hold_no_value(site: Site) -> None:
    for record in planted():
        site.kafka.put(site.source, record.value, key=record.key)

    run_until_committed(site, {0: len(planted())})

    ours = [header for each in settled(site, site.destination("care")) for header in each.headers if header[0].startswith("pratique-")]
    assert ours
    assert [] == found_in(repr(ours))


class Scraping(io.StringIO):
    """A log that, when the worker says that it stops, has its metrics read a last time."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = ""
        self._port = 0

    def write(self, line: str) -> int:
        if '"listening"' in line:
            self._port = int(line.partition('"port": ')[2].partition(",")[0].rstrip("}\n"))
        elif self._port and "stopped" in line:
            with urlopen(f"http://127.0.0.1:{self._port}/metrics") as answer:
                self.metrics = answer.read().decode()
        return super().write(line)
