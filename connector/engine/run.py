"""One run: the stages joined in one direction, and its report, whatever way it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.engine.apply import apply
from connector.engine.context import Context, Counts
from connector.engine.enrich import enrich
from connector.engine.plan import plan
from connector.engine.quote import quote
from connector.engine.recover import recover
from connector.engine.report import credits_of, report_of
from connector.engine.select import select
from connector.errors import ConnectorError
from connector.store import runs
from connector.store.db import Store


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run ended: what ``--json`` prints for it, and the error that ended it early, if any."""

    report: dict[str, Any]
    error: ConnectorError | None
    notes: dict[str, int]

    @property
    def exit_code(self) -> int:
        """The exit code of this run alone."""
        if self.error is not None:
            return self.error.exit_code
        return 3 if self.report["rejected"] or self.report["conflicts"] else 0


def run(context: Context) -> Ended:
    """Sync one mapping of one org. Errors of the tree end the run and are reported; the state file has it all."""

    def sync() -> dict[str, Any]:
        apply(context, plan(context, enrich(context, select(context))))
        return {}

    return _carried_out(context, sync)


def run_quote(context: Context) -> Ended:
    """Ask for the prices of one mapping's due records; the report has ``quote``'s figures beside the counts."""
    context.quoting = True
    return _carried_out(context, lambda: quote(context))


def _carried_out(context: Context, work: Callable[[], dict[str, Any]]) -> Ended:
    started, calls = context.now(), _calls(context)
    error: ConnectorError | None = None
    more: dict[str, Any] = {}
    for field in context.mapping.fields:
        if not field.told:
            context.note(f"Lusha's API {context.org.lusha.api_version} never tells what {field.name} is mapped from")
    try:
        recover(context)
        more = work()
        error = context.stop
    except ConnectorError as failure:
        error = failure
    report = report_of(
        context.store,
        context.purpose.run,
        context.org.name,
        context.mapping.settings.name,
        error.status if error else "done",
        context.counts,
        key=context.purpose.key,
    )
    report["calls"] = {name: now - calls[name] for name, now in _calls(context).items()}
    report["seconds"] = round((context.now() - started).total_seconds(), 2)
    return _end(context.store, Ended({**report, **more}, error, dict(context.notes)), context.now())


def unstarted(store: Store, number: int, org: str, mapping: str, error: ConnectorError, *, now: datetime) -> Ended:
    """The report of a run that could not begin: everything zero, and why."""
    report = report_of(store, number, org, mapping, error.status, Counts())
    return _end(store, Ended(report, error, {}), now)


def recount(store: Store, ended: Ended, key: str) -> Ended:
    """The same end, with the credits that the ledger tells now that the account has spoken."""
    report = {**ended.report, "credits": credits_of(store, ended.report["run"], key)}
    with store.transaction():
        runs.correct(store, report["run"], report={**report, "notes": ended.notes})
    return Ended(report, ended.error, ended.notes)


def _end(store: Store, ended: Ended, now: datetime) -> Ended:
    report, words = ended.report, ended.error.message if ended.error else None
    stored = {**report, "notes": ended.notes}
    with store.transaction():
        runs.end(store, report["run"], status=report["status"], report=stored, error=words, now=now)
    return ended


def _calls(context: Context) -> dict[str, int]:
    return {
        "lusha": context.lusha.calls,
        "crm_read": context.crm.calls.read,
        "crm_write": context.crm.calls.write,
    }
