"""The command line: the only place that prints, reads argv and exits. Each command is a few lines over ``runtime``.

Heavy rooms are imported inside the commands that need them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from connector import __version__
from connector.cli import lusha
from connector.cli.options import (
    DEFAULT_CONFIG,
    ConfigFile,
    Json,
    Limit,
    MappingName,
    Orgs,
    Quiet,
    RecordIds,
    Verbose,
)
from connector.cli.session import running, watcher_on
from connector.errors import ConfigError, ConnectorError

app = typer.Typer(
    name="lusha-sync",
    help="Enrich Salesforce and HubSpot records from Lusha: inside budgets, only the fields that changed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(lusha.app)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    if version:
        print(f"lusha-sync {__version__}")
        raise typer.Exit


@app.command()
def sync(
    orgs: Orgs = None,
    config: ConfigFile = DEFAULT_CONFIG,
    mapping: MappingName = None,
    limit: Limit = None,
    record: RecordIds = None,
    max_replaced_share: Annotated[
        float | None,
        typer.Option(
            "--max-replaced-share",
            min=0,
            max=1,
            metavar="X",
            help="Lift the guard on replaced values to this share, for this run.",
        ),
    ] = None,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Pull due records, enrich them within budget, write back only what changed."""
    from connector.engine.work import Options
    from connector.render import documents, text

    options = Options(limit, tuple(record or ()), max_replaced_share)
    with running(as_json, verbose, empty={"runs": []}) as session, session.connector(config, quiet=quiet) as connector:
        report = connector.sync(orgs or (), mapping=mapping, options=options)
        reports = [ended.report for ended in report.ended]
        session.end(
            documents.with_error({"runs": reports}, report.error),
            text.sync_summary(reports, report.notes),
            errors=report.every_error,
            exit_code=report.exit_code,
        )


@app.command()
def plan(
    orgs: Orgs = None,
    config: ConfigFile = DEFAULT_CONFIG,
    mapping: MappingName = None,
    limit: Limit = None,
    record: RecordIds = None,
    quote: Annotated[
        bool, typer.Option("--quote", help="Search for everybody due, for the search fee: exact prices. Buys nothing.")
    ] = False,
    buy: Annotated[bool, typer.Option("--buy", hidden=True)] = False,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Say what a sync would do, and its worst cost. Free: reads the CRM, buys nothing, writes nothing."""
    from connector.engine.work import Options
    from connector.render import documents, text
    from connector.runtime import worst_of

    options = Options(limit, tuple(record or ()))
    with running(as_json, verbose, empty={"plans": []}) as session:
        if buy:
            hint = "plan forecasts the worst cost for nothing, plan --quote asks for exact prices"
            raise ConfigError("plan --buy is not supported yet", hint=hint)
        with session.connector(config, quiet=quiet) as connector:
            if quote:
                report = connector.quote(orgs or (), mapping=mapping, options=options)
                plans = [ended.report for ended in report.ended]
                view, worst = text.quote_summary(plans, report.notes), report.error
                errors, code = report.every_error, report.exit_code
            else:
                plans, errors = connector.plan(orgs or (), mapping=mapping, options=options)
                view, worst = text.plan_summary(plans, complete=not errors), worst_of(errors)
                code = worst.exit_code if worst else 0
            session.end(documents.with_error({"plans": plans}, worst), view, errors=errors, exit_code=code)


@app.command()
def status(
    config: ConfigFile = DEFAULT_CONFIG, as_json: Json = False, verbose: Verbose = False, quiet: Quiet = False
) -> None:
    """Each org at a glance: last run, records known, credits spent. Asks no vendor anything."""
    from connector.render import text

    with running(as_json, verbose, empty={"orgs": []}) as session, session.connector(config, quiet=quiet) as connector:
        orgs = connector.status()
        session.end({"orgs": orgs}, text.status_table(orgs))


@app.command()
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


@app.command()
def show(
    run: Annotated[int, typer.Argument(help="The run's number, as 'runs' lists it.")],
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


@app.command()
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


@app.command()
def demo(
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where config, mappings and state go; a new folder by default.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Enrich a sandbox Salesforce org and HubSpot portal, twice; needs no account and no network."""
    from connector import demo as demonstration

    with running(as_json, False, empty={"passes": []}) as session:
        document, view, code = demonstration.run(
            directory, session.outside, watcher_on(session.console, quiet or as_json), program=sys.argv[0]
        )
        session.end(document, view, exit_code=code)


@app.command()
def sandbox(
    write_config: Annotated[
        Path | None, typer.Option("--write-config", metavar="DIR", help="Write a ready config and mappings there.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which demo world.")] = 1,
    lusha_port: Annotated[int, typer.Option(min=0, max=65535, help="0 = a free one.")] = 0,
    salesforce_port: Annotated[int, typer.Option(min=0, max=65535, help="0 = a free one.")] = 0,
    hubspot_port: Annotated[int, typer.Option(min=0, max=65535, help="0 = a free one.")] = 0,
    as_json: Json = False,
) -> None:
    """Run local Lusha, Salesforce and HubSpot servers with a shared demo world, until interrupted."""
    from connector.config import shipped_mappings
    from connector.sandbox import Sandbox

    with running(as_json, False, empty={}) as session:
        ports = (lusha_port, salesforce_port, hubspot_port)
        with Sandbox(seed=seed, ports=ports) as box:
            where = box.write_config(write_config, shipped_mappings()) if write_config else None
            addresses = {"lusha": box.lusha_url, "salesforce": box.salesforce_url, "hubspot": box.hubspot_url}
            document = {**addresses, "config": str(where) if where else None}
            lines = [f"{name:<11}{value}" for name, value in document.items() if value]
            session.show(document, "\n".join([*lines, "running until Ctrl-C; the world is a fresh one at each start"]))
            sys.stdout.flush()
            while not session.outside.interrupted():
                time.sleep(0.1)


def main() -> NoReturn:
    """Entry point: usage errors leave with 2, anything unforeseen with 1 and a request to report it."""
    try:
        code = app(standalone_mode=False) or 0
    except _ClickException as wrong:
        code = _report_usage(wrong)
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except Exception as bug:  # noqa: BLE001  the one place: a bug must not look like a user's mistake
        code = _report_bug(bug)
    sys.exit(code)


# Typer carries a Click of its own from 0.20 on and uses the installed one before: its public BadParameter leads to
# the base class in either.
_ClickException: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _report_usage(wrong: Any) -> int:
    wrong.show()
    if "--json" in sys.argv:
        from connector.render.documents import with_error

        error = ConfigError(wrong.format_message(), hint="lusha-sync --help names the commands and options")
        print(json.dumps(with_error({"runs": []}, error), indent=2))
    return 2


def _report_bug(bug: Exception) -> int:
    import traceback

    from connector.redact import redact
    from connector.render.documents import with_error

    if "--json" in sys.argv:
        error = ConnectorError(
            f"a bug of lusha-sync: {type(bug).__name__}", hint="please report it with what stderr says"
        )
        print(json.dumps(with_error({"runs": []}, error), indent=2))
    print(redact("".join(traceback.format_exception(bug))), file=sys.stderr)
    print("This is a bug of lusha-sync, not of yours. Nothing is lost: the next run goes on.", file=sys.stderr)
    return 1
