"""Which routes stand still, from the rows of the breakers topic. The loop reads it between batches; it never closes anything.

Guard, watch and people each write a row per route. A row of the guard or the watch is an opening, whatever else it says; a route is
open while an opening stands that no person's row ends by its name.
"""

import hashlib
from collections.abc import Iterable

from pydantic import ValidationError

from schemas.events import BreakerRow
from schemas.vocabulary import BreakerState

GUARD = "guard"
PERSON = "person"
UNREADABLE = "unreadable"
"""Writer's state and opening of a row that cannot be read: its route stands still until a person ends it by this name."""


class Breakers:
    """The last row of each writer and route."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], BreakerRow] = {}
        self._own: dict[str, BreakerRow] = {}  # our openings that were committed and did not come back yet

    def read(self, rows: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Takes rows in their order. A deleted row ends nothing: only a person's row does."""
        for key, value in rows:
            if value is not None:
                row = _row(key, value)
                self._rows[row.route, row.writer] = row
                if self._own.get(row.route) == row:
                    del self._own[row.route]

    def opened(self, rows: Iterable[BreakerRow]) -> None:
        """Takes our own openings at once, without waiting to read them."""
        self._own.update((row.route, row) for row in rows)

    def state(self, route: str) -> BreakerState:
        person = self._rows.get((route, PERSON))
        ended = person.ends if person else ()
        if any(opening not in ended for opening in self.openings(route)):
            return BreakerState.OPEN
        return person.state if person else BreakerState.CLOSED

    def standing_still(self) -> tuple[str, ...]:
        """The routes that are not closed, among those that a row speaks of."""
        routes = sorted({*self._own, *(route for route, _ in self._rows)})
        return tuple(route for route in routes if self.state(route) is not BreakerState.CLOSED)

    def openings(self, route: str) -> tuple[str, ...]:
        """What a person's row has to name to end them all."""
        rows = [row for (name, writer), row in self._rows.items() if name == route and writer != PERSON]
        own = [self._own[route]] if route in self._own else []
        return tuple(dict.fromkeys(row.opening for row in (*rows, *own)))

    def digest(self) -> str:
        """Tells which rows held, for facts."""
        rows = {**self._rows, **{(route, GUARD): row for route, row in self._own.items()}}
        return hashlib.sha256(b"\n".join(rows[key].write() for key in sorted(rows))).hexdigest()[:16]


def breaker_key(row: BreakerRow) -> bytes:
    return f"{row.route}/{row.writer}".encode()


def _row(key: bytes, value: bytes) -> BreakerRow:
    """The row under its key's own names, whatever route and writer it claims."""
    route, _, writer = key.decode(errors="replace").partition("/")
    try:
        row = BreakerRow.model_validate_json(value)
        return row.model_copy(update={"route": route, "writer": writer})
    except ValidationError:
        return BreakerRow(route=route, writer=writer or UNREADABLE, state=BreakerState.OPEN, reason=UNREADABLE, at=0, opening=UNREADABLE)
