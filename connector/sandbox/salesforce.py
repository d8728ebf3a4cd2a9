"""The sandbox's Salesforce org on the wire: who may ask, how often, queries, and the way to all other endpoints.

``SalesforceOrg`` is what tests reach into, its ``app()`` what clients talk to. Strict where Salesforce is strict.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.faults import Fault, Faults, Loss
from connector.sandbox.front import FrontedApp, Logged
from connector.sandbox.log import RequestLog
from connector.sandbox.salesforce_bulk import QueryJobs
from connector.sandbox.salesforce_discovery import Discovery
from connector.sandbox.salesforce_dml import OrgDml
from connector.sandbox.salesforce_ingest import IngestJobs
from connector.sandbox.salesforce_query import Cursors
from connector.sandbox.salesforce_records import ORGANIZATION_ID, OWNER, HasSalesforce
from connector.sandbox.salesforce_rows import RowEndpoints
from connector.sandbox.salesforce_signin import CLIENT_ID, CLIENT_SECRET, TOKEN, Sessions, SignIn
from connector.sandbox.salesforce_wire import (
    VERSIONS,
    ApiError,
    bearer,
    fault_response,
    http_error,
    named_object,
    not_found,
)  # fmt: skip
from connector.sandbox.soql import SoqlError
from connector.sandbox.windows import FixedWindow

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "TOKEN", "SalesforceOrg"]

_DAY = 86_400
_LONGEST_URI = 16_384

Handler = Callable[[Request], Awaitable[Response]]


class SalesforceOrg(OrgDml):
    """One org with its records, tokens, daily calls and faults.

    ``requests``: every request, oldest first. ``daily``: the API calls of the UTC day (set ``daily.requests`` for
    another limit). ``page_size``: rows of a query page unless the client asks for fewer. ``tokens``: those that
    open the door; take one out and its holder meets 401. ``session_calls``: how many data calls each session lasts
    (50: every 51st meets 401); None = without end. ``sign_in``: who comes in how.
    ``query_jobs`` and ``ingest_jobs``: those of Bulk API 2.0.
    """

    def __init__(self, world: HasSalesforce, *, clock: Callable[[], datetime], limits: bool = True) -> None:
        super().__init__(world, clock=clock)
        self.requests: RequestLog[Logged] = RequestLog()
        self.faults = Faults()
        self.sessions = Sessions()
        self.sign_in = SignIn(self.sessions, clock, f"{ORGANIZATION_ID}/{OWNER}")
        self.page_size = 2_000
        self.daily = FixedWindow(100_000, _DAY, clock=lambda: clock().timestamp(), enforce=limits)
        self._cursors = Cursors(self.tables, clock, self.known)
        self.query_jobs = QueryJobs(self._cursors, clock)
        self._discovery = Discovery(self, self.sessions)
        self._rows = RowEndpoints(self)
        self.ingest_jobs = IngestJobs(self)

    @property
    def tokens(self) -> set[str]:
        return self.sessions.tokens

    @property
    def session_calls(self) -> int | None:
        return self.sessions.calls

    @session_calls.setter
    def session_calls(self, calls: int | None) -> None:
        self.sessions.calls = calls

    def fail_next(
        self, status: int, error_code: str = "SERVER_UNAVAILABLE", times: int = 1, path: str | None = None,
        *, after_work: bool = False, body: str | None = None,
    ) -> None:  # fmt: skip
        """Answer the next requests (to ``path``, if given) with an error, or with ``body`` as it is (a proxy's page);
        with ``after_work``, do them too."""
        self.faults.arm(Fault(status, body, error_code, path, after_work), times)

    def drop_next(
        self, times: int = 1, path: str | None = None, *, how: Loss = "close", after_work: bool = True
    ) -> None:
        """Do the next requests (unless ``after_work`` is off), then lose the answer."""
        self.faults.arm(Fault(path=path, how=how, after_work=after_work), times)

    def report(self) -> dict[str, Any]:
        """The counters of ``GET /_sandbox/stats``, by object."""
        tables = [self.tables[spec.name] for spec in self.objects.values() if spec.updateable]
        return {
            "api_calls": self.daily.used,
            "objects": {table.name: {"rows": len(table), **table.tally.report()} for table in tables if table},
        }

    def app(self) -> Starlette:
        """The org's HTTP face."""
        data = "/services/data/{version}"
        routes = [
            Route("/services/oauth2/token", self.sign_in.token, methods=["POST"]),
            Route("/services/oauth2/revoke", self.sign_in.revoke, methods=["POST"]),
            Route("/services/Soap/u/{version}", self.sign_in.soap, methods=["POST"]),
            Route(f"{data}/query", self._data(self._query), methods=["GET"]),
            Route(f"{data}/query/", self._data(self._query), methods=["GET"]),
            Route(f"{data}/queryAll", self._data(self._query), methods=["GET"]),
            Route(f"{data}/queryAll/", self._data(self._query), methods=["GET"]),
            Route(f"{data}/query/{{locator}}", self._data(self._query_more), methods=["GET"]),
            *self.query_jobs.routes(data, self._data),
            *self._discovery.routes(data, self._data),
            *self.ingest_jobs.routes(data, self._data),
            Route(f"{data}/limits", self._data(self._limits), methods=["GET"]),
            Route(f"{data}/limits/", self._data(self._limits), methods=["GET"]),
            Route(f"{data}/sobjects/{{object}}/describe", self._data(self._describe), methods=["GET"]),
            Route(
                f"{data}/ui-api/object-info/{{object}}/picklist-values/{{record_type}}",
                self._data(self._picklists),
                methods=["GET"],
            ),
            *self._rows.routes(data, self._data),
        ]
        return FrontedApp(
            routes, requests=self.requests, faults=self.faults, refusal=fault_response, report=self.report,
            exception_handlers={HTTPException: http_error},
        )  # fmt: skip

    def _data(self, handler: Handler) -> Handler:
        """The frame around every data call: version, token, daily limit, and the limit header on the answer."""

        async def framed(request: Request) -> Response:
            try:
                self._admit(request)
            except ApiError as error:
                return error.response()
            try:
                response = await handler(request)
            except ApiError as error:
                response = error.response()
            except SoqlError as error:
                response = ApiError(400, error.code, error.message).response()
            response.headers["Sforce-Limit-Info"] = f"api-usage={self.daily.used}/{self.daily.requests}"
            return response

        return framed

    def _admit(self, request: Request) -> None:
        version = re.fullmatch(r"v(\d+)\.0", request.path_params["version"])
        if version is None or int(version[1]) not in VERSIONS:
            raise not_found()
        if len(request.scope["path"]) + len(request.scope["query_string"]) + 1 > _LONGEST_URI:
            raise ApiError(414, "URI_TOO_LONG", f"The URI is longer than {_LONGEST_URI} bytes")
        token = bearer(request)
        if token is None or not self.sessions.admits(token):
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if not self.daily.take():
            raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")

    async def _query(self, request: Request) -> Response:
        text = request.query_params.get("q")
        if not text:
            raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
        deleted = request.url.path.rstrip("/").endswith("/queryAll")
        result = self._cursors.run(text, deleted=deleted)
        return JSONResponse(self._cursors.page(result, start=0, locator=None, **self._page_options(request)))

    async def _query_more(self, request: Request) -> Response:
        locator, _, start = request.path_params["locator"].rpartition("-")
        result = self._cursors.find(locator)
        if not start.isdecimal() or int(start) >= len(result.rows):
            raise SoqlError("INVALID_QUERY_LOCATOR", "invalid query locator")
        options = self._page_options(request)
        return JSONResponse(self._cursors.page(result, start=int(start), locator=locator, **options))

    def _page_options(self, request: Request) -> dict[str, Any]:
        asked = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
        size = min(max(int(asked[1]), 200), 2_000) if asked else self.page_size
        return {"size": size, "version": request.path_params["version"]}

    async def _limits(self, _request: Request) -> Response:
        return JSONResponse({"DailyApiRequests": {"Max": self.daily.requests, "Remaining": self.daily.left}})

    async def _describe(self, request: Request) -> Response:
        spec = named_object(request, self.known)
        return JSONResponse({**spec.describe(), "recordTypeInfos": self.record_types.described(spec.name)})

    async def _picklists(self, request: Request) -> Response:
        found = self.record_types.picklists(named_object(request, self.known), request.path_params["record_type"])
        if found is None:
            raise ApiError(404, "INVALID_TYPE", "The requested resource does not exist")
        return JSONResponse(found)
