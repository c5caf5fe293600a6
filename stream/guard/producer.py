"""The transactional producer of one pipeline. Called by `kafka.py` only.

Kafka's clients have no KIP-890: an end of a transaction (EndTxn) that is late or sent twice may end a later transaction, if that comes from
the same producer. So a producer whose EndTxn may still be on its way is dropped and never used again; its successor, under the same
transactional id, is fenced off from it by the broker.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicPartition

from stream.errors import Doubtful, Fatal, Retry, TooLarge, Unavailable
from stream.guard.transport import Output

_TOO_LARGE = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.RECORD_LIST_TOO_LARGE})


_GRACE = 5.0  # seconds that a call of the client may come back late

Failed = Callable[[KafkaError, Message], None]


class Transactions:
    """One transaction at a time. `make` gives a new client that tells of each record it could not deliver; `end_within`: seconds that
    each step of a transaction has; `ask_within`: seconds for the fencing before the first; `resend`: seconds after which the client,
    without a word, sends a request again that got no answer. A client that took longer to send offsets or to end a transaction may have
    sent them twice: the first may still be on its way, and the client is worn."""

    def __init__(self, make: Callable[[Failed], Producer], *, end_within: float, ask_within: float, resend: float) -> None:
        self._make = make
        self._end_within = end_within
        self._ask_within = ask_within
        self._resend = resend
        self._client: Producer | None = None
        self._ready = False
        self._open = False
        self._worn = False
        self._in_doubt = False
        self._too_large = False

    def ready(self) -> None:
        """Fences whoever came before under this transactional id, and ends what they left open. Raises Unavailable, Fatal."""
        if self._ready:
            return
        if self._client is None:
            self._client = self._make(self._on_failure)
        try:
            _persist(self._client.init_transactions, self._ask_within)
        except KafkaException as error:
            raise _fatal(error) or Unavailable(_name(error)) from None
        except Stuck:
            self.drop()
            raise Unavailable("the producer hangs") from None
        self._ready = True

    def renew(self) -> None:
        """Drops the client and makes a new one, which ends every doubt. Raises Unavailable, Fatal."""
        if self._ready:
            self.drop()
        self.ready()
        self._in_doubt = False

    def drop(self) -> None:
        """Lets go of the client without another word to the broker: `close` would wait for it, and end the open transaction."""
        self._client = None
        self._ready = self._open = self._worn = False

    def begin(self) -> None:
        """Raises Doubtful while the end of the transaction before is unknown, Unavailable, Fatal."""
        self._must_know()
        self.ready()
        client = self._own()
        try:
            _serve(client.poll, 0)
            client.begin_transaction()
        except KafkaException as error:
            raise Fatal(_name(error)) from None
        self._open = True
        self._too_large = False

    def _on_failure(self, error: KafkaError, message: Message) -> None:  # noqa: ARG002  # the client's signature
        """The error of the transaction is only the last one."""
        self._too_large = self._too_large or error.code() in _TOO_LARGE

    def send(self, outputs: Iterable[Output]) -> None:
        """Raises Retry, Fatal."""
        client = self._own()
        try:
            for output in outputs:
                self._produce(client, output)
        except KafkaException as error:
            raise self._retry(_of_transaction(client, error)) from None

    def commit(self, positions: Sequence[TopicPartition], membership: object) -> None:
        """Adds the offsets to the transaction and commits it. `membership`: the group metadata of the batch.

        1. Wait until every output is with the broker, so that what steps 2 and 3 take is theirs alone.
        2. Send the offsets; until here an abort is safe.
        3. Commit; from here on only the committed offsets tell.

        Raises Retry, Doubtful, Fatal."""
        client = self._own()
        try:
            _serve(client.flush, self._end_within)
            if positions:
                self._timed(lambda left: client.send_offsets_to_transaction([*positions], membership, left))
        except KafkaException as error:
            raise self._retry(error) from None
        except Stuck:
            raise self._given_up("the producer hangs") from None
        self._end(client.commit_transaction)

    def abort(self) -> None:
        """Aborts the open transaction, if any. Raises Doubtful, Fatal."""
        self._must_know()
        if self._open:
            self._end(self._own().abort_transaction)

    def _end(self, call: Callable[[float], None]) -> None:
        try:
            self._timed(call)
        except KafkaException as error:
            raise self._given_up(_name(error)) if _may_repeat(error) else self._retry(error) from None
        except Stuck:
            raise self._given_up("the producer hangs") from None
        self._open = False
        if self._worn:
            self.drop()

    def _timed(self, call: Callable[[float], None]) -> None:
        started = time.monotonic()
        try:
            _persist(call, self._end_within)
        finally:
            self._worn = self._worn or time.monotonic() - started >= self._resend

    def _given_up(self, why: str) -> Doubtful:
        self.drop()
        self._in_doubt = True
        return Doubtful(why)

    def _retry(self, error: KafkaException) -> Exception:
        """What an error of a step means, by the client's own flags; no flag at all is fatal."""
        found = _error(error)
        if found.fatal():
            return Fatal(found.name())
        if self._too_large or found.code() in _TOO_LARGE:
            return TooLarge(found.name())
        if found.txn_requires_abort() or found.retriable():
            return Retry(found.name())
        return Fatal(found.name())

    def _produce(self, client: Producer, output: Output) -> None:
        until = time.monotonic() + self._end_within
        partition = -1 if output.partition is None else output.partition
        while True:
            try:
                client.produce(output.topic, output.value, output.key, partition, timestamp=output.timestamp, headers=[*output.headers])
            except BufferError:
                if time.monotonic() >= until:
                    raise Retry("the queue stays full") from None
                _serve(client.poll, 0.05)
            else:
                return

    def _must_know(self) -> None:
        if self._in_doubt:
            raise Doubtful("this producer is never used again")

    def _own(self) -> Producer:
        if self._client is None:
            raise Doubtful("this producer is never used again")
        return self._client


