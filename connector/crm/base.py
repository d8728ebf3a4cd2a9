"""What the engine knows of a CRM. An ``if salesforce`` above this line means this Protocol is wrong.

One module per CRM implements ``Crm`` and is found through the entry point group ``connector.crms``: a function
``connect(connection, *, clock, sleep, now, turns) -> Crm``, where ``now`` (the wall clock, UTC) and ``turns`` (of
``connector.pacing``: rates that processes share) may be left out. The contract suite in ``tests/crm`` runs against
every one of them and against the in-memory fake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from connector.models import Edit, FieldInfo, Record, Rejection, Successor, Update, Value, WriteResult

FRESH = 5.0
"""Seconds for which a re-read answers for a write. What would be sent later is ``again``: it must be re-read first."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which records to read: those for which ``where`` holds and any of the selections below does.

    ``fields``: paths, own (``Title``) or related (``Account.Website``, ``companies.domain``).
    ``where``: the CRM's native condition (SOQL text; HubSpot: a list of its filters, or a list of such lists).
    ``blank``: any of these fields has no value; with ``since``, only records modified at that moment or later. A CRM
    whose modification time cannot tell whether ``where`` has come to hold reads as without ``since``.
    ``stale``: the stamp field holds a time earlier than this one, whenever the record was modified.
    ``ids``: only these records. With neither ``blank`` nor ``stale``, every record for which ``where`` holds.
    """

    object: str
    fields: tuple[str, ...]
    where: Any = None
    blank: tuple[str, ...] = ()
    stale: tuple[str, datetime] | None = None
    since: datetime | None = None
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """The CRM's own consent fields: ``opted_out`` keeps a record away from us, ``do_not_call`` its phones."""

    opted_out: tuple[str, ...] = ()
    do_not_call: tuple[str, ...] = ()


@dataclass(slots=True)
class Calls:
    """How many HTTP requests this client has sent to read (sign-in and schema included) and to write."""

    read: int = 0
    write: int = 0


@dataclass(frozen=True, slots=True)
class NewField:
    """A field that an org has not and could make. ``options`` of a picklist, each its own label; ``length`` in
    characters, where the CRM asks for one."""

    name: str
    label: str
    type: Literal["text", "datetime", "picklist"]
    about: str
    options: tuple[str, ...] = ()
    length: int | None = None


@runtime_checkable
class MakesFields(Protocol):
    """A CRM whose fields can be made by its API: for ``init`` alone, on a person's word. No run makes a field."""

    def make_fields(self, object: str, fields: Sequence[NewField]) -> Sequence[str]:
        """Make those that are not there; returns the names of those that were made.

        AccessDenied: the sign-in lacks the right. RequestRefused: the CRM's word on a field that it will not make.
        """


@dataclass(frozen=True, slots=True)
class Lack:
    """A right that the sign-in has not: what it cannot do, and who gives it where. ``field``: None for the object."""

    what: str
    mend: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What the sign-in may do with an object, as far as the CRM tells. ``untold``: what to see to where not."""

    lacks: tuple[Lack, ...] = ()
    untold: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """The tenant's calls of the day, as its last answer told them; ``reserve`` is the share that is left to others."""

    used: int
    most: int
    reserve: float

    @property
    def ours(self) -> int:
        """Calls that are left to us; 0 where none is."""
        return max(0, int(self.most * (1 - self.reserve)) - self.used)


