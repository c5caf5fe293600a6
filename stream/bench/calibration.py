"""A fixed piece of plain Python work: the unit of every ratio. Called by `core`. To change it makes all recorded ratios worthless."""


def calibrate() -> int:
    """Some microseconds of work on a few words, as plain as a loop over a record's fields."""
    total = 0
    for word in b"a calibration loop of plain work on a few words".split():
        total += len(word) + hash(word) % 7
    return total
