"""Runs one Starlette app on loopback in a thread of this process: real HTTP for real SDKs.

The socket is bound and listening before the thread starts, so the port is known at once and nobody can take it.
"""

from __future__ import annotations

import asyncio
import socket
from email.utils import format_datetime
from threading import Event, Thread
from typing import cast

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from connector.errors import ConfigError
from connector.sandbox.faults import TRANSPORT
from connector.sandbox.tables import Now, utc_now

HOST = "127.0.0.1"
IDLE_SECONDS = 120
"""Idle connections stay open longer than any client keeps them: a close that crosses a request looks like a fault."""


class LocalServer:
    """One app at ``url``. ``port`` 0 takes a free one; ``latency`` seconds pass before each request is served; the
    header ``Date`` is as ``clock`` has it.

    Raises ConfigError when the port is taken.
    """

    def __init__(self, app: ASGIApp, *, port: int = 0, latency: float = 0.0, clock: Now = utc_now) -> None:
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        dated = _dated(app, clock)
        self._server = _Server(_config(_delayed(dated, latency) if latency else dated))
        self._thread = Thread(target=self._run, name=f"sandbox-{self.port}", daemon=True)

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, without a trailing slash."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Serve; returns when the first request can be answered."""
        self._thread.start()
        self._server.ready.wait()
        if not self._server.started:
            raise RuntimeError(f"the local server on port {self.port} did not start")

    def end(self) -> None:
        """Ask the server to stop, without waiting for it."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Finish the requests in flight (at most a second), close every connection and free the port."""
        self.end()
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._server.ready.set()


class _Server(uvicorn.Server):
    """uvicorn's server that tells another thread when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()


class _Protocol(H11Protocol):
    """Leaves the connection's transport in the request's state, for answers that cut the connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self.app_state = {**self.app_state, TRANSPORT: transport}


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off; without, every answer waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"port {port} of {HOST} cannot be used: {error.strerror}",
            hint="choose another port, or 0 for a free one",
        ) from error
    return listener


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=1,
    )


def _dated(app: ASGIApp, clock: Now) -> ASGIApp:
    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(clock(), usegmt=True).encode()
                message = {**message, "headers": [*message.get("headers", ()), (b"date", date)]}
            await send(message)

        await app(scope, receive, sent)

    return served


def _delayed(app: ASGIApp, seconds: float) -> ASGIApp:
    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await app(scope, receive, send)

    return served
