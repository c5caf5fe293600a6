"""`pratique breaker`: anybody may stop a route, a registered person alone lets it go, and only from what that person was shown."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas.bundle import read_bundle
from schemas.events import BreakerRow, HeldRow
from schemas.topics import Widest, own_topics
from schemas.vocabulary import BreakerState
from stream.cli import breaker
from stream.guard import keyfile
from stream.guard.breakers import Breakers, breaker_key
from stream.guard.keyfile import Kind, make, protect, shown, write
from tests.support.admin import FakeAdmin

PIPELINE = """
apiVersion: pratique/v1alpha1
kind: Pipeline
metadata: {name: biology, owner: dpo@laboratory.example}
controller: Laboratoire Exemple
topics: {prefix: biology}
sources:
  - {name: lis, topic: lis.results, from: earliest}
routes:
  - {name: insurer, source: lis, destination: insurer.acts, policy: insurer}
  - {name: research, source: lis, destination: research.results, policy: research}
"""
TOPIC = "biology.breakers"


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAdmin:
    """The pipeline's own topics, and its folder with one person, alice, registered."""
    made = FakeAdmin()
    made.create(own_topics("biology", Widest(1, 1_000_000), dev=True))
    monkeypatch.setattr(breaker, "Admin", made)
    monkeypatch.setattr(keyfile, "_COST", 14)
    monkeypatch.setenv("PRATIQUE_KAFKA__BOOTSTRAP", "broker.example:9092")
    monkeypatch.setenv("PRATIQUE_KAFKA__SECURITY", "PLAINTEXT")
    monkeypatch.chdir(tmp_path)
    Path("pipeline.yaml").write_text(PIPELINE)
    Path("keys/reviewers").mkdir(parents=True)
    write(shown(a_person("alice")), Path("keys/reviewers"))
    write(a_person("alice"), Path())
    return made


def a_person(name: str) -> keyfile.KeyFile:
    return make(Kind.SIGNING, name, date(2026, 3, 11), name.encode().ljust(32, b"."))


