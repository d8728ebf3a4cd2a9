"""Bulk API 2.0 query jobs of the sandbox's Salesforce org: their states, their results as CSV, and the routes to them.

Stands beside ``salesforce``, which lends its frame (token, daily calls) and runs the SOQL. A job moves on only when
somebody looks at it, so tests depend on no time.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
"""

from __future__ import annotations

import base64
import binascii
import csv
import gzip
import io
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.salesforce_query import Cursors, Result
from connector.sandbox.salesforce_records import OWNER
from connector.sandbox.salesforce_wire import ApiError, not_found, read_json
from connector.sandbox.soql import Select, parse_soql
from connector.sandbox.soql_filter import Column, salesforce_time
from connector.sandbox.tables import Now, Row

Handler = Callable[[Request], Awaitable[Response]]
_DEFAULTS = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
_LINE_ENDS = {"LF": "\n", "CRLF": "\r\n"}
_RUNNING = ("UploadComplete", "InProgress")


@dataclass(slots=True)
class Job:
    """A query job. ``looks``: how often its state was asked for; ``result`` is there once it has run."""

    id: str
    text: str
    deleted: bool
    created: str
    object: str
    line_end: str
    state: str = "UploadComplete"
    looks: int = 0
    error: str = ""
    result: Result | None = None


class QueryJobs:
    """The org's query jobs, by id.

    ``polls``: looks until a job has run. ``most_records``: rows of one set, whatever is asked for. ``enabled``: whether
    the org has the API at all. ``failure``: what jobs fail of; none if empty. ``before_run``: called when a job runs.
    """

    def __init__(self, cursors: Cursors, now: Now) -> None:
        self.polls = 2
        self.most_records = 100_000
        self.enabled = True
        self.failure = ""
        self.before_run: Callable[[], None] | None = None
        self.jobs: dict[str, Job] = {}
        self._cursors = cursors
        self._now = now
        self._numbers = count(1)

    def routes(self, data: str, framed: Callable[[Handler], Handler]) -> list[Route]:
        """The paths below ``data``, each handler in the org's frame."""
        path = f"{data}/jobs/query"
        return [
            Route(path, framed(self._create), methods=["POST"]),
            Route(path, framed(self._list), methods=["GET"]),
            Route(f"{path}/{{job}}", framed(self._look), methods=["GET"]),
            Route(f"{path}/{{job}}", framed(self._abort), methods=["PATCH"]),
            Route(f"{path}/{{job}}", framed(self._delete), methods=["DELETE"]),
            Route(f"{path}/{{job}}/results", framed(self._results), methods=["GET"]),
        ]

    async def _create(self, request: Request) -> Response:
        if not self.enabled:
            raise ApiError(403, "FUNCTIONALITY_NOT_ENABLED", "Bulk API is not enabled for this organization")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "The request entity is in a format that is not supported")
        job = self._new(await read_json(request))
        self.jobs[job.id] = job
        return JSONResponse(_told(job, request))

    def _new(self, body: dict[str, Any]) -> Job:
        asked = {**_DEFAULTS, **body}
        if unknown := asked.keys() - _DEFAULTS.keys() - {"operation", "query"}:
            raise ApiError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"')
        if asked.get("operation") not in ("query", "queryAll") or not isinstance(asked.get("query"), str):
            raise ApiError(400, "API_ERROR", "A query job needs an operation (query, queryAll) and a query")
        if (
            asked["contentType"] != "CSV"
            or asked["columnDelimiter"] != "COMMA"
            or asked["lineEnding"] not in _LINE_ENDS
        ):
            raise ApiError(400, "API_ERROR", "The sandbox writes CSV with commas, and LF or CRLF at the end of a line")
        deleted = asked["operation"] == "queryAll"
        _check(parse_soql(asked["query"]))
        object = self._cursors.check(asked["query"])
        id = f"750SB{next(self._numbers):010d}AAA"
        created = salesforce_time(self._now())
        return Job(id, asked["query"], deleted, created, object, _LINE_ENDS[asked["lineEnding"]])

    async def _list(self, request: Request) -> Response:
        records = [_told(job, request) for job in self.jobs.values()]
        return JSONResponse({"done": True, "nextRecordsUrl": None, "records": records})

    async def _look(self, request: Request) -> Response:
        job = self._named(request)
        if job.state in _RUNNING:
            job.looks += 1
            job.state = "InProgress"
            if job.looks >= self.polls:
                self._finish(job)
        return JSONResponse(_told(job, request))

    def _finish(self, job: Job) -> None:
        if self.before_run is not None:
            self.before_run()
        if self.failure:
            job.state, job.error = "Failed", self.failure
        else:
            job.state, job.result = "JobComplete", self._cursors.run(job.text, deleted=job.deleted)

    async def _abort(self, request: Request) -> Response:
        job = self._named(request)
        if await read_json(request) != {"state": "Aborted"}:
            raise ApiError(400, "INVALIDJOBSTATE", "A query job can only be set to Aborted")
        if job.state not in _RUNNING:
            raise ApiError(400, "INVALIDJOBSTATE", f"Aborting already {job.state} job is not allowed")
        job.state = "Aborted"
        return JSONResponse(_told(job, request))

    async def _delete(self, request: Request) -> Response:
        job = self._named(request)
        if job.state in _RUNNING:
            raise ApiError(400, "INVALIDJOBSTATE", f"A job in state {job.state} cannot be deleted")
        del self.jobs[job.id]
        return Response(status_code=204)

    async def _results(self, request: Request) -> Response:
        job = self._named(request)
        if job.result is None:
            raise ApiError(400, "INVALIDJOBSTATE", f"The job has no results: it is {job.state}")
        start, rows = _start(request.query_params.get("locator")), job.result.rows
        if start and start >= len(rows):
            raise ApiError(400, "INVALIDLOCATOR", "The locator leads nowhere")
        end = start + min(_most(request.query_params.get("maxRecords")) or self.most_records, self.most_records)
        shown = rows[start:end]
        return _csv(request, job, shown, _locator(end) if end < len(rows) else "null")

    def _named(self, request: Request) -> Job:
        job = self.jobs.get(request.path_params["job"])
        if job is None:
            raise not_found()
        return job


