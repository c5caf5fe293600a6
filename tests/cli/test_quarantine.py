"""`pratique quarantine`: what is held is listed without a key, shown masked with one, and decided by the guard alone."""

import base64
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas.events import BreakerRow
from schemas.requests import Asked, SignedRequest
from schemas.topics import Purpose
from schemas.vocabulary import BreakerState, Refusal
from stream.cli import desk, quarantine
from stream.core.seal import open_seal
from stream.guard import keyfile
from stream.guard.breakers import breaker_key
from stream.guard.keyfile import Kind, protect, read, write
from stream.review.address import Address
from tests.support.canary import CANARIES, found_in, planted
from tests.support.review import DONE, NOW, AnsweringGuard, Reviewed, Told, reviewed

HIV = (
    b"MSH|^~\\&|LAB|LABO|DPI|CH|20260901||ORU^R01|1|P|2.5\r"
    b"PID|1||12^^^LABO^PI||MARTINEAU^CLAIRE||19840312|F\r"
    b"OBR|1|||S^serologie^L\rOBX|1|TX|C^commentaire^L||serologie VIH positive||||||F\r"
)
NAME = "health.topic.hiv@OBX-5"
KEY = ("--key", "alice/alice.reviewer.key")
SIGN = ("--signing-key", "alice/alice.signing.key")
WHY = ("--why", "clinical_need")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reviewed:
    made = reviewed(tmp_path, partitions=2)
    monkeypatch.setattr(desk, "Admin", made.admin)
    monkeypatch.setattr(keyfile, "_COST", 14)
    monkeypatch.setenv("PRATIQUE_KAFKA__BOOTSTRAP", "broker.example:9092")
    monkeypatch.setenv("PRATIQUE_KAFKA__SECURITY", "PLAINTEXT")
    monkeypatch.chdir(tmp_path)
    return made


def command(name: str, *arguments: object, typed: str | None = None) -> Result:
    return CliRunner().invoke(quarantine.app, [name, "pipeline.yaml", *map(str, arguments), "--dev"], input=typed)


def release(*arguments: object) -> Result:
    return command("release", *arguments, *KEY, *SIGN)


def listed(*arguments: object) -> list[dict[str, object]]:
    ended = command("list", *arguments, "-o", "json")
    assert ended.exit_code == 0, ended.stderr
    rows: list[dict[str, object]] = json.loads(ended.stdout)
    return rows


def coordinates(*arguments: object) -> list[str]:
    return [str(row["coordinate"]) for row in listed(*arguments)]


def asked(lab: Reviewed) -> list[Asked]:
    return [request.asked() for request in lab.asked()]


# ---- list ---------------------------------------------------------------------------------------------------------------


def test_the_list_needs_no_key_and_shows_the_most_urgent_first(lab: Reviewed) -> None:
    lab.hold(1)
    lab.hold(2, urgency="critical", status="corrected", reasons=("found", "not_allowed"))
    for name in ("alice", "bruno", "recovery"):
        for path in Path(name).iterdir():
            path.unlink()

    lines = command("list").stdout.splitlines()

    assert [line.split()[0] for line in lines] == ["coordinate", "insurer/lis.results/0/2", "insurer/lis.results/0/1"]
    assert lines[1].split()[1:6] == ["held", "found,", "not_allowed", "critical", "corrected"]


def test_an_empty_list_says_so_where_no_program_reads_it(lab: Reviewed) -> None:
    ended = command("list")

    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, "", "nothing to show\n")
    assert (command("list", "-o", "jsonl").stderr, command("list", "-o", "json").stdout) == ("", "[]\n")


