"""What each error of the client comes to, and when a producer is given up. On a client that does what the test says."""

import math
import threading
from collections.abc import Mapping
from typing import cast

import pytest
from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicPartition

from stream.errors import Doubtful, Fatal, Retry, TooLarge, Unavailable
from stream.guard import producer
from stream.guard.producer import Failed, Transactions
from stream.guard.transport import Output

OFFSETS = [TopicPartition("in", 0, 1)]
OUTPUT = Output("out", 0, b"k", b"v")


def fault(code: int, *, fatal: bool = False, retriable: bool = False, abort: bool = False) -> KafkaException:
    return KafkaException(KafkaError(code, "", fatal, retriable, abort))


ABORTABLE = fault(KafkaError.ILLEGAL_GENERATION, abort=True)
RETRIABLE = fault(KafkaError._TIMED_OUT, retriable=True)
FATAL = fault(KafkaError._FENCED, fatal=True)
FLAGLESS = fault(KafkaError._STATE)


def amid_a_callback(error: KafkaException) -> SystemError:
    """How the client tells a fatal error while it calls back."""
    told = SystemError("returned a result with an exception set")
    told.__cause__ = error
    return told


HANGS = Exception("the call never comes back")


class Scripted:
    """Stands for a producer. `script` holds what a step raises and how often; `calls` all that was asked."""

    def __init__(self, script: Mapping[str, tuple[Exception, float]]) -> None:
        self._script = {**script}
        self.calls: list[str] = []

    def _step(self, name: str) -> None:
        self.calls.append(name)
        self._raise(name)

    def _raise(self, name: str) -> None:
        error, times = self._script.get(name, (None, 0))
        if error is HANGS:
            threading.Event().wait()
        if error is not None and times > 0:
            self._script[name] = (error, times - 1)
            raise error

    def init_transactions(self, timeout: float) -> None:
        self._step("init")

    def begin_transaction(self) -> None:
        self._step("begin")

    def produce(self, topic: str, value: bytes | None, key: bytes | None, partition: int, **more: object) -> None:
        self._step("produce")

    def send_offsets_to_transaction(self, positions: list[TopicPartition], group_metadata: object, timeout: float) -> None:
        self._step("offsets")

    def commit_transaction(self, timeout: float) -> None:
        self._step("commit")

    def abort_transaction(self, timeout: float) -> None:
        self._step("abort")

    def poll(self, timeout: float) -> int:
        self._raise("poll")
        return 0

    def flush(self, timeout: float) -> int:
        self._raise("flush")
        return 0


class Bench:
    """Transactions over scripted producers, one after the other."""

    def __init__(self, *scripts: Mapping[str, tuple[Exception, float]], resend: float = 60) -> None:
        self.made: list[Scripted] = []
        self._scripts = [*scripts]
        self.transactions = Transactions(self._make, end_within=0.05, ask_within=0.05, resend=resend)

    def _make(self, failed: Failed) -> Producer:
        self.failed = failed
        self.made.append(Scripted(self._scripts.pop(0) if self._scripts else {}))
        return cast(Producer, self.made[-1])

    def relay(self) -> None:
        self.transactions.begin()
        self.transactions.send([OUTPUT])
        self.transactions.commit(OFFSETS, "membership")


@pytest.mark.parametrize(
    ("step", "error", "raised"),
    [
        pytest.param("init", RETRIABLE, None, id="init, once more"),
        pytest.param("init", FATAL, Fatal, id="init, fatal"),
        pytest.param("init", FLAGLESS, Unavailable, id="init, no flag: nothing was begun"),
        pytest.param("begin", FATAL, Fatal, id="begin, fatal"),
        pytest.param("begin", FLAGLESS, Fatal, id="begin, no flag"),
        pytest.param("produce", fault(KafkaError.MSG_SIZE_TOO_LARGE), TooLarge, id="the client takes no such record"),
        pytest.param("produce", FATAL, Fatal, id="produce, fatal"),
        pytest.param("produce", ABORTABLE, Retry, id="produce, abortable"),
        pytest.param("produce", FLAGLESS, Fatal, id="produce, no flag"),
        pytest.param("produce", BufferError(), None, id="a full queue empties"),
        pytest.param("poll", FATAL, Fatal, id="fatal, before the transaction"),
        pytest.param("flush", amid_a_callback(FATAL), Fatal, id="fatal, amid a callback"),
        pytest.param("offsets", RETRIABLE, None, id="offsets, once more"),
        pytest.param("offsets", ABORTABLE, Retry, id="the group moved on"),
        pytest.param("offsets", fault(KafkaError.MSG_SIZE_TOO_LARGE, abort=True), TooLarge, id="the broker takes no such record"),
        pytest.param("offsets", FATAL, Fatal, id="fenced"),
        pytest.param("offsets", FLAGLESS, Fatal, id="offsets, no flag"),
        pytest.param("commit", RETRIABLE, None, id="commit, resumed"),
        pytest.param("commit", ABORTABLE, Retry, id="commit, abortable"),
        pytest.param("commit", fault(KafkaError.RECORD_LIST_TOO_LARGE, abort=True), TooLarge, id="the broker takes no such batch"),
        pytest.param("commit", FATAL, Fatal, id="commit, fenced"),
        pytest.param("commit", FLAGLESS, Fatal, id="commit, no flag"),
    ],
)
def test_an_error_of_the_client(step: str, error: Exception, raised: type[Exception] | None) -> None:
    bench = Bench({step: (error, 1)})

    if raised is None:
        bench.relay()
        assert bench.made[0].calls.count(step) == 2
        return
    with pytest.raises(raised) as found:
        bench.relay()
    assert type(found.value) is raised


