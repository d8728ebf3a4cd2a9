"""Bulk API 2.0 ingest jobs of the sandbox's Salesforce org: updates as CSV, carried out when somebody looks.

Stands beside ``salesforce_bulk``, whose query jobs it resembles. Rows are written by ``OrgDml.update``, so
validation rules and picklists refuse here what they refuse elsewhere.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector.sandbox.salesforce_bulk import Handler
from connector.sandbox.salesforce_dml import OrgDml, Write
from connector.sandbox.salesforce_records import OWNER
from connector.sandbox.salesforce_schema import SalesforceField, SalesforceObject
from connector.sandbox.salesforce_wire import ApiError, not_found, not_writable, read_json
from connector.sandbox.salesforce_write import Refusal

NULL = "#N/A"
_KEYS = frozenset({"object", "operation", "contentType", "lineEnding", "columnDelimiter", "assignmentRuleId"})
_RUNNING = ("UploadComplete", "InProgress")


@dataclass(slots=True)
class IngestJob:
    """An update job. ``rows``: column → text, as uploaded; ``failed``: Salesforce's words by place of the row."""

    id: str
    spec: SalesforceObject
    assigns: bool
    state: str = "Open"
    looks: int = 0
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] | None = None
    failed: dict[int, str] = field(default_factory=dict)
    done: int = 0


class IngestJobs:
    """The org's update jobs, by id.

    ``polls``: looks until a job has run. ``enabled``: whether the org has the API at all. ``most``: rows that a job
    gets to before Salesforce gives up on it, None = all; it is then Failed, and what is left is unprocessed.
    ``largest``: bytes of an upload; the documents name 150 MB in base64, and 100 MB before it.
    """

    def __init__(self, org: OrgDml) -> None:
        self.polls = 2
        self.enabled = True
        self.most: int | None = None
        self.largest = 100_000_000
        self.jobs: dict[str, IngestJob] = {}
        self._org = org
        self._numbers = count(1)

    def finish(self) -> None:
        """Carry out every job that was started, as Salesforce does whether or not anybody looks."""
        for job in self.jobs.values():
            if job.state in _RUNNING:
                self._carry_out(job)

    def routes(self, data: str, framed: Callable[[Handler], Handler]) -> list[Route]:
        """The paths below ``data``, each handler in the org's frame."""
        path = f"{data}/jobs/ingest"
        return [
            Route(path, framed(self._create), methods=["POST"]),
            Route(f"{path}/{{job}}", framed(self._look), methods=["GET"]),
            Route(f"{path}/{{job}}", framed(self._set_state), methods=["PATCH"]),
            Route(f"{path}/{{job}}/batches", framed(self._upload), methods=["PUT"]),
            Route(f"{path}/{{job}}/{{kind}}", framed(self._results), methods=["GET"]),
            Route(f"{path}/{{job}}/{{kind}}/", framed(self._results), methods=["GET"]),
        ]

    async def _create(self, request: Request) -> Response:
        if not self.enabled:
            raise ApiError(403, "FUNCTIONALITY_NOT_ENABLED", "Bulk API is not enabled for this organization")
        body = await read_json(request)
        if unknown := body.keys() - _KEYS:
            raise ApiError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{min(unknown)}"')
        if body.get("operation") != "update" or body.get("contentType", "CSV") != "CSV":
            raise ApiError(400, "INVALIDJOB", "The sandbox runs jobs with operation update and contentType CSV")
        if body.get("lineEnding", "LF") != "LF" or body.get("columnDelimiter", "COMMA") != "COMMA":
            raise ApiError(400, "INVALIDJOB", "The sandbox reads CSV with commas and LF at the end of a line")
        spec = self._org.known(str(body.get("object")))
        if spec is None or not spec.updateable:
            raise not_writable(str(body.get("object")))
        job = IngestJob(f"751SB{next(self._numbers):010d}AAA", spec, bool(body.get("assignmentRuleId")))
        self.jobs[job.id] = job
        return JSONResponse(_told(job))

    async def _upload(self, request: Request) -> Response:
        job = self._named(request)
        if request.headers.get("content-type", "").partition(";")[0].strip() != "text/csv":
            raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "A batch is text/csv")
        if job.state != "Open" or job.rows is not None:
            raise ApiError(400, "INVALIDJOBSTATE", f"Cannot upload data: the job is {job.state}, or has its data")
        content = await request.body()
        if len(content) > self.largest:
            raise ApiError(400, "CLIENT_INPUT_ERROR", "The data is larger than a job may have")
        try:
            reader = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
            job.columns, job.rows = list(reader.fieldnames or []), list(reader)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ApiError(400, "CLIENT_INPUT_ERROR", f"The data is no CSV: {error}") from None
        return Response(status_code=201)

    async def _set_state(self, request: Request) -> Response:
        job, body = self._named(request), await read_json(request)
        wanted = body.get("state")
        allowed = {"UploadComplete": ("Open",), "Aborted": ("Open", *_RUNNING)}.get(str(wanted), ())
        if body.keys() != {"state"} or job.state not in allowed:
            raise ApiError(400, "INVALIDJOBSTATE", f"A job that is {job.state} cannot become {wanted}")
        if wanted == "UploadComplete" and job.rows is None:
            raise ApiError(400, "INVALIDJOBSTATE", "The job has no data")
        job.state = str(wanted)
        return JSONResponse(_told(job))

    async def _look(self, request: Request) -> Response:
        job = self._named(request)
        if job.state in _RUNNING:
            job.looks += 1
            job.state = "InProgress"
            if job.looks >= self.polls:
                self._carry_out(job)
        return JSONResponse(_told(job))

    def _carry_out(self, job: IngestJob) -> None:
        rows = (job.rows or [])[: self.most]
        self._org.meet([row.get("Id", "") for row in rows])
        writes = [Write(job.spec, row.get("Id") or None, _sent(job.spec, row)) for row in rows]
        for place, refusals in enumerate(self._org.update(writes, auto_assign=job.assigns)):
            if refusals:
                job.failed[place] = _error(refusals)
        job.done = len(rows)
        job.state = "JobComplete" if job.done == len(job.rows or []) else "Failed"

    async def _results(self, request: Request) -> Response:
        job, kind = self._named(request), request.path_params["kind"].lower()  # as clients spell it: in either case
        places = range(len(job.rows or []))
        chosen = {
            "successfulresults": [place for place in places if place < job.done and place not in job.failed],
            "failedresults": sorted(job.failed),
            "unprocessedrecords": [place for place in places if place >= job.done],
        }.get(kind)
        if chosen is None:
            raise not_found()
        if job.state in ("Open", *_RUNNING):
            raise ApiError(400, "INVALIDJOBSTATE", f"The job has no results: it is {job.state}")
        return _csv(job, kind, chosen)

    def _named(self, request: Request) -> IngestJob:
        job = self.jobs.get(request.path_params["job"])
        if job is None:
            raise not_found()
        return job


