"""Whether a record is due, and since when it rests: rules over the record, our state and the mapping. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from connector.mapping.compile import CompiledMapping
from connector.mapping.scalars import read_boolean, read_instant
from connector.models import Record, is_blank
from connector.store.records import RecordState, Tried

Verdict = Literal["due", "complete", "back_off", "opted_out"]


def judge(
    mapping: CompiledMapping,
    record: Record,
    state: RecordState | None,
    mark: Callable[[], str],
    now: datetime,
    *,
    retry_parked: bool = False,
) -> Verdict:
    """Whether a record is due.

    Incomplete records wait for ``retry_after`` since the last attempt or the stamp, unless they can now be
    identified otherwise, a mapped field was added, or the CRM refused them and something changed since (or
    ``retry_parked``). Stale ones wait only after an attempt that failed since. ``mark`` tells the mark over its
    identity: asked for only where the verdict hangs on it, since it costs more than all the rest.
    """
    if any(read_boolean(record.values.get(name)) for name in mapping.opted_out):
        return "opted_out"
    tried = state.tried if state else None
    if is_stale(mapping, record, state, now):
        if tried is None or tried.outcome == "matched":
            return "due"
    elif not lacks(mapping, record):
        return "complete"
    attempt = last_tried(mapping, record, state)
    if attempt is None or now - attempt >= mapping.settings.select.retry_after:
        return "due"
    again = _may_pass_now(mapping, record, tried, retry_parked) or _changed(mapping, tried, mark)
    return "due" if again else "back_off"


def lacks(mapping: CompiledMapping, record: Record) -> bool:
    """Whether a field that makes records due is blank."""
    values = record.values
    return any(is_blank(values.get(name)) for name in mapping.incomplete)


def is_stale(mapping: CompiledMapping, record: Record, state: RecordState | None, now: datetime) -> bool:
    """Whether it was last enriched longer ago than ``stale_after``; one that never was is not stale."""
    age, enriched = mapping.settings.select.stale_after, last_enriched(mapping, record, state)
    return age is not None and enriched is not None and now - enriched > age


def last_enriched(mapping: CompiledMapping, record: Record, state: RecordState | None) -> datetime | None:
    """The later of our state and the CRM field stamped ``enriched_at``: a lost state file buys nothing again.

    Mappings may share the field. What another one stamped, as far as our state explains it so, makes nothing fresh for
    this one, which knows better when it had its own answer; before its first, it goes by the stamp as well.
    """
    own, stamped = state.tried.last_enriched if state and state.tried else None, _stamped(mapping, record)
    if own is not None and _explained(stamped, state):
        return own
    return max(filter(None, (stamped, own)), default=None)


def last_tried(mapping: CompiledMapping, record: Record, state: RecordState | None) -> datetime | None:
    """Since when the record rests: the mapping's last attempt, or a stamp that our state does not explain."""
    stamped, tried = _stamped(mapping, record), state.tried if state else None
    own = (tried.last_attempt, tried.last_enriched) if tried else ()
    return max(filter(None, (None if _explained(stamped, state) else stamped, *own)), default=None)


def _stamped(mapping: CompiledMapping, record: Record) -> datetime | None:
    return read_instant(record.values.get(mapping.enriched_at)) if mapping.enriched_at else None


def _explained(stamped: datetime | None, state: RecordState | None) -> bool:
    """Whether our state knows of an enrichment that a stamp may tell of; if not, it is of another state file."""
    if stamped is None or state is None or state.last_enriched is None:
        return False
    return stamped <= state.last_enriched


def again_at(mapping: CompiledMapping, record: Record, state: RecordState | None, now: datetime) -> datetime | None:
    """When a record that is not due now may be by the time alone; None: not before somebody touches it."""
    select = mapping.settings.select
    tried, enriched = last_tried(mapping, record, state), last_enriched(mapping, record, state)
    times = [tried + select.retry_after] if tried is not None and lacks(mapping, record) else []
    if enriched is not None and select.stale_after is not None:
        times.append(enriched + select.stale_after)
    return min((time for time in times if time > now), default=None)


def in_words(mapping: CompiledMapping, record: Record, state: RecordState | None, now: datetime) -> str:
    """Why a record is not due, for whoever asks about it."""
    if any(read_boolean(record.values.get(name)) for name in mapping.opted_out):
        return "it opted out"
    next_time = again_at(mapping, record, state, now)
    until = f" until {next_time:%Y-%m-%d %H:%M} UTC" if next_time is not None else ""
    if not lacks(mapping, record):
        return f"no field of select.incomplete is blank, and it is {'fresh' + until if until else 'not stale'}"
    if until:
        return f"it rests after an attempt{until}"
    return "no field that it lacks may be filled: do not call, or cleared or undone after us"


def parking_mark(mapping: CompiledMapping, record: Record) -> str:
    """What has to change before a record that the CRM refuses is tried again: itself, its mapping, or the schema."""
    return f"{record.version or ''}/{mapping.mark.to_keep()}"


def _may_pass_now(mapping: CompiledMapping, record: Record, tried: Tried | None, retry: bool) -> bool:
    if tried is None or tried.outcome != "rejected" or tried.parked is None:
        return False
    return retry or not any(_still(mapping, record, one) for one in tried.parked.split())  # older releases kept several


def _still(mapping: CompiledMapping, record: Record, parked: str) -> bool:
    version, _, mark = parked.rpartition("/")
    return version == (record.version or "") and mapping.mark.agrees(mark)


def _changed(mapping: CompiledMapping, tried: Tried | None, mark: Callable[[], str]) -> bool:
    if tried is None:
        return False
    if not mapping.field_names <= tried.fields:
        return True
    return bool(tried.fingerprint) and mark() not in tried.fingerprint.split()
