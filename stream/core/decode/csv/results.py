"""Which columns of a row form one result: test, value, unit, range, flag, notes. Called by the reader."""

from functools import lru_cache

from stream.core.roles import ROLES

_OTHER, _TEST, _VALUE, _PART, _NOTE = range(5)
_KINDS = {
    **dict.fromkeys(("test.code", "test.label", "unknown.code"), _TEST),
    **dict.fromkeys(("result.number", "result.code", "result.text", "result.attachment", "unknown.number", "unknown.word"), _VALUE),
    **dict.fromkeys(("test.system", "result.unit", "result.range", "result.flag", "result.status", "result.type"), _PART),
    **dict.fromkeys(("unknown.unit", "unknown.range", "unknown.flag"), _PART),
    "health.text": _NOTE,
}
_KIND = bytes(_KINDS.get(role.name, _OTHER) for role in ROLES).ljust(256, b"\0")


@lru_cache(maxsize=64)
def runs(roles: bytes) -> tuple[tuple[int, int], ...]:
    """The columns [first, last) of each result, by the role of each column. A row with one value is one result with its notes; else a
    result ends where the next test or value begins."""
    kinds = roles.translate(_KIND)
    if kinds.count(_VALUE) == 1:
        return _whole(kinds) if kinds.count(_TEST) + kinds.count(_PART) else ()
    found: list[list[int]] = []
    complete = True
    for number, kind in enumerate(kinds):
        if complete and kind in (_TEST, _VALUE):
            found.append([])
            complete = False
        if found and kind in (_TEST, _VALUE, _PART):
            found[-1].append(number)
        complete = complete or kind == _VALUE
    return tuple((run[0], run[-1] + 1) for run in found)


def _whole(kinds: bytes) -> tuple[tuple[int, int]]:
    numbers = [number for number, kind in enumerate(kinds) if kind != _OTHER]
    return ((numbers[0], numbers[-1] + 1),)