def test_the_list_for_programs_is_typed(lab: Reviewed) -> None:
    lab.hold(7, partition=1, superseded=9, reasons=("parked",), status="preliminary")

    (row,) = listed()

    age = row.pop("age_seconds")
    assert isinstance(age, int)
    assert row == {
        "coordinate": "insurer/lis.results/1/7",
        "route": "insurer",
        "topic": "lis.results",
        "partition": 1,
        "offset": 7,
        "state": "superseded",
        "reasons": ["parked"],
        "urgency": "routine",
        "status": "preliminary",
        "held_since": "2026-09-21T14:13:20Z",
        "sequence": "ab" * 8,
        "superseded_by": 9,
        "backlog": False,
        "parts": 1,
        "parts_found": 1,
    }
    assert json.loads(command("list", "-o", "jsonl").stdout)["coordinate"] == "insurer/lis.results/1/7"


@pytest.mark.parametrize(
    ("arguments", "offsets"),
    [
        (("--route", "research"), [1]),
        (("--reason", "breaker_open"), [2]),
        (("--urgency", "urgent"), [3]),
        (("--status", "corrected"), [4]),
        (("--sequence", "CDCD"), [5]),
        (("--older-than", "1h"), [6]),
        (("--superseded",), [7]),
        (("--no-superseded", "--route", "research"), [1]),
        (("--backlog",), [2]),
        (("--urgency", "urgent", "--backlog"), []),
        (("--limit", "1"), [3]),
    ],
)
def test_the_list_is_filtered(arguments: tuple[str, ...], offsets: list[int], lab: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.cli.quarantine.time.time", lambda: NOW + 100.0)
    lab.hold(1, route="research")
    lab.hold(2, reasons=("breaker_open",), backlog=True)
    lab.hold(3, urgency="urgent")
    lab.hold(4, status="corrected")
    lab.hold(5, sequence="cd" * 8)
    lab.hold(6, at=NOW - 4000)
    lab.hold(7, superseded=9)

    assert [row["offset"] for row in listed(*arguments)] == offsets


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--route", "nowhere"), "there are insurer, research"),
        (("--reason", "nothing"), "breaker_open"),
        (("--older-than", "soon"), "as 2h"),
        (("--urgency", "quick"), "critical"),
    ],
)
def test_a_filter_that_names_nothing_tells_what_there_is(arguments: tuple[str, ...], told: str, lab: Reviewed) -> None:
    ended = command("list", *arguments)

    assert ended.exit_code == 2
    assert told in " ".join(ended.stderr.replace("│", " ").split())


def test_a_torn_seal_is_listed_as_such(lab: Reviewed) -> None:
    held = lab.hold(1, b"x" * 2000, max_bytes=1700)
    lab.admin.put(lab.topic(Purpose.QUARANTINE), f"{held}/2".encode(), None)

    assert "torn (2 of 3 parts)" in command("list").stdout


# ---- show ---------------------------------------------------------------------------------------------------------------


def test_show_names_what_holds_the_record_and_who_may_waive_it(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)

    shown = command("show", held, *KEY)

    assert shown.exit_code == 0, shown.stderr
    assert "judged now: quarantine (found)" in shown.stdout
    assert NAME in shown.stdout
    assert "alice, and a second person" in shown.stdout
    assert "MARTINEAU" not in shown.stdout
    assert lab.asked() == []


def test_show_says_where_nobody_can_waive_anything(lab: Reviewed) -> None:
    unread, parked = lab.hold(1, b'{"nom": "A", "nom": "B"}', reasons=("duplicate_key",)), lab.hold(2, reasons=("parked",))

    assert "nobody can waive that" in command("show", unread, *KEY).stdout
    assert "nobody can waive that" not in command("show", parked, *KEY).stdout


def test_show_for_programs(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)

    told = json.loads(command("show", held, *KEY, "-o", "json").stdout)

    assert told["holds"] == [{"name": NAME, "by": ["alice"], "second_person": True}]
    assert (told["verdict"], told["verdict_reasons"], told["reasons"]) == ("quarantine", ["found"], ["found"])
    assert {"category", "likelihood", "path", "detector", "evidence", "preview"} == set(told["findings"][0])
    assert "record" not in told


