"""Answers that went wrong, on purpose: a test arms a fault and the next matching request meets it.

Servers ask ``Faults.take(path)`` once per request. ``NoAnswer`` is the response of a server that did the work and
then lost the connection; ``connector.sandbox.serving`` gives it the transport to close.
"""

from __future__ import annotations

from asyncio import Transport
from dataclasses import dataclass
from threading import Lock

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TRANSPORT = "connector.sandbox.transport"
"""Key in ``scope["state"]`` under which the runner leaves the connection's transport."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What one request will meet.

    ``status``: answered with this one; None = the connection is closed without an answer, or, with ``truncate``,
    the true answer is cut in half. ``after_work``: the request is carried out first (always so without a status).
    ``body``: the raw body instead of the vendor's own words. ``code``: the vendor's word for the error, where it
    has one. ``path``: only a request to this path meets it; None = any.
    """

    status: int | None = None
    body: str | None = None
    code: str | None = None
    path: str | None = None
    after_work: bool = False
    truncate: bool = False


class Faults:
    """Armed faults, met in the order they were armed. Thread-safe."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._lock = Lock()

    def arm(self, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` matching requests meet ``fault``."""
        with self._lock:
            self._armed.extend([fault] * times)

    def take(self, path: str) -> Fault | None:
        """The fault that a request to ``path`` meets, used up by it."""
        with self._lock:
            for index, fault in enumerate(self._armed):
                if fault.path is None or fault.path == path:
                    return self._armed.pop(index)
            return None

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()


class NoAnswer(Response):
    """Closes the connection without sending a byte: the client cannot know whether the work was done."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope.get("state", {}).get(TRANSPORT)
        if not isinstance(transport, Transport):  # in-process test clients have no connection to cut
            raise ConnectionResetError("the sandbox closed the connection without an answer")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def cut_in_half(answer: Response) -> Response:
    """The same status and headers with half the body: readable HTTP, unreadable JSON."""
    body = bytes(answer.body)
    half = Response(body[: len(body) // 2], status_code=answer.status_code)
    for name, value in answer.headers.items():
        if name != "content-length":
            half.headers[name] = value
    return half
