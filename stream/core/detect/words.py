"""Where words begin and end in text as a person reads it. Called by `topics` and `recall`; knows no language."""


def bounded(visible: str, start: int, end: int) -> bool:
    """Whether words part at both places."""
    return parts(visible, start) and parts(visible, end)


def parts(visible: str, at: int) -> bool:
    """Whether no letter stands on one of the two sides, or `camelCase` turns here."""
    if at in {0, len(visible)}:
        return True
    before, after = visible[at - 1], visible[at]
    return not (before.isalpha() and after.isalpha()) or (before.islower() and after.isupper())
