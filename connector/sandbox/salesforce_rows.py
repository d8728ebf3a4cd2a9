"""The records of the sandbox's Salesforce org on the wire: one or many, read, updated, created and deleted.

Stands between ``salesforce``, which lends its frame (token, daily calls), and ``salesforce_dml``, which decides.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.salesforce_dml import Done, OrgDml, Write
from connector.sandbox.salesforce_duplicates import allow_save
from connector.sandbox.salesforce_query import attributes
from connector.sandbox.salesforce_schema import SalesforceObject
from connector.sandbox.salesforce_wire import (
    MOST_WRITES,
    ApiError,
    auto_assign,
    modified_since,
    named_object,
    not_writable,
    read_json,
    read_writes,
    text_list,
    too_many,
)
from connector.sandbox.salesforce_write import Refusal
from connector.sandbox.tables import Row

Handler = Callable[[Request], Awaitable[Response]]
_MOST_READS = 2_000


class RowEndpoints:
    """Single records below ``sobjects``, collections below ``composite/sobjects``."""

    def __init__(self, org: OrgDml) -> None:
        self._org = org

    def routes(self, data: str, framed: Callable[[Handler], Handler]) -> list[Route]:
        """The paths below ``data``, each handler in the org's frame."""
        object, many = f"{data}/sobjects/{{object}}", f"{data}/composite/sobjects"
        table = [
            (f"{object}/{{id}}", "GET", self._read_one),
            (f"{object}/{{id}}", "PATCH", self._update_one),
            (f"{object}/{{id}}", "DELETE", self._delete_one),
            (object, "POST", self._create_one),
            (f"{object}/", "POST", self._create_one),
            (many, "PATCH", self._update_many),
            (f"{many}/", "PATCH", self._update_many),
            (many, "POST", self._create_many),
            (f"{many}/", "POST", self._create_many),
            (many, "DELETE", self._delete_many),
            (f"{many}/", "DELETE", self._delete_many),
            (f"{many}/{{object}}", "POST", self._read_many),
        ]
        return [Route(path, framed(handler), methods=[method]) for path, method, handler in table]

    async def _read_many(self, request: Request) -> Response:
        spec = named_object(request, self._org.known)
        body = await read_json(request)
        ids, names = text_list(body, "ids"), text_list(body, "fields")
        if len(ids) > _MOST_READS:
            raise too_many(_MOST_READS)
        fields = _true_names(spec, names)
        rows = [self._org.tables[spec.name].get(id) for id in ids]
        version = request.path_params["version"]
        return JSONResponse([_retrieved(row, spec.name, fields, version) for row in rows])

    async def _read_one(self, request: Request) -> Response:
        spec = named_object(request, self._org.known)
        row = self._one_row(spec, request.path_params["id"])
        asked = request.query_params.get("fields")
        fields = [field.name for field in spec.fields] if asked is None else _true_names(spec, asked.split(","))
        return JSONResponse(_retrieved(row, spec.name, fields, request.path_params["version"]))

    def _one_row(self, spec: SalesforceObject, id: str) -> Row:
        """The record that a path names. Raises ApiError 404."""
        row = self._org.tables[spec.name].get(id)
        if row is None:
            raise ApiError(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: " + id)
        if row.get("IsDeleted"):
            raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted")
        return row

    def _writable(self, request: Request) -> SalesforceObject:
        """The object that the path names, if clients may write it. Raises ApiError."""
        spec = named_object(request, self._org.known)
        if not spec.updateable:
            raise not_writable(spec.name)
        return spec

    async def _update_many(self, request: Request) -> Response:
        body = await read_json(request)
        writes = read_writes(body.get("records"), self._org.known)
        self._org.meet([write.id for write in writes if write.id])
        results = self._org.update(
            writes, auto_assign=auto_assign(request), allow_save=allow_save(request), all_or_none=_all_or_none(body)
        )
        done = [Done(write.id or "", refusals) for write, refusals in zip(writes, results, strict=True)]
        return _results(done)

    async def _update_one(self, request: Request) -> Response:
        spec, id = self._writable(request), request.path_params["id"]
        self._org.meet([id])
        row = self._one_row(spec, id)
        values = await _values(request)
        if modified_since(request, row):
            return Response(status_code=412)
        writes = [Write(spec, id, values)]
        (refusals,) = self._org.update(writes, auto_assign=auto_assign(request), allow_save=allow_save(request))
        return _refused(refusals) if refusals else Response(status_code=204)

    async def _create_many(self, request: Request) -> Response:
        body = await read_json(request)
        writes = read_writes(body.get("records"), self._org.known)
        done = self._org.create(
            writes, auto_assign=auto_assign(request), allow_save=allow_save(request), all_or_none=_all_or_none(body)
        )
        return _results(done)

    async def _create_one(self, request: Request) -> Response:
        writes = [Write(self._writable(request), None, await _values(request))]
        (one,) = self._org.create(writes, auto_assign=auto_assign(request), allow_save=allow_save(request))
        if one.refusals:
            return _refused(one.refusals)
        return JSONResponse({"id": one.id, "success": True, "errors": []}, 201)

    async def _delete_many(self, request: Request) -> Response:
        ids = [id for id in request.query_params.get("ids", "").split(",") if id]
        if not ids:
            raise ApiError(400, "REQUIRED_FIELD_MISSING", "The request needs ids")
        if len(ids) > MOST_WRITES:
            raise too_many(MOST_WRITES)
        all_or_none = request.query_params.get("allOrNone") == "true"
        return _results(self._org.remove([(self._object_of(id), id) for id in ids], all_or_none=all_or_none))

    def _object_of(self, id: str) -> SalesforceObject:
        """The object whose records' ids begin like this one. Raises ApiError."""
        for spec in self._org.objects.values():
            if spec.updateable and id.startswith(spec.prefix):
                return spec
        raise ApiError(400, "MALFORMED_ID", f"id value of incorrect type: {id}")

    async def _delete_one(self, request: Request) -> Response:
        spec, id = self._writable(request), request.path_params["id"]
        self._one_row(spec, id)
        (one,) = self._org.remove([(spec, id)])
        return _refused(one.refusals) if one.refusals else Response(status_code=204)


async def _values(request: Request) -> dict[str, Any]:
    """The fields of a record in a body; its id has no place there."""
    sent = await read_json(request)
    if any(name.lower() == "id" for name in sent):
        raise ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")
    return {name: value for name, value in sent.items() if name != "attributes"}


def _all_or_none(body: dict[str, Any]) -> bool:
    return body.get("allOrNone", False) is True


def _results(done: Sequence[Done]) -> JSONResponse:
    """The answer for a collection: 200, whatever became of its records."""
    return JSONResponse(
        [
            {"success": False, "errors": [refusal.as_json() for refusal in one.refusals]}
            if one.refusals
            else {"id": one.id, "success": True, "errors": []}
            for one in done
        ]
    )


def _refused(refusals: Sequence[Refusal]) -> JSONResponse:
    errors = [{"message": one.message, "errorCode": one.code, "fields": list(one.fields)} for one in refusals]
    return JSONResponse(errors, 400)


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
