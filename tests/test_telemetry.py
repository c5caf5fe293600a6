"""Metrics, probes and the log: what counts and when, closed labels, promtool's silence, and no value of a record anywhere."""

import io
import json
import logging
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from schemas.vocabulary import Action, Category, Reason, Verdict
from stream.core.values import Act, Coordinate, Decision, Inspection, Outcome, Place, Record, Standing
from stream.errors import ConfigError
from stream.guard.batch import Tally
from stream.guard.holdings import Shown
from stream.guard.kafka import Ends, Observer
from stream.guard.loop import Meter
from stream.guard.offsets import Gap, Why
from stream.guard.plan import Lane
from stream.guard.transport import Partition
from stream.journal import Journal
from stream.logs import LIBRDKAFKA, Event, open_log, scrubbed
from stream.metrics import METRICS, PREFIX, Kind, table
from stream.probes import PATIENCE, serving
from stream.telemetry import Served, Telemetry
from tests.support.clock import FakeClock

ROUTES = (Served("ward", "care", 1, "abc", True), Served("study", "research", 2, "def", False))


def telemetry(clock: FakeClock | None = None) -> Telemetry:
    clock = clock or FakeClock()
    return Telemetry(ROUTES, ["lis"], "0.1.0", clock, clock)


def series(worker: Telemetry) -> dict[str, float]:
    """Every series with its value, under its name without the prefix."""
    lines = worker.exposition()[1].decode().splitlines()
    return {line.removeprefix(PREFIX).rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line.startswith(PREFIX)}


def record(timestamp: int = 0, value: bytes | None = b"12345") -> Record:
    return Record(Coordinate("lis.results", 3, 7), b"key", value, (), timestamp)


def held(*reasons: Reason) -> Mapping[Tally, int]:
    return {Tally("ward", Verdict.QUARANTINE, reasons): 2, Tally("study", Verdict.CLEAR, ()): 5}


# ---- metrics ----------------------------------------------------------------------------------------------------------


def test_it_is_what_the_loop_and_the_transport_ask_for(out: io.StringIO) -> None:
    meters: tuple[Meter, ...] = (telemetry(), Journal(open_log("info", out), telemetry()))
    observers: tuple[Observer, ...] = (telemetry(), Journal(open_log("info", out), telemetry()))

    assert meters
    assert observers


def test_records_are_counted_by_route_verdict_and_reason() -> None:
    worker = telemetry()

    worker.judged(held(Reason.FOUND, Reason.TOO_LARGE))

    found = series(worker)
    assert found['records_total{route="ward",verdict="quarantine"}'] == 2
    assert found['records_total{route="study",verdict="clear"}'] == 5
    assert found['records_total{route="study",verdict="drop"}'] == 0
    assert found['held_reasons_total{reason="found",route="ward"}'] == 2
    assert found['held_reasons_total{reason="too_large",route="ward"}'] == 2


def test_what_is_held_and_not_decided_is_shown_over_all_lanes_of_a_route() -> None:
    worker = telemetry()
    one, other = (Lane("ward", Partition("lis.results", number)) for number in (0, 1))

    worker.held({one: Shown({"critical": 1, "routine": 2}, 1000), other: Shown({"critical": 3, "routine": 0}, 900)})

    found = series(worker)
    assert found['undecided_records{care="yes",route="ward",urgency="critical"}'] == 4
    assert found['undecided_records{care="yes",route="ward",urgency="routine"}'] == 2
    assert found['undecided_since_timestamp_seconds{care="yes",route="ward"}'] == 900


def test_a_route_that_holds_nothing_any_more_shows_no_time() -> None:
    worker = telemetry()
    lane = Lane("study", Partition("lis.results", 0))
    worker.held({lane: Shown({"routine": 1}, 1000)})

    worker.held({lane: Shown({"routine": 0}, 0)})

    found = series(worker)
    assert found['undecided_records{care="no",route="study",urgency="routine"}'] == 0
    assert not [name for name in found if name.startswith("undecided_since_timestamp_seconds{")]


