"""Where words begin and end in text as a person reads it. Called by `topics` and `recall`; knows no language."""

import re

_LAST = re.compile("[A-Za-z0-9]*$")
_FIRST = re.compile("[A-Za-z0-9]*")


def bounded(visible: str, start: int, end: int) -> bool:
    """Whether a word stands here: words part at both places, and it is no chance run of letters in a token."""
    return parts(visible, start) and parts(visible, end) and not (end - start < 5 and in_token(visible, start, end))


def parts(visible: str, at: int) -> bool:
    """Whether no letter stands on one of the two sides, or `camelCase` turns here."""
    if not 0 < at < len(visible):
        return True
    before, after = visible[at - 1], visible[at]
    return not (before.isalpha() and after.isalpha()) or (before.islower() and after.isupper())


def in_token(visible: str, start: int, end: int) -> bool:
    """Whether a short word stands inside a long run of letters and digits, as of base64 or a hash, where any three letters will come up."""
    if not (visible[start - 1 : start].isalnum() or visible[end : end + 1].isalnum()):
        return False
    run = _LAST.search(visible, max(0, start - 40), start)[0] + visible[start:end] + _FIRST.match(visible, end, end + 40)[0]  # type: ignore[index]
    return len(run) > 16 and sum(map(str.isdigit, run)) > 1
