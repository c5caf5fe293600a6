"""The data keys of a transaction: one for each lane, never one of another transaction; a record too large for one row goes into several."""

from collections.abc import Callable
from itertools import count

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from stream.core.seal import About, ReviewerKey, key_id, open_seal, read_public
from stream.core.values import Coordinate, Record
from stream.guard.sealing import Sealer
from tests.support.guard import CARE, RESEARCH

REVIEWER = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = REVIEWER.public_key().public_bytes_raw()


def counting() -> Callable[[int], bytes]:
    """Entropy that never repeats and can be told apart."""
    drawn = count(1)
    return lambda size: next(drawn).to_bytes(size)


def a_sealer(entropy: Callable[[int], bytes], max_bytes: int = 100_000) -> Sealer:
    return Sealer("cluster", (ReviewerKey(key_id(PUBLIC), PUBLIC),), bytes(32), max_bytes, entropy)


def a_record(offset: int, partition: int = 0, value: bytes = b"value") -> Record:
    return Record(Coordinate("in", partition, offset), b"key", value)


def test_a_transaction_draws_one_data_key_for_each_lane_and_a_nonce_for_each_record() -> None:
    drawn: list[int] = []
    entropy = counting()

    def counted(size: int) -> bytes:
        drawn.append(size)
        return entropy(size)

    seal = a_sealer(counted).fresh()
    for route, record in ((CARE, a_record(1)), (CARE, a_record(2)), (RESEARCH, a_record(2)), (CARE, a_record(3, partition=1))):
        list(seal(record, route, About(("found",)), 5))

    assert sorted(drawn) == [12] * 4 + [32] * 6


def test_no_two_transactions_share_a_data_key() -> None:
    sealer = a_sealer(counting())

    [(_, one)], [(_, other)] = (list(sealer.fresh()(a_record(1), CARE, About(("found",)), 5)) for _ in range(2))

    assert one != other
    assert open_seal([one], REVIEWER.private_bytes_raw()).record == open_seal([other], REVIEWER.private_bytes_raw()).record


def test_a_seal_says_where_why_and_when_and_opens_for_a_reviewer() -> None:
    [(key, value)] = a_sealer(counting()).fresh()(a_record(7), CARE, About(("found", "not_allowed")), 1_800_000_000)

    public = read_public(value)
    assert key == b"care/in/0/7"
    assert (public.cluster, public.coordinate, public.route, public.policy) == ("cluster", Coordinate("in", 0, 7), "care", "care-digest")
    assert (public.about.reasons, public.sealed_at) == (("found", "not_allowed"), 1_800_000_000)
    assert open_seal([value], REVIEWER.private_bytes_raw()).record == a_record(7)


def test_a_record_too_large_for_one_row_is_sealed_in_parts_under_keys_of_their_own() -> None:
    record = a_record(7, value=bytes(5000))

    parts = list(a_sealer(counting(), max_bytes=1500).fresh()(record, CARE, About(("found",)), 5))

    assert len(parts) > 1
    assert max(len(value) for _, value in parts) <= 1500
    assert len({key for key, _ in parts}) == len(parts)
    assert open_seal([value for _, value in parts], REVIEWER.private_bytes_raw()).record == record