def test_what_people_ask_is_counted_with_the_answer() -> None:
    worker = telemetry()

    worker.answered({("release", "done"): 2, ("release", "superseded"): 1})

    assert series(worker)['requests_total{answer="superseded",request="release"}'] == 1


def test_a_record_cleared_because_nothing_is_forbidden_is_counted_apart() -> None:
    worker = telemetry()

    worker.judged({Tally("study", Verdict.CLEAR, (Reason.NOTHING_FORBIDDEN,)): 3})

    assert series(worker)['nothing_forbidden_total{route="study"}'] == 3


def seen(worker: Telemetry, one: Record, incomplete: tuple[Reason, ...] = ()) -> None:
    """Lets the telemetry watch one record being inspected and judged."""
    acts = (Act(Place(0, 0, 0, 1), Action.MASK, Category.PERSON_NAME, "default"),) * 2
    inspection = worker.inspecting("lis", lambda each: Inspection(each, (), (), (), incomplete))(one)
    worker.judging(lambda _, __: (Outcome(0, Decision(Verdict.REDACT, (), acts), one),))(inspection, [Standing()])


def test_what_is_seen_of_a_record_counts_when_its_transaction_commits() -> None:
    clock = FakeClock(1000)
    worker = telemetry(clock)

    seen(worker, record(timestamp=998_000), (Reason.TOO_DEEP,))
    assert 'findings_total{action="mask",category="person.name"}' not in series(worker)
    worker.ended("committed", 0.02)

    found = series(worker)
    assert found['findings_total{action="mask",category="person.name"}'] == 2
    assert found['uninspectable_total{reason="too_deep"}'] == 1
    assert found['record_bytes_total{source="lis"}'] == 5
    assert found['end_to_end_seconds_sum{source="lis"}'] == 2
    assert found['inspect_seconds_count{source="lis"}'] == 1
    assert found["transaction_seconds_sum"] == pytest.approx(0.02)


def test_what_is_seen_of_a_transaction_that_failed_is_forgotten() -> None:
    worker = telemetry()

    seen(worker, record(), (Reason.TOO_DEEP,))
    worker.ended("Retry", 0)
    seen(worker, record(), (Reason.TOO_DEEP,))
    worker.ended("committed", 0.02)

    found = series(worker)
    assert found['uninspectable_total{reason="too_deep"}'] == 1
    assert found['transactions_total{outcome="retry"}'] == 1
    assert found['transactions_total{outcome="committed"}'] == 1


def test_an_end_that_nobody_foresaw_is_still_of_the_list() -> None:
    worker = telemetry()

    worker.ended("Surprise", 0)

    assert series(worker)['transactions_total{outcome="other"}'] == 1


def test_lag_is_shown_in_records_and_seconds_for_assigned_partitions_only() -> None:
    clock = FakeClock(1000)
    worker = telemetry(clock)
    seen(worker, record(timestamp=940_000))
    worker.ended("committed", 0.1)

    worker.lags({Partition("lis.results", 3): 12, Partition("lis.results", 4): 0})
    assert series(worker)['lag_records{partition="3",topic="lis.results"}'] == 12
    assert series(worker)['lag_seconds{partition="3",topic="lis.results"}'] == 60
    assert series(worker)['lag_seconds{partition="4",topic="lis.results"}'] == 0

    worker.lags({Partition("lis.results", 4): 1})
    assert 'lag_records{partition="3",topic="lis.results"}' not in series(worker)


def test_partitions_that_stand_still_show_until_they_go_on() -> None:
    worker = telemetry()

    worker.still([Partition("lis.results", 1)], [Partition("lis.results", 2)])
    assert series(worker)['waiting{partition="1",topic="lis.results"}'] == 1
    assert series(worker)['orphaned{partition="2",topic="lis.results"}'] == 1

    worker.still([], [])
    assert not [name for name in series(worker) if name.startswith(("waiting", "orphaned"))]


def test_breakers_show_per_route() -> None:
    worker = telemetry()

    worker.breakers(["ward"], known=False)

    found = series(worker)
    assert (found['breaker_open{route="ward"}'], found['breaker_open{route="study"}'], found["breakers_known"]) == (1, 0, 0)


