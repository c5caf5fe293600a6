"""librdkafka's mock cluster with faults on order, through ctypes: the library inside the wheel of confluent-kafka exports all of it.

For the tests of what each error comes to. It proves nothing about exactly-once: it shows records of aborted transactions, forgets the
offsets that were sent with one, and fences nobody.
"""

import ctypes
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.metadata import files
from typing import Any, NamedTuple

from tests.support.proxy import Api

WIDTH = 4  # partitions of a topic

_BROKER = 1  # the only one

_PRODUCER = 0  # rd_kafka_type_t
_LINE = 512  # bytes of an error's text
_POINTER, _NUMBER, _SIZE, _TEXT, _API = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_int16


class _Call(NamedTuple):
    """A function of librdkafka: what it returns, and what it takes."""

    returns: Any
    takes: tuple[Any, ...]


_CALLS: Mapping[str, _Call] = {
    "conf_new": _Call(_POINTER, ()),
    "conf_set": _Call(_NUMBER, (_POINTER, _TEXT, _TEXT, _TEXT, _SIZE)),
    "new": _Call(_POINTER, (_NUMBER, _POINTER, _TEXT, _SIZE)),
    "destroy": _Call(None, (_POINTER,)),
    "mock_cluster_new": _Call(_POINTER, (_POINTER, _NUMBER)),
    "mock_cluster_destroy": _Call(None, (_POINTER,)),
    "mock_cluster_bootstraps": _Call(_TEXT, (_POINTER,)),
    "mock_group_initial_rebalance_delay_ms": _Call(None, (_POINTER, ctypes.c_int32)),
    "mock_push_request_errors_array": _Call(None, (_POINTER, _API, _SIZE, _POINTER)),
    "mock_clear_request_errors": _Call(None, (_POINTER, _API)),
    "mock_broker_push_request_error_rtts": _Call(_NUMBER, (_POINTER, ctypes.c_int32, _API, _SIZE)),  # then pairs of error and ms
    "mock_start_request_tracking": _Call(None, (_POINTER,)),
    "mock_get_requests": _Call(ctypes.POINTER(_POINTER), (_POINTER, ctypes.POINTER(_SIZE))),
    "mock_request_api_key": _Call(_API, (_POINTER,)),
    "mock_request_destroy_array": _Call(None, (_POINTER, _SIZE)),
}


class MockCluster:
    """One broker, until it is closed. A topic is made when it is first asked for; a group comes together at once."""

    def __init__(self) -> None:
        self._client = _quiet_client()
        self._cluster = _call("mock_cluster_new", self._client, 1)
        _call("mock_group_initial_rebalance_delay_ms", self._cluster, 0)
        _call("mock_start_request_tracking", self._cluster)

    def close(self) -> None:
        _call("mock_cluster_destroy", self._cluster)
        _call("destroy", self._client)

    @property
    def address(self) -> str:
        """The bootstrap address, `host:port`."""
        text: bytes = _call("mock_cluster_bootstraps", self._cluster)
        return text.decode()

    def fail(self, api: Api, *codes: int) -> None:
        """The next requests of this kind are answered with these errors, one each, and do nothing."""
        _call("mock_push_request_errors_array", self._cluster, api, len(codes), (_NUMBER * len(codes))(*codes))

    def heal(self, api: Api) -> None:
        """Takes back what was ordered for requests of this kind."""
        _call("mock_clear_request_errors", self._cluster, api)

    def delay(self, api: Api, seconds: float) -> None:
        """The next request of this kind is carried out, and answered so late."""
        _call("mock_broker_push_request_error_rtts", self._cluster, _BROKER, api, 1, _NUMBER(0), _NUMBER(int(seconds * 1000)))

    @property
    def seen(self) -> Counter[int]:
        """The requests that came so far, by kind."""
        count = _SIZE()
        requests = _call("mock_get_requests", self._cluster, ctypes.byref(count))
        kinds = Counter(_call("mock_request_api_key", requests[number]) for number in range(count.value))
        _call("mock_request_destroy_array", requests, count)
        return kinds


@cache
def _library() -> ctypes.CDLL:
    """The very library that confluent_kafka has loaded."""
    found = (file for file in files("confluent-kafka") or () if file.name.startswith("librdkafka"))
    [path] = [file.locate() for file in found if {".so", ".dylib", ".dll"} & {*file.suffixes}]
    library = ctypes.CDLL(str(path))
    for name, call in _CALLS.items():
        function = getattr(library, f"rd_kafka_{name}")
        function.restype, function.argtypes = call
    return library


def _call(name: str, *given: object) -> Any:
    return getattr(_library(), f"rd_kafka_{name}")(*given)


def _quiet_client() -> int:
    """A client that the cluster runs in; it says and asks nothing."""
    problem = ctypes.create_string_buffer(_LINE)
    settings = _call("conf_new")
    _call("conf_set", settings, b"log_level", b"0", problem, _LINE)
    client: int | None = _call("new", _PRODUCER, settings, problem, _LINE)
    assert client, problem.value
    return client
