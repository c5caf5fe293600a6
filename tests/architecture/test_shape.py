"""The shape of the code: frozen values, no inheritance but for data, names that say something."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for folder in ("schemas", "stream") for path in (ROOT / folder).rglob("*.py"))
CORE = [path for path in MODULES if path.is_relative_to(ROOT / "stream" / "core")]

BASES = {
    "Enum",
    "IntEnum",
    "StrEnum",
    "NamedTuple",
    "Protocol",
    "BaseModel",
    "Exception",
    "Written",  # the base of what people write
    "Event",  # the base of what is published
    "dict",  # for its __missing__
    "Halt",  # for what a person has to decide
}
FRAMEWORK = {
    "BaseHTTPRequestHandler": "stream/probes.py",  # http.server calls methods of a subclass
}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "shared", "tools"}
CLOCKS_AND_CHANCE = {
    "time.time",
    "time.monotonic",
    "datetime.now",
    "datetime.utcnow",
    "date.today",
    "os.urandom",
    "uuid.uuid4",
    "random.random",
}


def classes(path: Path) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef))


def name(node: ast.expr) -> str:
    return ast.unparse(node).partition("[")[0].rpartition(".")[2]


def is_frozen(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and {"frozen", "slots"} <= {
        keyword.arg for keyword in decorator.keywords if isinstance(keyword.value, ast.Constant) and keyword.value.value is True
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_dataclass_is_frozen(path: Path) -> None:
    decorators = [decorator for each in classes(path) for decorator in each.decorator_list if "dataclass" in ast.unparse(decorator)]

    assert all(map(is_frozen, decorators))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_inherited_but_for_data_and_protocols(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    bases = {name(base) for each in classes(path) for base in each.bases}
    own = {each.name for each in classes(path)}

    assert {base for base in bases - BASES - own if FRAMEWORK.get(base) != here} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_name_says_what_is_in_it(path: Path) -> None:
    assert not SAYS_NOTHING & set(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_asks_no_clock_and_no_chance(path: Path) -> None:
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}

    assert not called & CLOCKS_AND_CHANCE
    assert not called & {"open", "print", "input", "exec", "eval"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_checks_by_assert(path: Path) -> None:
    assert not [node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Assert)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_raised_anew_hides_its_cause_or_names_it(path: Path) -> None:
    """An exception raised while another is handled would print the first one's text, which may quote a record."""
    for handler in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)):
        raised = [node for node in ast.walk(handler) if isinstance(node, ast.Raise) and node.exc is not None]

        assert all(isinstance(node.cause, ast.Constant) and node.cause.value is None for node in raised), handler.lineno