GAP = Gap(Partition("lis.results", 3), 100, 130, Why.EXPIRED, 130)


def test_a_gap_is_counted_with_what_made_it_and_whether_it_was_accepted() -> None:
    worker = telemetry()

    worker.gap(GAP, accepted=False)
    worker.gap(GAP._replace(end=100, why=Why.RECREATED), accepted=True)

    found = series(worker)
    assert found['gap_records_total{accepted="false",topic="lis.results",why="expired"}'] == 30
    assert found['gaps_total{accepted="true",topic="lis.results",why="recreated"}'] == 1


def test_what_an_open_transaction_holds_back_is_shown() -> None:
    worker = telemetry()

    worker.ends({Partition("lis.results", 3): Ends(12, 7)})

    assert series(worker)['unstable_records{partition="3",topic="lis.results"}'] == 5


def test_what_runs_is_told_once() -> None:
    found = series(telemetry())

    assert found['policy_info{digest="def",policy="research",route="study",version="2"}'] == 1
    assert [name for name in found if name.startswith("build_info")]


def busy() -> Telemetry:
    """A worker of which every metric has a series."""
    worker = telemetry()
    seen(worker, record(), (Reason.TOO_DEEP,))
    worker.ended("committed", 0.1)
    worker.judged(held(Reason.FOUND))
    worker.lags({Partition("lis.results", 3): 12})
    worker.still([Partition("lis.results", 3)], [Partition("lis.results", 3)])
    worker.reassigned("assigned")
    worker.shown({Lane("research", Partition("lis.results", 3)): 41})
    worker.held({Lane("ward", Partition("lis.results", 3)): Shown({"routine": 1}, 1000)})
    worker.answered({("release", "done"): 1})
    worker.gap(GAP, accepted=False)
    worker.ends({Partition("lis.results", 3): Ends(12, 7)})
    worker.breakers([], known=True)
    worker.halted()
    worker.turned()
    return worker


def test_the_window_of_a_lane_that_is_ours_no_more_is_not_shown() -> None:
    worker = telemetry()
    worker.shown({Lane("research", Partition("lis.results", 3)): 41})

    worker.shown({})

    assert not [name for name in series(worker) if name.startswith("standing_subjects{")]


def test_every_declared_metric_has_a_series_and_every_series_is_declared() -> None:
    names = {name.partition("{")[0] for name in series(busy())}
    bare = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in names}

    assert bare == {metric.full_name.removeprefix(PREFIX) for metric in METRICS}


LABELS = {
    "accepted",
    "action",
    "answer",
    "care",
    "category",
    "change",
    "digest",
    "outcome",
    "partition",
    "policy",
    "python",
    "reason",
    "route",
    "source",
    "topic",
    "verdict",
}
LABELS |= {"request", "urgency", "version", "why"}


def test_labels_come_from_a_closed_list() -> None:
    assert {label for metric in METRICS for label in metric.labels} == LABELS


def test_only_histograms_have_buckets_and_they_ascend() -> None:
    for metric in METRICS:
        assert bool(metric.buckets) is (metric.kind is Kind.HISTOGRAM)
        assert list(metric.buckets) == sorted(set(metric.buckets))


def test_promtool_finds_nothing_to_say() -> None:
    promtool = shutil.which("promtool")
    assert promtool, "promtool is needed: it is in the Debian package `prometheus`"

    checked = subprocess.run([promtool, "check", "metrics"], input=busy().exposition()[1], capture_output=True, check=False)

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


DOCUMENTATION = (Path(__file__).parents[1] / "docs" / "metrics.md").read_text()
RULES = DOCUMENTATION.partition("```yaml\n")[2].partition("```")[0]


def test_the_documentation_shows_the_metrics_as_they_are() -> None:
    assert table() in DOCUMENTATION


