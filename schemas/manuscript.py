"""What a person wrote: YAML 1.2 text to plain values, each with its line and column. `loader` and the settings call it.

It takes the plain part of YAML only (no anchors, tags, merge keys), guesses no types beyond JSON's, and never quotes a value.
"""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

import yaml

from schemas.faults import ConfigError, Fault

SIZE = 1024 * 1024  # bytes of one file
DEPTH = 32  # levels of lists and mappings

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Location: TypeAlias = tuple[str | int, ...]


class Spot(NamedTuple):
    """A place in a text, 1-based."""

    line: int
    column: int


_NOWHERE = Spot(0, 0)


class Manuscript(NamedTuple):
    """One text: its name (a path), its plain values, and where each value and each key stands."""

    name: str
    data: Plain
    values: Mapping[Location, Spot]
    keys: Mapping[Location, Spot]

    def __repr__(self) -> str:
        return f"Manuscript({self.name}, {len(self.values)} values)"

    def fault(self, at: Location, what: str, remedy: str, *, key: bool = False) -> Fault:
        """A fault at a location; one that is not in the text is laid at the nearest place above it. `key`: at the key, not its value."""
        spots = self.keys if key else self.values
        spot = spots.get(at) or next(self.values[above] for above in _upwards(at) if above in self.values)
        return Fault(self.name, spot.line, spot.column, what, remedy)


def _upwards(at: Location) -> Iterator[Location]:
    return (at[:length] for length in range(len(at), -1, -1))


