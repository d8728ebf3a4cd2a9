"""The HTTP side of the sandbox's Lusha: every operation of both generations behind one path.

One frame a concern: log → key → fault → account → limits → checks → work → answer. Rules: https://docs.lusha.com.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.faults import spoilt
from connector.sandbox.lusha import v2, v3
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Work
from connector.sandbox.lusha.refusals import Json, Refusal, failure

USAGES = ("/v3/account/usage", "/account/usage")


def lusha_app(account: LushaAccount) -> Starlette:
    """The HTTP side of ``account``."""
    routes = [
        Route(path, _endpoint(account, work), methods=[method])
        for (method, path), work in {**v3.OPERATIONS, **v2.OPERATIONS}.items()
    ]

    async def stats(request: Request) -> Response:
        return JSONResponse(account.stats())

    async def unknown(request: Request, error: Exception) -> Response:
        return Refusal(404).response()

    return Starlette(
        routes=[*routes, Route("/_sandbox/stats", stats, methods=["GET"])],
        exception_handlers={404: unknown, 405: unknown},
    )


def _endpoint(account: LushaAccount, work: Work) -> Any:
    async def endpoint(request: Request) -> Response:
        path, call = request.url.path, await _call(request)
        with account.lock:
            account.log(path, _logged(request, call), int(request.headers.get("content-length", "0")))
            if request.headers.get("api_key") != account.key:
                return Refusal(401).response()
            answer = _served(account, path, lambda: work(account, call))
            answer.headers.update(account.limits.headers())
            return answer

    return endpoint


async def _call(request: Request) -> Call:
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    return Call(_parsed(await request.body()), query, request.path_params)


def _logged(request: Request, call: Call) -> Any:
    """The body; of a GET its query, a name sent once with its one value."""
    if request.method != "GET":
        return call.body
    return {name: values if len(values) > 1 else values[0] for name, values in call.query.items()} or None


def _served(account: LushaAccount, path: str, work: Callable[[], Any]) -> Response:
    """The answer, or what an armed fault makes of it."""
    fault = account.faults.take(path)
    if fault is not None and not fault.after_work:
        return spoilt(fault, None) if fault.status is None else failure(fault.status, fault)
    try:
        _admit(account, path)
        answer: Response = Json(work())
    except Refusal as refusal:
        answer = refusal.response()
    if fault is None:
        return answer
    return spoilt(fault, answer) if fault.status is None else failure(fault.status, fault)


def _admit(account: LushaAccount, path: str) -> None:
    if not account.active:
        raise Refusal(403)
    limits = account.limits
    words = limits.refusal_of_usage(path) if path in USAGES else limits.refusal(path)
    if words is not None:
        raise Refusal(429, words)


def _parsed(content: bytes) -> Any:
    """The JSON body; None when there is none or it is no JSON."""
    try:
        return json.loads(content)
    except ValueError:
        return None
