"""librdkafka's mock cluster, in this process. For `pratique demo` and smoke tests.

It proves nothing about exactly-once: it shows records of aborted transactions, and forgets the offsets that were sent with one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import Producer


@contextmanager
def mock(brokers: int = 1) -> Iterator[str]:
    """Yields the bootstrap address; the cluster lives as long as the context. A topic is made at its first use."""
    client = Producer({"test.mock.num.brokers": brokers, "log_level": 0})
    yield ",".join(f"{broker.host}:{broker.port}" for broker in client.list_topics(timeout=10).brokers.values())
    client.close()