@pytest.mark.parametrize("step", ["offsets", "commit"])
def test_an_abort_follows_what_is_abortable_and_the_same_producer_goes_on(step: str) -> None:
    bench = Bench({step: (ABORTABLE, 1)})

    with pytest.raises(Retry):
        bench.relay()
    bench.transactions.abort()
    bench.relay()

    [only] = bench.made
    assert only.calls[-5:] == ["abort", "begin", "produce", "offsets", "commit"]


@pytest.mark.parametrize("step", ["commit", "abort"])
def test_an_end_that_stays_unknown_costs_the_producer(step: str) -> None:
    bench = Bench({step: (RETRIABLE, math.inf)})
    bench.transactions.begin()

    with pytest.raises(Doubtful):
        bench.transactions.commit(OFFSETS, "membership") if step == "commit" else bench.transactions.abort()
    for again in (bench.transactions.begin, bench.transactions.abort):
        with pytest.raises(Doubtful):
            again()
    given_up = [*bench.made[0].calls]
    bench.transactions.renew()
    bench.relay()

    assert bench.made[0].calls == given_up
    assert bench.made[1].calls == ["init", "begin", "produce", "offsets", "commit"]


def test_a_record_that_is_too_large_is_told_though_another_error_hides_it() -> None:
    bench = Bench({"commit": (fault(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, abort=True), 2)})
    bench.transactions.begin()
    bench.failed(KafkaError(KafkaError.MSG_SIZE_TOO_LARGE), Message())
    bench.failed(KafkaError(KafkaError._PURGE_QUEUE), Message())

    with pytest.raises(TooLarge):
        bench.transactions.commit(OFFSETS, "membership")
    bench.transactions.abort()
    with pytest.raises(Retry) as later:
        bench.relay()
    assert type(later.value) is Retry


@pytest.mark.parametrize("step", ["offsets", "commit", "abort"])
def test_a_call_that_never_comes_back_costs_the_producer(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(producer, "_GRACE", 0.05)
    bench = Bench({step: (HANGS, math.inf)})
    bench.transactions.begin()

    with pytest.raises(Doubtful):
        bench.transactions.abort() if step == "abort" else bench.transactions.commit(OFFSETS, "membership")
    bench.transactions.renew()
    bench.relay()

    assert len(bench.made) == 2


def test_a_fencing_that_never_comes_back_is_tried_with_another_producer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producer, "_GRACE", 0.05)
    bench = Bench({"init": (HANGS, math.inf)})

    with pytest.raises(Unavailable):
        bench.transactions.ready()
    bench.relay()

    assert len(bench.made) == 2


def test_an_abort_without_a_transaction_asks_nothing() -> None:
    bench = Bench()

    bench.transactions.abort()

    assert bench.made == []


def test_a_doubt_stays_where_the_new_producer_cannot_be_made() -> None:
    bench = Bench({"commit": (RETRIABLE, math.inf)}, {"init": (FLAGLESS, 1)})
    bench.transactions.begin()
    with pytest.raises(Doubtful):
        bench.transactions.commit(OFFSETS, "membership")

    with pytest.raises(Unavailable):
        bench.transactions.renew()
    with pytest.raises(Doubtful):
        bench.transactions.begin()
    bench.transactions.renew()
    bench.relay()

    assert len(bench.made) == 2


def test_an_init_without_an_answer_is_resumed_on_the_same_producer() -> None:
    """Another one would be fenced by the first, whose request may still come."""
    bench = Bench({"init": (FLAGLESS, 1)})

    with pytest.raises(Unavailable):
        bench.transactions.ready()
    bench.relay()

    assert len(bench.made) == 1


def test_a_producer_that_may_have_sent_something_twice_is_replaced_once_its_transaction_has_ended() -> None:
    bench = Bench(resend=0)

    bench.relay()
    bench.relay()

    assert [made.calls for made in bench.made] == [["init", "begin", "produce", "offsets", "commit"]] * 2


def test_a_full_queue_that_stays_full_ends_the_transaction() -> None:
    bench = Bench({"produce": (BufferError(), math.inf)})

    with pytest.raises(Retry):
        bench.relay()


def test_without_offsets_none_are_sent() -> None:
    bench = Bench()

    bench.transactions.begin()
    bench.transactions.commit([], None)

    assert bench.made[0].calls == ["init", "begin", "commit"]
