"""The review list: what waits for a person's word, and that word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, FieldNames, Json, Quiet, RecordIds, Values, Verbose
from connector.cli.session import running
from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.runtime import Connector
    from connector.store.suggestions import Listed

app = typer.Typer(
    name="review",
    help="Values and doubtful matches that wait for your word; 'accept' and 'reject' give it.",
    add_completion=False,
    rich_markup_mode=None,
)
SHOWN = 200

OrgNames = Annotated[list[str] | None, typer.Option("--org", metavar="ORG", help="Only this org; repeatable.")]
Ids = Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Numbers of the review list.")]
Everything = Annotated[bool, typer.Option("--all", help="All that the other options leave, instead of numbers.")]


@app.callback(invoke_without_command=True)
def review(
    context: typer.Context,
    config: ConfigFile = DEFAULT_CONFIG,
    org: OrgNames = None,
    record: RecordIds = None,
    field: FieldNames = None,
    as_json: Json = False,
    values: Values = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """What waits for your word, oldest first."""
    if context.invoked_subcommand is not None:
        return
    from connector.render import review as view

    with running(as_json, verbose, empty={"review": []}) as session:
        narrowed = {"orgs": org or (), "records": record or (), "fields": field or ()}
        with session.lookups(config, quiet=quiet) as lookups:
            found = lookups.review(**narrowed, limit=None if as_json else SHOWN)
            size = lookups.review_size(**narrowed)
        session.end(view.document(found, values=values), view.table(found, size))


@app.command()
def accept(
    ids: Ids = None,
    everything: Everything = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: OrgNames = None,
    record: RecordIds = None,
    field: FieldNames = None,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Write these values, where the field still holds what it held then; use these matches from the next sync on."""
    from connector.render import documents
    from connector.render import review as view

    with running(as_json, verbose, empty={"runs": []}) as session, session.connector(config, quiet=quiet) as connector:
        chosen = _chosen(connector, ids, everything, org, record, field)
        report = connector.accept(chosen)
        reports = [ended.report for ended in report.ended]
        matches = sum(one.kind == "match" for one in chosen)
        session.end(
            documents.with_error({"runs": report.documents, "accepted_matches": matches}, report.error),
            view.accepted(reports, report.notes, matches),
            errors=report.every_error,
            exit_code=report.exit_code,
        )


@app.command("reject")
def reject_(
    ids: Ids = None,
    everything: Everything = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: OrgNames = None,
    record: RecordIds = None,
    field: FieldNames = None,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Never propose these values or matches again."""
    with running(as_json, verbose, empty={"runs": []}) as session, session.connector(config, quiet=quiet) as connector:
        chosen = _chosen(connector, ids, everything, org, record, field)
        connector.reject(chosen)
        count = f"{len(chosen):,} {'entry' if len(chosen) == 1 else 'entries'}"
        session.end({"rejected": len(chosen)}, f"{count} rejected: not proposed again.")


def _chosen(
    connector: Connector,
    ids: Sequence[int] | None,
    everything: bool,
    orgs: Sequence[str] | None,
    records: Sequence[str] | None,
    fields: Sequence[str] | None,
) -> list[Listed]:
    """The entries meant; ConfigError where it is not said which, or a number is not on the list."""
    if bool(ids) == everything:
        raise ConfigError(
            "say which entries are meant, by number or with --all",
            hint="lusha-sync review lists them; --org, --field and --record narrow --all",
        )
    found = connector.review(ids=ids or (), orgs=orgs or (), records=records or (), fields=fields or ())
    if missing := sorted(set(ids or ()) - {one.id for one in found}):
        raise ConfigError(
            f"not on the review list: {', '.join(map(str, missing))}", hint="lusha-sync review lists what is open"
        )
    return found
