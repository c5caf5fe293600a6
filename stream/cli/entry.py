"""`pratique`: the only entry point. Checks the installation, then mounts the command that was asked for and no other.

The other commands are shown by name and one line, so that `--help` imports nothing of theirs.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, NamedTuple

import typer

from stream.cli.clash import OURS, intruders
from stream.cli.crash import silence_crashes
from stream.cli.exits import Exit


class Mounted(NamedTuple):
    """A command or a group of commands, and where it lives. `help` is the first line of its own help."""

    name: str
    module: str
    attribute: str
    help: str


COMMANDS = (
    Mounted("run", "stream.cli.run", "run", "Guard a pipeline: read, inspect, and forward or hold, until stopped."),
    Mounted("demo", "stream.cli.demo", "demo", "Guard invented traffic on an embedded broker, and show what happens."),
    Mounted("validate", "stream.cli.validate", "validate", "Check pipelines, policies, their tests and settings; list every fault."),
    Mounted(
        "inspect", "stream.cli.inspect", "inspect", "List what is found: category, likelihood, path, detector, evidence, masked preview."
    ),
    Mounted("redact", "stream.cli.redact", "redact", "Write what a policy lets through; report a verdict per record."),
    Mounted("synth", "stream.cli.synth", "synth", "Write traffic of an invented laboratory to a folder, with labels, or to a topic."),
    Mounted("eval", "stream.cli.eval", "evaluate", "Measure what is missed and what is touched for nothing, over labelled records."),
    Mounted("formats", "stream.cli.formats", "formats", "List the formats that are read, and the layers by which they hang in each other."),
    Mounted("categories", "stream.cli.categories", "categories", "List the kinds of data that policies speak of."),
    Mounted("keys", "stream.cli.keys", "app", "Make and check keys."),
    Mounted("topics", "stream.cli.topics", "topics", "Print the topics of a pipeline; create them with --apply."),
    Mounted("breaker", "stream.cli.breaker", "app", "Open, close and list breakers."),
    Mounted("quarantine", "stream.cli.quarantine", "app", "List, show and decide held records."),
    Mounted("audit", "stream.cli.audit", "app", "Check and read facts."),
    Mounted("config", "stream.cli.config", "app", "Show the settings."),
    Mounted("bench", "stream.cli.bench", "app", "Measure."),
)
_COMPLETING = "_PRATIQUE_COMPLETE"


def main() -> None:
    """Runs the command line of this process."""
    silence_crashes()
    if found := intruders():
        for package, others in found.items():
            print(f"the package `{package}` is also brought by {', '.join(others)}; uninstall it from this environment", file=sys.stderr)
        sys.exit(Exit.CONFIG)
    app = application(sys.argv[1:], everything=_COMPLETING in os.environ)
    typer.main.get_command(app)()  # calling the app itself would bring back an excepthook that prints the text


def application(arguments: Sequence[str], *, everything: bool = False) -> typer.Typer:
    """The commands, of which only the one that the arguments name is imported; or all, to complete a command line."""
    app = typer.Typer(
        name=OURS, no_args_is_help=True, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
    )
    app.callback()(_root)
    asked = next((argument for argument in arguments if not argument.startswith("-")), "")
    for each in COMMANDS:
        if everything or each.name == asked:
            _mount(app, each)
        else:
            app.command(each.name, help=each.help)(_elsewhere)
    return app


def _mount(app: typer.Typer, each: Mounted) -> None:
    command: typer.Typer | Callable[..., object] = getattr(import_module(each.module), each.attribute)
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=each.name)
    else:
        app.command(each.name)(command)


def _elsewhere() -> None:
    """Stands for a command that this process was not asked for."""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version(OURS))
        raise typer.Exit


def _root(
    shown: Annotated[bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Clears, redacts or holds each Kafka record that carries health data, exactly once and in order."""