def _sent(spec: SalesforceObject, row: dict[str, str]) -> dict[str, Any]:
    """What a row writes: an empty cell leaves its field alone, and ``#N/A`` clears it."""
    return {
        name: None if text == NULL else _typed(spec.find(name), text)
        for name, text in row.items()
        if text and name != "Id"
    }


def _typed(field: SalesforceField | None, text: str) -> Any:
    kind = field.type if field else "string"
    try:
        if kind == "boolean":
            return {"true": True, "false": False}[text.lower()]
        return int(text) if kind == "int" else float(text) if kind in ("double", "currency", "percent") else text
    except (KeyError, ValueError):
        return text  # refused as what it is


def _error(refusals: Sequence[Refusal]) -> str:
    """As ``sf__Error`` has it: ``CODE:message:Field,Other --``."""
    return ";".join(f"{one.code}:{one.message}:{','.join(one.fields)} --" for one in refusals)


def _told(job: IngestJob) -> dict[str, Any]:
    return {
        "id": job.id, "operation": "update", "object": job.spec.name, "createdById": OWNER, "state": job.state,
        "contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA", "concurrencyMode": "Parallel",
        "numberRecordsProcessed": job.done, "numberRecordsFailed": len(job.failed), "jobType": "V2Ingest",
        **({"errorMessage": "Salesforce gave up on this job"} if job.state == "Failed" else {}),
    }  # fmt: skip


def _csv(job: IngestJob, kind: str, places: Sequence[int]) -> Response:
    """Results, the last row first: Salesforce promises no order."""
    extra = {"successfulresults": ["sf__Id", "sf__Created"], "failedresults": ["sf__Id", "sf__Error"]}.get(kind, [])
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*extra, *job.columns])
    for place in reversed(places):
        row = (job.rows or [])[place]
        told = {"sf__Id": row["Id"], "sf__Created": "false", "sf__Error": job.failed.get(place, "")}
        writer.writerow([*(told[name] for name in extra), *(row[name] for name in job.columns)])
    return Response(text.getvalue().encode(), media_type="text/csv")