def command(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(breaker.app, [*arguments, "--dev"], input=typed)


def close(*arguments: str, route: str = "insurer", typed: str | None = None) -> Result:
    return command("close", route, "--reason", "looked at", "--key", "alice.signing.key", *arguments, typed=typed)


def opened_by_the_guard(cluster: FakeAdmin, opening: str = "lis.results/0/41", writer: str = "guard") -> None:
    row = BreakerRow(route="insurer", writer=writer, state=BreakerState.OPEN, reason="cap_reached", at=1_790_000_000, opening=opening)
    cluster.put(TOPIC, breaker_key(row), row.write())


def state(cluster: FakeAdmin, route: str = "insurer") -> BreakerState:
    """As the guard reads it."""
    breakers = Breakers()
    breakers.read(cluster.rows(TOPIC))
    return breakers.state(route)


def last(cluster: FakeAdmin) -> BreakerRow:
    *_, (_, value) = cluster.rows(TOPIC)
    return BreakerRow.model_validate_json(value or b"")


def test_anybody_stops_a_route_at_once_and_that_route_only(cluster: FakeAdmin) -> None:
    assert command("open", "insurer", "--reason", "strange exports").exit_code == 0

    assert state(cluster) is BreakerState.OPEN
    assert state(cluster, "research") is BreakerState.CLOSED
    assert (last(cluster).writer, last(cluster).by, last(cluster).reason) == ("person", "", "strange exports")


def test_who_stops_a_route_may_be_named_by_the_key(cluster: FakeAdmin) -> None:
    command("open", "insurer", "--reason", "strange exports", "--key", "alice.signing.key")

    assert last(cluster).by == a_person("alice").id


def test_a_registered_person_lets_a_route_go_and_names_what_ends(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)

    closed = close()

    assert closed.exit_code == 0
    assert closed.stderr.splitlines()[:2] == ["insurer: ended lis.results/0/41", "insurer: draining"]
    assert "`pratique quarantine release --backlog insurer`" in closed.stderr
    assert state(cluster) is BreakerState.DRAINING
    assert (last(cluster).ends, last(cluster).by) == (("lis.results/0/41",), a_person("alice").id)


def test_what_a_person_stopped_a_person_lets_go(cluster: FakeAdmin) -> None:
    command("open", "insurer", "--reason", "strange exports")

    assert close().exit_code == 0

    assert state(cluster) is BreakerState.DRAINING


def test_who_leaves_the_backlog_behind_lets_the_route_go_at_once(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)

    assert close("--leave-backlog").stderr == "insurer: ended lis.results/0/41\ninsurer: closed\n"

    assert state(cluster) is BreakerState.CLOSED


def test_who_changes_his_mind_about_the_backlog_closes_again(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    close()

    assert close("--leave-backlog").exit_code == 0

    assert state(cluster) is BreakerState.CLOSED


def test_closing_ends_the_openings_of_every_writer(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    opened_by_the_guard(cluster, "window-7", writer="watch")
    command("open", "insurer", "--reason", "strange exports")

    close()

    assert last(cluster).ends == ("lis.results/0/41", "window-7")
    assert state(cluster) is BreakerState.DRAINING


def test_an_opening_that_came_after_the_look_stays(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    close()

    opened_by_the_guard(cluster, "lis.results/0/99")

    assert state(cluster) is BreakerState.OPEN


def test_stopping_by_hand_does_not_bring_back_what_was_ended(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    close()

    command("open", "insurer", "--reason", "strange exports")

    assert last(cluster).ends == ("lis.results/0/41",)


def test_a_row_that_cannot_be_read_stops_its_route_until_a_person_ends_it(cluster: FakeAdmin) -> None:
    cluster.put(TOPIC, b"insurer/guard", b"not a row")
    assert state(cluster) is BreakerState.OPEN

    close()

    assert state(cluster) is BreakerState.DRAINING


def test_somebody_who_is_not_registered_lets_nothing_go(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    path = write(a_person("mallory"), Path())

    refused = command("close", "insurer", "--reason", "looked at", "--key", str(path))

    assert refused.exit_code == 1
    assert "not registered" in refused.stderr
    assert state(cluster) is BreakerState.OPEN


def test_a_key_that_signs_nothing_lets_nothing_go(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    path = write(make(Kind.REVIEWER, "alice", date(2026, 3, 11), b"r" * 32), Path())

    refused = command("close", "insurer", "--reason", "looked at", "--key", str(path))

    assert refused.exit_code == 3
    assert state(cluster) is BreakerState.OPEN


def test_the_public_half_of_a_key_is_not_enough(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)

    refused = command("close", "insurer", "--reason", "looked at", "--key", "keys/reviewers/alice.signing.pub")

    assert refused.exit_code == 3
    assert state(cluster) is BreakerState.OPEN


@pytest.mark.parametrize(
    ("arguments", "typed", "code", "why"),
    [
        (("--passphrase-file", "word"), None, 0, "from a file"),
        ((), "correct horse\n", 0, "typed"),
        ((), "wrong horse\n", 3, "the wrong one"),
    ],
)
def test_a_closed_key_asks_for_its_passphrase(
    arguments: tuple[str, ...], typed: str | None, code: int, why: str, cluster: FakeAdmin
) -> None:
    opened_by_the_guard(cluster)
    Path("word").write_text("correct horse\n")
    Path("alice.signing.key").unlink()
    write(protect(a_person("alice"), b"correct horse", b"s" * 16), Path())

    assert close(*arguments, typed=typed).exit_code == code, why

    assert (state(cluster) is BreakerState.DRAINING) is (code == 0)


def test_a_route_that_is_not_open_cannot_be_closed(cluster: FakeAdmin) -> None:
    refused = close()

    assert (refused.exit_code, refused.stderr) == (1, "the route is not open\n")
    assert list(cluster.rows(TOPIC)) == []


@pytest.mark.parametrize(
    "arguments", [("open", "nowhere", "--reason", "x"), ("close", "nowhere", "--reason", "x", "--key", "alice.signing.key")]
)
def test_a_route_that_does_not_exist_is_a_wrong_command_line(arguments: tuple[str, ...], cluster: FakeAdmin) -> None:
    assert command(*arguments).exit_code == 2

    assert list(cluster.rows(TOPIC)) == []


def test_the_list_shows_each_route_and_what_each_writer_said(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    close()
    cluster.put(TOPIC, b"research/watch", b"not a row")

    rows = [json.loads(line) for line in command("list", "-o", "jsonl").stdout.splitlines()]

    assert [(row["route"], row["state"], row["writer"], row["says"], row["opening"], row["by"]) for row in rows] == [
        ("insurer", "closed", "guard", "open", "lis.results/0/41", ""),
        ("insurer", "closed", "person", "draining", "", "alice"),
        ("research", "open", "watch", "unreadable", "unreadable", ""),
    ]


def test_a_route_drains_for_as_long_as_something_of_its_backlog_is_held(cluster: FakeAdmin) -> None:
    opened_by_the_guard(cluster)
    close()
    held, row = b"insurer/lis.results/0/held/7", HeldRow(at=1, parts=1, urgency="routine", backlog=True)

    cluster.put("biology.standing", held, row.write())
    drains = command("list").stdout
    cluster.put("biology.standing", held, None)
    drained = command("list").stdout

    assert [text.splitlines()[1].split()[:2] for text in (drains, drained)] == [["insurer", "draining"], ["insurer", "closed"]]


def test_a_route_of_which_nobody_said_anything_is_closed(cluster: FakeAdmin) -> None:
    table = command("list").stdout

    assert [line.split() for line in table.splitlines()[1:]] == [["insurer", "closed"], ["research", "closed"]]


def test_a_reason_is_shown_as_it_was_written(cluster: FakeAdmin) -> None:
    command("open", "insurer", "--reason", "[bold]not markup[/bold]")

    assert "[bold]not markup[/bold]" in command("list").stdout


@pytest.mark.parametrize("arguments", [("list",), ("open", "insurer", "--reason", "x")])
def test_brokers_that_do_not_answer_are_a_dependency(arguments: tuple[str, ...], cluster: FakeAdmin) -> None:
    cluster.reachable = False

    ended = command(*arguments)

    assert (ended.exit_code, ended.stderr) == (4, "the brokers refuse or do not answer: _TRANSPORT\n")


def test_a_missing_topic_is_told_with_its_remedy(cluster: FakeAdmin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "Admin", FakeAdmin())

    assert "`pratique topics --apply` creates it" in command("list").stderr


def test_the_pipeline_of_these_tests_is_valid(cluster: FakeAdmin) -> None:
    assert read_bundle(Path("pipeline.yaml"))
