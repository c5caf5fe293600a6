"""Open if any says open; only a person's close clears, and only what it names."""

import pytest

from schemas.events import BreakerRow
from schemas.vocabulary import BreakerState
from stream.guard.breakers import UNREADABLE, Breakers, breaker_key

CLOSED, OPEN, DRAINING = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.DRAINING


def row(writer: str, state: BreakerState, opening: str = "", ends: tuple[str, ...] = (), route: str = "r") -> BreakerRow:
    return BreakerRow(route=route, writer=writer, state=state, reason="why", at=1, opening=opening, ends=ends)


def after(*rows: BreakerRow) -> Breakers:
    breakers = Breakers()
    breakers.read((breaker_key(each), each.write()) for each in rows)
    return breakers


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        pytest.param((), CLOSED, id="nobody said anything"),
        pytest.param((row("guard", OPEN, "a"),), OPEN, id="the guard opens"),
        pytest.param((row("watch", OPEN, "a"),), OPEN, id="the watch opens"),
        pytest.param((row("person", OPEN),), OPEN, id="a person opens"),
        pytest.param((row("guard", OPEN, "a"), row("person", CLOSED, ends=("a",))), CLOSED, id="a person ends it"),
        pytest.param((row("guard", OPEN, "a"), row("person", CLOSED, ends=("b",))), OPEN, id="a person ends another one"),
        pytest.param((row("guard", OPEN, "a"), row("person", CLOSED)), OPEN, id="a person ends nothing"),
        pytest.param((row("guard", OPEN, "a"), row("watch", OPEN, "b"), row("person", CLOSED, ends=("a",))), OPEN, id="one of two ended"),
        pytest.param((row("guard", OPEN, "a"), row("person", CLOSED, ends=("a",)), row("guard", OPEN, "b")), OPEN, id="opened anew"),
        pytest.param((row("guard", OPEN, "a"), row("guard", CLOSED, "a")), OPEN, id="the guard cannot close"),
        pytest.param((row("watch", OPEN, "a"), row("watch", CLOSED)), OPEN, id="the watch cannot close"),
        pytest.param((row("guard", OPEN, "a"), row("person", DRAINING, ends=("a",))), DRAINING, id="the backlog leaves first"),
        pytest.param((row("guard", OPEN, "a"), row("person", DRAINING)), OPEN, id="draining ends nothing that it does not name"),
        pytest.param((row("guard", OPEN, "a", route="other"),), CLOSED, id="another route"),
    ],
)
def test_the_state_of_a_route(rows: tuple[BreakerRow, ...], state: BreakerState) -> None:
    assert after(*rows).state("r") is state


def test_a_deleted_row_ends_nothing() -> None:
    breakers = after(row("guard", OPEN, "a"))

    breakers.read([(b"r/guard", None)])

    assert breakers.state("r") is OPEN


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff", b'{"schema":2}'])
def test_a_row_that_cannot_be_read_opens_its_route_until_a_person_ends_it(value: bytes) -> None:
    breakers = Breakers()
    breakers.read([(b"r/watch", value)])
    before = breakers.state("r")

    breakers.read([(b"r/person", row("person", CLOSED, ends=(UNREADABLE,)).write())])

    assert (before, breakers.state("r")) == (OPEN, CLOSED)


def test_a_row_speaks_for_the_route_and_writer_of_its_key_only() -> None:
    breakers = after(row("guard", OPEN, "a"))

    breakers.read([(b"r/watch", row("person", CLOSED, ends=("a",)).write())])

    assert breakers.state("r") is OPEN


def test_an_opening_of_our_own_holds_before_it_is_read_back() -> None:
    breakers = after(row("guard", OPEN, "a"), row("person", CLOSED, ends=("a",)))

    breakers.opened([row("guard", OPEN, "b")])
    at_once = breakers.state("r")
    breakers.read([(b"r/person", row("person", CLOSED, ends=("a",)).write())])  # written before our opening, read after it
    still = breakers.state("r")
    breakers.read([(b"r/guard", row("guard", OPEN, "b").write()), (b"r/person", row("person", CLOSED, ends=("b",)).write())])

    assert (at_once, still, breakers.state("r")) == (OPEN, OPEN, CLOSED)


def test_what_a_person_has_to_name_is_told() -> None:
    breakers = after(row("guard", OPEN, "a"), row("watch", OPEN, "b"), row("person", CLOSED, ends=("a",)))

    assert set(breakers.openings("r")) == {"a", "b"}
    assert breakers.standing_still() == ("r",)


def test_the_digest_tells_which_rows_held() -> None:
    one, two = row("guard", OPEN, "a"), row("watch", OPEN, "b")
    ahead = after(two)
    ahead.opened([one])

    assert after(one, two).digest() == after(two, one).digest() == ahead.digest()
    assert after(one).digest() != after(two).digest()
