"""What the commands that ask the brokers share: how they reach them, and how they end when nobody answers."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from stream.cli.exits import Exit
from stream.errors import Unavailable

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def needing_brokers(command: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Says on stderr that the brokers do not answer, and exits with DEPENDENCY."""

    @functools.wraps(command)
    def run(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        try:
            return command(*arguments, **options)
        except Unavailable as error:
            print(f"the brokers refuse or do not answer: {error}", file=sys.stderr)
            sys.exit(Exit.DEPENDENCY)

    return run
