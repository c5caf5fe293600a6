"""Settings: which origin wins, what each fault says, that no secret shows, and what Kafka's client is told."""

import ctypes
from collections.abc import Mapping
from pathlib import Path

import confluent_kafka
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.faults import ConfigError
from stream.given import MASK, Resolved, resolve_settings
from stream.passthrough import _OWN, _REASONS, refusal
from stream.setting_names import KINDS, dotted, of_option, of_variable, variable
from stream.settings import Settings

BROKER = {"PRATIQUE_KAFKA__BOOTSTRAP": "kafka:9093"}
SECRET = "zq7Xcanary"


def resolved(
    file: str | None = None,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, str | bool] | None = None,
    folder: Path | None = None,
) -> Resolved:
    path = None
    if file is not None:
        assert folder
        path = folder / "settings.yaml"
        path.write_text(file)
    return resolve_settings(path, BROKER if environment is None else environment, options or {})


def refused(
    file: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    options: Mapping[str, str | bool] | None = None,
) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        resolved(file, environment, options, folder)
    return [str(fault).replace(f"{folder}/", "") for fault in refusal.value.faults]


def origin(found: Resolved, name: str) -> str:
    return next(str(row.origin) for row in found.shown() if row.name == name)


# ---- from weak to strong ----------------------------------------------------------------------------------------------


def test_a_default_yields_to_the_file_the_file_to_the_environment_and_that_to_an_option(tmp_path: Path) -> None:
    file = "kafka: {bootstrap: [from-file:1]}\nmetrics: {port: 1}\nbatch: {records: 1}\nworker: {ordinal: 1}\n"
    environment = {"PRATIQUE_METRICS__PORT": "2", "PRATIQUE_BATCH__RECORDS": "2"}

    found = resolved(file, environment, {"batch.records": "3"}, tmp_path)

    settings = found.settings
    assert (settings.worker.ordinal, settings.metrics.port, settings.batch.records, settings.batch.seconds) == (1, 2, 3, 0.2)
    assert origin(found, "worker.ordinal") == f"{tmp_path}/settings.yaml:4:19"
    assert origin(found, "metrics.port") == "PRATIQUE_METRICS__PORT"
    assert origin(found, "batch.records") == "--set batch.records"
    assert origin(found, "batch.seconds") == "default"


def test_sections_of_several_origins_are_joined_setting_by_setting(tmp_path: Path) -> None:
    file = "kafka:\n  bootstrap: [a:1]\n  extra: {socket.timeout.ms: 5, linger.ms: 6}\n"

    found = resolved(file, {"PRATIQUE_KAFKA__EXTRA__LINGER_MS": "7"}, {"kafka.extra.client.rack": "r1"}, tmp_path)

    assert found.settings.kafka.extra == {"socket.timeout.ms": 5, "linger.ms": "7", "client.rack": "r1"}


def test_a_flag_is_an_option() -> None:
    found = resolved(options={"dev": True})

    assert found.settings.dev
    assert origin(found, "dev") == "--dev"


def test_an_empty_section_is_none(tmp_path: Path) -> None:
    assert resolved("kafka:\nworker:\nbatch: {}\n", None, {}, tmp_path).settings.worker.ordinal == 0


@pytest.mark.parametrize(
    ("name", "text", "value", "reason"),
    [
        ("PRATIQUE_KAFKA__BOOTSTRAP", "a:1, b:2,", ("a:1", "b:2"), "a list is written with commas"),
        ("PRATIQUE_METRICS__PORT", "9000", 9000, "a number"),
        ("PRATIQUE_BATCH__SECONDS", "0.5", 0.5, "a number with decimals"),
        ("PRATIQUE_DEV", "true", True, "a truth"),
        ("PRATIQUE_LOG_LEVEL", "debug", "debug", "a word"),
        ("PRATIQUE_WORKER__INSTANCE", "007", "007", "a text stays a text"),
        ("PRATIQUE_ACCEPT_GAPS", "lis.results/3", ("lis.results/3",), "one is a list, too"),
        ("PRATIQUE_LEDGER", "/tmp/l", Path("/tmp/l"), "a path"),
    ],
)
def test_the_environment_is_read_by_the_type_of_the_setting(name: str, text: str, value: object, reason: str) -> None:
    settings: object = resolved(environment={**BROKER, name: text}).settings
    for step in of_variable(name) or ():
        settings = getattr(settings, str(step))

    assert settings == value, reason


