"""What every stage that writes shares: the CRM, the state file, the clock, the counts, and the rules of a write."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from connector.config.settings import Guards, OrgSettings
from connector.crm.base import Crm
from connector.engine.flow import Flow
from connector.engine.payer import Now
from connector.errors import Interrupted
from connector.mapping.compile import CompiledMapping
from connector.mapping.dependencies import ruled
from connector.mapping.identity import fingerprint
from connector.models import FieldInfo, Value
from connector.pacing import Sleep
from connector.redact import redact
from connector.store.attempts import Rest
from connector.store.db import Store

MOST_CAUSES = 50
OTHER_CAUSES = "other causes: show --json and the journal have them"
"""Where so many notes differ, they name single records and not causes."""
_LONG_NUMBER = re.compile(r"\d{6,}")


@dataclass(slots=True)
class Counts:
    """Records counted as they pass; ``fields_written`` counts fields, stamps included."""

    read: int = 0
    due: int = 0
    matched: int = 0
    no_match: int = 0
    suppressed: int = 0
    no_identity: int = 0
    changed: int = 0
    written: int = 0
    fields_written: int = 0
    stamps_written: int = 0
    unchanged: int = 0
    conflicts: int = 0
    rejected: int = 0
    suggested: int = 0

    @property
    def left(self) -> int:
        """Due records that this run did not get to; the next one will."""
        return self.due - self.matched - self.no_match - self.no_identity


@dataclass(frozen=True, slots=True)
class Options:
    """What narrows a run, and the guards that it lifts; a share of None leaves the config's limit.

    ``retry_parked``: also try what the CRM refused before, though nothing changed since. ``whole``: read all that the
    CRM's filter finds, not only what changed since the last run. ``timings``: the report says where the time went.
    """

    limit: int | None = None
    records: tuple[str, ...] = ()
    max_replaced_share: float | None = None
    max_same_share: float | None = None
    max_rejected_share: float | None = None
    retry_parked: bool = False
    whole: bool = False
    timings: bool = False

    def guards(self, of_org: Guards) -> Guards:
        """The org's guards with this run's limits laid over them."""
        return Guards(
            max_replaced_share=_or(self.max_replaced_share, of_org.max_replaced_share),
            min_records=of_org.min_records,
            max_same_share=_or(self.max_same_share, of_org.max_same_share),
            max_rejected_share=_or(self.max_rejected_share, of_org.max_rejected_share),
        )


def _or(share: float | None, default: float) -> float:
    return default if share is None else share


@dataclass(frozen=True)
class Rules:
    """What the write path must know: the object's schema, and of the mapping what an undo need not know.

    ``mapped``: the fields that the mapping may write, stamps included; None where there is no mapping to ask.
    ``identifying``: own fields that tell who a record is. ``identify``: the mark over a record's identity, of its
    values by field path.
    """

    schema: Mapping[str, FieldInfo]
    mapped: frozenset[str] | None = None
    strict: frozenset[str] = frozenset()
    identifying: frozenset[str] = frozenset()
    opted_out: tuple[str, ...] = ()
    do_not_call: tuple[str, ...] = ()
    identify: Callable[[Mapping[str, Value]], str] = lambda values: ""
    rest: Rest = field(default_factory=Rest)

    @cached_property
    def depending(self) -> Mapping[str, FieldInfo]:
        """The object's dependent picklists, by name: of hundreds of fields they are few, or none."""
        return {name: info for name, info in self.schema.items() if info.depends}

    def dependent(self, fields: Collection[str]) -> tuple[FieldInfo, ...]:
        """The dependent picklists that a change of any of these fields concerns."""
        return ruled(fields, self.depending)

    @classmethod
    def of(cls, mapping: CompiledMapping, schema: Mapping[str, FieldInfo]) -> Rules:
        """Everything that a mapping asks of its writes."""
        settings = mapping.settings

        def mark(values: Mapping[str, Value]) -> str:
            return fingerprint(settings.entity, settings.identify, values)

        return cls(
            schema,
            mapped=mapping.field_names | {stamp.name for stamp in mapping.stamps},
            strict=frozenset(field.name for field in mapping.fields if field.rule.strict),
            identifying=frozenset(mapping.identity_paths) & schema.keys(),
            opted_out=mapping.opted_out,
            do_not_call=mapping.do_not_call,
            identify=mark,
            rest=Rest(settings.select.retry_after, settings.select.stale_after),
        )


@dataclass(slots=True, kw_only=True)
class Work:
    """One run that writes records of one object of one org, or plans to.

    ``name``: under which the state file keeps what belongs to the mapping alone (``store.names``).
    """

    org: OrgSettings
    object: str
    name: str
    run: int
    rules: Rules
    crm: Crm
    store: Store
    now: Now
    sleep: Sleep
    options: Options
    interrupted: Callable[[], bool]
    progress: Callable[[Counts], None]
    flow: Flow = field(default_factory=Flow)
    counts: Counts = field(default_factory=Counts)
    notes: dict[str, int] = field(default_factory=dict)
    _conflicts: set[str] = field(default_factory=set)
    _refused: set[str] = field(default_factory=set)

    @property
    def scope(self) -> dict[str, Any]:
        """The keys under which the state file keeps what concerns these records."""
        return {"org": self.org.name, "object": self.object}

    @property
    def own_scope(self) -> dict[str, Any]:
        """The keys under which it keeps what belongs to this mapping alone."""
        return {**self.scope, "mapping": self.name}

    def check(self) -> None:
        """Between two batches: end here if a person asked for it."""
        if self.interrupted():
            raise Interrupted("interrupted; what was bought and written is saved", hint="run the same command to go on")

    def in_conflict(self, record: str) -> None:
        """Count a record with a field that is left alone, once however often it is looked at."""
        self._conflicts.add(record)
        self.counts.conflicts = len(self._conflicts)

    def refused(self, record: str) -> None:
        """Count a record of which the CRM refused something, once however often it was tried."""
        self._refused.add(record)
        self.counts.rejected = len(self._refused)

    def note(self, words: str, *, whole: bool = False) -> None:
        """Count something worth telling at the end, by its words; long numbers (ids) do not tell causes apart.

        ``whole``: they are what it is about, as with a record that somebody named.
        """
        cause = words if whole else redact(_LONG_NUMBER.sub("…", words))
        if cause not in self.notes and len(self.notes) >= MOST_CAUSES:
            cause = OTHER_CAUSES
        self.notes[cause] = self.notes.get(cause, 0) + 1
