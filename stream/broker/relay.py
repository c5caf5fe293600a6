"""A plain transactional relay, the yardstick of the bench: consume, produce, send offsets, commit; nothing is looked at.

`python -m stream.broker.relay ORDER`, where ORDER is a `Relay` as JSON. Handles no error but by ending: never for real data.
"""

import json
import signal
import sys
from typing import NamedTuple

from confluent_kafka import Consumer, Message, Producer, TopicPartition

_WITHIN = 30.0  # seconds that a step may take


class Relay(NamedTuple):
    """From where to where, and what a transaction holds: at most so many records, waited for so many seconds."""

    address: str
    group: str
    ordinal: int
    source: str
    destination: str
    records: int
    seconds: float

    def written(self) -> str:
        return json.dumps(self)


def run(relay: Relay) -> None:
    """Until SIGTERM. The settings are those of the guard's clients, as far as speed hangs on them."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    shared: dict[str, str | int | float | bool] = {"bootstrap.servers": relay.address, "log_level": 0, "socket.nagle.disable": True}
    consumer = Consumer(
        {
            **shared,
            "group.id": relay.group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "partition.assignment.strategy": "range",
            "check.crcs": True,
            "fetch.wait.max.ms": 100,
            "fetch.queue.backoff.ms": 20,
        }
    )
    producer = Producer({**shared, "transactional.id": f"{relay.group}-{relay.ordinal}", "linger.ms": 5, "compression.type": "lz4"})
    producer.init_transactions(_WITHIN)
    consumer.subscribe([relay.source])
    while not stopping:
        messages = consumer.consume(relay.records, 0) or [*consumer.consume(1, relay.seconds), *consumer.consume(relay.records, 0)]
        if messages:
            _pass_on(messages, relay.destination, consumer, producer)
    consumer.close()


def _pass_on(messages: list[Message], destination: str, consumer: Consumer, producer: Producer) -> None:
    producer.begin_transaction()
    following: dict[tuple[str, int], int] = {}
    for message in messages:
        topic, partition, offset = str(message.topic()), message.partition() or 0, message.offset() or 0
        producer.produce(destination, message.value(), message.key(), partition, timestamp=message.timestamp()[1])
        following[topic, partition] = offset + 1
    positions = [TopicPartition(*place, offset) for place, offset in following.items()]
    producer.flush(_WITHIN)  # else the offsets meet partitions that are still being added, and wait for a whole back-off
    producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), _WITHIN)
    producer.commit_transaction(_WITHIN)


if __name__ == "__main__":
    run(Relay(*json.loads(sys.argv[1])))
