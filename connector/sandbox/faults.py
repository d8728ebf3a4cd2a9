"""Answers that went wrong, on purpose: a test arms a fault and the next matching request meets it.

Servers ask ``Faults.take(path)`` once per request. ``spoilt`` spoils the true answer; where the connection is to be
closed, ``connector.sandbox.serving`` gives it the transport to close.
"""

from __future__ import annotations

from asyncio import Transport
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import Literal

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

TRANSPORT = "connector.sandbox.transport"
"""Key in ``scope["state"]`` under which the runner leaves the connection's transport."""


Loss = Literal["close", "hold", "truncate", "mislabel"]
"""What becomes of an answer: the connection is closed without a byte of it · it does not come for as long as the
client waits · half of it comes, with its status · all of it comes, under a content type that it is not."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What one request will meet.

    ``status``: answered with this one; None = what is answered is lost as ``how`` says. ``after_work``: the request is
    carried out first; without it only what needs no answer can be lost (close, hold). ``body``: the raw body instead of
    the vendor's own words; with status 200, what a proxy puts in the place of the answer. ``code``: the vendor's word
    for the error, where it has one. ``path``: only a request to this path meets it, or to one that it stands for
    (``/query/*``); None = any.
    """

    status: int | None = None
    body: str | None = None
    code: str | None = None
    path: str | None = None
    after_work: bool = False
    how: Loss = "close"


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
                if fault.path is None or fault.path == path or fnmatchcase(path, fault.path):
                    return self._armed.pop(index)
            return None

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()


class NoAnswer(Response):
    """Not a byte: the client cannot know whether the work was done. Closes the connection, or with ``hold`` leaves it
    open until the client does."""

    def __init__(self, *, hold: bool = False) -> None:
        super().__init__()
        self._hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = scope.get("state", {}).get(TRANSPORT)
        if not isinstance(transport, Transport):  # in-process test clients have no connection to cut
            raise ConnectionResetError("the sandbox closed the connection without an answer")
        if not self._hold:
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def page(status: int, body: str) -> Response:
    """A raw body as it is, in the place of the vendor's words."""
    is_json = body.lstrip().startswith(("{", "["))
    return Response(body, status, media_type="application/json" if is_json else "text/html")


def spoilt(fault: Fault, answer: Response | None) -> Response:
    """What is left of the true ``answer`` (None: the work was not done)."""
    if answer is None or fault.how in ("close", "hold"):
        return NoAnswer(hold=fault.how == "hold")
    if fault.how == "truncate":
        return _with_body(answer, bytes(answer.body)[: len(answer.body) // 2])
    answer.headers["content-type"] = "text/html; charset=utf-8"
    return answer


def _with_body(answer: Response, body: bytes) -> Response:
    """The same status and headers with another body: of half of it, readable HTTP and unreadable JSON."""
    other = Response(body, status_code=answer.status_code)
    for name, value in answer.headers.items():
        if name != "content-length":
            other.headers[name] = value
    return other
