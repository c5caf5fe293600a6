"""Which columns of a row form one result: test, value, unit, range, flag, notes. Called by the reader."""

from collections import Counter
from collections.abc import Sequence
from itertools import compress, count

from stream.core.decode.csv.meaning import Column
from stream.core.roles import ROLES

_TESTS = frozenset({"test.code", "test.label", "unknown.code"})
_VALUES = frozenset({"result.number", "result.code", "result.text", "result.attachment", "unknown.number"})
_PARTS = frozenset({"test.system", "result.unit", "result.range", "result.flag", "result.status", "result.type"})
_SHOWN = frozenset({"unknown.unit", "unknown.range", "unknown.flag"})
_NOTES = frozenset({"health.text"})


def runs(meant: Sequence[Column], rows: Sequence[Sequence[bytes]]) -> list[tuple[int, int]]:
    """The columns [first, last) of each result. A row with one value is one result with its notes; else each value ends with the next
    test or value."""
    names = [_role(column, number, rows) for number, column in enumerate(meant)]
    belongs = [name in _TESTS | _VALUES | _PARTS | _SHOWN for name in names]
    if sum(name in _VALUES for name in names) == 1:
        return _whole([number for number, name in enumerate(names) if belongs[number] or name in _NOTES], belongs)
    found: list[list[int]] = []
    valued = True
    for number in compress(count(), belongs):
        if valued and names[number] in _TESTS | _VALUES:
            found.append([])
            valued = False
        if found:
            found[-1].append(number)
        valued = valued or names[number] in _VALUES
    return [(run[0], run[-1] + 1) for run in found if len(run) > 1]


def _whole(numbers: Sequence[int], belongs: Sequence[bool]) -> list[tuple[int, int]]:
    return [(numbers[0], numbers[-1] + 1)] if sum(belongs) > 1 else []


def _role(column: Column, number: int, rows: Sequence[Sequence[bytes]]) -> str:
    """The name of the role that most cells of a column have."""
    if column.judge is None:
        return ROLES[column.role].name
    shown = Counter(column.judge(row[number]) for row in rows if row[number])
    return ROLES[shown.most_common(1)[0][0]].name if shown else ROLES[column.role].name