class Crm(Protocol):
    """One tenant of one CRM, signed in. Every method raises the tree of ``connector.errors``.

    AccessDenied: key or right. QuotaExhausted: the daily calls, or the share that ``api_reserve`` leaves to
    others. VendorUnreachable: no usable answer after capped attempts. ConfigError: the CRM does not know the
    object, a field or a related path, refuses ``where`` (its message then begins ``select.where:``), or refuses
    a read as it was asked.
    """

    name: str
    calls: Calls
    consent: Consent
    write_batch: int
    """Most records of one ``update`` (Salesforce 200, more where its bulk jobs are asked for; HubSpot 100)."""
    fetch_batch: int
    """Records that one call of ``fetch`` reads (Salesforce 2,000, HubSpot 100)."""
    writers: int
    """So many updates at most are under way at once."""

    def tenant_id(self) -> str | None:
        """The tenant's own id (Salesforce organisation id, HubSpot portal id); None if it does not tell."""

    def schema(self, object: str) -> Mapping[str, FieldInfo]:
        """The live schema of an object by field name; read once and cached.

        Also answers related paths' first part only through ``read``; this mapping holds own fields alone.
        """

    def read(self, query: Query) -> Iterator[Sequence[Record]]:
        """Pages of matching records, each record once, in a stable order: children by parent, where that is locked."""

    def check(self, query: Query) -> None:
        """Have the CRM itself accept a query, for one call that reads no record. ConfigError: as ``read``."""

    def fetch(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Record]:
        """The records as they are at this moment, read consistently (never from a search index).

        Deleted or unknown ids are absent. Own fields only. Where the CRM can write on condition, ``Record.modified``
        is what an Update hands back as ``seen``; where a write locks the record's parent, ``Record.parent`` names it.
        """

    def successors(self, object: str, ids: Sequence[str]) -> Mapping[str, Successor]:
        """What became of records that ``read`` and ``fetch`` leave out, followed to where they live on today.

        Ids that are deleted for good, unknown, or still there are absent, and so is what the CRM forgot (Salesforce
        remembers merges for the 15 days that its recycle bin keeps).
        """

    def last_edits(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Edit]]:
        """When each of these fields last changed in these records, and by whom, as far as the CRM keeps it.

        Never too early: where the CRM keeps no history of a field, the record's own last modification stands for it.
        A field that never had a value, or a record that is not there, is absent. Own fields only.
        """

    def taken(self, object: str, wanted: Mapping[str, Mapping[str, Value]]) -> Mapping[str, Sequence[Rejection]]:
        """Of values that are to be written, those that another record holds and that the CRM refuses a second time.

        ``wanted``: at most ``fetch_batch`` records (``write_batch``, where that is more), id → field → value.
        By id, one Rejection for each such field; records without any are absent. Empty for a CRM that answers record
        by record, which costs the others nothing. Asked before the records are re-read: nothing else may stand between
        a re-read and its write.
        """

    def update(self, object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        """Write at most ``write_batch`` records, no id twice; one result for each update, in order.

        Each record is sent once at most, since what was re-read for it is old by the time of an answer: where the CRM
        refuses a field, or a whole request for one bad record in it, nothing of that record is written, and it comes
        back as ``again`` for the caller to look at. One bad record never stops another. Where a refusal leaves nothing
        of a record but its ``stamps``, it is not ``again``: the Rejection of what they vouch for stands.
        A Rejection is ``transient`` where time alone may mend it: a locked row, a busy server, a record that was
        never sent (code ``NOT_SENT``). Where that is because the day's calls or the connection ended after others had
        landed, it is ``again`` too: whoever looks at the record next meets that end as an error.
        An update with ``seen`` is written on condition that nobody modified the record since, where the CRM can: if
        it is ``strict``, or if the record was edited a moment ago. A result that is ``again`` says that it was.
        Raises what was not done at all; then nothing was written.
        InDoubt: no readable answer came; the caller re-reads before it does anything else.
        """

    def rights(self, object: str, reads: Sequence[str], edits: Sequence[str]) -> Rights:
        """Whether the sign-in may read and edit records of an object, and edit these fields of it.

        ``reads``: paths, own or related. Costs a call at most. A field that is not in ``schema`` is nobody's right:
        whether it is hidden or not there, no CRM tells.
        """

    def quota(self) -> Quota | None:
        """The day's calls as the answers so far told them; None where they told nothing. Asks nothing."""

    def ahead(self) -> timedelta | None:
        """By how much our clock is ahead of the CRM's (``connector.clocks``); None before its first answer."""

    def close(self) -> None:
        """Give connections back."""
