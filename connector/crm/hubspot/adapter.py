"""HubSpot as the Protocol of ``connector.crm.base``: reading, re-reading and writing.

Everything here is a request made by ``reading``, ``related`` or ``batch`` and sent by ``transport``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches
from functools import partial

from connector.crm.base import Calls, Consent, NewField, Query, Quota, Rights
from connector.crm.hubspot.answers import results
from connector.crm.hubspot.batch import BatchWrite, misfits
from connector.crm.hubspot.creating import make_properties
from connector.crm.hubspot.endpoints import (
    BATCH,
    COMPANIES,
    CONTACTS,
    PRIMARY_COMPANY,
    modified_field,
    object_name,
)
from connector.crm.hubspot.errors import Forbidden, ReadRefused
from connector.crm.hubspot.history import edits_of
from connector.crm.hubspot.isolation import without
from connector.crm.hubspot.merges import MERGED, survivors
from connector.crm.hubspot.objects import unknown_object
from connector.crm.hubspot.reading import answers, entries, pages
from connector.crm.hubspot.related import Associations, PrimaryCompanies, split_fields
from connector.crm.hubspot.rows import named_company, record
from connector.crm.hubspot.schema import field_info, wire_text
from connector.crm.hubspot.scopes import rights_of
from connector.crm.hubspot.search import Groups, plan_search, selections, where_groups
from connector.crm.hubspot.transport import Transport
from connector.crm.hubspot.unique import duplicates
from connector.errors import ConfigError
from connector.models import Edit, FieldInfo, Record, Rejection, Successor, Update, Value, WriteResult

WRITERS = 16
"""Batches under way at once, at most: HubSpot's rate is reached by far fewer, and names no other limit."""
NO_RECORD = "0"
"""An id that no record has."""


