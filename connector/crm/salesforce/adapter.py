"""Salesforce as the engine knows a CRM: ``connector.crm.base.Crm`` in REST calls, big reads by Bulk (``bulk``).

Facts: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_list.htm
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from connector.crm.base import Calls, Query, Quota, Rights
from connector.errors import ConfigError, InDoubt, VendorUnreachable
from connector.models import Edit, FieldInfo, Record, Rejection, Successor, Update, Value, WriteResult

from .bulk import READ_FROM, BulkReader
from .bulk_update import BulkWriter, fits
from .conditional import MOST_OURS, condition, on_condition, refusal_of
from .describe import ObjectSchema, did_you_mean, object_schema
from .errors import ConfigRefused
from .history import Histories, edits_of
from .ids import is_id
from .persons import CONSENT
from .record_types import record_types, with_record_types
from .refusals import explained
from .rights import rights_of
from .rows import record
from .soql import VERSION_FIELD, checked_object, moment, statements
from .successors import statements as fates
from .successors import successors
from .transport import Call, Transport
from .update import Answer, write

FETCH_BATCH = 2_000
WRITE_BATCH = 200
WRITERS = 5
"""Updates under way at once, at most: each locks its records' parents and runs the org's automation, and an org serves
25 long requests at a time for everybody.
https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm"""
MODIFIED_FIELD = "LastModifiedDate"
"""What the condition of a write is compared with."""
NO_RECORD = "0" * 15
"""An id that no record has, and that SOQL takes for one."""
STANDARD_OBJECTS = ("Account", "Campaign", "Case", "Contact", "Lead", "Opportunity", "User")
_ORG_ID = re.compile(r"(00D[A-Za-z0-9]{12})[A-Za-z0-9]{0,3}!")


class SalesforceCrm:
    """One Salesforce org, signed in at the first call. ``now``: the wall clock, in UTC.

    ``bulk_read_from``: rows from which a read goes by Bulk API 2.0; 0 = never. ``bulk_write_from``: the same of writes.
    """

    name = "salesforce"
    fetch_batch = FETCH_BATCH

    def __init__(
        self,
        transport: Transport,
        *,
        now: Callable[[], datetime],
        bulk_read_from: int = READ_FROM,
        bulk_write_from: int = 0,
    ) -> None:
        self.consent = CONSENT
        self.calls: Calls = transport.calls
        self._transport = transport
        self._now = now
        self._ours_alone = 0
        self._schemas: dict[str, ObjectSchema] = {}
        self._jobs = BulkWriter(transport, write_from=bulk_write_from)
        self.write_batch = self._most = max(WRITE_BATCH, self._jobs.batch)
        self.writers = 1 if self._jobs.batch else WRITERS  # a job that went wrong is the last one
        self._bulk = BulkReader(transport, self._schema, read_from=bulk_read_from)
        self._histories = Histories(lambda soql: self._following(self._page("query", {"q": soql})))

    def tenant_id(self) -> str | None:
        """The organisation id, 15 characters: from the access token, which begins with it, or by a query."""
        if found := _ORG_ID.match(self._transport.access_token()):
            return found[1]
        try:
            rows = self._page("query", {"q": "SELECT Id FROM Organization"}).get("records")
        except ConfigError:  # the user may not see the object
            return None
        return str(rows[0]["Id"])[:15] if rows else None

    def schema(self, object: str) -> Mapping[str, FieldInfo]:
        """The fields of an object that this user may see; described once and kept."""
        return self._schema(object).fields

    def read(self, query: Query) -> Iterator[Sequence[Record]]:
        """Pages of at most 2,000 records, children by parent, and in the order of their ids.

        The first page is always REST's and says how many rows there are. Where they are many, the others come by Bulk,
        which is asked only once the reader wants more than that page.
        """
        return self._pages(query, statements(query, self._schema(query.object)))

    def check(self, query: Query) -> None:
        """The query for a record that cannot be there: parsed whole, answered with nothing."""
        deque(self.read(replace(query, ids=(NO_RECORD,))), maxlen=0)

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        """The records as they are now, 2,000 a call, keyed by the ids as they were asked for."""
        schema = self._schema(object)
        schema.check(fields)
        known = [one for one in dict.fromkeys(ids) if is_id(one)]
        beside = [name for name in (MODIFIED_FIELD, schema.parent, *schema.left_out) if name and name in schema.fields]
        wanted = [*fields, *beside]
        found: dict[str, Record] = {}
        for start in range(0, len(known), FETCH_BATCH):
            batch = known[start : start + FETCH_BATCH]
            for one, row in zip(batch, self._retrieve(object, batch, wanted), strict=True):
                if row is not None and not any(row.get(name) for name in schema.left_out):
                    modified, parent = moment(row.get(MODIFIED_FIELD)), row.get(schema.parent or "")
                    found[one] = replace(record(row, fields, one), modified=modified, parent=parent)
        return found

    def successors(self, object: str, ids: Sequence[str]) -> Mapping[str, Successor]:
        """By queryAll, as many records a call as fit a URI, and one more call for each step; see ``successors``."""
        return successors(object, [one for one in dict.fromkeys(ids) if is_id(one)], self._deleted_too)

    def last_edits(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Edit]]:
        """By the object's history, as many records a call as fit a URI, and one re-read; see ``history``."""
        self._schema(object).check(fields)
        known = [one for one in dict.fromkeys(ids) if is_id(one)]
        if not known or not fields:
            return {}
        latest = self._histories.latest(object, known, fields)
        return {
            id: edits_of(one, latest.get(id[:15], {}), fields) for id, one in self.fetch(object, known, fields).items()
        }

    def taken(self, object: str, wanted: Mapping[str, Mapping[str, Value]]) -> Mapping[str, Sequence[Rejection]]:
        """Nothing: Salesforce answers record by record."""
        return {}

    def update(self, object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        """Write up to 200 records in one call, and one more for each that must not cross an edit by others: those go on
        condition, see ``conditional``. Where bulk jobs are asked for, and there are enough for one: ``bulk_update``."""
        if len(updates) > self._most or len({one.id for one in updates}) < len(updates):
            raise ValueError(f"{len(updates)} updates: Salesforce takes {self._most} at a time, no id twice")
        now = self._now() - (self.ahead() or timedelta(0))
        ready = [self._on_condition(one, now) for one in updates]
        try:
            return write(ready, partial(self._send, checked_object(object)), self._share)
        finally:  # smaller from now on if a job went wrong, for what was not collected yet
            self.write_batch = max(WRITE_BATCH, self._jobs.batch)

    def _share(self, updates: Sequence[Update]) -> Sequence[Update]:
        fit = [one for one in updates if fits(one)] if self._jobs.batch else []
        return fit if self._jobs.takes(fit) else updates[:WRITE_BATCH]

    def _on_condition(self, update: Update, now: datetime) -> Update:
        spared = update.ours and not update.strict
        if spared and self._ours_alone >= MOST_OURS:
            return replace(update, seen=None)
        ready = on_condition(update, now)
        self._ours_alone += spared and ready.seen is not None
        return ready

    def rights(self, object: str, reads: Sequence[str], edits: Sequence[str]) -> Rights:
        """As describe tells them: an object that may not be read is not described, nor is such a field."""
        return rights_of(self._schema(object), edits)

    def quota(self) -> Quota | None:
        """By the header ``Sforce-Limit-Info``, which every answer carries."""
        return self._transport.quota()

    def ahead(self) -> timedelta | None:
        """By the header ``Date``."""
        return self._transport.skew.ahead

    def close(self) -> None:
        """Give connections back."""
        self._transport.close()

    def _schema(self, object: str) -> ObjectSchema:
        if object not in self._schemas:
            path = f"sobjects/{checked_object(object)}/describe"
            near = "" if object in STANDARD_OBJECTS else did_you_mean(object, STANDARD_OBJECTS)
            missing = f"Salesforce has no object '{object}' that this user may see{near}"
            answer = self._transport.send(Call("GET", path, "sobjects/{object}/describe", dict, missing=missing))
            schema = object_schema(object, answer)
            types = record_types(self._transport, object, answer, schema.fields)
            self._schemas[object] = replace(schema, fields=with_record_types(schema.fields, types))
        return self._schemas[object]

    def _pages(self, query: Query, soql: Iterator[str]) -> Iterator[Sequence[Record]]:
        for statement in soql:
            yield from self._whole(query, statement, self._first(query, statement))

    def _first(self, query: Query, soql: str) -> Mapping[str, Any]:
        try:
            return self._page("query", {"q": soql})
        except ConfigRefused as refused:
            raise explained(query, refused, self._schema) from refused

    def _whole(self, query: Query, soql: str, page: Mapping[str, Any]) -> Iterator[Sequence[Record]]:
        pages: Iterator[Sequence[Record]] = (
            [record(row, query.fields, str(row["Id"])) for row in rows] for rows in self._following(page)
        )
        many = self._bulk.takes(page)
        del page  # what was read is not kept, as rows or as records, while all others are
        if many:
            first = next(pages)
            known = {one.id for one in first}
            yield first
            del first
            pages = self._bulk.pages(query, soql, known) or pages
        yield from pages

    def _following(self, page: Mapping[str, Any]) -> Iterator[Sequence[Mapping[str, Any]]]:
        """The rows of a query's first page, and of every page that follows."""
        seen: set[str] = set()
        while True:
            if rows := page.get("records"):
                yield rows
            following = page.get("nextRecordsUrl")
            if page.get("done", True) or not following:
                return
            if following in seen or not str(following).startswith("/services/data/"):
                raise VendorUnreachable(f"Salesforce names {following} as the next page, which cannot be")
            seen.add(following)
            page = self._page(following)

    def _deleted_too(self, object: str, ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        statements = fates(self._schema(object), ids) if ids else ()
        pages = (page for soql in statements for page in self._following(self._page("queryAll", {"q": soql})))
        return [row for page in pages for row in page]

    def _page(self, path: str, params: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        template = path if params else "query/{locator}"
        answer: Mapping[str, Any] = self._transport.send(Call("GET", path, template, dict, params))
        return answer

    def _retrieve(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Sequence[Any]:
        columns = list({path.lower(): path for path in ("Id", VERSION_FIELD, *fields)}.values())
        call = Call(
            "POST",
            f"composite/sobjects/{checked_object(object)}",
            "composite/sobjects/{object}",
            list,
            body={"ids": list(ids), "fields": columns},
        )
        rows: Sequence[Any] = self._transport.send(call)
        if len(rows) != len(ids):
            raise VendorUnreachable(f"Salesforce answered {len(rows)} records to {len(ids)} ids")
        return rows

    def _send(self, object: str, updates: Sequence[Update]) -> Sequence[Answer]:
        seen = updates[0].seen
        if seen is None and self._jobs.takes(updates):
            return self._jobs.send(object, updates)
        return self._patch(object, updates) if seen is None else [self._patch_one(object, updates[0], seen)]

    def _patch_one(self, object: str, update: Update, seen: datetime) -> Answer:
        call = Call(
            "PATCH",
            f"sobjects/{object}/{quote(update.id, safe='')}",
            "sobjects/{object}/{id}",
            None,
            body=update.values,
            headers=condition(seen),
            refusal_of=refusal_of,
        )
        return self._transport.send(call) or {"success": True}

    def _patch(self, object: str, updates: Sequence[Update]) -> Sequence[Answer]:
        records = [{**one.values, "attributes": {"type": object}, "id": one.id} for one in updates]
        body = {"allOrNone": False, "records": records}
        answers: Sequence[Answer] = self._transport.send(
            Call("PATCH", "composite/sobjects", "composite/sobjects", list, body=body)
        )
        if len(answers) != len(updates) or not all(isinstance(one, dict) for one in answers):
            raise InDoubt(f"Salesforce answered {len(answers)} results to {len(updates)} updates")
        return answers
