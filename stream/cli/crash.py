"""What a crash may say: the exception's type and where it happened, never its text, which may quote a record. `entry` calls it first."""

import faulthandler
import json
import resource
import sys
import threading
import traceback
from types import TracebackType

_FRAMES = 12  # innermost frames shown


def silence_crashes() -> None:
    """No exception text on stderr, no core dump, no dump of a fault."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()
    sys.excepthook = _uncaught
    threading.excepthook = lambda crash: _uncaught(crash.exc_type, crash.exc_value, crash.exc_traceback)
    sys.unraisablehook = lambda crash: _uncaught(crash.exc_type, crash.exc_value, crash.exc_traceback)


def _uncaught(type_: type[BaseException], _: BaseException | None, trace: TracebackType | None) -> None:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    print(json.dumps({"event": "uncaught", "level": "critical", "error": type_.__name__, "where": where}), file=sys.stderr)
