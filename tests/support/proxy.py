"""A TCP proxy before a broker that reads Kafka's frames and, when told, loses or delays one: the faults of a network, on demand.

The broker's PROXY listener (`Apache(folder, proxy_port)`) advertises the proxy's port, so all its clients come through here.
"""

import asyncio
import struct
import threading
from contextlib import suppress
from enum import Enum, IntEnum
from types import TracebackType
from typing import Self

from stream.broker.apache import HOST


class Api(IntEnum):
    """Kinds of requests, as on the wire."""

    PRODUCE = 0
    FETCH = 1
    OFFSET_COMMIT = 8
    INIT_PRODUCER_ID = 22
    ADD_PARTITIONS_TO_TXN = 24
    ADD_OFFSETS_TO_TXN = 25
    END_TXN = 26
    TXN_OFFSET_COMMIT = 28


class Deed(Enum):
    """What is done to a request."""

    HOLD = 0  # it is kept back until delivered; its connection says nothing more to the client, and stays open to the broker
    LOSE = 1  # it is lost with its connection
    LOSE_ANSWER = 2  # it reaches the broker; its connection is lost before the answer


class Fault:
    """One deed to come. Set by a test, carried out by the proxy's thread."""

    def __init__(self, api: Api, deed: Deed) -> None:
        self.api = api
        self.deed = deed
        self._done = threading.Event()
        self._frame = b""
        self._upstream: asyncio.StreamWriter | None = None

    def await_done(self, seconds: float = 30) -> None:
        """Until a request was met."""
        if not self._done.wait(seconds):
            raise TimeoutError(self.api.name)

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def met(self, frame: bytes, upstream: asyncio.StreamWriter) -> None:
        self._frame, self._upstream = frame, upstream
        self._done.set()

    def pass_on(self) -> None:
        """Within the proxy's thread: the held request goes to the broker."""
        assert self._upstream is not None
        self._upstream.write(self._frame)


class Proxy:
    """Listens on `port`, passes to `upstream`. `seen` counts the requests of each kind."""

    def __init__(self, port: int, upstream: tuple[str, int]) -> None:
        self._port = port
        self._upstream = upstream
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._started = threading.Event()
        self._stopping = asyncio.Event()
        self._faults: list[Fault] = []
        self._relays: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self._kept: set[asyncio.StreamWriter] = set()  # connections to the broker whose client gave up
        self.seen: dict[int, int] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._loop.close()

    def next(self, api: Api, deed: Deed) -> Fault:
        """The next request of this kind meets this fault."""
        fault = Fault(api, deed)
        self._faults.append(fault)
        return fault

    def deliver(self, fault: Fault) -> None:
        """The held request goes to the broker now, long after its client gave it up."""
        self._loop.call_soon_threadsafe(fault.pass_on)

    def _serve(self) -> None:
        self._loop.run_until_complete(self._listen())

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._accept, HOST, self._port)
        self._started.set()
        await self._stopping.wait()
        server.close()
        for relay in self._relays:
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relays.add(task)
        self._writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._relay(reader, writer)
        self._relays.discard(task)
        writer.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers_from, upstream = await asyncio.open_connection(*self._upstream)
        self._writers.append(upstream)
        answers = asyncio.create_task(_pass(answers_from, writer))
        self._relays.add(answers)
        try:
            await self._requests(reader, upstream)
        finally:
            answers.cancel()
            if upstream not in self._kept:
                upstream.close()

    async def _requests(self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> None:
        silent = False
        while True:
            size = await reader.readexactly(4)
            frame = size + await reader.readexactly(struct.unpack(">i", size)[0])
            fault = self._meet(frame)
            if fault is None and not silent:
                upstream.write(frame)
                await upstream.drain()
            elif fault is not None:
                silent = True
                if fault.deed is Deed.HOLD:
                    self._kept.add(upstream)
                elif fault.deed is Deed.LOSE_ANSWER:
                    upstream.write(frame)
                    await upstream.drain()
                fault.met(frame, upstream)
                if fault.deed is not Deed.HOLD:
                    return

    def _meet(self, frame: bytes) -> Fault | None:
        [api] = struct.unpack(">h", frame[4:6])
        self.seen[api] = self.seen.get(api, 0) + 1
        return next((fault for fault in self._faults if fault.api == api and not fault.done), None)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