def _persist(call: Callable[[float], None], seconds: float) -> None:
    """Calls again, with the seconds that are left, while the client says that the same call may yet succeed. Raises KafkaException,
    Stuck."""
    until = time.monotonic() + seconds
    while True:
        try:
            return _in_time(call, max(until - time.monotonic(), 0.1))
        except KafkaException as error:
            if not _may_repeat(error) or time.monotonic() >= until:
                raise


class Stuck(Exception):
    """A call of the client has not come back."""


def _in_time(call: Callable[[float], None], seconds: float) -> None:
    """Makes a call that may never come back, whatever time it was given (librdkafka 5456): then its thread, and the client with it, is
    left to itself. Raises what the call raises, and Stuck."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call(seconds)
        except BaseException as error:  # noqa: BLE001  # carried over to the caller
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds + _GRACE)
    if thread.is_alive():
        raise Stuck
    if raised:
        raise raised[0]


def _serve(call: Callable[[float], int], seconds: float) -> None:
    """Lets the client tell its logs and failures. What is fatal it raises, and may still call back with that pending, which Python takes
    for a fault of its own. Raises KafkaException."""
    try:
        call(seconds)
    except SystemError as error:
        raise error.__cause__ or error from None


def _of_transaction(client: Producer, error: KafkaException) -> KafkaException:
    """Why a record was not taken. A transaction that went wrong takes no more, and says only that; asked to begin another, which it
    never does, it tells what went wrong."""
    if _name(error) == "_STATE":
        try:
            _serve(client.poll, 0)
            client.begin_transaction()
        except KafkaException as told:
            return told
    return error


def _error(error: KafkaException) -> KafkaError:
    found: KafkaError = error.args[0]
    return found


def _name(error: KafkaException) -> str:
    return _error(error).name()


def _may_repeat(error: KafkaException) -> bool:
    found = _error(error)
    return found.retriable() and not found.fatal() and not found.txn_requires_abort()


def _fatal(error: KafkaException) -> Fatal | None:
    return Fatal(_name(error)) if _error(error).fatal() else None
