"""Commands that plan, buy and write: each is a run, or one for each mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector.cli.options import (
    DEFAULT_CONFIG,
    ConfigFile,
    FieldNames,
    Json,
    Limit,
    MappingName,
    MaxRejected,
    MaxReplaced,
    MaxSame,
    Orgs,
    Quiet,
    RecordIds,
    RetryParked,
    Run,
    Timings,
    Verbose,
    Whole,
)
from connector.cli.session import Session, running
from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.runtime import SyncReport


def sync(
    orgs: Orgs = None,
    config: ConfigFile = DEFAULT_CONFIG,
    mapping: MappingName = None,
    limit: Limit = None,
    record: RecordIds = None,
    retry_parked: RetryParked = False,
    whole: Whole = False,
    max_replaced_share: MaxReplaced = None,
    max_same_share: MaxSame = None,
    max_rejected_share: MaxRejected = None,
    timings: Timings = False,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Pull due records, enrich them within budget, write back only what changed."""
    from connector.engine.work import Options

    options = Options(
        limit,
        tuple(record or ()),
        max_replaced_share=max_replaced_share,
        max_same_share=max_same_share,
        max_rejected_share=max_rejected_share,
        retry_parked=retry_parked,
        whole=whole,
        timings=timings,
    )
    with running(as_json, verbose, empty={"runs": []}) as session, session.connector(config, quiet=quiet) as connector:
        _end(session, connector.sync(orgs or (), mapping=mapping, options=options))


def plan(
    orgs: Orgs = None,
    config: ConfigFile = DEFAULT_CONFIG,
    mapping: MappingName = None,
    limit: Limit = None,
    record: RecordIds = None,
    quote: Annotated[
        bool, typer.Option("--quote", help="Search for everybody due, for the search fee: exact prices. Buys nothing.")
    ] = False,
    buy: Annotated[
        bool, typer.Option("--buy", help="Buy within budget and save the exact changes; 'apply' writes them.")
    ] = False,
    retry_parked: RetryParked = False,
    whole: Whole = False,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Say what a sync would do, and its worst cost. Free without --quote and --buy; writes nothing to the CRM."""
    from connector.engine.work import Options
    from connector.render import documents, text
    from connector.runtime import worst_of

    options = Options(limit, tuple(record or ()), retry_parked=retry_parked, whole=whole)
    with running(as_json, verbose, empty={"runs" if buy else "plans": []}) as session:
        if quote and buy:
            raise ConfigError("--quote buys nothing and --buy does", hint="give one of them")
        with session.connector(config, quiet=quiet) as connector:
            if buy:
                report = connector.plan_and_buy(orgs or (), mapping=mapping, options=options)
                _end(session, report, text.bought_plans([ended.report for ended in report.ended], report.notes))
                return
            if quote:
                report = connector.quote(orgs or (), mapping=mapping, options=options)
                plans = report.documents
                view, worst = text.quote_summary(plans, report.notes), report.error
                errors, code = report.every_error, report.exit_code
            else:
                plans, errors = connector.plan(orgs or (), mapping=mapping, options=options)
                view, worst = text.plan_summary(plans, complete=not errors), worst_of(errors)
                code = worst.exit_code if worst else 0
            session.end(documents.with_error({"plans": plans}, worst), view, errors=errors, exit_code=code)


def apply(
    plans: Annotated[
        list[int], typer.Argument(metavar="PLAN...", help="What 'plan --buy' printed, or a run that a guard refused.")
    ],
    config: ConfigFile = DEFAULT_CONFIG,
    max_replaced_share: MaxReplaced = None,
    max_same_share: MaxSame = None,
    max_rejected_share: MaxRejected = None,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Write the exact changes of saved plans; what moved in the CRM meanwhile is left alone. Buys nothing."""
    from connector.engine.work import Options

    options = Options(
        max_replaced_share=max_replaced_share, max_same_share=max_same_share, max_rejected_share=max_rejected_share
    )
    with running(as_json, verbose, empty={"runs": []}) as session, session.connector(config, quiet=quiet) as connector:
        _end(session, connector.apply(plans, options=options))


def undo(
    run: Run,
    config: ConfigFile = DEFAULT_CONFIG,
    record: RecordIds = None,
    field: FieldNames = None,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Restore what a run wrote, where the field still holds our value; later runs leave it alone. Can be undone."""
    from connector.render import text

    with running(as_json, verbose, empty={"runs": []}) as session, session.connector(config, quiet=quiet) as connector:
        report = connector.undo(run, records=record or (), fields=field or ())
        _end(session, report, text.undo_summary([ended.report for ended in report.ended], report.notes))


def _end(session: Session, report: SyncReport, view: Any = None) -> None:
    from rich.console import Group

    from connector.render import documents, text
    from connector.render.timings import timings_of

    reports = [ended.report for ended in report.ended]
    session.end(
        documents.with_error({"runs": report.documents}, report.error),
        view or Group(text.sync_summary(reports, report.notes), timings_of(reports)),
        errors=report.every_error,
        exit_code=report.exit_code,
    )
