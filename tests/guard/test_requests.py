"""What people asked is read from where it was looked at last, and from what is left of it where retention was quicker."""

import pytest

from stream.core.values import Record
from stream.guard.requests import Requests
from tests.support.apache import Cluster
from tests.support.transports import until


@pytest.mark.broker
def test_where_requests_are_gone_those_that_are_left_are_read(kafka: Cluster) -> None:
    topic = kafka.create("release")
    kafka.put(topic, b"0", b"1", b"2", b"3")
    kafka.delete_before(topic, 0, 2)
    requests = Requests({"bootstrap.servers": kafka.address, "group.id": "guards"}, topic)
    came: list[Record] = []

    def all_came() -> bool:
        came.extend(requests.read({0: came[-1].coordinate.offset + 1 if came else 0}))
        return len(came) == 2

    until(all_came)
    requests.close()

    assert [record.value for record in came] == [b"2", b"3"]
