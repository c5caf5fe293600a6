"""The HTTP side of a worker: `/metrics`, `/healthz`, `/readyz`, served by threads of their own. `main` starts it. Knows no record."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple, Protocol

from stream.errors import ConfigError, Fault

PATIENCE = 120.0
"""Seconds without a sign of life after which a worker counts as stuck: longer than any wait of the loop."""


class Worker(Protocol):
    """What the probes ask of."""

    def ready(self) -> bool: ...
    def alive(self, patience: float) -> bool: ...
    def exposition(self, accept: str) -> tuple[str, bytes]: ...


@contextmanager
def serving(worker: Worker, address: str, port: int) -> Iterator[int]:
    """Answers until the block ends; gives the port, which is a free one where `port` is 0. Raises ConfigError where it cannot be had."""
    try:
        server = ThreadingHTTPServer((address, port), partial(_Handler, worker))
    except OSError as error:
        what = f"cannot be listened on ({error.strerror or 'I/O error'})"
        raise ConfigError((Fault("metrics.port", 0, 0, what, "Choose another port or address."),)) from None
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="probes", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    def __init__(self, worker: Worker, *of_the_server: Any) -> None:
        self._worker = worker
        super().__init__(*of_the_server)

    def do_GET(self) -> None:  # the name that http.server calls
        status, content_type, body = self._answer()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self) -> _Answer:
        match self.path.partition("?")[0]:
            case "/metrics":
                return _Answer(200, *self._worker.exposition(self.headers.get("Accept", "")))
            case "/healthz":
                return _verdict(self._worker.alive(PATIENCE), "alive", "stuck")
            case "/readyz":
                return _verdict(self._worker.ready(), "ready", "not ready")
        return _Answer(404, "text/plain", b"not found\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that http.server gives
        """A probe every few seconds is no news."""


def _verdict(good: bool, yes: str, no: str) -> _Answer:
    return _Answer(200, "text/plain", f"{yes}\n".encode()) if good else _Answer(503, "text/plain", f"{no}\n".encode())