class HubSpotCrm:
    """One portal. See ``connector.crm.base.Crm`` for what each method promises."""

    name = "hubspot"
    write_batch = fetch_batch = BATCH
    writers = WRITERS

    def __init__(self, transport: Transport) -> None:
        self.consent = Consent(opted_out=("hs_email_optout",))
        self.calls: Calls = transport.calls
        self._transport = transport
        self._endpoints = transport.endpoints
        self._associations = Associations(transport)
        self._schemas: dict[str, Mapping[str, FieldInfo]] = {}

    def tenant_id(self) -> str | None:
        """The portal id, as the account or else OAuth tells it; None where neither does."""
        try:
            portal = self._transport.send(self._endpoints.account).get("portalId")
        except Forbidden:
            return self._transport.portal()
        except ReadRefused as refusal:
            if refusal.http_status == 404:
                return self._transport.portal()
            raise
        return self._transport.portal() if portal is None else str(portal)

    def schema(self, object: str) -> Mapping[str, FieldInfo]:
        """Property definitions by name, read once. ConfigError: HubSpot does not know the object."""
        object = object_name(object)
        if object not in self._schemas:
            try:
                answer = self._transport.send(self._endpoints.properties, object)
            except ReadRefused as refusal:
                if refusal.http_status not in (400, 404):
                    raise
                raise unknown_object(self._transport, object, refusal.message) from refusal
            defined = [one for one in results(answer, str(self._endpoints.properties)) if not one.get("archived")]
            self._schemas[object] = {one["name"]: field_info(object, one) for one in defined}
        return self._schemas[object]

    def read(self, query: Query) -> Iterator[Sequence[Record]]:
        """Pages of at most 200 records by the way that costs least; see ``reading``.

        The selection is left to the caller where HubSpot's search cannot express it: then more is read than asked.
        """
        object = object_name(query.object)
        own, paths = split_fields(object, query.fields)
        self._check(object, [*own, *query.blank, *((query.stale[0],) if query.stale else ())])
        if paths:
            self._check(COMPANIES, list(paths.values()), through=f"{COMPANIES}.")
        named = bool(paths) and object == CONTACTS and PRIMARY_COMPANY in self.schema(object)
        related = PrimaryCompanies(self._associations, self.fetch, object, paths, named=named) if paths else None
        others = [*([PRIMARY_COMPANY] if named else []), *self._merged(object)]
        properties = self._properties(object, [*own, *others])
        chosen = self._selections(object, query)
        plan = plan_search(where_groups(query.where), chosen, properties, query.ids or ())
        for page in pages(self._transport, object, plan, properties, query.ids, where=bool(query.where)):
            if not related:
                records = [record(object, entry, own) for entry in page]
            else:
                beside = related.values({str(one["id"]): named_company(one) for one in page})
                records = [record(object, entry, own, beside[str(entry["id"])]) for entry in page]
            if records:
                yield records

    def check(self, query: Query) -> None:
        """Ask for a record that cannot be there: HubSpot reads the filters, if there are any, and finds nothing."""
        deque(self.read(replace(query, ids=(NO_RECORD,))), maxlen=0)

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        """The records as they are now, by batch read; deleted, merged away and unknown ids are absent."""
        object = object_name(object)
        self._check(object, fields)
        found = entries(self._transport, object, ids, self._properties(object, fields))
        return {str(one["id"]): record(object, one, fields) for one in found}

    def successors(self, object: str, ids: Sequence[str]) -> Mapping[str, Successor]:
        """By batch read, 100 records a call; see ``merges``."""
        object = object_name(object)
        asked = self._merged(object)
        found: dict[str, Successor] = {}
        for start in range(0, len(ids) if asked else 0, BATCH):
            chunk = list(dict.fromkeys(ids[start : start + BATCH]))
            body = {"inputs": [{"id": one} for one in chunk], "properties": asked}
            found |= survivors(object, chunk, answers(self._transport, object, body))
        return found

    def last_edits(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Edit]]:
        """By the history of the properties, 50 records a call; see ``history``."""
        object = object_name(object)
        self._check(object, fields)
        if not fields:
            return {}
        found = entries(self._transport, object, ids, self._properties(object, fields), history=fields)
        return {str(one["id"]): edits_of(object, one, fields) for one in found}

    def taken(self, object: str, wanted: Mapping[str, Mapping[str, Value]]) -> Mapping[str, Sequence[Rejection]]:
        """By one batch read for each unique property with values in it."""
        object = object_name(object)
        schema = self.schema(object)
        unique = [name for name, info in schema.items() if info.unique]
        inputs = {
            id: {name: wire_text(values[name]) for name in unique if name in values} for id, values in wanted.items()
        }
        inputs = without(inputs, misfits(schema, inputs))
        look_up = partial(self._transport.send, self._endpoints.batch_read, object)
        found = duplicates(object, inputs, unique, look_up)
        return {id: tuple(told.values()) for id, told in found.items()}

    def update(self, object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        """Write by id, at most 100 records, no id twice; results in the order of ``updates``.

        HubSpot has no conditional write: ``seen`` and ``strict`` are ignored, ``fetch`` tells no ``modified``, and
        no edit is met by a condition. A re-read right before is all that guards one here.
        """
        inputs = {one.id: {name: wire_text(value) for name, value in one.values.items()} for one in updates}
        if len(inputs) < len(updates) or len(inputs) > BATCH:
            raise ValueError(f"{len(updates)} updates: HubSpot takes {BATCH} at a time, no id twice")
        object = object_name(object)
        schema = self.schema(object)
        self._transport.check_reserve()
        landed = self._batch(object, schema).run(inputs, {one.id: one.stamps for one in updates})
        return [landed[one.id] for one in updates]

    def rights(self, object: str, reads: Sequence[str], edits: Sequence[str]) -> Rights:
        """By the token's scopes, which are about objects: a property that may be seen may be edited, or by nobody."""
        return rights_of(object_name(object), reads, self._transport.scopes())

    def quota(self) -> Quota | None:
        """By the headers of an answer; OAuth apps are told nothing, since they have no daily limit."""
        return self._transport.quota()

    def ahead(self) -> timedelta | None:
        """By the header ``Date``."""
        return self._transport.skew.ahead

    def make_fields(self, object: str, fields: Sequence[NewField]) -> Sequence[str]:
        """Make the properties that are not there, in a group of our own; see ``creating``."""
        object = object_name(object)
        try:
            return make_properties(self._transport, object, fields, self.schema(object))
        finally:
            self._schemas.pop(object, None)

    def close(self) -> None:
        """Give connections back."""
        self._transport.close()

    def _batch(self, object: str, schema: Mapping[str, FieldInfo]) -> BatchWrite:
        write = partial(self._transport.send, self._endpoints.batch_update, object, finishing=True)
        return BatchWrite(object, schema, write=write, reread=partial(self._reread, object))

    def _reread(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        found = entries(self._transport, object, ids, fields, finishing=True)
        return {str(one["id"]): record(object, one, fields) for one in found}

    def _check(self, object: str, fields: Sequence[str], *, through: str = "") -> None:
        """HubSpot leaves unknown properties out without a word; a typing error must not look like a blank.

        ``through``: how a mapping names the way to this object (``companies.``).
        """
        known = self.schema(object)
        if unknown := [name for name in dict.fromkeys(fields) if name not in known]:
            raise ConfigError(
                f"HubSpot {object} have no such property",
                problems=[_did_you_mean(name, known, through) for name in unknown],
            )

    def _selections(self, object: str, query: Query) -> Sequence[Groups]:
        """Nothing where the stamp is kept in a property that HubSpot cannot compare as a time."""
        if query.stale and self.schema(object)[query.stale[0]].type not in ("date", "datetime"):
            return ()
        since = (modified_field(object), query.since) if query.since else None
        return selections(query.blank, query.stale, since)

    def _merged(self, object: str) -> list[str]:
        return [name for name in MERGED if name in self.schema(object)]

    def _properties(self, object: str, own: Sequence[str]) -> list[str]:
        return list(dict.fromkeys([*own, modified_field(object)]))


def _did_you_mean(name: str, known: Mapping[str, FieldInfo], through: str) -> str:
    near = get_close_matches(name, known, n=1)
    return f"{through}{name}" + (f" — did you mean '{through}{near[0]}'?" if near else "")