@pytest.mark.parametrize("at", KINDS, ids=dotted)
def test_every_setting_has_a_variable_and_a_dotted_name(at: tuple[str | int, ...]) -> None:
    assert of_variable(variable(at)) == at
    assert of_option(dotted(at)) == at


# ---- faults -----------------------------------------------------------------------------------------------------------


def test_every_fault_of_every_origin_comes_at_once(tmp_path: Path) -> None:
    file = "kafka: {bootstrap: kafka}\nbatc: 3\nworker: {ordinal: '1'}\n"

    found = refused(file, {"PRATIQUE_METRICS__PROT": "1", "PRATIQUE_METRICS__PORT": "x"}, tmp_path, {"log_levl": "debug"})

    assert found == [
        "PRATIQUE_METRICS__PROT: no setting has this name. Did you mean PRATIQUE_METRICS__PORT?",
        "--set log_levl: no setting has this name. Did you mean `log_level`?",
        "PRATIQUE_METRICS__PORT: a whole number is expected. Write digits only, without quotes.",
        "settings.yaml:1:20: a list is expected.",
        "settings.yaml:2:7: an unknown key. Did you mean `batch`?",
        "settings.yaml:3:19: a whole number is expected. Write digits only, without quotes.",
    ]


def test_what_must_be_given_is_asked_for_by_all_its_names() -> None:
    assert refused(environment={}) == [
        "settings: `kafka.bootstrap` is missing. Set it in the settings file, or as PRATIQUE_KAFKA__BOOTSTRAP."
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("PRATIQUE_SERVICE_HOST", "Kubernetes makes it for a service of our name"),
        ("PRATIQUE_PORT_9464_TCP_ADDR", "the same"),
        ("PRATIQUE_SETTINGS", "it names the settings file"),
        ("PRATIQUEX_KAFKA__BOOTSTRAP", "not our prefix"),
    ],
)
def test_variables_of_others_are_left_alone(name: str, reason: str) -> None:
    assert resolved(environment={**BROKER, name: "x"}), reason


def test_an_unknown_variable_with_a_section_is_refused() -> None:
    assert refused(environment={**BROKER, "PRATIQUE_WHATEVER__ELSE": "1"}) == [
        "PRATIQUE_WHATEVER__ELSE: no setting has this name. `pratique config show --resolved` lists them."
    ]


def test_a_value_where_a_section_belongs_is_refused_though_the_environment_fills_it(tmp_path: Path) -> None:
    assert refused("kafka: 3\n", BROKER, tmp_path) == ["settings.yaml:1:8: a mapping (`key: value`) is expected."]


# ---- security ---------------------------------------------------------------------------------------------------------


def kafka(**settings: str) -> dict[str, str]:
    return {**BROKER, **{f"PRATIQUE_KAFKA__{name}": value for name, value in settings.items()}}


@pytest.mark.parametrize(
    ("environment", "about"),
    [
        (kafka(SECURITY="PLAINTEXT"), "PLAINTEXT is for development"),
        (kafka(TLS__CERTIFICATE="c.pem"), "a certificate without its key"),
        (kafka(TLS__KEY="k.pem"), "a certificate without its key"),
        (kafka(SECURITY="SASL_SSL"), "needs a mechanism"),
        (kafka(SECURITY="SASL_SSL", SASL__MECHANISM="SCRAM-SHA-512", SASL__USERNAME="u"), "needs `kafka.sasl.password`"),
        (kafka(SECURITY="SASL_SSL", SASL__MECHANISM="OAUTHBEARER", SASL__CLIENT_ID="c", SASL__CLIENT_SECRET="s"), "token_endpoint"),
        (kafka(SASL__USERNAME="u"), "SASL without SASL_SSL"),
        (kafka(SECURITY="SASL_PLAINTEXT"), "a word that is not known here"),
        (kafka(SECURITY="SASL_SSL", SASL__MECHANISM="PLAIN"), "a word that is not known here"),
        (kafka(SECURITY="SASL_SSL", SASL__TOKEN_ENDPOINT="http://id.example/"), "Write it like `https://id.example/token`"),
    ],
)
def test_a_connection_that_is_not_safe_or_not_whole_is_refused(environment: dict[str, str], about: str) -> None:
    assert about in "\n".join(refused(environment=environment))


