"""A TCP proxy before a broker that reads Kafka's frames and, when told, loses or delays one: the faults of a network, on demand.

The broker's PROXY listener (`Apache(folder, proxy_port)`) advertises the proxy's port, so all its clients come through here.
"""

import asyncio
import struct
import threading
from contextlib import suppress
from enum import Enum, IntEnum
from types import TracebackType
from typing import NamedTuple, Self

from stream.broker.apache import HOST


class Api(IntEnum):
    """Kinds of requests, as on the wire."""

    PRODUCE = 0
    FETCH = 1
    OFFSET_COMMIT = 8
    OFFSET_FETCH = 9
    INIT_PRODUCER_ID = 22
    ADD_PARTITIONS_TO_TXN = 24
    ADD_OFFSETS_TO_TXN = 25
    END_TXN = 26
    TXN_OFFSET_COMMIT = 28


class Deed(Enum):
    """What is done to a request. Its connection is of no use to the client any more."""

    HOLD = 0  # kept back until delivered; the client hears nothing
    LOSE = 1  # lost; the connection is closed
    LOSE_ANSWER = 2  # reaches the broker; the connection is closed before the answer


class _Held(NamedTuple):
    """A request that was met, and its connection to the broker."""

    frame: bytes
    answers: asyncio.StreamReader
    upstream: asyncio.StreamWriter


class Fault:
    """One deed to come: set by a test, carried out by the proxy's thread."""

    def __init__(self, api: Api, deed: Deed) -> None:
        self.api = api
        self.deed = deed
        self.held: _Held | None = None

    @property
    def done(self) -> bool:
        return self.held is not None


class Proxy:
    """Listens on `port`, passes to `upstream`. `seen` counts the requests of each kind."""

    def __init__(self, port: int, upstream: tuple[str, int]) -> None:
        self._port = port
        self._upstream = upstream
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._listen()), daemon=True)
        self._started = threading.Event()
        self._stopping = asyncio.Event()
        self._faults: list[Fault] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
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
        """The held request reaches the broker now, long after its client gave it up, and is answered."""
        assert fault.held is not None, "no such request came"
        asyncio.run_coroutine_threadsafe(_deliver(fault.held), self._loop).result(30)

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._accept, HOST, self._port)
        self._started.set()
        await self._stopping.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self._tasks.add(asyncio.create_task(self._relay(reader, writer)))

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client, until either side ends it or a fault does."""
        with suppress(OSError, asyncio.IncompleteReadError):
            answers, upstream = await asyncio.open_connection(*self._upstream)
            self._writers.append(upstream)
            back = asyncio.create_task(_pass_back(answers, writer))
            self._tasks.add(back)
            try:
                fault, frame = await self._pass_on(reader, upstream)
            except asyncio.IncompleteReadError:
                upstream.close()
                raise
            finally:
                back.cancel()
                await asyncio.gather(back, return_exceptions=True)
            if fault.deed is Deed.LOSE_ANSWER:
                upstream.write(frame)
                await upstream.drain()
            fault.held = _Held(frame, answers, upstream)
            if fault.deed is Deed.HOLD:
                await reader.read()  # until the client gives up; what else it says goes nowhere
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> tuple[Fault, bytes]:
        """Up to the request that meets a fault."""
        while True:
            frame = await _frame(reader)
            fault = self._meet(frame)
            if fault is not None:
                return fault, frame
            upstream.write(frame)
            await upstream.drain()

    def _meet(self, frame: bytes) -> Fault | None:
        [api] = struct.unpack(">h", frame[4:6])
        self.seen[api] = self.seen.get(api, 0) + 1
        return next((fault for fault in self._faults if fault.api == api and not fault.done), None)


async def _frame(reader: asyncio.StreamReader) -> bytes:
    size = await reader.readexactly(4)
    return size + await reader.readexactly(struct.unpack(">i", size)[0])


async def _pass_back(answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await answers.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()


async def _deliver(held: _Held) -> None:
    """Sends a request and waits for the answer with its correlation id."""
    held.upstream.write(held.frame)
    while (await _frame(held.answers))[4:8] != held.frame[8:12]:
        pass
