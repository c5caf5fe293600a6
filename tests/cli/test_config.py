"""`config show`: what is set, where it comes from, and no secret."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream.cli.entry import application
from stream.cli.exits import Exit

SECRET = "zq7Xcanary"


def show(*arguments: str, **environment: str) -> str:
    result = CliRunner().invoke(application(["config"]), ["config", "show", *arguments], env=environment)
    assert result.exit_code == Exit.OK
    return result.output


def test_only_what_was_given_is_shown() -> None:
    rows = [json.loads(line) for line in show("--output", "jsonl", "--set", "kafka.bootstrap=a:1,b:2", PRATIQUE_DEV="true").splitlines()]

    assert rows == [
        {"setting": "kafka.bootstrap", "value": "a:1,b:2", "origin": "--set kafka.bootstrap"},
        {"setting": "dev", "value": "True", "origin": "PRATIQUE_DEV"},
    ]


def test_resolved_shows_everything_with_its_origin(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("kafka: {bootstrap: [a:1]}\n")

    shown = show("--resolved", "--settings", str(path))

    assert f"{path}:1:20" in shown
    assert [line.split() for line in shown.splitlines() if line.startswith("metrics.port")] == [["metrics.port", "9464", "default"]]


def test_the_settings_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("kafka: {bootstrap: [a:1]}\n")

    assert "kafka.bootstrap" in show(PRATIQUE_SETTINGS=str(path))


@pytest.mark.parametrize("output", ["table", "jsonl"])
def test_secrets_are_masked(output: str) -> None:
    secrets = {f"PRATIQUE_KAFKA__SASL__{name}": SECRET for name in ("PASSWORD", "CLIENT_SECRET")}
    told = {
        "PRATIQUE_KAFKA__SECURITY": "SASL_SSL",
        "PRATIQUE_KAFKA__SASL__MECHANISM": "SCRAM-SHA-512",
        "PRATIQUE_KAFKA__SASL__USERNAME": "u",
    }

    shown = show("--resolved", "--output", output, "--set", "kafka.bootstrap=a:1", **secrets, **told)

    assert SECRET not in shown
    assert shown.count("********") == 2