@pytest.mark.parametrize(
    ("environment", "client"),
    [
        (kafka(), {"security.protocol": "ssl", "ssl.endpoint.identification.algorithm": "https"}),
        (
            kafka(TLS__CA="ca.pem", TLS__CERTIFICATE="c.pem", TLS__KEY="k.pem", TLS__KEY_PASSWORD="p"),
            {"ssl.ca.location": "ca.pem", "ssl.certificate.location": "c.pem", "ssl.key.location": "k.pem", "ssl.key.password": "p"},
        ),
        (
            kafka(SECURITY="SASL_SSL", SASL__MECHANISM="SCRAM-SHA-256", SASL__USERNAME="0123", SASL__PASSWORD="p"),
            {"security.protocol": "sasl_ssl", "sasl.mechanisms": "SCRAM-SHA-256", "sasl.username": "0123", "sasl.password": "p"},
        ),
        (
            kafka(
                SECURITY="SASL_SSL",
                SASL__MECHANISM="OAUTHBEARER",
                SASL__CLIENT_ID="c",
                SASL__CLIENT_SECRET="s",
                SASL__TOKEN_ENDPOINT="https://id.example/token",
                SASL__SCOPE="kafka",
            ),
            {
                "sasl.mechanisms": "OAUTHBEARER",
                "sasl.oauthbearer.method": "oidc",
                "sasl.oauthbearer.client.id": "c",
                "sasl.oauthbearer.client.secret": "s",
                "sasl.oauthbearer.token.endpoint.url": "https://id.example/token",
                "sasl.oauthbearer.scope": "kafka",
            },
        ),
        (kafka(EXTRA__SOCKET_TIMEOUT_MS="5"), {"socket.timeout.ms": "5", "socket.nagle.disable": "true", "enable.metrics.push": "false"}),
    ],
)
def test_the_client_is_told_all_of_it_in_its_own_words(environment: dict[str, str], client: dict[str, str]) -> None:
    told = resolved(environment=environment).settings.kafka.librdkafka()

    assert client.items() <= told.items()
    assert told["bootstrap.servers"] == "kafka:9093"
    assert all(map(known_to_librdkafka, told))


def test_plaintext_is_for_development_and_carries_no_tls() -> None:
    told = resolved(environment=kafka(SECURITY="PLAINTEXT"), options={"dev": True}).settings.kafka.librdkafka()

    assert told["security.protocol"] == "plaintext"
    assert not [name for name in told if name.startswith(("ssl.", "sasl."))]


# ---- secrets ----------------------------------------------------------------------------------------------------------


