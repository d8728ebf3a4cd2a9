"""Big writes by Bulk API 2.0: create a job, upload its rows, start it, wait, and read what became of each of them.

Stands between ``adapter`` and ``transport``, and is off unless ``connection.bulk_write_from`` asks for it: a job runs
some time after the records were re-read and knows no condition, so an edit that somebody makes meanwhile is lost.
Nothing is written before the job is started. Assignment rules run only where a job names one, which ours never does.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0_ingest.htm
"""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

import requests

from connector.errors import ConnectorError, InDoubt, NotDone, RequestRefused, VendorUnreachable
from connector.models import Update, Value

from .bulk_job import abort, failure_of, finished
from .errors import ConfigRefused, Denied
from .transport import Call, Transport
from .update import UNPROCESSED, Answer, failed

NULL = "#N/A"
"""Clears a field; an empty cell leaves it alone."""
MOST = 10_000
"""Most records of one job: as many are in doubt if it is lost."""
LONGEST = 8_000
"""Most bytes of a record, header included: a job of MOST such records stays below the 100 MB that an upload may have.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/upload_job_data.htm"""
_TEMPLATE = "jobs/ingest/{id}"
_ERROR = re.compile(r"([A-Z][A-Z0-9_]+):(.*):([^:]*?) ?--", re.DOTALL)
_log = logging.getLogger(__name__)

Rows = list[dict[str, str]]


class BulkWriter:
    """Writes many records by one job. ``write_from``: from how many on; 0 = never.

    A job that went wrong is the last: whoever is left is looked at again, and goes in small batches.
    """

    def __init__(self, transport: Transport, *, write_from: int) -> None:
        self._transport = transport
        self._write_from = write_from
        self._given_up = False

    @property
    def batch(self) -> int:
        """How many updates to collect, so that enough of them are left for a job; 0 where there are no jobs."""
        return 0 if self._given_up else min(2 * self._write_from, MOST)

    def takes(self, updates: Sequence[Update]) -> bool:
        """Whether a job writes these, which need no condition: they are enough, and a row can say each of them."""
        return 0 < self._write_from <= len(updates) and not self._given_up and all(fits(one) for one in updates)

    def send(self, object: str, updates: Sequence[Update]) -> Sequence[Answer]:
        """One answer for each update, in order, as a collections call would give it.

        Raises:
            NotDone, and any error but InDoubt: the job was not started; nothing was written.
            InDoubt: it was, or may have been, and nobody knows what became of the records.
        """
        path = self._started(object, updates)
        try:
            if why := failure_of(finished(self._transport, path, _TEMPLATE)):
                self._give_up(why)
            return self._answers(path, updates)
        except ConnectorError as error:  # an interruption too: the job was aborted, and may have written
            self._give_up(error.message)
            raise InDoubt(f"what became of a bulk job is not known: {error.message}", hint=error.hint) from error

    def _started(self, object: str, updates: Sequence[Update]) -> str:
        """The path of a job that runs from now on, or may."""
        try:
            path = self._uploaded(object, updates)
            self._start(path)
        except (ConfigRefused, Denied, RequestRefused) as refused:
            self._give_up(refused.message)
            raise NotDone(refused) from refused
        except InDoubt as doubt:
            self._give_up(doubt.message)
            raise
        return path

    def _give_up(self, why: str) -> None:
        self._given_up = True
        _log.warning("from here on records are written in small batches, not by Bulk API 2.0: %s", why)

    def _uploaded(self, object: str, updates: Sequence[Update]) -> str:
        """Create a job and give it its rows; its path. What goes wrong here leaves a job that never runs."""
        body = {"object": object, "operation": "update", "contentType": "CSV", "lineEnding": "LF"}
        job = self._transport.send(Call("POST", "jobs/ingest", "jobs/ingest", dict, body=body, job=True))
        path = f"jobs/ingest/{quote(str(job.get('id')), safe='')}"
        upload = Call(
            "PUT", f"{path}/batches", f"{_TEMPLATE}/batches", int, body=upload_of(updates), job=True,
            headers={"Content-Type": "text/csv"}, answer_of=lambda response: response.status_code,
        )  # fmt: skip
        try:
            self._transport.send(upload)
        except ConnectorError:
            abort(self._transport, path, _TEMPLATE)
            raise
        return path

    def _start(self, path: str) -> None:
        """Start a job, once. Where the answer is lost the job itself tells whether it was started."""
        call = Call("PATCH", path, _TEMPLATE, dict, body={"state": "UploadComplete"})
        try:
            self._transport.send(call)
        except InDoubt as doubt:
            if self._is_open(path):
                raise NotDone(VendorUnreachable(doubt.message, hint=doubt.hint)) from doubt
        except ConnectorError:
            abort(self._transport, path, _TEMPLATE)
            raise

    def _is_open(self, path: str) -> bool:
        """Whether a job was never started, and never will be: it is aborted then."""
        try:
            state = self._transport.send(Call("GET", path, _TEMPLATE, dict, job=True, begun=True)).get("state")
        except ConnectorError as error:
            abort(self._transport, path, _TEMPLATE)
            raise InDoubt(f"whether a bulk job was started is not known: {error.message}") from error
        return state == "Open" and abort(self._transport, path, _TEMPLATE)

    def _answers(self, path: str, updates: Sequence[Update]) -> Sequence[Answer]:
        """What became of each record; JobComplete alone says nothing of them, and results come in no order."""
        answers: dict[str, Answer] = {}
        for kind in ("successfulResults", "failedResults", "unprocessedrecords"):
            if len(answers) < len(updates):
                call = Call(
                    "GET", f"{path}/{kind}", f"{_TEMPLATE}/{kind}", list, answer_of=rows_of, job=True, begun=True
                )
                found: Rows = self._transport.send(call)
                answers |= {_id(row)[:15]: _answer(kind, row) for row in found}
        if missing := [one for one in updates if one.id[:15] not in answers]:
            raise InDoubt(f"its results leave out {len(missing):,} of {len(updates):,} records")
        return [answers[one.id[:15]] for one in updates]


