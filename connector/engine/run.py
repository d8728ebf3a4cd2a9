"""One run: the stages joined in one direction, and its report, whatever way it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.engine.apply import apply
from connector.engine.context import Context
from connector.engine.enrich import enrich
from connector.engine.guards import Guards
from connector.engine.plan import RecordPlan, plan
from connector.engine.quote import quote
from connector.engine.reading import finish
from connector.engine.recover import recover, recover_writes
from connector.engine.report import credits_of, report_of
from connector.engine.review import accept_values
from connector.engine.saved import apply_saved
from connector.engine.select import select
from connector.engine.undo import undo
from connector.engine.work import Counts, Work
from connector.errors import ConnectorError
from connector.store import runs
from connector.store.db import Store
from connector.store.runs import RunRow
from connector.store.suggestions import Listed

Outcome = tuple[dict[str, Any], ConnectorError | None]
"""What a job adds to the report, and why it ended early, if it did."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run ended: its figures, the error that ended it early, if any, and what it found worth telling."""

    report: dict[str, Any]
    error: ConnectorError | None
    notes: dict[str, int]

    @property
    def document(self) -> dict[str, Any]:
        """What ``--json`` prints for it, and the state file keeps."""
        return {**self.report, "notes": self.notes}

    @property
    def exit_code(self) -> int:
        """The exit code of this run alone."""
        if self.error is not None:
            return self.error.exit_code
        return 3 if self.report["rejected"] or self.report["conflicts"] else 0


def run(context: Context) -> Ended:
    """Sync one mapping of one org. Errors of the tree end the run and are reported; the state file has it all."""

    def sync() -> dict[str, Any]:
        began = context.now()
        apply(context, _planned(context), Guards(context))
        finish(context, began)
        return {}

    return _bought(context, sync)


def run_plan(context: Context) -> Ended:
    """``plan --buy``: buy what is due, and save the exact changes; nothing is written."""

    def save() -> dict[str, Any]:
        for _ in _planned(context):
            context.progress(context.counts)
            context.check()
        return {}

    return _bought(context, save)


def _planned(context: Context) -> Iterator[list[RecordPlan]]:
    """The stages up to the saved plan, each on its own account of time."""
    timings = context.flow.timings
    due = timings.of("select", select(context))
    answers = timings.of("buy", enrich(context, due))
    return timings.of("plan", plan(context, answers))


def run_quote(context: Context) -> Ended:
    """Ask for the prices of one mapping's due records; the report has ``quote``'s figures beside the counts."""
    context.quoting = True
    return _bought(context, lambda: quote(context))


def run_saved(work: Work, row: RunRow) -> Ended:
    """``apply PLAN``: write what run ``row`` saved."""
    return _written(work, row.mapping, lambda: apply_saved(work, row.id))


def run_undo(work: Work, row: RunRow, records: Collection[str], fields: Collection[str]) -> Ended:
    """``undo RUN``: take back what run ``row`` wrote, narrowed to records and fields."""
    return _written(work, row.mapping, lambda: undo(work, row.id, records=records, fields=fields))


def run_accepted(work: Work, mapping: str, accepted: Sequence[Listed]) -> Ended:
    """``review accept``: write these values of the review list."""
    return _written(work, mapping, lambda: accept_values(work, accepted))


def _bought(context: Context, job: Callable[[], dict[str, Any]]) -> Ended:
    for field in context.mapping.fields:
        if not field.told:
            context.note(f"Lusha's API {context.org.lusha.api_version} never tells what {field.name} is mapped from")
    calls = context.lusha.calls

    def whole() -> Outcome:
        recover(context)
        return job(), context.stop

    mapping = context.mapping
    return _carried_out(
        context, mapping.settings.name, whole, lambda: context.lusha.calls - calls, warnings=mapping.warnings
    )


def _written(work: Work, mapping: str, job: Callable[[], None]) -> Ended:
    def whole() -> Outcome:
        recover_writes(work)
        job()
        return {}, None

    return _carried_out(work, mapping, whole, lambda: 0)


def _carried_out(
    work: Work, mapping: str, job: Callable[[], Outcome], lusha: Callable[[], int], *, warnings: Sequence[str] = ()
) -> Ended:
    started, read, write = work.now(), work.crm.calls.read, work.crm.calls.write
    error: ConnectorError | None = None
    more: dict[str, Any] = {}
    try:
        with work.flow:
            more, error = job()
    except ConnectorError as failure:
        error = failure
    status, key = error.status if error else "done", work.org.lusha.api_key.fingerprint()
    report = report_of(work.store, work.run, work.org.name, mapping, status, work.counts, key=key)
    report["calls"] = {
        "lusha": lusha(),
        "crm_read": work.crm.calls.read - read,
        "crm_write": work.crm.calls.write - write,
    }
    report["warnings"] = list(warnings)
    if work.options.timings:
        report["timings"] = work.flow.timings.told()
    report["seconds"] = round((work.now() - started).total_seconds(), 2)
    return _end(work.store, Ended({**report, **more}, error, dict(work.notes)), work.now())


def unstarted(store: Store, number: int, org: str, mapping: str, error: ConnectorError, *, now: datetime) -> Ended:
    """The report of a run that could not begin: everything zero, and why."""
    report = report_of(store, number, org, mapping, error.status, Counts())
    return _end(store, Ended(report, error, {}), now)


def recount(store: Store, ended: Ended, key: str) -> Ended:
    """The same end, with the credits that the ledger tells now that the account has spoken."""
    report = {**ended.report, "credits": credits_of(store, ended.report["run"], key)}
    corrected = Ended(report, ended.error, ended.notes)
    with store.transaction():
        runs.correct(store, report["run"], report=corrected.document)
    return corrected


def _end(store: Store, ended: Ended, now: datetime) -> Ended:
    report, words = ended.report, ended.error.message if ended.error else None
    with store.transaction():
        runs.end(store, report["run"], status=report["status"], report=ended.document, error=words, now=now)
    return ended