def test_who_sees_the_record_has_asked_for_it_in_writing(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)

    shown = command("show", held, *KEY, *SIGN, "--unmask", "--why", "review", "--ticket", "T-1", "-o", "json")

    record = json.loads(shown.stdout)["record"]
    assert base64.b64decode(record["value"]) == HIV
    assert (base64.b64decode(record["key"]), record["headers"]) == (b"key", [{"name": "h", "value": base64.b64encode(b"1").decode()}])
    (request,) = lab.asked()
    wanted = request.asked()
    assert (wanted.request, wanted.why, wanted.ticket, wanted.address()) == ("show", "review", "T-1", str(held).encode())
    assert lab.site.named(request.signatures[0].by) == "alice"


def test_where_the_request_cannot_be_written_nothing_is_shown(lab: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    held = lab.hold(1, HIV)

    def gone(rows: object) -> None:
        lab.admin.reachable = False
        lab.admin.describe(())

    monkeypatch.setattr(lab.admin, "send", gone)

    shown = command("show", held, *KEY, *SIGN, "--unmask", "--why", "review")

    assert (shown.exit_code, shown.stdout) == (4, "")


@pytest.mark.parametrize("missing", [("--why", "review"), SIGN])
def test_nobody_sees_the_record_without_name_and_reason(missing: tuple[str, ...], lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    given = [each for pair in (("--why", "review"), SIGN) if pair != missing for each in pair]

    shown = command("show", held, *KEY, "--unmask", *given)

    assert (shown.exit_code, shown.stdout) == (2, "")


def test_somebody_who_is_not_registered_sees_nothing(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    write(keyfile.make(Kind.SIGNING, "mallory", read(Path("alice/alice.signing.key")).created, b"m" * 32), Path())

    shown = command("show", held, *KEY, "--unmask", "--why", "review", "--signing-key", "mallory.signing.key")

    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "not registered" in shown.stderr
    assert lab.asked() == []


def test_what_is_printed_cannot_steer_a_terminal(lab: Reviewed) -> None:
    held = lab.hold(1, b"a\x1b[2Jb\x07c\rd\x00\xff")

    shown = command("show", held, *KEY, *SIGN, "--unmask", "--why", "review")

    assert "a\\x1b[2Jb\\x07c\nd\\x00\\xff" in shown.stdout


@pytest.mark.parametrize("arguments", [("list",), ("list", "-o", "json"), ("show",), ("show", "-o", "json"), ("release",), ("reject",)])
def test_nothing_that_did_not_ask_for_it_prints_a_record(arguments: tuple[str, ...], lab: Reviewed) -> None:
    AnsweringGuard(lab, lambda asked: Told(Refusal.HELD_AGAIN, "quarantine", ("found",)))
    for number, record in enumerate(planted()):
        held = lab.hold(number, record.value or b"", status="final")
        extra: tuple[object, ...] = {
            "list": (),
            "show": (held, *KEY),
            "release": (held, *KEY, *SIGN, *WHY),
            "reject": (held, *SIGN, *WHY),
        }[arguments[0]]

        ended = command(arguments[0], *extra, *arguments[1:])

        assert ended.exit_code in (0, 1), ended.stderr
        assert found_in(ended.stdout + ended.stderr) == [], CANARIES


# ---- keys ---------------------------------------------------------------------------------------------------------------


def test_a_key_that_opens_nothing_is_told(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    other = write(keyfile.make(Kind.REVIEWER, "mallory", read(Path("alice/alice.reviewer.key")).created, b"m" * 32), Path())

    shown = command("show", held, "--key", other)

    assert (shown.exit_code, shown.stdout) == (1, "")
    assert shown.stderr == f"{held}: the seal does not open: not_a_reader\n"


def test_a_signing_key_opens_nothing(lab: Reviewed) -> None:
    shown = command("show", lab.hold(1), "--key", SIGN[1])

    assert shown.exit_code == 3
    assert "Give a reviewer key" in shown.stderr


def closed(word: bytes) -> None:
    for kind in ("reviewer", "signing"):
        path = Path(f"alice/alice.{kind}.key")
        file = read(path)
        path.unlink()
        write(protect(file, word, b"s" * 16), Path("alice"))


PRINTS = f"{sys.executable} -c \"print('correct horse')\""


@pytest.mark.parametrize(
    ("arguments", "typed", "why"),
    [
        (("--passphrase-file", "word"), None, "from a file"),
        (("--passphrase-command", PRINTS), None, "from a command"),
        ((), "correct horse\n", "typed once for both keys"),
    ],
)
def test_closed_keys_are_opened(arguments: tuple[str, ...], typed: str | None, why: str, lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    Path("word").write_text("correct horse\n")
    closed(b"correct horse")

    shown = command("show", held, *KEY, *SIGN, "--unmask", "--why", "review", *arguments, typed=typed)

    assert shown.exit_code == 0, why
    assert "MARTINEAU" in shown.stdout


@pytest.mark.parametrize(
    ("command_line", "told"),
    [
        (f'{sys.executable} -c "raise SystemExit(7)"', "the command ended with 7"),
        ("/nowhere/at/all", "the command does not run"),
        (f'{sys.executable} -c ""', "the command printed nothing"),
        ("'", "the command does not run"),
        (f"{sys.executable} -c \"print('wrong horse')\"", "the passphrase does not open this key"),
    ],
)
def test_a_command_that_gives_no_passphrase_is_told(command_line: str, told: str, lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    closed(b"correct horse")

    shown = command("show", held, *KEY, "--passphrase-command", command_line)

    assert (shown.exit_code, shown.stdout) == (3, "")
    assert told in shown.stderr


def test_a_command_is_run_without_a_shell(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    closed(b"correct horse")

    command("show", held, *KEY, "--passphrase-command", "echo $(touch broken-in); touch broken-in")

    assert not Path("broken-in").exists()


def test_a_reviewer_key_may_come_from_a_command(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    script = Path("prints.py")
    script.write_text("print(open('alice/alice.reviewer.key').read())")

    assert NAME in command("show", held, "--key-command", f"{sys.executable} {script}").stdout
    assert command("show", held, "--key-command", f"{sys.executable} {script}", *KEY).exit_code == 2
    assert command("show", held).exit_code == 2


# ---- release ------------------------------------------------------------------------------------------------------------


def test_a_release_brings_the_record_to_the_guard_and_tells_its_answer(lab: Reviewed) -> None:
    held = lab.hold(1, HIV, partition=1)
    AnsweringGuard(lab, lambda asked: Told(verdict="redact"))

    ended = release(held, *WHY, "--ticket", "T-1", "--waive", NAME)

    assert (ended.exit_code, ended.stdout) == (0, f"{held}: released, redacted\n")
    (request,) = asked(lab)
    assert (request.request, request.why, request.ticket, request.waive) == ("release", "clinical_need", "T-1", (NAME,))
    assert lab.brought(request).value == HIV
    assert coordinates() == []


def test_no_record_is_readable_on_the_release_topic(lab: Reviewed) -> None:
    held = lab.hold(1, planted()[0].value or b"")
    AnsweringGuard(lab)

    release(held, *WHY)

    (row,) = lab.admin.read(lab.topic(Purpose.RELEASE))
    body = SignedRequest.model_validate_json(row.value or b"").signed.decode()
    assert found_in((row.value or b"").decode()) == found_in(body) == []


def test_several_records_are_asked_for_in_the_order_of_their_offsets(lab: Reviewed) -> None:
    held = [lab.hold(offset) for offset in (1, 2, 3)]
    AnsweringGuard(lab, lambda asked: Told(Refusal.SUPERSEDED) if asked.offset == 2 else DONE)

    ended = release(held[2], held[0], held[1], held[0], *WHY)

    assert ended.exit_code == 1
    lines = ended.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == [*map(str, held)]
    assert "refused, superseded: a later record of its sequence was forwarded" in lines[1]


def test_no_answer_is_a_dependency_and_the_request_stays(lab: Reviewed) -> None:
    held = lab.hold(1)

    ended = release(held, *WHY, "--wait", "0")

    assert (ended.exit_code, ended.stdout) == (4, f"{held}: no answer\n")
    assert "is answered once a guard runs" in ended.stderr
    assert len(lab.asked()) == 1


def test_a_record_that_is_not_held_is_told(lab: Reviewed) -> None:
    lab.hold(1)

    ended = release("insurer/lis.results/0/2", *WHY)

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "insurer/lis.results/0/2: not held" in ended.stderr
    assert lab.asked() == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("insurer/lis.results/1", *WHY), "ROUTE/TOPIC/PARTITION/OFFSET"),
        (("nowhere/lis.results/0/1", *WHY), "there are insurer, research"),
        (("insurer/lis.results/0/1",), "clinical_need"),
        (("insurer/lis.results/0/1", *WHY, "--waive", "hiv"), "names nothing that holds a record"),
        (("insurer/lis.results/0/1", *WHY, "--ticket", "for Mme X"), "a ticket is"),
        (("insurer/lis.results/0/1", *WHY, "--backlog", "insurer"), "name records, or a route"),
        (WHY, "name records, or a route"),
        (("--backlog", "nowhere"), "there are insurer, research"),
        (("--backlog", "insurer", "--rate", "fast"), "as 50/s"),
    ],
)
def test_a_wrong_command_line_tells_what_is_right(arguments: tuple[str, ...], told: str, lab: Reviewed) -> None:
    lab.hold(1)

    ended = release(*arguments)

    assert ended.exit_code == 2
    assert told in " ".join(ended.stderr.replace("│", " ").split())
    assert lab.asked() == []


def test_a_torn_seal_is_not_released(lab: Reviewed) -> None:
    held = lab.hold(1)
    lab.admin.put(lab.topic(Purpose.QUARANTINE), str(held).encode(), b"scribbled over")

    ended = release(held, *WHY)

    assert ended.exit_code == 1
    assert "refused, unopened (torn)" in ended.stdout


def test_without_the_guards_release_key_nothing_is_sent(lab: Reviewed) -> None:
    held = lab.hold(1)
    Path("keys/reviewers/guard.release.pub").unlink()

    ended = release(held, *WHY)

    assert ended.exit_code == 3
    assert "no public release key" in ended.stderr
    assert lab.asked() == []


def test_what_parks_behind_a_record_goes_with_it(lab: Reviewed) -> None:
    first = lab.hold(1, advances=(b"a" * 8,), follows=(b"a" * 8,))
    lab.hold(2, advances=(b"a" * 8,), follows=(b"a" * 8,), reasons=("parked",))
    lab.hold(3, reasons=("parked",))
    AnsweringGuard(lab)

    assert release(first, *WHY, "--with-parked").exit_code == 0

    assert [request.offset for request in asked(lab)] == [1, 2]


# ---- a backlog ----------------------------------------------------------------------------------------------------------


def a_backlog(lab: Reviewed, count: int) -> None:
    for offset in range(count):
        lab.hold(offset, reasons=("breaker_open",), backlog=True)


def test_a_backlog_is_released_with_lines_of_progress(lab: Reviewed) -> None:
    a_backlog(lab, 120)
    AnsweringGuard(lab)

    ended = release("--backlog", "insurer")

    assert (ended.exit_code, ended.stdout) == (0, "120 released\n")
    lane = "insurer/lis.results/0"
    assert ended.stderr.splitlines() == [f"{lane}: 0 of 120", f"{lane}: 100 of 120", f"{lane}: 120 of 120"]
    assert {request.why for request in asked(lab)} == {"backlog"}


def test_a_backlog_behind_an_open_breaker_stays(lab: Reviewed) -> None:
    a_backlog(lab, 1)
    row = BreakerRow(route="insurer", writer="guard", state=BreakerState.OPEN, reason="cap_reached", at=1, opening="x")
    lab.admin.put(lab.topic(Purpose.BREAKERS), breaker_key(row), row.write())

    ended = release("--backlog", "insurer")

    assert ended.exit_code == 1
    assert "`pratique breaker close insurer` first" in ended.stderr
    assert lab.asked() == []


def test_a_backlog_that_is_stopped_says_by_what(lab: Reviewed) -> None:
    a_backlog(lab, 3)
    AnsweringGuard(lab, lambda asked: Told(Refusal.SUPERSEDED) if asked.offset == 1 else DONE)

    ended = release("--backlog", "insurer")

    assert (ended.exit_code, ended.stdout) == (1, "1 released, 1 blocked\n")
    assert "insurer/lis.results/0/1: refused, superseded" in ended.stderr
    assert "run this again" in ended.stderr


def test_no_backlog_is_no_fault(lab: Reviewed) -> None:
    lab.hold(1)

    assert (release("--backlog", "insurer").exit_code, release("--backlog", "insurer").stdout) == (0, "insurer has no backlog\n")


# ---- two persons --------------------------------------------------------------------------------------------------------


def cosign(*arguments: object, key: str = "bruno/bruno.signing.key") -> Result:
    return command("cosign", "asked.jsonl", "--signing-key", key, *arguments)


def test_a_second_person_signs_and_sends(lab: Reviewed) -> None:
    held = lab.hold(1, HIV)
    assert release(held, *WHY, "--waive", NAME, "--out", "asked.jsonl").exit_code == 0
    assert lab.asked() == []
    AnsweringGuard(lab)

    ended = cosign()

    assert (ended.exit_code, ended.stdout) == (0, f"{held}: released\n")
    assert f"{held}: alice asks to release: clinical_need, waiving {NAME}" in ended.stderr
    (request,) = lab.asked()
    assert [lab.site.named(each.by) for each in request.signatures] == ["alice", "bruno"]
    assert lab.brought(request.asked()).value == HIV


def test_the_same_person_is_no_second_person(lab: Reviewed) -> None:
    release(lab.hold(1), *WHY, "--out", "asked.jsonl")

    ended = cosign(key=SIGN[1])

    assert ended.exit_code == 1
    assert "alice signed it already" in ended.stderr
    assert lab.asked() == []


def test_another_key_of_the_same_person_is_no_second_person(lab: Reviewed) -> None:
    release(lab.hold(1), *WHY, "--out", "asked.jsonl")
    second = keyfile.make(Kind.SIGNING, "alice", read(Path(SIGN[1])).created, b"2" * 32)
    Path("second").mkdir()
    write(second, Path("second"))
    Path("keys/reviewers/second").mkdir()
    write(keyfile.shown(second), Path("keys/reviewers/second"))

    assert cosign(key="second/alice.signing.key").exit_code == 1
    assert lab.asked() == []


def test_a_file_that_was_changed_is_not_signed(lab: Reviewed) -> None:
    release(lab.hold(1), *WHY, "--out", "asked.jsonl")
    request = SignedRequest.model_validate_json(Path("asked.jsonl").read_text())
    other = base64.b64encode(request.asked().model_copy(update={"ticket": "T-2"}).write()).decode()
    Path("asked.jsonl").write_bytes(request.model_copy(update={"body": other}).write())

    ended = cosign()

    assert ended.exit_code == 1
    assert "not signed by a registered person" in ended.stderr
    assert lab.asked() == []


def test_what_is_no_request_is_not_signed(lab: Reviewed) -> None:
    Path("asked.jsonl").write_text("something else\n")

    assert cosign().exit_code == 1


def test_nothing_is_written_over(lab: Reviewed) -> None:
    Path("asked.jsonl").write_text("kept")

    assert release(lab.hold(1), *WHY, "--out", "asked.jsonl").exit_code == 1

    assert Path("asked.jsonl").read_text() == "kept"


# ---- the other ways out -------------------------------------------------------------------------------------------------


def test_a_rejected_record_needs_no_key_that_opens(lab: Reviewed) -> None:
    held = lab.hold(1)
    AnsweringGuard(lab)

    ended = command("reject", held, *SIGN, "--why", "test_data")

    assert (ended.exit_code, ended.stdout) == (0, f"{held}: rejected\n")
    (request,) = asked(lab)
    assert (request.request, request.why, request.record, request.parts) == ("reject", "test_data", "", ())


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.cli.quarantine.time.time", lambda: NOW + 100 * 86_400.0)


def test_expiring_in_bulk_first_tells_what_it_would_do(lab: Reviewed, later: None) -> None:
    old, other = lab.hold(1), lab.hold(2, route="research")
    lab.hold(3, at=NOW + 50 * 86_400)
    AnsweringGuard(lab)

    told = command("expire", "--older-than", "90d", *SIGN)
    assert (told.exit_code, told.stdout) == (0, f"{old}: would expire\n{other}: would expire\n")
    assert lab.asked() == []

    done = command("expire", "--older-than", "90d", *SIGN, "--yes", "--route", "insurer")
    assert (done.exit_code, done.stdout) == (0, f"{old}: expired\n")
    assert [request.request for request in asked(lab)] == ["expire"]


def test_nothing_expires_before_its_time(lab: Reviewed, later: None) -> None:
    lab.hold(1)

    ended = command("expire", "--older-than", "89d", *SIGN, "--yes")

    assert ended.exit_code == 2
    assert "for 90 days" in " ".join(ended.stderr.split())
    assert lab.asked() == []


def test_a_seal_that_was_wrapped_anew_opens_for_who_came_later(lab: Reviewed) -> None:
    held = lab.hold(1, HIV + b"x" * 2000, max_bytes=1700)
    carole = keyfile.make(Kind.REVIEWER, "carole", read(Path(SIGN[1])).created, b"c" * 32)
    write(keyfile.shown(carole), Path("keys/reviewers"))
    AnsweringGuard(lab)

    ended = command("rewrap", held, *KEY, *SIGN)

    assert (ended.exit_code, ended.stdout) == (0, f"{held}: wrapped anew\n")
    (request,) = asked(lab)
    assert request.why == "key_change"
    assert (open_seal(request.seals, carole.secret_bytes).record.value or b"").startswith(HIV)


@pytest.mark.parametrize(("arguments", "offsets"), [(("--all",), [1, 2]), (("--route", "research"), [2])])
def test_wrapping_anew_in_bulk_first_tells_what_it_would_do(arguments: tuple[str, ...], offsets: list[int], lab: Reviewed) -> None:
    lab.hold(1)
    lab.hold(2, route="research")
    AnsweringGuard(lab)

    assert command("rewrap", *arguments, *KEY, *SIGN).stdout.count("would rewrap") == len(offsets)
    assert lab.asked() == []

    assert command("rewrap", *arguments, *KEY, *SIGN, "--yes").exit_code == 0
    assert [request.offset for request in asked(lab)] == offsets


@pytest.mark.parametrize("arguments", [("--all", "--route", "insurer"), (), ("insurer/lis.results/0/1", "--all")])
def test_what_is_to_be_wrapped_anew_is_said_in_one_way(arguments: tuple[str, ...], lab: Reviewed) -> None:
    lab.hold(1)

    assert command("rewrap", *arguments, *KEY, *SIGN).exit_code == 2


# ---- what does not answer -----------------------------------------------------------------------------------------------


def test_brokers_that_do_not_answer_are_a_dependency(lab: Reviewed) -> None:
    lab.admin.reachable = False

    ended = command("list")

    assert (ended.exit_code, ended.stdout) == (4, "")


def test_the_address_in_the_request_is_the_one_that_was_named(lab: Reviewed) -> None:
    held = lab.hold(12, partition=1)
    AnsweringGuard(lab)

    release(held, *WHY)

    (request,) = asked(lab)
    assert Address(request.route, request.topic, request.partition, request.offset) == held