def read(path: Path) -> Manuscript:
    """Raises ConfigError."""
    name = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror or 'I/O error'})"
        raise _refused(name, _NOWHERE, what, "Check the path and its permissions.") from None
    if len(data) > SIZE:
        raise _refused(name, _NOWHERE, f"is larger than {SIZE} bytes", "Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(name, Spot(line, 1), "is not UTF-8", "Save the file as UTF-8.") from None
    return parse(text, name)


def parse(text: str, name: str) -> Manuscript:
    """Raises ConfigError with every fault of structure; one of syntax ends the reading."""
    if strange := _STRANGE.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        column = strange.start() - text.rfind("\n", 0, strange.start())
        raise _refused(name, Spot(line, column), "a line separator or control character that YAML 1.2 does not take here", "Delete it.")
    try:
        return _Composer(name, yaml.parse(text, Loader=yaml.SafeLoader)).document()
    except yaml.MarkedYAMLError as error:
        what, remedy = _syntax(error.problem or "")
        raise _refused(name, _spot(error.problem_mark or error.context_mark), what, remedy) from None
    except (yaml.YAMLError, ValueError, OverflowError):  # PyYAML lets some escapes and directives out of range through to Python
        raise _refused(name, _NOWHERE, "an escape or directive with a number out of range", "Write the character itself.") from None


_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def _refused(name: str, spot: Spot, what: str, remedy: str) -> ConfigError:
    return ConfigError((Fault(name, spot.line, spot.column, what, remedy),))


class _Mark(Protocol):
    line: int
    column: int


def _spot(mark: _Mark | None) -> Spot:
    return _NOWHERE if mark is None else Spot(mark.line + 1, mark.column + 1)


_SYNTAX = (
    ("mapping values are not allowed", "a second `:` on one line", "Put text that holds `: ` in quotes, or begin a new line."),
    ("could not find expected ':'", "a key without its `:`", "Write `key: value`, and indent further lines of a text."),
    ("found character '\\t'", "a tab", "Indent with spaces."),
    ("found character", "a character that cannot begin a value", "Put the value in quotes."),
    ("found unexpected end of stream", "quotes or brackets that nothing closes", "Close them."),
    ("expected <block end>", "an indentation that fits nothing above it", "Align it with its neighbours."),
    ("found unknown escape", "an escape that double quotes do not know", "Use single quotes, or double the backslash."),
)


def _syntax(problem: str) -> tuple[str, str]:
    for beginning, what, remedy in _SYNTAX:
        if problem.startswith(beginning):
            return what, remedy
    return "this is not YAML", "Look at indentation, quotes and brackets here and just above."


class _Composer:
    """One pass over the events of one text."""

    def __init__(self, name: str, events: Iterator[yaml.Event]) -> None:
        self._name = name
        self._events = events
        self._values: dict[Location, Spot] = {}
        self._keys: dict[Location, Spot] = {}
        self._faults: list[Fault] = []

    def document(self) -> Manuscript:
        next(self._events)  # start of the stream
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise _refused(self._name, Spot(1, 1), "is empty", "Write one document.")
        if start.version or start.tags:
            self._fault(start, "a `%` directive", "Delete it: files are YAML 1.2.")
        data = self._node(next(self._events), ())
        next(self._events)  # end of the document
        if isinstance(further := next(self._events), yaml.DocumentStartEvent):
            self._fault(further, "a second document", "Write one document a file.")
        if self._faults:
            raise ConfigError(tuple(self._faults))
        return Manuscript(self._name, data, self._values, self._keys)

    def _fault(self, event: yaml.Event, what: str, remedy: str) -> None:
        spot = _spot(event.start_mark)
        self._faults.append(Fault(self._name, spot.line, spot.column, what, remedy))

    def _node(self, event: yaml.Event, at: Location) -> Plain:
        if len(at) > DEPTH:
            raise _refused(self._name, _spot(event.start_mark), f"more than {DEPTH} levels", "Write it flatter.")
        self._values[at] = _spot(event.start_mark)
        self._refuse_references(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(at)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(at)
        return None  # an alias, already refused

    def _refuse_references(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, "an alias (`*name`)", "Write the value out: what a policy allows must stand where it is read.")
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self._fault(event, "an anchor (`&name`)", "Delete it: values are written out where they are used.")
        if getattr(event, "tag", None) is not None:
            self._fault(event, "a tag (`!name`)", "Delete it; quotes make a text, nothing else needs a type.")

    def _scalar(self, event: yaml.ScalarEvent) -> Plain:
        if event.style is not None:
            return self._text(event)
        try:
            return resolve(event.value)
        except ValueError:
            self._fault(event, "a number that is too large", "If it is a text, put it in quotes.")
            return 0

    def _text(self, event: yaml.ScalarEvent) -> str:
        """JSON escapes a character beyond 16 bits by its two surrogates."""
        try:
            return event.value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._fault(event, "an escape that is no character", "Write the character itself.")
            return ""

    def _sequence(self, at: Location) -> Plain:
        items: list[Plain] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*at, len(items))))
        return items

    def _mapping(self, at: Location) -> Plain:
        found: dict[str, Plain] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, at, found)
            found[key] = self._node(next(self._events), (*at, key))
        return found

    def _key(self, event: yaml.Event, at: Location, found: Mapping[str, Plain]) -> str:
        key = self._node(event, (*at, ""))
        if not isinstance(key, str):
            self._fault(event, "a key that is no text", "Put the key in quotes.")
            return ""
        if key == "<<" and isinstance(event, yaml.ScalarEvent) and event.style is None:
            self._fault(event, "a merge key (`<<`)", "Write the values out where they are used.")
        elif key in found:
            self._fault(event, "a key that stands here twice", "Delete one of the two.")
        self._keys[(*at, key)] = _spot(event.start_mark)
        return key


_WORDS: Mapping[str, Plain] = {"": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_DIGITS = 18  # what every reader of JSON keeps exactly is less than that, what fits 64 bits is more


def resolve(text: str) -> Plain:
    """The value of an unquoted scalar: `true`, `false`, `null`, JSON's numbers; anything else is the text itself (`on`, `no`, `0123456`,
    `1_000`, `0o7`, `12:30:00`, dates). Raises ValueError for a number out of range."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        if len(text.lstrip("-")) > _DIGITS:
            raise ValueError
        return int(text)
    if _NUMBER.match(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError
        return number
    return text
