"""The shape of the code: frozen values, no inheritance but for data, names that say something."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for folder in ("schemas", "stream") for path in (ROOT / folder).rglob("*.py"))
CORE = [path for path in MODULES if path.is_relative_to(ROOT / "stream" / "core")]

BASES = {
    "Enum",
    "IntEnum",
    "StrEnum",
    "NamedTuple",
    "Protocol",
    "Generic",
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


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_dataclass_is_frozen() -> None:
    decorated = [(path, decorator) for path in MODULES for each in classes(path) for decorator in each.decorator_list]
    dataclasses = [(path, decorator) for path, decorator in decorated if "dataclass" in ast.unparse(decorator)]

    assert dataclasses
    assert [shown(path) for path, decorator in dataclasses if not is_frozen(decorator)] == []


def test_nothing_is_inherited_but_for_data_and_protocols() -> None:
    own = {path: {each.name for each in classes(path)} for path in MODULES}
    inherited = [(path, name(base)) for path in MODULES for each in classes(path) for base in each.bases]

    foreign = [(shown(path), base) for path, base in inherited if base not in BASES and base not in own[path]]
    assert [(file, base) for file, base in foreign if FRAMEWORK.get(base) != file] == []


def test_a_file_name_says_what_is_in_it() -> None:
    assert [shown(path) for path in MODULES if SAYS_NOTHING & set(path.relative_to(ROOT).with_suffix("").parts)] == []


def test_the_core_asks_no_clock_and_no_chance_and_does_no_io() -> None:
    calls = [(path, node) for path in CORE for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    forbidden = CLOCKS_AND_CHANCE | {"open", "print", "input", "exec", "eval"}

    assert calls
    assert [(shown(path), node.lineno) for path, node in calls if ast.unparse(node.func) in forbidden] == []


def test_no_module_checks_by_assert() -> None:
    nodes = [(path, node) for path in MODULES for node in ast.walk(ast.parse(path.read_text()))]

    assert [(shown(path), node.lineno) for path, node in nodes if isinstance(node, ast.Assert)] == []


def test_what_is_raised_while_handling_hides_what_was_handled() -> None:
    """Printed together, the first one's text would show, and it may quote a record."""
    nodes = [(path, node) for path in MODULES for node in ast.walk(ast.parse(path.read_text()))]
    handlers = [(path, node) for path, node in nodes if isinstance(node, ast.ExceptHandler)]
    raised = [(path, node) for path, handler in handlers for node in ast.walk(handler) if isinstance(node, ast.Raise) and node.exc]

    assert raised
    assert [(shown(path), node.lineno) for path, node in raised if not is_none(node.cause)] == []


def is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
