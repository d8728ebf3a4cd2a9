"""``lusha-sync lusha …``: Lusha asked by hand. Says the cost before it spends, and asks unless --yes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, Verbose
from connector.cli.session import Session, running
from connector.errors import ConfigError, RequestRefused

if TYPE_CHECKING:
    from connector.models import Identity
    from connector.runtime.inquiries import Inquiries

app = typer.Typer(
    name="lusha",
    help="Ask Lusha by hand: people, companies, signals, lookalikes, prospecting. Says the cost before it spends.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class EntityName(StrEnum):
    """What is asked about."""

    person = "person"
    company = "company"


What = Annotated[EntityName, typer.Argument(metavar="person|company", help="What is asked about.")]
Org = Annotated[
    str | None, typer.Option("--org", metavar="ORG", help="Whose key and budget; needed where orgs have several keys.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Spend without asking.")]
Reveal = Annotated[
    str | None,
    typer.Option("--reveal", metavar="DATA", help="What to buy, with commas: emails,phones; intent,competitors,…"),
]
Anew = Annotated[bool, typer.Option("--anew", help="Ask again, also for what is saved.")]
Raw = Annotated[bool, typer.Option("--raw", help="With --json: Lusha's own answer too.")]


@app.command()
def usage(
    config: ConfigFile = DEFAULT_CONFIG, org: Org = None, as_json: Json = False, verbose: Verbose = False
) -> None:
    """Credits, request limits and prices as Lusha's account tells them. Free."""
    from connector.render import lusha as view

    with asking(config, org, as_json, verbose, pays=False) as (session, lusha):
        document = view.account_document(lusha.account())
        session.end(document, view.account_view(document))


