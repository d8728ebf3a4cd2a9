"""The sandbox's Salesforce org on the wire: sign-in, query, describe, reads by id and updates.

``SalesforceOrg`` is what tests reach into, its ``app()`` what clients talk to. Strict where Salesforce is strict.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.faults import Fault, Faults
from connector.sandbox.front import FrontedApp, Logged
from connector.sandbox.salesforce_bulk import QueryJobs
from connector.sandbox.salesforce_discovery import Discovery
from connector.sandbox.salesforce_duplicates import allow_save
from connector.sandbox.salesforce_ingest import IngestJobs
from connector.sandbox.salesforce_query import Cursors, attributes
from connector.sandbox.salesforce_records import ORGANIZATION_ID, OWNER, HasSalesforce, OrgRecords, Write
from connector.sandbox.salesforce_schema import SalesforceObject
from connector.sandbox.salesforce_signin import CLIENT_ID, CLIENT_SECRET, TOKEN, Sessions, SignIn
from connector.sandbox.salesforce_wire import (
    VERSIONS,
    ApiError,
    auto_assign,
    bearer,
    fault_response,
    http_error,
    modified_since,
    named_object,
    not_found,
    not_writable,
    read_json,
    read_writes,
    text_list,
    too_many,
)  # fmt: skip
from connector.sandbox.soql import SoqlError
from connector.sandbox.tables import Row
from connector.sandbox.windows import FixedWindow

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "TOKEN", "SalesforceOrg"]

_DAY = 86_400
_LONGEST_URI = 16_384
_MOST_READS = 2_000

Handler = Callable[[Request], Awaitable[Response]]


class SalesforceOrg(OrgRecords):
    """One org with its records, tokens, daily calls and faults.

    ``requests``: every request, oldest first. ``daily``: the API calls of the UTC day (set ``daily.requests`` for
    another limit). ``page_size``: rows of a query page unless the client asks for fewer. ``tokens``: those that
    open the door; take one out and its holder meets 401. ``session_calls``: how many data calls each session lasts
    (50: every 51st meets 401); None = without end. ``sign_in``: who comes in how.
    ``query_jobs`` and ``ingest_jobs``: those of Bulk API 2.0.
    """

    def __init__(self, world: HasSalesforce, *, clock: Callable[[], datetime], limits: bool = True) -> None:
        super().__init__(world, clock=clock)
        self.requests: list[Logged] = []
        self.faults = Faults()
        self.sessions = Sessions()
        self.sign_in = SignIn(self.sessions, clock, f"{ORGANIZATION_ID}/{OWNER}")
        self.page_size = 2_000
        self.daily = FixedWindow(100_000, _DAY, clock=lambda: clock().timestamp(), enforce=limits)
        self._cursors = Cursors(self.tables, clock, self.known)
        self.query_jobs = QueryJobs(self._cursors.run, clock)
        self._discovery = Discovery(self, self.sessions)
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
        *, after_work: bool = False,
    ) -> None:  # fmt: skip
        """Answer the next requests (to exactly ``path``, if given) with an error; with ``after_work``, do them too."""
        self.faults.arm(Fault(status, code=error_code, path=path, after_work=after_work), times)

    def drop_next(self, times: int = 1, path: str | None = None, *, truncate: bool = False) -> None:
        """Do the next requests, then close the connection without an answer (or send half of it)."""
        self.faults.arm(Fault(path=path, truncate=truncate), times)

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
            Route(f"{data}/sobjects/{{object}}/{{id}}", self._data(self._read_one), methods=["GET"]),
            Route(f"{data}/sobjects/{{object}}/{{id}}", self._data(self._update_one), methods=["PATCH"]),
            Route(f"{data}/composite/sobjects", self._data(self._update_many), methods=["PATCH"]),
            Route(f"{data}/composite/sobjects/", self._data(self._update_many), methods=["PATCH"]),
            Route(f"{data}/composite/sobjects/{{object}}", self._data(self._retrieve), methods=["POST"]),
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
        return JSONResponse(named_object(request, self.known).describe())

    async def _retrieve(self, request: Request) -> Response:
        spec = named_object(request, self.known)
        body = await read_json(request)
        ids, names = text_list(body, "ids"), text_list(body, "fields")
        if len(ids) > _MOST_READS:
            raise too_many(_MOST_READS)
        fields = _true_names(spec, names)
        rows = [self.tables[spec.name].get(id) for id in ids]
        version = request.path_params["version"]
        return JSONResponse([_retrieved(row, spec.name, fields, version) for row in rows])

    async def _read_one(self, request: Request) -> Response:
        spec = named_object(request, self.known)
        row = self._one_row(spec, request.path_params["id"])
        asked = request.query_params.get("fields")
        fields = [field.name for field in spec.fields] if asked is None else _true_names(spec, asked.split(","))
        return JSONResponse(_retrieved(row, spec.name, fields, request.path_params["version"]))

    def _one_row(self, spec: SalesforceObject, id: str) -> Row:
        """The record that a path names. Raises ApiError 404."""
        row = self.tables[spec.name].get(id)
        if row is None:
            raise ApiError(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + id)
        if row.get("IsDeleted"):
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted")
        return row

    async def _update_many(self, request: Request) -> Response:
        body = await read_json(request)
        writes = read_writes(body.get("records"), self.known)
        self.meet([write.id for write in writes if write.id])
        results = self.update(
            writes,
            auto_assign=auto_assign(request),
            allow_save=allow_save(request),
            all_or_none=body.get("allOrNone", False) is True,
        )
        return JSONResponse(
            [
                {"success": False, "errors": [refusal.as_json() for refusal in refusals]}
                if refusals
                else {"id": write.id, "success": True, "errors": []}
                for write, refusals in zip(writes, results, strict=True)
            ]
        )

    async def _update_one(self, request: Request) -> Response:
        spec, id = named_object(request, self.known), request.path_params["id"]
        if not spec.updateable:
            raise not_writable(spec.name)
        self.meet([id])
        row = self._one_row(spec, id)
        sent = await read_json(request)
        if any(name.lower() == "id" for name in sent):
            raise ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")
        if modified_since(request, row):
            return Response(status_code=412)
        values = {name: value for name, value in sent.items() if name != "attributes"}
        writes = [Write(spec, id, values)]
        (refusals,) = self.update(writes, auto_assign=auto_assign(request), allow_save=allow_save(request))
        if refusals:
            errors = [{"message": r.message, "errorCode": r.code, "fields": list(r.fields)} for r in refusals]
            return JSONResponse(errors, 400)
        return Response(status_code=204)


def _true_names(spec: SalesforceObject, names: Iterable[str]) -> list[str]:
    """Fields in their own spelling of case. Raises ApiError 400 for one that is not there."""
    fields = []
    for name in names:
        field = spec.find(name.strip())
        if field is None:
            raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {spec.name}")
        fields.append(field.name)
    return fields


def _retrieved(row: Row | None, object: str, fields: list[str], version: str) -> dict[str, Any] | None:
    if row is None or row.get("IsDeleted"):
        return None
    return {"attributes": attributes(object, row["Id"], version), **{name: row[name] for name in fields}}
