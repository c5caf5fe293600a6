"""The exit codes of every command, and the one place where an exception becomes one. Never prints what a file or record holds."""

import functools
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import ParamSpec, TypeVar

from schemas.faults import ConfigError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    FOUND = 1  # something was found, or refused
    USAGE = 2  # the command line itself is wrong
    CONFIG = 3  # what people wrote is refused
    DEPENDENCY = 4  # a broker, folder or service does not answer; or a worker wants to be started again
    INTERRUPTED = 130


def refusing_bad_configuration(command: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Lists the faults on stderr, one a line, and exits with CONFIG."""

    @functools.wraps(command)
    def run(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        try:
            return command(*arguments, **options)
        except ConfigError as error:
            for fault in error.faults:
                print(fault, file=sys.stderr)
            sys.exit(Exit.CONFIG)

    return run
