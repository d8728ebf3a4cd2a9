"""Who wrote what, when, why, from which answer and at what cost: as people read it, and as ``--json`` prints it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.redact import redact
from connector.render.outcomes import blanked
from connector.render.text import run_heading, status_style
from connector.store.explain import BY_HAND, Bill, History, Told
from connector.store.suggestions import MATCH, Listed

if TYPE_CHECKING:
    from connector.models import Value

NOT_KEPT = "not kept any more"
UNKNOWN = "not known"
_OUTCOMES = {
    "matched": "matched",
    "no_match": "Lusha has no match for it",
    "review": "a match waits for your word (lusha-sync review)",
    "restricted": "kept out for legal reasons",
    "rejected": "the CRM refused its last write",
    "unsent": "its last write was not sent",
    "conflict": "changed in the CRM while we worked",
    "gone": "deleted in the CRM",
}
_BRACKETS = re.compile(r" \(.*\)$")
_PROPOSED = {"open": "in review", "settled": "outdated"}


def history_view(found: History) -> RenderableType:
    """One record: its changes with their values, where the answers came from, what waits in review, what stays
    undone."""
    name = f"{found.org} {found.object} {found.record}"
    if found.untouched:
        hint = "The id is the one in the CRM; lusha-sync runs and show RUN --csv list what was touched."
        return Group(Text(f"{name}: lusha-sync never touched this record."), Text(hint, style="dim"))
    parts: list[RenderableType] = [Text(f"{name}: {_state(found)}", style="bold")]
    parts += changes_view(found.changes) or [Text("Nothing was ever planned or written here.")]
    if found.suggestions:
        parts += [Text("\nProposed, and not written by itself:"), _proposals(found.suggestions)]
    if found.tombstones:
        parts.append(Text(""))
    for stone in found.tombstones:
        by = f"undone by run {stone.run}" if stone.run else "undone"
        parts.append(Text(f"{_plain(stone.field)}: {by}: not written again"))
    return Group(*parts)


def _state(found: History) -> str:
    state = found.state
    if state is None:
        return "not enriched so far"
    words = [_OUTCOMES.get(state.outcome, state.outcome)]
    if state.lusha_id:
        words.append(f"Lusha id {state.lusha_id}")
    if state.last_enriched:
        words.append(f"last enriched {state.last_enriched:%Y-%m-%d %H:%M}")
    elif tried := max(filter(None, (one.last_attempt for one in found.tried.values())), default=None):
        words.append(f"last looked at {tried:%Y-%m-%d %H:%M}")
    return ", ".join(words)


def records_view(document: Mapping[str, Any], records: Sequence[str], found: Iterable[Told]) -> RenderableType:
    """What one run did to each of these records."""
    by_record: dict[str, list[Told]] = {record: [] for record in records}
    for one in found:
        by_record[one.record].append(one)
    parts: list[RenderableType] = [run_heading(document)]
    for record, changes in by_record.items():
        parts.append(Text(f"\n{changes[0].object if changes else 'record'} {record}", style="bold"))
        parts += changes_view(changes) or [Text(f"run {document['run']} changed nothing of it")]
    return Group(*parts)


def changes_view(changes: Sequence[Told]) -> Sequence[RenderableType]:
    """A line for each change, and below where the values came from; nothing where there is none."""
    if not changes:
        return []
    table = _lines("before → after")
    for one in changes:
        table.add_row(
            _when(one.at),
            _run(one),
            Text(_plain(one.field)),
            Text(_passage(one)),
            Text(one.state, style=status_style(one.state)),
            Text(_why(one)),
        )
    return [table, *_bills(changes)]


def _lines(passage: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("when", "run"):
        table.add_column(title, no_wrap=True)
    table.add_column("field", overflow="fold", max_width=24)
    table.add_column(passage, overflow="fold")
    table.add_column("state", no_wrap=True)
    table.add_column("why", overflow="fold")
    return table


def _run(one: Told) -> str:
    return f"{one.writer} (plan {one.run})" if one.writer else str(one.run)


def _passage(one: Told) -> str:
    return f"{shown(one.before)} → {shown(one.after)}" if one.kept else NOT_KEPT


def _why(one: Told) -> str:
    words = [one.reason, one.outcome, f"undone by run {one.undone_by}" if one.undone_by else None]
    return _plain("; ".join(filter(None, words)))


def _bills(changes: Sequence[Told]) -> Sequence[RenderableType]:
    """Which fields were filled by what, bought when and for how much; nothing where nothing came from Lusha."""
    fields: dict[tuple[str, Bill | None], dict[str, None]] = {}
    for one in changes:
        if one.lusha_id and not one.stamp and one.reverses is None:
            fields.setdefault((one.lusha_id, one.paid), {})[_plain(one.field)] = None
    if not fields:
        return []
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("fields", overflow="fold", max_width=44)
    for title in ("Lusha id", "datum", "bought by"):
        table.add_column(title, overflow="fold")
    table.add_column("credits", justify="right", no_wrap=True)
    for (lusha_id, bill), names in fields.items():
        cells = (bill.datum, buyer(bill), credits(bill)) if bill else ("", "no booking is known", UNKNOWN)
        table.add_row(Text(", ".join(names)), Text(lusha_id), *cells)
    return [Text("\nWhere the values came from:"), table]


def _proposals(proposed: Sequence[Listed]) -> Table:
    table = _lines("now → proposed")
    for one in proposed:
        match = one.field == MATCH
        change = f"Lusha id {one.proposed}" if match else f"{shown(one.current)} → {shown(one.proposed)}"
        state = _PROPOSED.get(one.state, one.state)
        field = "(is it this one?)" if match else _plain(one.field)
        table.add_row(_when(one.at), str(one.run), Text(field), Text(change), state, Text(_plain(one.reason)))
    return table


def buyer(bill: Bill) -> str:
    """``run 3 on 2026-11-23``."""
    return f"{'hand' if bill.run == BY_HAND else f'run {bill.run}'} on {bill.at[:10]}"


def credits(bill: Bill) -> str:
    """At most two decimals: ``5``, ``0.04``."""
    return UNKNOWN if bill.credits is None else f"{bill.credits:,.2f}".rstrip("0").rstrip(".")


def shown(value: Value) -> str:
    """A value as people read it, on one line."""
    if value is None or value == "":
        return "(blank)"
    return str(value).lower() if isinstance(value, bool) else _plain(str(value))


def _nameless(reason: str) -> str:
    """A reason without the employer that it may name in brackets."""
    return redact(_BRACKETS.sub("", reason))


def _plain(text: str) -> str:
    """Without what a terminal would obey: values are typed by anybody, into any web form."""
    return "".join(char if char.isprintable() else " " for char in text)


def _when(at: str) -> str:
    return at[:16].replace("T", " ")


def history_document(found: History, *, values: bool) -> dict[str, Any]:
    """``history --json``; ``values`` adds what stood and stands in the fields."""
    state = found.state
    return {
        "org": found.org,
        "object": found.object,
        "record": found.record,
        "outcome": state.outcome if state else None,
        "lusha_id": state.lusha_id if state else None,
        "changes": change_documents(found.changes, values=values),
        "suggestions": [_proposal(one, values) for one in found.suggestions],
        "tombstones": [{"field": one.field, "run": one.run, "at": one.at} for one in found.tombstones],
    }


def records_document(records: Sequence[str], found: Iterable[Told], *, values: bool) -> list[dict[str, Any]]:
    """``show --json``: the changes of a run by record; those named are there even where nothing was changed."""
    by_record: dict[str, list[Told]] = {record: [] for record in records}
    for one in found:
        by_record.setdefault(one.record, []).append(one)
    return [
        {"record": record, "changes": change_documents(changes, values=values)} for record, changes in by_record.items()
    ]


def change_documents(changes: Sequence[Told], *, values: bool) -> list[dict[str, Any]]:
    """Each change; ``values`` adds ``before``, ``after`` and whether they are still ``kept``."""
    return [_change(one, values) for one in changes]


def _change(one: Told, values: bool) -> dict[str, Any]:
    bill = one.paid
    paid = bill and {
        "datum": bill.datum,
        "run": bill.run or None,
        "at": bill.at,
        "credits": None if bill.credits is None else round(bill.credits, 4),
    }
    document = {
        "run": one.run,
        "kind": one.kind,
        "written_by": one.written_by,
        "at": one.at,
        "field": one.field,
        "state": one.state,
        "outcome": one.outcome and blanked(one.outcome),
        "reason": one.reason if values else _nameless(one.reason),
        "policy": one.policy,
        "attribute": one.attribute,
        "stamp": one.stamp,
        "lusha_id": one.lusha_id,
        "takes_back": one.reverses_run,
        "undone_by": one.undone_by,
        "paid": paid,
    }
    return {**document, "before": one.before, "after": one.after, "kept": one.kept} if values else document


def _proposal(one: Listed, values: bool) -> dict[str, Any]:
    document = {
        "id": one.id,
        "kind": one.kind,
        "run": one.run,
        "at": one.at,
        "field": one.field or None,
        "state": one.state,
        "attribute": one.attribute,
        "lusha_id": one.lusha_id,
    }
    told = {"current": one.current, "proposed": one.proposed, "reason": one.reason}  # a reason may name an employer
    return {**document, **told} if values else document
