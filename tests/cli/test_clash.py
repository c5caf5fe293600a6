"""Another distribution with a package of our name stops every command. Proved with one that is built and installed."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from stream.cli.clash import intruders
from stream.cli.exits import Exit


@pytest.mark.parametrize(
    ("owners", "found", "reason"),
    [
        ({"stream": ["pratique"], "schemas": ["pratique"]}, {}, "all is ours"),
        ({}, {}, "a checkout that nobody installed"),
        ({"stream": ["pratique"], "rich": ["rich"]}, {}, "other packages are no business of ours"),
        ({"stream": ["pratique", "streamlib"]}, {"stream": ("streamlib",)}, "both bring it"),
        ({"schemas": ["b", "a"]}, {"schemas": ("a", "b")}, "ours was replaced"),
        ({"stream": ["pratique", "pratique"]}, {}, "ours, seen twice"),
    ],
)
def test_whoever_else_brings_a_package_of_our_name_is_named(
    owners: dict[str, list[str]], found: dict[str, tuple[str, ...]], reason: str
) -> None:
    assert intruders(owners) == found, reason


def wheel(folder: Path) -> Path:
    """A distribution `streamlib` 1.0 with a module `stream.intruder`."""
    path = folder / "streamlib-1.0-py3-none-any.whl"
    about = "streamlib-1.0.dist-info"
    files = {
        "stream/intruder.py": "",
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: streamlib\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/top_level.txt": "stream\n",
    }
    record = "".join(f"{name},,\n" for name in (*files, f"{about}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(name, text)
    return path


def test_an_installed_clash_stops_every_command(tmp_path: Path) -> None:
    target = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-index",
        "--no-deps",
        "--disable-pip-version-check",
        "--target",
        str(target),
    ]
    subprocess.run([*install, str(wheel(tmp_path))], check=True, capture_output=True)
    repository = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{repository}{os.pathsep}{target}"}

    for arguments in (["--help"], ["categories"], ["--version"]):
        command = [sys.executable, "-c", "from stream.cli.entry import main; main()", *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

        assert ended.returncode == Exit.CONFIG
        assert ended.stdout == ""
        assert ended.stderr == "the package `stream` is also brought by streamlib; uninstall it from this environment\n"
