"""Reads the requests of the sandbox's Salesforce org and words its refusals.

Stands between ``salesforce``, which decides, and HTTP: bodies, headers and errors, no state.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import groupby
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connector.sandbox.faults import Fault, page
from connector.sandbox.salesforce_dml import Write
from connector.sandbox.salesforce_schema import SalesforceObject
from connector.sandbox.soql_filter import Known
from connector.sandbox.tables import Row

VERSIONS = range(30, 69)
"""The API versions that the org serves, newest last."""
MOST_WRITES, _MOST_CHUNKS = 200, 10


class ApiError(Exception):
    """An answer other than 2xx: ``[{"message", "errorCode"}]``."""

    def __init__(self, status: int, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {"message": message, "errorCode": code}
        if fields:
            self.error["fields"] = list(fields)

    def response(self) -> JSONResponse:
        return JSONResponse([self.error], self.status)


def read_writes(records: Any, known: Known) -> list[Write]:
    """The records of an update request: at most 200, in at most 10 runs of one type."""
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ApiError(400, "JSON_PARSER_ERROR", "The request needs records, a list of objects")
    if len(records) > MOST_WRITES:
        raise too_many(MOST_WRITES)
    writes = [_write(record, known) for record in records]
    if len([name for name, _ in groupby(write.spec.name for write in writes)]) > _MOST_CHUNKS:
        message = "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
        raise ApiError(400, "INVALID_INPUT", message)
    return writes


def _write(record: dict[str, Any], known: Known) -> Write:
    kind = (record.get("attributes") or {}).get("type")
    spec = known(kind) if isinstance(kind, str) else None
    if spec is None or not spec.updateable:
        raise not_writable(str(kind))
    ids = [value for name, value in record.items() if name.lower() == "id"]
    values = {name: value for name, value in record.items() if name.lower() not in ("id", "attributes")}
    return Write(spec, ids[0] if ids and isinstance(ids[0], str) else None, values)


def modified_since(request: Request, row: Row) -> bool:
    """Whether the record changed after the request's ``If-Unmodified-Since`` (whole seconds, as in Salesforce)."""
    header = request.headers.get("if-unmodified-since")
    if header is None:
        return False
    try:
        limit = parsedate_to_datetime(header)
    except ValueError:
        raise ApiError(400, "BAD_REQUEST", f"If-Unmodified-Since is no HTTP date: {header}") from None
    modified = datetime.fromisoformat(row["LastModifiedDate"]).replace(microsecond=0)
    return modified > (limit if limit.tzinfo else limit.replace(tzinfo=UTC))


def auto_assign(request: Request) -> bool:
    """Whether assignment rules run: they do unless the client says FALSE."""
    return request.headers.get("sforce-auto-assign", "TRUE").upper() != "FALSE"


def named_object(request: Request, known: Known) -> SalesforceObject:
    """The object that the path names. Raises ApiError 404."""
    spec = known(request.path_params["object"])
    if spec is None:
        raise not_found()
    return spec


async def read_json(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises ApiError 400."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", f"The HTTP entity body is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise ApiError(400, "JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object")
    return body


def text_list(body: dict[str, Any], name: str) -> list[str]:
    """A list of texts that the body must hold."""
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise ApiError(400, "JSON_PARSER_ERROR", f"The request needs {name}, a list of texts")
    return value


def too_many(most: int) -> ApiError:
    """The refusal of a request with more records than it may hold."""
    message = f"record limit reached. cannot submit more than {most} records into this call"
    return ApiError(400, "EXCEEDED_ID_LIMIT", message)


def not_writable(object: str) -> ApiError:
    """The refusal of an update of an object that has none."""
    return ApiError(400, "INVALID_TYPE", f"sObject type '{object}' is not supported.")


def not_found() -> ApiError:
    """The refusal of a path that leads nowhere."""
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def oauth_error(error: str, description: str) -> JSONResponse:
    """A refused sign-in."""
    return JSONResponse({"error": error, "error_description": description}, 400)


def bearer(request: Request) -> str | None:
    """The session that a request names in its header; None without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme in ("Bearer", "OAuth") else None


def basic_auth(request: Request) -> tuple[str, str] | None:
    """User and password of an ``Authorization: Basic`` header; None without one."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def fault_response(fault: Fault) -> Response:
    """The answer of a fault that a test armed."""
    status = fault.status or 500
    if fault.body is not None:
        return page(status, fault.body)
    return ApiError(status, fault.code or "UNKNOWN_EXCEPTION", "The sandbox was told to refuse this request").response()


async def http_error(_request: Request, error: Exception) -> Response:
    """Starlette's own 404 and 405 in Salesforce's words."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        message = "HTTP Method not allowed on this resource"
        return ApiError(405, "METHOD_NOT_ALLOWED", message).response()
    return not_found().response()
