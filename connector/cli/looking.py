"""What happened so far and what it cost: commands that read the state file; ``credits`` also asks for the account."""

from __future__ import annotations

from typing import Annotated

import typer

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, Quiet, Run, Verbose
from connector.cli.session import running


def status(
    config: ConfigFile = DEFAULT_CONFIG, as_json: Json = False, verbose: Verbose = False, quiet: Quiet = False
) -> None:
    """Each org at a glance: last run, records known, credits spent. Asks no vendor anything."""
    from connector.render import text

    with running(as_json, verbose, empty={"orgs": []}) as session, session.connector(config, quiet=quiet) as connector:
        orgs = connector.status()
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

    with running(as_json, verbose, empty={"runs": []}) as session, session.connector(config, quiet=quiet) as connector:
        rows = connector.run_rows(limit=limit)
        document = {"runs": [{**row.report, "run": row.id, "org": row.org, "mapping": row.mapping, "status": row.status,
                              "started_at": row.started_at, "ended_at": row.ended_at} for row in rows]}  # fmt: skip
        session.end(document, text.run_list(rows))


def show(
    run: Run,
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """One run: what it changed, what was refused and why. Shows no values."""
    from connector.render import documents, text

    with running(as_json, verbose, empty={}) as session, session.connector(config, quiet=quiet) as connector:
        document = documents.run_detail(*connector.run_detail(run))
        session.end(document, text.run_detail(document))


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
