"""The options that choose settings, shared by every command that needs a broker."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from stream.given import Resolved, resolve_settings
from stream.setting_names import SETTINGS_FILE

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", envvar=SETTINGS_FILE, dir_okay=False, help="Settings file; environment and options win.")
]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting, as metrics.port=9464. Again for more.")]
Dev = Annotated[bool, typer.Option("--dev", help="Allow brokers without TLS and topics without replicas.")]


def read_settings(file: Path | None, sets: Iterable[str] | None, **flags: bool) -> Resolved:
    """The settings from everything that was given; `flags` count when set. Raises ConfigError, and BadParameter for a --set without `=`."""
    options: dict[str, str | bool] = {name: True for name, given in flags.items() if given}
    for each in sets or ():
        name, equals, value = each.partition("=")
        if not equals:
            raise typer.BadParameter("write NAME=VALUE", param_hint="--set")
        options[name] = value
    return resolve_settings(file, os.environ, options)
