"""What happened so far and what it cost: commands that read the state file; ``credits`` also asks for the account."""

from __future__ import annotations

from typing import Annotated

import typer

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Csv, Json, Quiet, Run, Values, Verbose
from connector.cli.session import running
from connector.errors import ConfigError


def status(
    config: ConfigFile = DEFAULT_CONFIG, as_json: Json = False, verbose: Verbose = False, quiet: Quiet = False
) -> None:
    """Each org at a glance: last run, records known, credits spent. Asks no vendor anything."""
    from connector.render import text

    with running(as_json, verbose, empty={"orgs": []}) as session, session.lookups(config, quiet=quiet) as lookups:
        orgs = lookups.status()
        session.end({"orgs": orgs}, text.status_table(orgs))


def runs(
    config: ConfigFile = DEFAULT_CONFIG,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="So many runs, newest first.")] = 20,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """The latest runs."""
    from connector.render import text

    with running(as_json, verbose, empty={"runs": []}) as session, session.lookups(config, quiet=quiet) as lookups:
        rows = lookups.run_rows(limit=limit)
        document = {"runs": [{**row.report, "run": row.id, "kind": row.kind, "about": row.about, "org": row.org,
                              "mapping": row.mapping, "status": row.status, "started_at": row.started_at,
                              "ended_at": row.ended_at} for row in rows]}  # fmt: skip
        session.end(document, text.run_list(rows))


def show(
    run: Run,
    config: ConfigFile = DEFAULT_CONFIG,
    record: Annotated[
        list[str] | None,
        typer.Option("--record", metavar="ID", help="What it did to this record, with values; repeatable."),
    ] = None,
    as_csv: Csv = False,
    as_json: Json = False,
    values: Values = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """One run: what it changed, what was refused and why. Shows values with --record, --csv or --values alone."""
    from connector.render import documents, explain, sheet, text

    with running(as_json, verbose, empty={}) as session:
        if as_csv and as_json:
            raise ConfigError("--csv and --json both print to stdout", hint="give one of them")
        with session.lookups(config, quiet=quiet) as lookups:
            ids = lookups.record_ids(run, record or ())
            changes = lookups.changes_of_run(run, records=ids)
            if as_csv:
                session.stream(sheet.lines(changes))
                return
            document = documents.run_detail(*lookups.run_detail(run))
            if as_json and (ids or values):
                document["records"] = explain.records_document(ids, changes, values=values)
            view = text.run_detail(document) if as_json or not ids else explain.records_view(document, ids, changes)
            session.end(document, view)


def history(
    org: Annotated[str, typer.Argument(metavar="ORG", help="An org of the config.")],
    object: Annotated[str, typer.Argument(metavar="OBJECT", help="As a mapping of the org names it: Contact.")],
    id: Annotated[str, typer.Argument(metavar="ID", help="The record's id in the CRM.")],
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: Json = False,
    values: Values = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """One record: who wrote what, when, why, from which answer and at what cost. Asks no vendor anything."""
    from connector.render import explain

    with running(as_json, verbose, empty={}) as session, session.lookups(config, quiet=quiet) as lookups:
        found = lookups.history(org, object, id)
        session.end(explain.history_document(found, values=values), explain.history_view(found))


def credits(
    config: ConfigFile = DEFAULT_CONFIG,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, metavar="N", help="The period to look back.")] = 30,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """What was spent, on what, what the budgets leave, and what others spent on the account. Free."""
    from connector.render.credits import credits_view
    from connector.render.documents import with_error
    from connector.runtime import worst_of

    with running(as_json, verbose, empty={"keys": []}) as session, session.connector(config, quiet=quiet) as connector:
        keys, errors = connector.credits(days=days)
        document, worst = {"days": days, "keys": keys}, worst_of(errors)
        code = worst.exit_code if worst else 0
        session.end(with_error(document, worst), credits_view(document), errors=errors, exit_code=code)
