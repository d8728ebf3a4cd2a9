"""The sandbox's HubSpot portal on the wire: list, search, batch read and update, properties, associations.

``HubSpotPortal`` is what tests reach into, its ``app()`` what clients talk to. Strict where HubSpot is strict.
https://developers.hubspot.com/docs/api-reference/overview
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.faults import Fault, Faults
from connector.sandbox.front import FrontedApp, Logged
from connector.sandbox.hubspot_records import BadValues, DuplicateIds, HasHubSpot, PortalRecords, Taken
from connector.sandbox.hubspot_schema import CONTACTS, PORTAL_ID, HubSpotType
from connector.sandbox.hubspot_search import MOST_CHARACTERS, SearchError, in_order, read_search
from connector.sandbox.hubspot_tokens import TOKEN_PATHS, PortalTokens
from connector.sandbox.hubspot_values import hubspot_time
from connector.sandbox.hubspot_wire import (
    ApiError,
    bad_values,
    company_links,
    invalid,
    named_type,
    no_company,
    not_found,
    read_body,
    read_inputs,
    read_updates,
    shown,
    update_errors,
)
from connector.sandbox.tables import Row
from connector.sandbox.windows import FixedWindow, SlidingWindow

_DAY = 86_400
_MOST_LISTED, _MOST_IN_BATCH, _MOST_WITH_HISTORY, _MOST_LINKED = 100, 100, 50, 1_000
_SEARCH_KEYS = ("query", "limit", "after", "sorts", "properties", "filterGroups")

_SPELLINGS = (
    ("/crm/v3/objects", "/crm/v3/properties", "/crm/v4/associations", "/account-info/v3"),
    ("/crm/objects/2026-09", "/crm/properties/2026-09", "/crm/associations/2026-09", "/account-info/2026-09"),
)
"""Where objects, properties, associations and the account are served: numbered and dated versions answer alike."""

Handler = Callable[[Request], Awaitable[Response]]


class HubSpotPortal(PortalRecords):
    """One portal with its records, limits and faults.

    ``requests``: every request, oldest first. ``tokens``: who may ask. ``ten_secondly``, ``secondly`` (search) and
    ``daily``: the windows that answer 429 when they are full.
    """

    def __init__(self, world: HasHubSpot, *, clock: Callable[[], datetime], limits: bool = True) -> None:
        super().__init__(world, clock=clock)
        self.requests: list[Logged] = []
        self.faults = Faults()
        self.tokens = PortalTokens(clock=clock)
        self.ten_secondly = SlidingWindow(190, 10, enforce=limits)
        self.secondly = SlidingWindow(5, 1, enforce=limits)
        self.daily = FixedWindow(250_000, _DAY, clock=lambda: clock().timestamp(), enforce=limits)

    def fail_next(
        self, status: int, category: str = "INTERNAL_ERROR", times: int = 1, path: str | None = None,
        *, after_work: bool = False,
    ) -> None:  # fmt: skip
        """Answer the next requests (to exactly ``path``, if given) with an error; with ``after_work``, do them too."""
        self.faults.arm(Fault(status, code=category, path=path, after_work=after_work), times)

    def drop_next(self, times: int = 1, path: str | None = None, *, truncate: bool = False) -> None:
        """Do the next requests, then close the connection without an answer (or send half of it)."""
        self.faults.arm(Fault(path=path, truncate=truncate), times)

    def report(self) -> dict[str, Any]:
        """The counters of ``GET /_sandbox/stats``, by object type."""
        objects = {name: {"rows": len(table), **table.tally.report()} for name, table in self.tables.items()}
        return {"api_calls": self.daily.used, "objects": objects}

    def app(self) -> Starlette:
        """The portal's HTTP face."""
        routes = [route for prefixes in _SPELLINGS for route in self._routes(*prefixes)]
        routes += [Route(path, self._token, methods=["POST"]) for path in TOKEN_PATHS]
        return FrontedApp(
            routes,
            requests=self.requests,
            faults=self.faults,
            refusal=self._fault_response,
            report=self.report,
            exception_handlers={HTTPException: self._http_error},
        )

    def _routes(self, objects: str, properties: str, links: str, account: str) -> list[Route]:
        return [
            Route(f"{objects}/{{type}}", self._api(self._list), methods=["GET"]),
            Route(f"{objects}/{{type}}/search", self._api(self._search, search=True), methods=["POST"]),
            Route(f"{objects}/{{type}}/batch/read", self._api(self._batch_read), methods=["POST"]),
            Route(f"{objects}/{{type}}/batch/update", self._api(self._batch_update), methods=["POST"]),
            Route(f"{properties}/{{type}}", self._api(self._properties), methods=["GET"]),
            Route(f"{account}/details", self._api(self._details), methods=["GET"]),
            Route(f"{links}/{{type}}/companies/batch/read", self._api(self._links), methods=["POST"]),
        ]

    def _api(self, handler: Handler, *, search: bool = False) -> Handler:
        """The frame around every call: token, limits, and the limit headers (which search does not carry)."""

        async def framed(request: Request) -> Response:
            oauth = False
            try:
                oauth = self.tokens.admit(request.headers.get("authorization", ""))
                self._take(search=search, oauth=oauth)
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
        """Count the request; OAuth apps have no daily limit."""
        if not oauth and not self.daily.take():
            raise _too_fast("daily", "DAILY")
        if search and not self.secondly.take():
            raise _too_fast("secondly", "SECONDLY")
        if not search and not self.ten_secondly.take():
            raise _too_fast("ten_secondly_rolling", "TEN_SECONDLY_ROLLING")

    def _limit_headers(self, oauth: bool) -> dict[str, str]:
        values = {} if oauth else {"Daily": self.daily.requests, "Daily-Remaining": self.daily.left}
        values |= {
            "Interval-Milliseconds": int(self.ten_secondly.seconds * 1000),
            "Max": self.ten_secondly.requests,
            "Remaining": self.ten_secondly.left,
        }
        return {f"X-HubSpot-RateLimit-{name}": str(value) for name, value in values.items()}

    async def _token(self, request: Request) -> Response:
        try:
            content_type = request.headers.get("content-type", "")
            return JSONResponse(self.tokens.renew(content_type, await request.body(), request.url.query))
        except ApiError as error:
            return error.response(self.requests)

    async def _list(self, request: Request) -> Response:
        spec = named_type(request)
        query = request.query_params
        with_history = _names(request, "propertiesWithHistory") or []
        limit, after = query.get("limit", "10"), query.get("after", "0")
        most = _MOST_WITH_HISTORY if with_history else _MOST_LISTED
        if not limit.isdecimal() or not 1 <= int(limit) <= most:
            raise invalid(f"Invalid limit: {limit}. It must be between 1 and {most}")
        if not after.isdecimal():
            raise invalid(f"Invalid paging token: {after}")
        archived = query.get("archived", "false") == "true"
        rows = list(islice(self.after(spec.name, int(after), archived=archived), int(limit) + 1))
        page = rows[: int(limit)]
        results = [self._shown(spec, row, _names(request, "properties"), with_history) for row in page]
        if _names(request, "associations") == ["companies"] and spec is CONTACTS:
            for row, result in zip(page, results, strict=True):
                result |= _list_associations(row)
        answer: dict[str, Any] = {"results": results}
        if len(rows) > len(page):
            link = str(request.url.include_query_params(after=page[-1]["id"]))
            answer["paging"] = {"next": {"after": page[-1]["id"], "link": link}}
        return JSONResponse(answer)

    async def _search(self, request: Request) -> Response:
        spec = named_type(request)
        search = read_search(spec, await read_body(request, _SEARCH_KEYS, most_characters=MOST_CHARACTERS))
        found = in_order(search, [row for row in self.indexed(spec.name) if search.test(row)])
        end = search.after + search.limit
        results = [shown(spec, row, search.properties or None) for row in found[search.after : end]]
        answer: dict[str, Any] = {"total": len(found), "results": results}
        if end < len(found):
            answer["paging"] = {"next": {"after": str(end)}}
        return JSONResponse(answer)

    async def _batch_read(self, request: Request) -> Response:
        spec = named_type(request)
        body = await read_body(request, ("inputs", "properties", "propertiesWithHistory", "idProperty"))
        with_history = body.get("propertiesWithHistory") or []
        inputs = read_inputs(body, _MOST_WITH_HISTORY if with_history else _MOST_IN_BATCH, ("id",))
        find = self._finder(spec, body.get("idProperty"))
        asked = [str(one["id"]) for one in inputs]
        found = {id: row for id in asked if (row := find(id)) is not None}
        missing = [id for id in asked if id not in found]
        # HubSpot promises no order: rows come by id, whatever the order of the inputs.
        rows = sorted({row["id"]: row for row in found.values()}.values(), key=lambda row: int(row["id"]))
        results = [self._shown(spec, row, body.get("properties") or None, with_history) for row in rows]
        return self._batch(results, [not_found(spec, missing)] if missing else [])

    def _finder(self, spec: HubSpotType, id_property: str | None) -> Callable[[str], Row | None]:
        if id_property in (None, "", "hs_object_id"):
            return lambda id: self.survivor(spec.name, id)
        known = spec.by_name.get(id_property)
        if known is None or not known.unique:
            raise invalid(f"Unable to perform read by non-unique property {id_property}")
        return self.by_email

    async def _batch_update(self, request: Request) -> Response:
        spec = named_type(request)
        body = await read_body(request, ("inputs",))
        inputs = read_inputs(body, _MOST_IN_BATCH, ("id", "properties", "idProperty", "objectWriteTraceId"))
        if any(one.get("idProperty") for one in inputs):
            raise invalid("Unable to perform update/upsert by non-unique 0-1 property")
        updates = read_updates(inputs)
        try:
            outcome = self.update(spec, updates)
        except DuplicateIds as error:
            message = f"Duplicate IDs found in batch input: [{', '.join(error.ids)}]. IDs must be unique"
            raise invalid(message, context={"ids": error.ids}) from None
        except BadValues as error:
            raise ApiError(400, category="VALIDATION_ERROR", **bad_values(error.problems)) from None
        except Taken as error:
            raise ApiError(409, f"Contact already exists. Existing ID: {error.id}", "CONFLICT") from None
        sent = {one.id: one for one in updates}
        # HubSpot promises no order: the last input is answered first.
        results = [
            shown(spec, row, sent[row["id"]].properties)
            | ({"objectWriteTraceId": sent[row["id"]].trace} if sent[row["id"]].trace else {})
            for row in reversed(outcome.written)
        ]
        return self._batch(results, update_errors(spec, outcome))

    async def _properties(self, request: Request) -> Response:
        return JSONResponse({"results": [spec.describe() for spec in named_type(request).properties]})

    async def _details(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "portalId": PORTAL_ID, "accountType": "DEVELOPER_TEST", "timeZone": "UTC", "companyCurrency": "USD",
                "additionalCurrencies": [], "utcOffset": "+00:00", "utcOffsetMilliseconds": 0,
                "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
            }
        )  # fmt: skip

    async def _links(self, request: Request) -> Response:
        inputs = read_inputs(await read_body(request, ("inputs",)), _MOST_LINKED, ("id", "after"))
        results, errors = [], []
        for one in inputs:
            row = self.live(CONTACTS.name, str(one["id"]))
            links = company_links(row) if row else []
            if links:
                results.append({"from": {"id": str(one["id"])}, "to": links})
            else:
                errors.append(no_company(str(one["id"])))
        return self._batch(results, errors)

    def _shown(
        self, spec: HubSpotType, row: Row, asked: Sequence[str] | None, with_history: Sequence[str]
    ) -> dict[str, Any]:
        result = shown(spec, row, asked)
        if with_history:
            names = [name for name in with_history if name in spec.by_name]
            result["propertiesWithHistory"] = {name: self.history(spec.name, row, name) for name in names}
        return result

    def _batch(self, results: list[dict[str, Any]], errors: list[dict[str, Any]]) -> Response:
        now = hubspot_time(self.clock())
        answer = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        if not errors:
            return JSONResponse(answer)
        return JSONResponse({**answer, "numErrors": len(errors), "errors": errors}, 207)

    def _fault_response(self, fault: Fault) -> Response:
        status = fault.status or 500
        if fault.body is not None:
            return Response(fault.body, status)
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


def _names(request: Request, parameter: str) -> list[str] | None:
    """The names of a list parameter, given once with commas or several times; None when it is not given."""
    given = request.query_params.getlist(parameter)
    return [name for part in given for name in part.split(",") if name] or None


def _list_associations(contact: Row) -> Mapping[str, Any]:
    company = contact["properties"].get("associatedcompanyid")
    if company is None:
        return {}
    kinds = ("contact_to_company", "contact_to_company_unlabeled")
    return {"associations": {"companies": {"results": [{"id": company, "type": kind} for kind in kinds]}}}
