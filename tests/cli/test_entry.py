"""The entry point: fast, importing only what is asked for, with the documented exit codes, and silent about what an exception says."""

import os
import re
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from schemas.faults import ConfigError, Fault
from stream.cli.brokers import needing_brokers
from stream.cli.entry import COMMANDS, Mounted, application
from stream.cli.exits import Exit, refusing_bad_configuration
from stream.errors import Unavailable

DOCUMENT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
MAIN = "from stream.cli.entry import main; main()"


def run(*arguments: str, code: str = MAIN, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


# ---- help -------------------------------------------------------------------------------------------------------------


def cpu_seconds() -> float:
    """Of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_answers_within_four_tenths_of_a_second() -> None:
    costs = []
    for _ in range(5):
        before = cpu_seconds()
        assert run("--help").returncode == Exit.OK
        costs.append(cpu_seconds() - before)

    assert min(costs) < 0.4  # of work, so that a busy machine proves nothing


def test_help_imports_nothing_of_the_commands() -> None:
    listing = "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); " + MAIN
    imported = set(run("--help", code=listing).stderr.split())

    assert "stream.cli.entry" in imported
    assert imported.isdisjoint({"confluent_kafka", "pydantic", "hyperscan", "cryptography", "yaml", "prometheus_client", "structlog"})


def test_help_lists_every_command() -> None:
    shown = run("--help").stdout

    assert all(each.name in shown for each in COMMANDS)


def real(each: Mounted) -> str:
    """The first line of a command's own help."""
    command = getattr(import_module(each.module), each.attribute)
    text = command.info.help if isinstance(command, typer.Typer) else command.__doc__
    return str(text).splitlines()[0]


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.name)
def test_the_line_in_the_list_is_the_first_line_of_the_commands_own_help(each: Mounted) -> None:
    assert each.help == real(each)


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.name)
def test_every_command_explains_itself(each: Mounted) -> None:
    result = CliRunner().invoke(application([each.name]), [each.name, "--help"])

    assert result.exit_code == Exit.OK
    assert each.help.split(":")[0][:40] in re.sub(r"\s+", " ", result.output)


def test_to_complete_a_line_all_commands_are_there() -> None:
    everything = application([], everything=True)

    assert len(everything.registered_groups) + len(everything.registered_commands) == len(COMMANDS)
    assert all(info.callback and info.callback.__name__ != "_elsewhere" for info in everything.registered_commands)


def test_the_documentation_names_every_command_and_exit_code() -> None:
    assert [each.name for each in COMMANDS] == re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)
    assert [str(code.value) for code in Exit] == re.findall(r"^\| (\d+) \|", DOCUMENT, re.MULTILINE)


# ---- exits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["categories"], Exit.OK, "done"),
        (["--version"], Exit.OK, "done"),
        (["nonsense"], Exit.USAGE, "no such command"),
        (["validate"], Exit.USAGE, "an argument is missing"),
        (["validate", "/does/not/exist"], Exit.USAGE, "an argument that cannot be"),
        (["config", "show", "--set", "worker.ordinal"], Exit.USAGE, "an option without its value"),
        (["config", "show", "--set", "worker.ordinal=x"], Exit.CONFIG, "a setting is refused"),
    ],
)
def test_a_command_ends_as_documented(arguments: list[str], code: Exit, reason: str) -> None:
    assert run(*arguments).returncode == code, reason


def test_brokers_that_do_not_answer_end_with_their_code(capsys: pytest.CaptureFixture[str]) -> None:
    @needing_brokers
    def command() -> None:
        raise Unavailable("no answer")

    with pytest.raises(SystemExit) as ended:
        command()

    assert ended.value.code == Exit.DEPENDENCY
    assert capsys.readouterr().err


def test_an_interrupt_ends_with_its_code() -> None:
    interrupted = "import stream.cli.categories as c\ndef listed(*_): raise KeyboardInterrupt\nc.listed = listed\n" + MAIN

    assert run("categories", code=interrupted).returncode == Exit.INTERRUPTED


def test_a_near_command_is_named() -> None:
    assert "Did you mean 'validate'?" in run("validat").stderr


def test_refused_configuration_is_listed_on_stderr_one_fault_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    @refusing_bad_configuration
    def command() -> None:
        raise ConfigError((Fault("a.yaml", 1, 2, "is wrong", "Mend it."), Fault("b.yaml", 0, 0, "is absent", "Write it.")))

    with pytest.raises(SystemExit) as ended:
        command()

    assert ended.value.code == Exit.CONFIG
    assert capsys.readouterr().err == "a.yaml:1:2: is wrong. Mend it.\nb.yaml: is absent. Write it.\n"


# ---- crashes ----------------------------------------------------------------------------------------------------------

CRASH = "import stream.cli.categories as c\ndef listed(*_): raise ValueError('zq7Xcanary')\nc.listed = listed\n" + MAIN
CRASH_IN_A_THREAD = """
import threading
from stream.cli.crash import silence_crashes
silence_crashes()
def work(): raise ValueError("zq7Xcanary")
thread = threading.Thread(target=work, name="zq7Xcanary")
thread.start()
thread.join()
class Slow:
    def __del__(self): raise ValueError("zq7Xcanary")
Slow()
"""


def test_a_crash_says_its_type_and_place_and_not_its_text() -> None:
    crashed = run("categories", code=CRASH)

    assert crashed.returncode == 1
    assert '"error": "ValueError"' in crashed.stderr
    assert "stream/cli/categories.py" in crashed.stderr
    assert "zq7Xcanary" not in crashed.stdout + crashed.stderr


def test_neither_does_one_in_a_thread_or_a_destructor() -> None:
    crashed = run(code=CRASH_IN_A_THREAD)

    assert crashed.stderr.count('"event": "uncaught"') == 2
    assert "zq7Xcanary" not in crashed.stdout + crashed.stderr


def test_a_crash_leaves_no_core() -> None:
    limits = "from stream.cli.crash import silence_crashes\nimport faulthandler, resource\nsilence_crashes()\n"
    told = run(code=limits + "print(resource.getrlimit(resource.RLIMIT_CORE), faulthandler.is_enabled())")

    assert told.stdout == "(0, 0) False\n"


# ---- colour -----------------------------------------------------------------------------------------------------------

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def test_colour_is_for_terminals_that_want_it() -> None:
    assert COLOUR.search(run("--help", FORCE_COLOR="1", NO_COLOR="").stdout)
    assert not COLOUR.search(run("--help", FORCE_COLOR="1", NO_COLOR="1").stdout)
    assert "\x1b" not in run("--help").stdout
    assert "\x1b" not in run("categories").stdout