@app.command()
def person(
    who: Annotated[str | None, typer.Argument(help="An e-mail address, a LinkedIn page or a Lusha id.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="First and last name; needs --company or --domain.")
    ] = None,
    company: Annotated[str | None, typer.Option("--company", help="The employer's name.")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="The employer's domain.")] = None,
    reveal: Reveal = None,
    anew: Anew = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """One person: a preview, and with --reveal the e-mails and phones."""
    with asking(config, org, as_json, verbose, yes=yes) as (session, lusha):
        identity = _one("person", who) if who else _named(name, company, domain)
        _find(session, lusha, identity, reveal, anew=anew, raw=raw)


@app.command()
def company(
    who: Annotated[str, typer.Argument(help="A domain, a name or a Lusha id.")],
    reveal: Reveal = None,
    anew: Anew = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """One company: a preview, and with --reveal company everything, or single extras on top."""
    with asking(config, org, as_json, verbose, yes=yes) as (session, lusha):
        _find(session, lusha, _one("company", who), reveal, anew=anew, raw=raw)


@app.command()
def signals(
    what: What,
    who: Annotated[list[str], typer.Argument(help="Lusha ids, or whatever person and company take.")],
    type_: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Repeatable; all by default.")
    ] = None,
    since: Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="The first day.")] = None,
    most: Annotated[int | None, typer.Option("--most", min=1, max=100, help="So many of each type.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """What happened to people (job changes, promotions) or companies (hiring, headcount, news)."""
    from connector.render import lusha as view

    with asking(config, org, as_json, verbose, yes=yes) as (session, lusha):
        identities = [_one(what.value, word) for word in who]
        day = since.date() if since else None
        answer = lusha.signals(what.value, identities, type_ or ["allSignals"], since=day, most=most)
        document = view.signals_document(answer, who, raw=raw) | _cost(lusha)
        session.end(document, view.signals_view(document))


@app.command()
def lookalikes(
    what: What,
    seed: Annotated[list[str], typer.Argument(help="At least five: e-mails, pages, ids; domains for companies.")],
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="WHO", help="Never these; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="So many.")] = 25,
    session_id: Annotated[str | None, typer.Option("--session", help="Of an earlier answer: more, no repeats.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """People or companies like the seeds."""
    from connector.render import lusha as view

    with asking(config, org, as_json, verbose, yes=yes) as (session, lusha):
        seeds, but = ([_one(what.value, word) for word in words] for words in (seed, exclude or []))
        answer = lusha.lookalikes(what.value, seeds, exclude=but, limit=limit, session=session_id)
        document = view.lookalikes_document(answer, raw=raw) | _cost(lusha)
        session.end(document, view.list_view(document))


@app.command()
def prospect(
    what: What,
    include: Annotated[
        list[str] | None,
        typer.Option("--include", metavar="FILTER=VALUE", help="contacts.departments=Sales; repeatable."),
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option("--exclude", metavar="FILTER=VALUE", help="Likewise.")] = None,
    filters: Annotated[
        Path | None, typer.Option("--filters", metavar="FILE", help="YAML or JSON, in Lusha's words.")
    ] = None,
    page: Annotated[int, typer.Option("--page", min=0, max=1000)] = 0,
    size: Annotated[int, typer.Option("--size", min=10, max=100, help="Results a page (V2: at most 50).")] = 25,
    exclude_dnc: Annotated[bool, typer.Option("--exclude-dnc", help="Only people who may be called.")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """New people or companies that match filters. 'lusha filters' names the filters and their values."""
    from connector.cli.filters import read_filters
    from connector.render import lusha as view

    with asking(config, org, as_json, verbose, yes=yes) as (session, lusha):
        wanted = read_filters(filters, include or [], exclude or [])
        answer = lusha.prospect(what.value, wanted, page=page, size=size, without_dnc=exclude_dnc)
        document = view.found_document(answer, raw=raw) | _cost(lusha)
        session.end(document, view.list_view(document))


@app.command("filters")
def list_filters(
    what: What,
    name: Annotated[str | None, typer.Argument(help="One filter, to see its values.")] = None,
    query: Annotated[str | None, typer.Option("--query", help="A text, for filters that are searched.")] = None,
    signal_types: Annotated[bool, typer.Option("--signals", help="The types of signals instead.")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """The filters of prospecting, or the values of one. Free."""
    from connector.render import lusha as view

    with asking(config, org, as_json, verbose, pays=False) as (session, lusha):
        if signal_types:
            document: dict[str, Any] = {"signals": list(lusha.signal_types(what.value))}
        elif name is None:
            document = view.filters_document(lusha.filters(what.value))
        else:
            document = {"filter": name, "values": list(lusha.filter_values(what.value, name, query))}
        session.end(document, view.filters_view(document))


@contextmanager
def asking(
    config: Path, org: str | None, as_json: bool, verbose: bool, *, yes: bool = False, pays: bool = True
) -> Iterator[tuple[Session, Inquiries]]:
    """A session with somebody at Lusha to ask; what one question costs at most is confirmed first."""
    with (
        running(as_json, verbose, empty={}) as session,
        session.connector(config, quiet=True) as connector,
        connector.lusha(org, confirm=_confirmation(yes), pays=pays) as lusha,
    ):
        try:
            yield session, lusha
        except RequestRefused as refused:  # what was typed, not what we built
            raise ConfigError(refused.message, hint=refused.hint) from refused


def _confirmation(yes: bool) -> Callable[[int], None]:
    def confirm(credits: int) -> None:
        if yes or credits == 0:
            return
        words = f"This costs at most {credits:,} credit{'' if credits == 1 else 's'}."
        if not sys.stdin.isatty():
            raise ConfigError(f"{words} Nobody is there to agree", hint="add --yes to spend without asking")
        if not typer.confirm(f"{words} Go on?", err=True):
            raise ConfigError("not asked; nothing was spent")

    return confirm


def _find(session: Session, lusha: Inquiries, identity: Identity, reveal: str | None, *, anew: bool, raw: bool) -> None:
    from connector.render import lusha as view

    finding = lusha.find(identity, _data(identity.entity, reveal), anew=anew)
    document = view.finding_document(finding, raw=raw) | _cost(lusha)
    session.end(document, view.finding_view(document))


def _cost(lusha: Inquiries) -> dict[str, Any]:
    return {"credits": {"charged": lusha.charged, "balance": lusha.balance}}


def _data(entity: Any, reveal: str | None) -> frozenset[str]:
    from connector.lusha.attributes import BASE, REVEALS

    known = REVEALS[entity] | ({BASE["company"]} if entity == "company" else set())
    data = frozenset(word.strip() for word in (reveal or "").split(",") if word.strip())
    if unknown := sorted(data - known):
        raise ConfigError(f"--reveal: nothing of a {entity} is called {', '.join(unknown)}",
                          hint=f"there is: {', '.join(sorted(known))}")  # fmt: skip
    return data


def _one(entity: Any, words: str) -> Identity:
    from connector.mapping.identity import identity_of

    if (identity := identity_of(entity, words)) is None:
        takes = (
            "an e-mail address, a LinkedIn page or a Lusha id" if entity == "person" else "a domain, a name or an id"
        )
        raise ConfigError(f"'{words}' names no {entity}", hint=f"a {entity} is named by {takes}")
    return identity


def _named(name: str | None, company: str | None, domain: str | None) -> Identity:
    from connector.mapping.identity import identify

    employer = {"company_domain": "domain"} if domain else {"company_name": "company"}
    values = {"name": name, "company": company, "domain": domain}
    found = identify("person", [{"full_name": "name", **employer}], values)
    if not found:
        raise ConfigError(
            "that names no person",
            hint="give an e-mail address, a LinkedIn page or an id; or --name 'First Last' with --company or --domain",
        )
    return found[0]
