"""What differs from machine to machine: brokers, folders, ports, the worker's number. `given` reads it and knows each value's origin.

What is done to records stands in pipelines and policies, never here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from schemas.faults import Complaint
from schemas.policy import Line, Written
from stream.passthrough import refusal

Address = Annotated[
    str, StringConstraints(pattern=r"^[^\s,:/]+:[0-9]{1,5}$|^\[[0-9a-fA-F:]+\]:[0-9]{1,5}$"), Field(examples=["kafka-0:9093"])
]
Gapped = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}/[0-9]{1,6}$"), Field(examples=["lis.results/3"])]
Mechanism = Literal["SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]


class Tls(Written):
    """Whom we trust, and, for mutual TLS, who we are. PEM files."""

    ca: Path | None = None  # None: the system's authorities
    certificate: Path | None = None
    key: Path | None = None
    key_password: SecretStr | None = None


class Sasl(Written):
    """A name and password (SCRAM), or a client of an OpenID provider (OAUTHBEARER)."""

    mechanism: Mechanism | None = None
    username: Line | None = None
    password: SecretStr | None = None
    client_id: Line | None = None
    client_secret: SecretStr | None = None
    token_endpoint: Annotated[str, StringConstraints(pattern=r"^https://\S+$"), Field(examples=["https://id.example/token"])] | None = None
    scope: Line | None = None
    extensions: Line | None = None  # logicalCluster=...,identityPoolId=...
    ca: Path | None = None  # trusted by the calls to the provider


class Kafka(Written):
    """How the brokers are reached. `extra`: other settings of librdkafka, but for those that exactly-once rests on."""

    bootstrap: Annotated[tuple[Address, ...], Field(min_length=1)]
    security: Literal["PLAINTEXT", "SSL", "SASL_SSL"] = "SSL"
    tls: Tls = Tls()
    sasl: Sasl = Sasl()
    extra: Annotated[dict[str, str | int | float | bool], Field(default_factory=dict, repr=False)]  # some of them are secrets

    def librdkafka(self) -> dict[str, str]:
        """The settings that every client shares. Holds secrets: never print it."""
        own = {
            "bootstrap.servers": ",".join(self.bootstrap),
            "security.protocol": self.security.lower(),
            "client.id": "pratique",
            "socket.keepalive.enable": "true",
            "socket.nagle.disable": "true",
            "enable.metrics.push": "false",
            **(_tls(self.tls) if self.security != "PLAINTEXT" else {}),
            **(_sasl(self.sasl) if self.security == "SASL_SSL" else {}),
        }
        return own | {name: _text(value) for name, value in self.extra.items()}


class Batch(Written):
    """How much one transaction may hold, and how long a batch is waited for."""

    records: Annotated[int, Field(ge=1, le=10_000)] = 2000
    bytes: Annotated[int, Field(ge=1024, le=256 * 1024 * 1024)] = 8 * 1024 * 1024
    seconds: Annotated[float, Field(ge=0.001, le=10)] = 0.2


class Metrics(Written):
    """Where `/metrics`, `/healthz` and `/readyz` answer."""

    address: Line = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 9464  # 0: any free one


class Worker(Written):
    """Which of a pipeline's workers this is."""

    ordinal: Annotated[int, Field(ge=0, le=9999)] = 0
    instance: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,200}$")] | None = None  # group.instance.id


class Settings(Written):
    """All settings of one process."""

    apiVersion: Literal["pratique/v1alpha1"] = "pratique/v1alpha1"  # noqa: N815  # the published spelling
    kind: Literal["Settings"] = "Settings"
    kafka: Kafka
    batch: Batch = Batch()
    metrics: Metrics = Metrics()
    worker: Worker = Worker()
    ledger: Path = Path("ledger")  # folder of the file that remembers unfinished batches
    keys: Path | None = None  # folder of the keys, in place of the pipeline's
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    dev: bool = False  # brokers without TLS, topics without replicas
    single_key: bool = False  # one reviewer is enough
    accept_gaps: tuple[Gapped, ...] = ()  # partitions whose lost records a person gives up, each once

    def complaints(self) -> Iterator[Complaint]:
        """What is wrong although the shape is right."""
        kafka = self.kafka
        if kafka.security == "PLAINTEXT" and not self.dev:
            yield Complaint(("kafka", "security"), "PLAINTEXT is for development", "Use SSL or SASL_SSL, or set `dev`.")
        if (kafka.tls.certificate is None) != (kafka.tls.key is None):
            yield Complaint(("kafka", "tls"), "a certificate without its key, or a key without its certificate", "Give both.")
        if kafka.security == "SASL_SSL":
            yield from _incomplete(kafka.sasl)
        elif kafka.sasl != Sasl():
            yield Complaint(("kafka", "sasl"), "SASL without SASL_SSL", "Set `kafka.security: SASL_SSL`.")
        for name in kafka.extra:
            if reason := refusal(name):
                yield Complaint(("kafka", "extra", name), f"`{name}` is not passed through: {reason}", "Delete it.")


def _incomplete(sasl: Sasl) -> Iterator[Complaint]:
    if sasl.mechanism is None:
        yield Complaint(("kafka", "sasl", "mechanism"), "SASL_SSL needs a mechanism", "Use SCRAM-SHA-512 or OAUTHBEARER.")
        return
    oauth = sasl.mechanism == "OAUTHBEARER"
    for field in ("client_id", "client_secret", "token_endpoint") if oauth else ("username", "password"):
        if getattr(sasl, field) is None:
            yield Complaint(("kafka", "sasl", field), f"{sasl.mechanism} needs `kafka.sasl.{field}`", "Give it, a secret by its `_FILE`.")


def _tls(tls: Tls) -> dict[str, str]:
    return _given(
        {
            "ssl.endpoint.identification.algorithm": "https",
            "ssl.ca.location": tls.ca,
            "ssl.certificate.location": tls.certificate,
            "ssl.key.location": tls.key,
            "ssl.key.password": tls.key_password,
        }
    )


def _sasl(sasl: Sasl) -> dict[str, str]:
    if sasl.mechanism != "OAUTHBEARER":
        return _given({"sasl.mechanisms": sasl.mechanism, "sasl.username": sasl.username, "sasl.password": sasl.password})
    return _given(
        {
            "sasl.mechanisms": "OAUTHBEARER",
            "sasl.oauthbearer.method": "oidc",
            "sasl.oauthbearer.client.id": sasl.client_id,
            "sasl.oauthbearer.client.secret": sasl.client_secret,
            "sasl.oauthbearer.token.endpoint.url": sasl.token_endpoint,
            "sasl.oauthbearer.scope": sasl.scope,
            "sasl.oauthbearer.extensions": sasl.extensions,
            "https.ca.location": sasl.ca,
        }
    )


def _given(values: dict[str, str | Path | SecretStr | None]) -> dict[str, str]:
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value is not None
    }


def _text(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
