"""The brokers of the tests: one for each session, started by the first test that asks."""

from collections.abc import Iterator

import pytest

from stream.broker.apache import Apache, free_ports
from tests.support.apache import Cluster, a_kafka
from tests.support.proxy import Proxy


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A real Kafka that all tests share."""
    with a_kafka(tmp_path_factory.mktemp("kafka")) as address:
        yield Cluster(address)


@pytest.fixture(scope="session")
def own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apache]:
    """A broker that a test may kill and start again."""
    with Apache(tmp_path_factory.mktemp("own-kafka"), proxy_port=free_ports(1)[0]) as apache:
        yield apache


@pytest.fixture
def proxy(own_kafka: Apache) -> Iterator[Proxy]:
    """Before `own_kafka`, with no fault yet."""
    assert own_kafka.proxy_port is not None
    with Proxy(own_kafka.proxy_port, own_kafka.proxied) as proxy:
        yield proxy
