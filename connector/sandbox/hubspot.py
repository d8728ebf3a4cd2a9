"""The sandbox's HubSpot portal on the wire: who may ask, how often, and what a test breaks.

``HubSpotPortal`` is what tests reach into, its ``app()`` what clients talk to; ``hubspot_endpoints`` answers. Strict
where HubSpot is strict.
https://developers.hubspot.com/docs/api-reference/overview
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.faults import Fault, Faults, Loss, page
from connector.sandbox.front import FrontedApp, Logged
from connector.sandbox.hubspot_endpoints import PortalEndpoints
from connector.sandbox.hubspot_filters import SearchError
from connector.sandbox.hubspot_records import HasHubSpot
from connector.sandbox.hubspot_tokens import TOKEN_INFO_PATH, TOKEN_PATHS, PortalTokens
from connector.sandbox.hubspot_wire import ApiError, invalid, named_type, read_body
from connector.sandbox.log import RequestLog
from connector.sandbox.windows import FixedWindow, SlidingWindow

_DAY = 86_400
_SPELLINGS = (
    ("/crm/v3/objects", "/crm/v3/properties", "/crm/v4/associations", "/account-info/v3", "/crm-object-schemas/v3"),
    (
        "/crm/objects/2026-09", "/crm/properties/2026-09", "/crm/associations/2026-09", "/account-info/2026-09",
        "/crm-object-schemas/2026-09",
    ),
)  # fmt: skip
"""Where objects, properties, associations, the account and schemas are served: both versions answer alike."""
_LINKS_OF_ONE = ("/crm/v4/objects", "/crm/objects/2026-09")
"""Where the companies of one record are told; those of many have a path of their own."""

Handler = Callable[[Request], Awaitable[Response]]


class HubSpotPortal(PortalEndpoints):
    """One portal with its records, limits and faults.

    ``requests``: every request, oldest first. ``tokens``: who may ask. ``ten_secondly`` and ``ten_secondly_oauth`` (an
    app has its own), ``secondly`` (search, of all) and ``daily``: the windows that answer 429 when they are full.
    """

    def __init__(self, world: HasHubSpot, *, clock: Callable[[], datetime], limits: bool = True) -> None:
        super().__init__(world, clock=clock)
        self.requests: RequestLog[Logged] = RequestLog()
        self.faults = Faults()
        self.tokens = PortalTokens(clock=clock)
        self.ten_secondly = SlidingWindow(190, 10, enforce=limits)
        self.ten_secondly_oauth = SlidingWindow(110, 10, enforce=limits)
        self.secondly = SlidingWindow(5, 1, enforce=limits)
        self.daily = FixedWindow(250_000, _DAY, clock=lambda: clock().timestamp(), enforce=limits)

    def fail_next(
        self, status: int, category: str = "INTERNAL_ERROR", times: int = 1, path: str | None = None,
        *, after_work: bool = False, body: str | None = None,
    ) -> None:  # fmt: skip
        """Answer the next requests (to ``path``, if given) with an error, or with ``body`` as it is (a proxy's page);
        with ``after_work``, do them too."""
        self.faults.arm(Fault(status, body, category, path, after_work), times)

    def drop_next(
        self, times: int = 1, path: str | None = None, *, how: Loss = "close", after_work: bool = True
    ) -> None:
        """Do the next requests (unless ``after_work`` is off), then lose the answer."""
        self.faults.arm(Fault(path=path, how=how, after_work=after_work), times)

    def report(self) -> dict[str, Any]:
        """The counters of ``GET /_sandbox/stats``, by object type."""
        objects = {name: {"rows": len(table), **table.tally.report()} for name, table in self.tables.items()}
        return {"api_calls": self.daily.used, "objects": objects}

    def app(self) -> Starlette:
        """The portal's HTTP face."""
        routes = [route for prefixes in _SPELLINGS for route in self._routes(*prefixes)]
        one = "{type}/{id}/associations/companies"
        routes += [Route(f"{path}/{one}", self._api(self._links_of_one), methods=["GET"]) for path in _LINKS_OF_ONE]
        routes.append(Route(TOKEN_INFO_PATH, self._api(self._token_info), methods=["POST"]))
        routes += [Route(path, self._token, methods=["POST"]) for path in TOKEN_PATHS]
        return FrontedApp(
            routes,
            requests=self.requests,
            faults=self.faults,
            refusal=self._fault_response,
            report=self.report,
            exception_handlers={HTTPException: self._http_error},
        )

    def _routes(self, objects: str, properties: str, links: str, account: str, schemas: str) -> list[Route]:
        return [
            Route(f"{objects}/{{type}}", self._api(self._list, right="read"), methods=["GET"]),
            Route(f"{objects}/{{type}}", self._api(self._create_one, right="write"), methods=["POST"]),
            Route(f"{objects}/{{type}}/{{id}}", self._api(self._read_one, right="read"), methods=["GET"]),
            Route(f"{objects}/{{type}}/{{id}}", self._api(self._update_one, right="write"), methods=["PATCH"]),
            Route(f"{objects}/{{type}}/{{id}}", self._api(self._archive_one, right="write"), methods=["DELETE"]),
            Route(f"{objects}/{{type}}/search", self._api(self._search, right="read", search=True), methods=["POST"]),
            Route(f"{objects}/{{type}}/batch/read", self._api(self._batch_read, right="read"), methods=["POST"]),
            Route(f"{objects}/{{type}}/batch/update", self._api(self._batch_update, right="write"), methods=["POST"]),
            Route(f"{objects}/{{type}}/batch/create", self._api(self._batch_create, right="write"), methods=["POST"]),
            Route(f"{objects}/{{type}}/batch/archive", self._api(self._batch_archive, right="write"), methods=["POST"]),
            Route(f"{properties}/{{type}}", self._api(self._properties), methods=["GET"]),
            Route(f"{properties}/{{type}}", self._api(self._create_property, changes=True), methods=["POST"]),
            Route(f"{properties}/{{type}}/groups", self._api(self._groups), methods=["GET"]),
            Route(f"{properties}/{{type}}/groups", self._api(self._create_group, changes=True), methods=["POST"]),
            Route(f"{properties}/{{type}}/{{name}}", self._api(self._property), methods=["GET"]),
            Route(f"{schemas}/schemas", self._api(self._schemas), methods=["GET"]),
            Route(f"{account}/details", self._api(self._details), methods=["GET"]),
            Route(f"{links}/{{type}}/companies/batch/read", self._api(self._links), methods=["POST"]),
        ]

    def _api(
        self, handler: Handler, *, search: bool = False, changes: bool = False, right: str | None = None
    ) -> Handler:
        """The frame around every call: token, limits, and the limit headers (which search does not carry).

        ``changes``: it changes a schema, ``right``: it needs this right to the records; for each a token needs a scope.
        """

        async def framed(request: Request) -> Response:
            oauth = False
            try:
                oauth = self.tokens.admit(request.headers.get("authorization", ""))
                self._take(search=search, oauth=oauth)
                if changes:
                    self.tokens.check_scope(self._type(request).schema_scope, oauth=oauth)
                if right:
                    self.tokens.check_scope(named_type(request).object_scope(right), oauth=oauth)
                response = await handler(request)
            except ApiError as error:
                response = error.response(self.requests)
            except SearchError as error:
                response = invalid(error.message).response(self.requests)
            if not search and response.status_code != 401:
                response.headers.update(self._limit_headers(oauth))
            return response

        return framed

    def _take(self, *, search: bool, oauth: bool) -> None:
        """Count the request; OAuth apps have no daily limit, and search is exempt from the ten seconds of an app."""
        if not oauth and not self.daily.take():
            raise _too_fast("daily", "DAILY")
        if search and not self.secondly.take():
            raise _too_fast("secondly", "SECONDLY")
        if not search and not self._of_app(oauth).take():
            raise _too_fast("ten_secondly_rolling", "TEN_SECONDLY_ROLLING")

    def _of_app(self, oauth: bool) -> SlidingWindow:
        return self.ten_secondly_oauth if oauth else self.ten_secondly

    def _limit_headers(self, oauth: bool) -> dict[str, str]:
        values = {} if oauth else {"Daily": self.daily.requests, "Daily-Remaining": self.daily.left}
        window = self._of_app(oauth)
        values |= {
            "Interval-Milliseconds": int(window.seconds * 1000),
            "Max": window.requests,
            "Remaining": window.left,
        }
        return {f"X-HubSpot-RateLimit-{name}": str(value) for name, value in values.items()}

    async def _token_info(self, request: Request) -> Response:
        return JSONResponse(self.tokens.info((await read_body(request, ("tokenKey",))).get("tokenKey")))

    async def _token(self, request: Request) -> Response:
        try:
            content_type = request.headers.get("content-type", "")
            return JSONResponse(self.tokens.renew(content_type, await request.body(), request.url.query))
        except ApiError as error:
            return error.response(self.requests)

    def _fault_response(self, fault: Fault) -> Response:
        status = fault.status or 500
        if fault.body is not None:
            return page(status, fault.body)
        if status == 429:
            policy = fault.code if fault.code in ("DAILY", "SECONDLY") else "TEN_SECONDLY_ROLLING"
            return _too_fast(policy.lower(), policy).response(self.requests)
        return ApiError(status, "The sandbox was told to refuse this request", fault.code).response(self.requests)

    async def _http_error(self, _request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return ApiError(status, "resource not found" if status == 404 else str(error)).response(self.requests)


def _too_fast(limit: str, policy: str) -> ApiError:
    message = f"You have reached your {limit} limit."
    return ApiError(429, message, errorType="RATE_LIMIT", policyName=policy)
