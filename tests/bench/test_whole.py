"""A whole bench on a real broker, in small, and the arithmetic of its report."""

import json
from pathlib import Path

import pytest

from stream.bench.latency import Latency
from stream.bench.machine import machine
from stream.bench.pace import Pace
from stream.bench.whole import Bench, Delay, Report, Run, Sizes
from tests.support.apache import Cluster

SMALL = Sizes(records=1200, batch=100, workers=1, seconds=1.5)


def test_ratios_are_of_one_worker_and_scaling_of_the_most() -> None:
    runs = (Run("relay", 1, Pace(1000, 10, 50)), Run("guard", 1, Pace(200, 60, 100)), Run("guard", 2, Pace(360, 65, 200)))
    report = Report(machine(), Sizes(), 1200, runs, Delay(100, Latency(10, 20), Latency(15, 50)))

    assert (report.ratio, report.cpu_ratio, report.scaling) == (0.2, 6, 1.8)
    assert report.delay.added == Latency(5, 30)


@pytest.mark.broker
def test_a_bench_measures_the_relay_and_the_guard_on_the_same_records(kafka: Cluster, tmp_path: Path) -> None:
    told: list[str] = []

    report = Bench(kafka.address, tmp_path, SMALL, told.append).report()

    assert [line.split(",")[0] for line in told] == ["relay", "guard", "relay", "guard"]
    assert report.runs[1].pace.cpu_us_per_record > report.runs[0].pace.cpu_us_per_record > 0
    assert 0 < report.delay.relay.p50 < 5000
    written = json.loads(json.dumps(report.as_json()))
    assert [*written] == ["machine", "sizes", "runs", "latency_ms", "ratio", "cpu_ratio", "scaling"]
    assert [(run["what"], run["workers"]) for run in written["runs"]] == [("relay", 1), ("guard", 1)]
    assert {*written["runs"][0]} == {"what", "workers", "records_per_second", "cpu_us_per_record", "rss_mib"}
    assert [name for name, shown in written["latency_ms"].items() if name != "rate" and {*shown} == {"p50", "p99"}] == [
        "relay",
        "guard",
        "added",
    ]
    assert written["sizes"]["records"] == SMALL.records
    assert all(str(written["machine"][name]) for name in ("cores", "cpu", "memory_gib", "system", "python", "librdkafka", "pratique"))
