"""librdkafka's mock cluster, in this process. For `pratique demo` and smoke tests.

It proves nothing about exactly-once: it shows records of aborted transactions, and forgets the offsets that were sent with one.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from confluent_kafka import Producer


@contextmanager
def mock(brokers: int = 1, topics: Iterable[str] = ()) -> Iterator[str]:
    """Yields the bootstrap address; the cluster lives as long as the context. A topic is made when it is first asked for: `topics` are
    there from the start."""
    client = Producer({"test.mock.num.brokers": brokers, "log_level": 0})
    for topic in topics:
        client.list_topics(topic, timeout=10)
    yield ",".join(f"{broker.host}:{broker.port}" for broker in client.list_topics(timeout=10).brokers.values())
    client.close()
