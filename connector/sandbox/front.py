"""The door of a sandbox CRM: writes down every request, and breaks the ones that a test asks it to.

Stands between the local server and the vendor's routes. A fault is a refusal given before (or, on demand, after) the
work, a true answer that is spoilt, or no answer at all (``faults``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from connector.sandbox.faults import Fault, Faults, spoilt
from connector.sandbox.log import RequestLog

STATS_PATH = "/_sandbox/stats"


@dataclass(frozen=True, slots=True)
class Logged:
    """One request as it came in. ``headers`` has lower-case names; credentials are not kept."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def body(self) -> Any:
        """The JSON body, the text of a body that is no JSON, or None without one."""
        if not self.content:
            return None
        try:
            return json.loads(self.content)
        except ValueError:
            return self.content.decode(errors="replace")


class FrontedApp(Starlette):
    """Starlette with the door in front of its routes; ``GET /_sandbox/stats`` answers ``report()``.

    ``refusal`` words a fault's status the vendor's way.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        requests: RequestLog[Logged],
        faults: Faults,
        refusal: Callable[[Fault], Response],
        report: Callable[[], dict[str, Any]],
        exception_handlers: Mapping[Any, Any],
    ) -> None:
        stats = Route(STATS_PATH, self._stats, methods=["GET"])
        super().__init__(routes=[stats, *routes], exception_handlers=exception_handlers)
        self._routes = list(routes)
        self._counts: Counter[str] = Counter()
        self._requests = requests
        self._faults = faults
        self._refusal = refusal
        self._report = report

    async def _stats(self, _request: object) -> Response:
        return JSONResponse({"requests": dict(sorted(self._counts.items())), **self._report()})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == STATS_PATH:
            await super().__call__(scope, receive, send)
            return
        content = await _read_body(receive)
        self._log(scope, content)
        fault = self._faults.take(scope["path"])
        if fault is None:
            await super().__call__(scope, _replay(content), send)
        else:
            answer = await self._broken(fault, scope, content)
            await answer(scope, receive, send)

    async def _broken(self, fault: Fault, scope: Scope, content: bytes) -> Response:
        answer: Response | None = None
        if fault.after_work:
            caught = _Caught()
            await super().__call__(scope, _replay(content), caught)
            answer = caught.response()
        return spoilt(fault, answer) if fault.status is None else self._refusal(fault)

    def _log(self, scope: Scope, content: bytes) -> None:
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        headers.pop("authorization", None)
        query = scope["query_string"].decode("latin-1")
        self._requests.keep(Logged(scope["method"], scope["path"], query, headers, content), len(content))
        self._counts[f"{scope['method']} {self._template(scope)}"] += 1

    def _template(self, scope: MutableMapping[str, Any]) -> str:
        for route in self._routes:
            if route.matches(scope)[0] is Match.FULL:
                return route.path
        return "(unknown)"


class _Caught:
    """Takes an answer in place of the client."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self._messages.append(message)

    def response(self) -> Response:
        start, *parts = self._messages
        response = Response(b"".join(part.get("body", b"") for part in parts), status_code=start["status"])
        for key, value in start["headers"]:
            response.headers[key.decode("latin-1")] = value.decode("latin-1")
        return response


async def _read_body(receive: Receive) -> bytes:
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _replay(content: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive
