"""Big reads by Bulk API 2.0: create a job, wait until it has run, fetch its rows in large sets.

Stands between ``adapter`` and ``transport``. A query of R rows costs R/2,000 calls by REST, and by Bulk one to create
the job, one for each look at it (``bulk_job.PAUSES``) and R/10,000 to fetch the rows. Whatever goes
wrong before the first row, the reader is told to go on by REST, whose cursor waits for two days.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from connector.crm.base import Query
from connector.errors import ConfigError, ConnectorError, Interrupted, QuotaExhausted, VendorUnreachable
from connector.models import FieldType, Record

from .bulk_csv import ResultSet, records, result_set
from .bulk_job import failure_of, finished
from .describe import ObjectSchema
from .errors import ConfigRefused
from .soql import VERSION_FIELD
from .transport import Call, Transport

READ_FROM = 50_000
"""Rows from which Bulk is as fast as REST, and costs fewer calls: 11 and not 25 if the job takes ten seconds.

In calls alone it gains from about 12,000 rows on, but those few are not worth waiting for: pages by REST are worked on
as they come, one about every half second, while a job first queues and runs, and shows nothing until it has.
"""
SET = 10_000
"""Rows of one answer: with twenty fields about four megabytes, the most that is held at a time, as text and while it is
read. Larger sets save calls of which REST would take five times as many, and cost memory."""
PAGE = 1_000
"""Records handed on at a time, cut from a set: no call depends on it, and what is made of a page is held beside it."""
_log = logging.getLogger(__name__)


class BulkReader:
    """Reads what is left of a query once its first page is known. ``read_from``: from how many rows on; 0 = never.

    ``schema`` describes an object by name, parents of related paths included, since CSV does not tell a type.
    """

    def __init__(self, transport: Transport, schema: Callable[[str], ObjectSchema], *, read_from: int) -> None:
        self._transport = transport
        self._schema = schema
        self._read_from = read_from
        self._refused: set[str] = set()

    def takes(self, page: Mapping[str, Any]) -> bool:
        """Whether a query with this first page is one for Bulk: more follows, and it is many rows in all."""
        return 0 < self._read_from <= int(page.get("totalSize") or 0) and not page.get("done", True)

    def pages(self, query: Query, soql: str, known: Collection[str]) -> Iterator[Sequence[Record]] | None:
        """The query's records but for those with an id in ``known``; None if they must be read by REST.

        In the order of the query, by parent and id: that keeps Salesforce from splitting the job, so a very large one
        takes longer and may time out, and then it is REST again. Rows are as they were when the job ran.

        Raises:
            QuotaExhausted: the day's calls are used up.
            VendorUnreachable: from the iterator, if the rest cannot be fetched after all.
        """
        if query.object in self._refused:
            return None
        try:
            kinds = {path: self._kind(query.object, path) for path in query.fields}
            sets = self._run(soql, list({name.lower(): name for name in ("Id", VERSION_FIELD, *query.fields)}))
        except (Interrupted, QuotaExhausted):
            raise
        except ConnectorError as error:
            self._refused.add(query.object)
            _log.warning("%s is read in small pages, not by Bulk API 2.0: %s", query.object, error.message)
            return None
        read = chain.from_iterable(map(partial(records, kinds=kinds), sets))  # keeps no set, as a loop would
        return _paged(one for one in read if one.id not in known)

    def _kind(self, object: str, path: str) -> FieldType:
        """The type of the field at the end of a path."""
        first, _, rest = path.partition(".")
        schema = self._schema(object)
        if not rest:
            found = {name.lower(): info.type for name, info in schema.fields.items()}.get(first.lower())
        else:
            parents = relationship.objects if (relationship := schema.relationships.get(first.lower())) else ()
            found = self._kind(parents[0], rest) if len(parents) == 1 else None
        if found is None:
            raise ConfigError(f"nobody says of what type {path} is")
        return found

    def _run(self, soql: str, columns: Sequence[str]) -> Iterator[ResultSet]:
        """Run a query as a job; its sets, of which the first has been fetched."""
        body = {"operation": "query", "query": soql, "contentType": "CSV", "lineEnding": "LF"}
        # Asked again after a lost answer, it may leave a job that nobody reads: Salesforce deletes it after seven days.
        job = self._transport.send(Call("POST", "jobs/query", "jobs/query", dict, body=body, job=True))
        path = f"jobs/query/{quote(str(job.get('id')), safe='')}"
        told = finished(self._transport, path, "jobs/query/{id}")
        if why := failure_of(told):
            raise VendorUnreachable(why)
        results, total = f"{path}/results", int(told.get("numberRecordsProcessed") or 0)
        return self._sets(results, columns, total, self._fetch(results, columns, None))

    def _sets(self, path: str, columns: Sequence[str], total: int, found: ResultSet) -> Iterator[ResultSet]:
        """The job's sets of rows, the first of which is ``found``, until ``total`` rows have come.

        One at a time: a set is not kept while the next one is fetched.
        """
        seen: set[str] = set()
        read = 0
        while True:
            read, locator = read + found.count, found.locator
            yield found
            del found
            if locator is None:
                break
            if locator in seen:
                raise VendorUnreachable("Salesforce names the same rows of a query job as the next ones again")
            seen.add(locator)
            found = self._fetch(path, columns, locator)
        if read < total:
            raise VendorUnreachable(
                f"Salesforce gave out {read:,} rows of a query job that found {total:,}",
                hint="run again, or set connection.bulk_read_from: 0",
            )

    def _fetch(self, path: str, columns: Sequence[str], locator: str | None) -> ResultSet:
        params = {"maxRecords": str(SET), **({"locator": locator} if locator else {})}
        accept = {"Accept": "text/csv"}
        call = Call(
            "GET", path, "jobs/query/{id}/results", ResultSet, params, headers=accept, answer_of=result_set(columns)
        )
        try:
            found: ResultSet = self._transport.send(call)
        except ConfigRefused as refused:  # nothing that the mapping says: the job was good a moment ago
            raise VendorUnreachable(refused.message, hint="run again; nothing is lost") from refused
        return found


def _paged(found: Iterator[Record]) -> Iterator[Sequence[Record]]:
    while page := list(islice(found, PAGE)):
        yield page
