"""What each endpoint of the sandbox's HubSpot portal answers: list, search, one, batches, properties, associations.

Stands between ``hubspot``, which lets requests in, and ``hubspot_records``, which keeps the rows.
https://developers.hubspot.com/docs/api-reference/overview
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connector.sandbox.hubspot_properties import PropertyEndpoints
from connector.sandbox.hubspot_records import BadValues, DuplicateIds, Input, Outcome, Taken
from connector.sandbox.hubspot_schema import PORTAL_ID, HubSpotType
from connector.sandbox.hubspot_search import MOST_CHARACTERS, read_search
from connector.sandbox.hubspot_values import Problem, hubspot_time
from connector.sandbox.hubspot_wire import (
    ApiError,
    bad_values,
    company_links,
    invalid,
    list_associations,
    no_company,
    no_record,
    not_found,
    read_body,
    read_inputs,
    read_new,
    read_updates,
    shown,
    taken,
    update_errors,
)
from connector.sandbox.tables import Row

MOST_URL_CHARACTERS = 8_000
_MOST_LISTED, _MOST_IN_BATCH, _MOST_WITH_HISTORY, _MOST_LINKED = 100, 100, 50, 1_000
_NEW_KEYS = ("properties", "associations", "objectWriteTraceId")
_SEARCH_KEYS = ("query", "limit", "after", "sorts", "properties", "filterGroups")


class PortalEndpoints(PropertyEndpoints):
    """One answer for each endpoint. Raises ApiError and SearchError for what HubSpot refuses."""

    async def _list(self, request: Request) -> Response:
        spec = self._type(request)
        if len(str(request.url)) > MOST_URL_CHARACTERS:
            raise ApiError(414, "URI Too Long")
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
        results = self._shown(spec, page, _names(request, "properties"), with_history)
        if _names(request, "associations") == ["companies"]:
            for row, result in zip(page, results, strict=True):
                result |= list_associations(spec, row)
        answer: dict[str, Any] = {"results": results}
        if len(rows) > len(page):
            link = str(request.url.include_query_params(after=page[-1]["id"]))
            answer["paging"] = {"next": {"after": page[-1]["id"], "link": link}}
        return JSONResponse(answer)

    async def _search(self, request: Request) -> Response:
        spec = self._type(request)
        search = read_search(spec, await read_body(request, _SEARCH_KEYS, most_characters=MOST_CHARACTERS))
        total, rows = self.found(spec.name, search)
        end = search.after + search.limit
        answer: dict[str, Any] = {"total": total, "results": shown(spec, rows, search.properties or None)}
        if end < total:
            answer["paging"] = {"next": {"after": str(end)}}
        return JSONResponse(answer)

    async def _batch_read(self, request: Request) -> Response:
        spec = self._type(request)
        body = await read_body(request, ("inputs", "properties", "propertiesWithHistory", "idProperty"))
        with_history = body.get("propertiesWithHistory") or []
        inputs = read_inputs(body, _MOST_WITH_HISTORY if with_history else _MOST_IN_BATCH, ("id",))
        find = self._finder(spec, body.get("idProperty"))
        asked = [str(one["id"]) for one in inputs]
        found = {id: row for id in asked if (row := find(id)) is not None}
        missing = [id for id in asked if id not in found]
        # HubSpot promises no order: rows come by id, whatever the order of the inputs.
        rows = sorted({row["id"]: row for row in found.values()}.values(), key=lambda row: int(row["id"]))
        results = self._shown(spec, rows, body.get("properties") or None, with_history)
        return self._batch(results, [not_found(spec, missing)] if missing else [])

    def _finder(self, spec: HubSpotType, id_property: str | None) -> Callable[[str], Row | None]:
        if id_property in (None, "", "hs_object_id"):
            return lambda id: self.survivor(spec.name, id)
        known = spec.by_name.get(id_property)
        if known is None or not known.unique:
            raise invalid(f"Unable to perform read by non-unique property {id_property}")
        return lambda value: self.found_by(spec, known.name, value)

    async def _read_one(self, request: Request) -> Response:
        spec = self._type(request)
        row = self._one_row(spec, request)
        with_history = _names(request, "propertiesWithHistory") or []
        (result,) = self._shown(spec, [row], _names(request, "properties"), with_history)
        if _names(request, "associations") == ["companies"]:
            result |= list_associations(spec, row)
        return JSONResponse(result)

    def _one_row(self, spec: HubSpotType, request: Request) -> Row:
        """The record that a path names, by id or by a unique property. Raises ApiError 404."""
        id = request.path_params["id"]
        row = self._finder(spec, request.query_params.get("idProperty"))(id)
        if row is None:
            raise no_record(id)
        return row

    async def _update_one(self, request: Request) -> Response:
        spec = self._type(request)
        by_value = "idProperty" in request.query_params
        id = self._one_row(spec, request)["id"] if by_value else request.path_params["id"]
        body = await read_body(request, ("properties", "objectWriteTraceId"))
        updates = read_updates([{"id": id, "properties": body.get("properties")}])
        outcome = self._carried_out(self.update, spec, updates, request)
        if outcome.missing:
            raise no_record(id)
        if outcome.ruled_out:
            raise invalid(outcome.ruled_out[0][1])
        return JSONResponse(shown(spec, outcome.written[:1], updates[0].properties)[0])

    async def _batch_update(self, request: Request) -> Response:
        spec = self._type(request)
        body = await read_body(request, ("inputs",))
        inputs = read_inputs(body, _MOST_IN_BATCH, ("id", "properties", "idProperty", "objectWriteTraceId"))
        if any(one.get("idProperty") for one in inputs):
            raise invalid("Unable to perform update/upsert by non-unique 0-1 property")
        updates = read_updates(inputs)
        outcome = self._carried_out(self.update, spec, updates, request)
        sent = {one.id: one for one in updates}
        # HubSpot promises no order: the last input is answered first.
        results = [
            shown(spec, [row], sent[row["id"]].properties)[0]
            | ({"objectWriteTraceId": sent[row["id"]].trace} if sent[row["id"]].trace else {})
            for row in reversed(outcome.written)
        ]
        return self._batch(results, update_errors(spec, outcome))

    async def _create_one(self, request: Request) -> Response:
        spec = self._type(request)
        body = await read_body(request, _NEW_KEYS)
        body.pop("objectWriteTraceId", None)  # one record lands or is refused: there is nothing to tell apart
        outcome = self._carried_out(self.create, spec, read_new(spec, [body]), request)
        if outcome.ruled_out:
            raise invalid(outcome.ruled_out[0][1])
        return JSONResponse(shown(spec, outcome.written[:1], body["properties"])[0], 201)

    async def _batch_create(self, request: Request) -> Response:
        spec = self._type(request)
        body = await read_body(request, ("inputs",))
        inputs = read_new(spec, read_inputs(body, _MOST_IN_BATCH, _NEW_KEYS, new=True))
        outcome = self._carried_out(self.create, spec, inputs, request)
        asked = sorted({name for one in inputs for name in one.properties})
        return self._batch(shown(spec, outcome.written, asked), update_errors(spec, outcome), 201)

    async def _archive_one(self, request: Request) -> Response:
        return self._archived(self._type(request), [request.path_params["id"]])

    async def _batch_archive(self, request: Request) -> Response:
        inputs = read_inputs(await read_body(request, ("inputs",)), _MOST_IN_BATCH, ("id",))
        return self._archived(self._type(request), [str(one["id"]) for one in inputs])

    def _archived(self, spec: HubSpotType, ids: Sequence[str]) -> Response:
        """Archive what is there; an id that leads nowhere is no mistake."""
        for id in ids:
            if self.live(spec.name, id) is not None:
                self.delete(spec.name, id)
        return Response(status_code=204)

    def _carried_out(
        self, write: Callable[[HubSpotType, Sequence[Input]], Outcome], spec: HubSpotType, inputs: Sequence[Input],
        request: Request,
    ) -> Outcome:  # fmt: skip
        """Update or create. Raises ApiError where HubSpot refuses all of it."""
        if "/2026-09/" in request.url.path:
            self._check_required(spec, inputs)
        try:
            return write(spec, inputs)
        except DuplicateIds as error:
            message = f"Duplicate IDs found in batch input: [{', '.join(error.ids)}]. IDs must be unique"
            raise invalid(message, context={"ids": error.ids}) from None
        except BadValues as error:
            raise ApiError(400, category="VALIDATION_ERROR", **bad_values(error.problems)) from None
        except Taken as error:
            raise taken(spec, error) from None

    def _check_required(self, spec: HubSpotType, inputs: Sequence[Input]) -> None:
        """What administrators require is asked of writes since 2026-09; one that lacks it refuses the whole batch.

        https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
        """
        for one in inputs:
            row = self.live(spec.name, one.id)
            after = {**(row["properties"] if row else {}), **one.properties}
            if missing := next((name for rule in self.required if (name := rule(spec.name, after))), None):
                problem = Problem("REQUIRED_PROPERTY_MISSING", f'Property "{missing}" is required', missing)
                raise invalid("Some required properties were not set", errors=[problem.as_error()])

    async def _details(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "portalId": PORTAL_ID, "accountType": "DEVELOPER_TEST", "timeZone": "UTC", "companyCurrency": "USD",
                "additionalCurrencies": [], "utcOffset": "+00:00", "utcOffsetMilliseconds": 0,
                "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
            }
        )  # fmt: skip

    async def _links(self, request: Request) -> Response:
        spec = self._type(request)
        inputs = read_inputs(await read_body(request, ("inputs",)), _MOST_LINKED, ("id", "after"))
        results, errors = [], []
        for one in inputs:
            row = self.live(spec.name, str(one["id"]))
            links = company_links(spec, row) if row else []
            if links:
                results.append({"from": {"id": str(one["id"])}, "to": links})
            else:
                errors.append(no_company(spec, str(one["id"])))
        return self._batch(results, errors)

    async def _links_of_one(self, request: Request) -> Response:
        """A record without a company has an empty list here; an unknown one is refused."""
        spec = self._type(request)
        return JSONResponse({"results": company_links(spec, self._one_row(spec, request))})

    def _shown(
        self, spec: HubSpotType, rows: Sequence[Row], asked: Sequence[str] | None, with_history: Sequence[str]
    ) -> list[dict[str, Any]]:
        results = shown(spec, rows, asked)
        if with_history:
            names = [name for name in with_history if name in spec.by_name]
            for row, result in zip(rows, results, strict=True):
                result["propertiesWithHistory"] = {name: self.history(spec.name, row, name) for name in names}
        return results

    def _batch(self, results: list[dict[str, Any]], errors: list[dict[str, Any]], status: int = 200) -> Response:
        now = hubspot_time(self.clock())
        answer = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        if not errors:
            return JSONResponse(answer, status)
        return JSONResponse({**answer, "numErrors": len(errors), "errors": errors}, 207)


def _names(request: Request, parameter: str) -> list[str] | None:
    """The names of a list parameter, given once with commas or several times; None when it is not given."""
    given = request.query_params.getlist(parameter)
    return [name for part in given for name in part.split(",") if name] or None
