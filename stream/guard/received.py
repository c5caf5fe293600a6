"""A message of the client as a record of the core. Called by `kafka.py` and `requests.py`."""

from typing import cast

from confluent_kafka import Message

from stream.core.values import Coordinate, Record
from stream.guard.transport import Partition

Headers = tuple[tuple[str, bytes | None], ...]


def record(message: Message, partition: Partition) -> Record:
    """Of a message without an error."""
    _, timestamp = message.timestamp()
    offset = message.offset()
    headers = message.headers()
    return Record(
        Coordinate(partition.topic, partition.partition, -1 if offset is None else offset),
        message.key(),
        message.value(),
        cast(Headers, tuple(headers)) if headers else (),
        max(timestamp, 0),
    )