def _check(query: Select) -> None:
    """Refuse what Bulk refuses and our SOQL knows; it knows no GROUP BY, TYPEOF, sub-query or compound field."""
    if not query.fields:
        raise ApiError(400, "API_ERROR", "Aggregate functions such as COUNT() are not supported in Bulk Query")
    if query.offset:
        raise ApiError(400, "API_ERROR", "OFFSET is not supported in Bulk Query")


def _told(job: Job, request: Request) -> dict[str, Any]:
    told = {
        "id": job.id, "operation": "queryAll" if job.deleted else "query", "object": job.object,
        "createdById": OWNER, "createdDate": job.created, "systemModstamp": job.created, "state": job.state,
        "concurrencyMode": "Parallel", "contentType": "CSV",
        "apiVersion": float(request.path_params["version"].removeprefix("v")),
        "lineEnding": "CRLF" if job.line_end == "\r\n" else "LF", "columnDelimiter": "COMMA", "jobType": "V2Query",
    }  # fmt: skip
    if job.looks:
        told["numberRecordsProcessed"] = len(job.result.rows) if job.result else 0
    return {**told, "errorMessage": job.error} if job.error else told


def _locator(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode().rstrip("=")


def _start(locator: str | None) -> int:
    if locator is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except (ValueError, binascii.Error):
        raise ApiError(400, "INVALIDLOCATOR", f"Invalid locator: {locator}") from None


def _most(text: str | None) -> int | None:
    if text is not None and not (text.isdecimal() and int(text)):
        raise ApiError(400, "API_ERROR", f"maxRecords must be a positive number: {text}")
    return None if text is None else int(text)


def _csv(request: Request, job: Job, rows: list[Row], locator: str) -> Response:
    """A set of rows; every cell is quoted, and the body compressed wherever the client takes that."""
    assert job.result is not None
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=job.line_end)
    writer.writerow([_name(column) for column in job.result.columns])
    writer.writerows(zip(*(_cells(column, rows) for column in job.result.columns), strict=True))
    body = text.getvalue().encode()
    headers = {"Sforce-NumberOfRecords": str(len(rows)), "Sforce-Locator": locator}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=1, mtime=0)
    return Response(body, media_type="text/csv", headers=headers)


def _name(column: Column) -> str:
    return column.spec.name if column.link is None else f"{column.link.relationship}.{column.spec.name}"


def _cells(column: Column, rows: Sequence[Row]) -> Iterable[Any]:
    """One column of a set; null is written as an empty cell."""
    values = map(column.read, rows)
    if column.spec.type == "boolean":
        return map({True: "true", False: "false", None: None}.__getitem__, values)
    if column.spec.type == "datetime":  # +0000 is REST's way to say it
        return (f"{value.removesuffix('+0000')}Z" if value is not None else None for value in values)
    return values