def test_the_alerts_of_the_documentation_are_rules_about_metrics_that_exist(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    assert promtool, "promtool is needed: it is in the Debian package `prometheus`"
    (tmp_path / "rules.yaml").write_text(RULES)

    checked = subprocess.run([promtool, "check", "rules", tmp_path / "rules.yaml"], capture_output=True, check=False, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "alert: HeldOnCareRoute" in RULES
    assert set(re.findall(r"pratique_[a-z_]+", RULES)) <= {metric.full_name for metric in METRICS}


# ---- probes -----------------------------------------------------------------------------------------------------------


def get(port: int, path: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", error.read().decode()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1000)


@pytest.fixture
def worker(clock: FakeClock) -> Telemetry:
    return telemetry(clock)


@pytest.fixture
def port(worker: Telemetry) -> Iterator[int]:
    with serving(worker, "127.0.0.1", 0) as port:
        yield port


def test_metrics_are_served_as_prometheus_reads_them(port: int) -> None:
    status, content_type, body = get(port, "/metrics")

    assert (status, content_type.split(";")[0]) == (200, "text/plain")
    assert "pratique_records_total" in body


def test_a_worker_is_ready_after_its_first_turn_and_no_more_once_halted(port: int, worker: Telemetry) -> None:
    assert get(port, "/readyz")[0] == 503

    worker.turned()
    assert get(port, "/readyz")[0] == 200

    worker.halted()
    assert get(port, "/readyz")[0] == 503
    assert get(port, "/healthz")[0] == 200


def test_a_worker_without_a_sign_of_life_is_stuck(port: int, worker: Telemetry, clock: FakeClock) -> None:
    assert get(port, "/healthz")[0] == 200

    worker.turned()
    clock.sleep(PATIENCE)
    assert get(port, "/healthz")[0] == 200

    clock.sleep(1)
    assert get(port, "/healthz")[0] == 503


def test_a_port_that_is_taken_is_a_fault_of_configuration(port: int, worker: Telemetry) -> None:
    with pytest.raises(ConfigError, match=r"metrics.port: cannot be listened on"), serving(worker, "127.0.0.1", port):
        pass


def test_nothing_else_is_served(port: int) -> None:
    assert get(port, "/")[0] == 404


# ---- log --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.raiseExceptions)
    yield io.StringIO()
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.raiseExceptions = before[2]
    logging.captureWarnings(capture=False)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [{key: value for key, value in json.loads(line).items() if key != "timestamp"} for line in out.getvalue().splitlines()]


def test_a_line_is_one_json_object(out: io.StringIO) -> None:
    open_log("info", out).info(Event.STARTED, pipeline="biology", worker=2)

    assert lines(out) == [{"event": "started", "level": "info", "pipeline": "biology", "worker": 2}]


def test_what_is_below_the_level_is_left_out(out: io.StringIO) -> None:
    open_log("warning", out).info(Event.STARTED)

    assert lines(out) == []


def test_a_key_that_is_not_on_the_list_is_left_out_loudly(out: io.StringIO) -> None:
    log = open_log("info", out)
    logging.captureWarnings(capture=False)

    with pytest.warns(UserWarning, match="does not know the key patient"):
        log.info(Event.STARTED, patient="zq7Xcanary")

    assert lines(out) == [{"event": "started", "level": "info"}]


def test_an_event_that_is_not_on_the_list_is_not_repeated(out: io.StringIO) -> None:
    log = open_log("info", out)
    logging.captureWarnings(capture=False)

    with pytest.warns(UserWarning, match="does not know this event"):
        log.info("zq7Xcanary")

    assert lines(out) == [{"event": "unknown", "level": "info"}]


def test_a_value_that_is_no_plain_one_shows_as_its_type(out: io.StringIO) -> None:
    open_log("info", out).info(Event.STARTED, reason=record())

    assert lines(out) == [{"event": "started", "level": "info", "reason": "Record"}]


def test_lines_of_libraries_come_in_our_form_without_what_an_exception_says(out: io.StringIO) -> None:
    open_log("info", out)
    try:
        raise ValueError("zq7Xcanary")
    except ValueError:
        logging.getLogger(LIBRDKAFKA).exception("%s refused", "broker 10.0.0.1:9092")

    assert lines(out) == [{"event": "library", "level": "error", "logger": "librdkafka", "text": "broker 10.0.0.1:9092 refused"}]


def test_a_library_line_that_cannot_be_formatted_prints_nothing(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    open_log("info", out)

    logging.getLogger("library").error("%d", "zq7Xcanary")

    assert "zq7Xcanary" not in out.getvalue() + capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "left", "reason"),
    [
        ("broker 10.1.2.3:9092 is down", "broker 10.1.2.3:9092 is down", "an address of a machine tells of nobody"),
        ("id 185059900112345", "id #", "a long number may be anybody's"),
        ("id 1 85 05 99 001 123", "id #", "however it is grouped"),
        ("call 01.23.45.67.89", "call #", "a phone number is no address of a machine"),
        ("mail jane@example.org now", "mail # now", "an e-mail address"),
        ("Hélène", "H?l?ne", "what is not ASCII"),
        ("a\nb", "a?b", "one line stays one line"),
        ("x" * 1000, "x" * 300, "no longer than a line"),
    ],
)
def test_a_text_is_scrubbed(text: str, left: str, reason: str) -> None:
    assert scrubbed(text) == left, reason


# ---- journal ----------------------------------------------------------------------------------------------------------


def journal(out: io.StringIO) -> Journal:
    return Journal(open_log("info", out), telemetry())


def test_an_outage_is_one_line_when_it_begins_and_one_when_it_ends(out: io.StringIO) -> None:
    meter = journal(out)

    for end in ("committed", "Unavailable", "Unavailable", "Retry", "committed", "committed"):
        meter.ended(end, 0.1)

    assert [(line["event"], line.get("error")) for line in lines(out)] == [
        ("transaction_failed", "Unavailable"),
        ("transaction_failed", "Retry"),
        ("transactions_resumed", None),
    ]


def test_a_route_that_stops_or_goes_on_is_one_line(out: io.StringIO) -> None:
    meter = journal(out)

    for open_routes, known in (([], True), (["ward"], True), (["ward"], False), (["ward"], False), ([], True)):
        meter.breakers(open_routes, known)

    assert [line["event"] for line in lines(out)] == ["route_stopped", "breakers_unknown", "route_resumed", "breakers_known"]


def test_a_partition_that_stops_or_goes_on_is_one_line(out: io.StringIO) -> None:
    meter = journal(out)
    one, other = Partition("lis.results", 1), Partition("lis.results", 2)

    for full, orphans in (([], []), ([one], []), ([one], [other]), ([], [other])):
        meter.still(full, orphans)

    assert [(line["event"], line["partition"]) for line in lines(out)] == [
        ("partition_waiting", 1),
        ("partition_orphaned", 2),
        ("partition_resumed", 1),
    ]


def test_a_gap_says_where_and_how_much(out: io.StringIO) -> None:
    meter = journal(out)

    meter.gap(GAP, accepted=False)
    meter.gap(GAP, accepted=True)

    where = {"level": "error", "topic": "lis.results", "partition": 3, "start": 100, "end": 130, "reason": "expired"}
    assert lines(out) == [{"event": "gap", **where}, {"event": "gap_accepted", **where}]


def test_everything_reaches_the_metrics(out: io.StringIO) -> None:
    worker = telemetry()
    meter = Journal(open_log("info", out), worker)

    meter.turned()
    meter.judged(held(Reason.FOUND))
    meter.ended("committed", 0.1)
    meter.lags({Partition("lis.results", 1): 4})
    meter.breakers(["ward"], known=True)
    meter.still([Partition("lis.results", 1)], [])

    found = series(worker)
    assert worker.ready()
    assert found['records_total{route="ward",verdict="quarantine"}'] == 2
    assert found['transactions_total{outcome="committed"}'] == 1
    assert found['lag_records{partition="1",topic="lis.results"}'] == 4
    assert found['breaker_open{route="ward"}'] == 1
    assert found['waiting{partition="1",topic="lis.results"}'] == 1