def fits(update: Update) -> bool:
    """Whether a row can say what this update says. It cannot tell a text that reads as "clear this field" apart, and
    may not be too long."""
    return NULL not in update.values.values() and len(upload_of([update])) <= LONGEST


def upload_of(updates: Sequence[Update]) -> bytes:
    """The rows of a job: a column for every field of any of the updates, an empty cell where one leaves it alone."""
    names = list(dict.fromkeys(name for one in updates for name in one.values))
    rows = ([one.id, *(_text(one.values[name]) if name in one.values else "" for name in names)] for one in updates)
    return "".join(f"{','.join(_cell(text) for text in row)}\n" for row in (["Id", *names], *rows)).encode()


def _text(value: Value) -> str:
    if value is None or value == "":
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _cell(text: str) -> str:
    # Quoted wherever there is something: csv.writer leaves a lone carriage return bare, which ends a line.
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if text else ""


def rows_of(response: requests.Response) -> Rows | None:
    """The rows of a result file by column name; None if it is no CSV."""
    if not response.content:
        return []
    if not response.headers.get("Content-Type", "").startswith("text/csv"):
        return None
    try:
        text = response.content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError):
        return None
    return rows if all(None not in row and None not in row.values() for row in rows) else None


def _id(row: Mapping[str, str]) -> str:
    return row.get("sf__Id") or row.get("Id") or ""


def _answer(kind: str, row: Mapping[str, str]) -> Answer:
    if kind == "successfulResults":
        return {"success": True}
    if kind == "unprocessedrecords":
        return failed(UNPROCESSED, "Salesforce ended the bulk job before it came to this record")
    return {"success": False, "errors": list(_errors(row.get("sf__Error", "")))}


def _errors(text: str) -> Iterator[Answer]:
    """``sf__Error`` in the shape of a collections answer.

    >>> next(_errors("STRING_TOO_LONG:Title: data value too large: x:Title --"))
    {'statusCode': 'STRING_TOO_LONG', 'message': 'Title: data value too large: x', 'fields': ['Title']}
    """
    found = _ERROR.fullmatch(text)
    code, message, fields = found.groups() if found else (*text.partition(":")[::2], "")
    yield {"statusCode": code, "message": message, "fields": [name for name in fields.split(",") if name]}