def test_a_secret_comes_from_a_file_without_its_last_newline(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{SECRET}\n")
    environment = kafka(
        SECURITY="SASL_SSL", SASL__MECHANISM="SCRAM-SHA-512", SASL__USERNAME="u", SASL__PASSWORD_FILE=f"{tmp_path}/password"
    )

    found = resolved(environment=environment)

    assert found.settings.kafka.librdkafka()["sasl.password"] == SECRET
    assert origin(found, "kafka.sasl.password") == "PRATIQUE_KAFKA__SASL__PASSWORD_FILE"


def test_a_settings_file_and_an_option_may_name_the_file_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(SECRET)
    file = f"kafka: {{bootstrap: [a:1], tls: {{certificate: c, key: k, key_password_file: {tmp_path}/password}}}}\n"
    option = {"kafka.tls.key_password_file": f"{tmp_path}/password"}

    for found in (resolved(file, {}, {}, tmp_path), resolved(None, kafka(TLS__CERTIFICATE="c", TLS__KEY="k"), option)):
        assert found.settings.kafka.librdkafka()["ssl.key.password"] == SECRET


@pytest.mark.parametrize("content", [None, b"\xff", b"x" * 70_000])
def test_a_secret_file_that_cannot_be_one_is_a_fault(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)

    assert "PRATIQUE_KAFKA__TLS__KEY_PASSWORD_FILE: names a file" in "\n".join(refused(environment=kafka(TLS__KEY_PASSWORD_FILE=str(path))))


def test_a_secret_is_given_once() -> None:
    assert "given twice" in "\n".join(refused(environment=kafka(TLS__KEY_PASSWORD="a", TLS__KEY_PASSWORD_FILE="b")))


def test_only_secrets_come_from_files() -> None:
    assert "no setting has this name" in "\n".join(refused(environment=kafka(SECURITY_FILE="a")))


def test_no_secret_shows_anywhere() -> None:
    environment = kafka(
        SECURITY="SASL_SSL",
        SASL__MECHANISM="SCRAM-SHA-512",
        SASL__USERNAME="u",
        SASL__PASSWORD=SECRET,
        TLS__CERTIFICATE="c",
        TLS__KEY="k",
        TLS__KEY_PASSWORD=SECRET,
        EXTRA__SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_PASSPHRASE=SECRET,
    )
    found = resolved(environment=environment)

    assert SECRET not in repr(found)
    assert SECRET not in str(found.settings)
    assert SECRET not in str(list(found.shown()))
    assert [row.name for row in found.shown() if row.value == MASK] == [
        "kafka.tls.key_password",
        "kafka.sasl.password",
        "kafka.extra.sasl.oauthbearer.assertion.private.key.passphrase",
    ]


@given(st.sampled_from(list(map(variable, KINDS))), st.sampled_from(["{0}", "{0},{0}", "{0}:1:2", " {0}"]))
def test_no_fault_repeats_a_value(name: str, form: str) -> None:
    try:
        resolve_settings(None, {name: form.format(SECRET), "PRATIQUE_METRICS__PORT": SECRET}, {"worker.ordinal": SECRET})
    except ConfigError as error:
        said = str(error)
    else:
        said = SECRET

    assert SECRET not in said


# ---- what is not passed through ---------------------------------------------------------------------------------------


def known_to_librdkafka(name: str) -> bool:
    """Asks the librdkafka that is installed."""
    library = ctypes.CDLL(str(next(Path(confluent_kafka.__file__).parent.parent.glob("confluent_kafka.libs/librdkafka*"))))
    library.rd_kafka_conf_new.restype = ctypes.c_void_p
    library.rd_kafka_conf_set.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t]
    return bool(library.rd_kafka_conf_set(library.rd_kafka_conf_new(), name.encode(), b"1", None, 0) != UNKNOWN)


UNKNOWN = -2  # RD_KAFKA_CONF_UNKNOWN
EOS = [
    "enable.auto.commit",
    "isolation.level",
    "transactional.id",
    "enable.idempotence",
    "acks",
    "partitioner",
    "auto.offset.reset",
    "group.id",
    "group.instance.id",
    "max.in.flight.requests.per.connection",
    "message.timeout.ms",
    "allow.auto.create.topics",
    "plugin.library.paths",
]


@pytest.mark.parametrize("name", [*EOS, "test.mock.num.brokers", "error_cb", "bootstrap.servers", "ssl.key.password"])
def test_what_would_break_exactly_once_or_hide_a_setting_is_refused_with_its_reason(name: str) -> None:
    found = refused(environment=BROKER, options={f"kafka.extra.{name}": "1"})

    assert found == [f"--set kafka.extra.{name}: `{name}` is not passed through: {refusal(name)}. Delete it."]


def test_every_refused_name_is_a_setting_that_exists() -> None:
    assert [name for name in (*_REASONS, *_OWN) if not known_to_librdkafka(name)] == []
    assert not known_to_librdkafka("no.such.setting")


TUNING = ["socket.timeout.ms", "fetch.max.bytes", "compression.type", "linger.ms", "client.rack", "session.timeout.ms"]


@pytest.mark.parametrize("name", TUNING)
def test_what_only_tunes_is_passed_through(name: str) -> None:
    assert refusal(name) is None


def test_settings_need_only_the_brokers() -> None:
    assert (
        Settings.model_validate({"kafka": {"bootstrap": ("a:1",)}}) == resolved(environment={"PRATIQUE_KAFKA__BOOTSTRAP": "a:1"}).settings
    )
