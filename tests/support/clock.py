"""A clock that moves only when told, for everything that asks for `now` or `sleep`."""


class FakeClock:
    """Seconds since the epoch. `sleep` moves it and remembers for how long."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
