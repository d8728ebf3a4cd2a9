"""``lusha-sync lusha …``: Lusha asked by hand. Says the cost before it spends, and asks unless --yes.

Wherever somebody is named, ``-`` reads the name from stdin instead.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connector.cli.asking import Options, Talk, asking
from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, Verbose
from connector.cli.words import identity_of, listed, named
from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.models import Identity

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
    str | None,
    typer.Option(
        "--org",
        metavar="ORG",
        help="Whose key and budget; needed where orgs have several keys, or use one differently.",
    ),
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

    with asking(Options(config, org, as_json, verbose), pays=False) as talk:
        document = view.account_document(talk.lusha.account())
        talk.session.end(document, view.account_view(document))


@app.command()
def person(
    who: Annotated[
        str | None, typer.Argument(help="An e-mail address, a LinkedIn page or a Lusha id; - reads it from stdin.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="First and last name, or -; needs --company or --domain.")
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
    with asking(Options(config, org, as_json, verbose, yes)) as talk:
        if who:
            identity = identity_of("person", talk.words.one(who))
        else:
            name, company, domain = (word and talk.words.one(word) for word in (name, company, domain))
            identity = named(name, company, domain)
        _find(talk, identity, reveal, anew=anew, raw=raw)


@app.command()
def company(
    who: Annotated[str, typer.Argument(help="A domain, a name or a Lusha id; - reads it from stdin.")],
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
    with asking(Options(config, org, as_json, verbose, yes)) as talk:
        _find(talk, identity_of("company", talk.words.one(who)), reveal, anew=anew, raw=raw)


@app.command()
def enrich(
    what: What,
    ids: Annotated[
        list[str],
        typer.Argument(metavar="ID", help="Ids that prospect told; API V2: its request id first."),
    ],
    reveal: Reveal = None,
    anew: Anew = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Reveal what prospect found: --reveal emails,phones of people; companies come whole."""
    from connector.render import lusha as view

    with asking(Options(config, org, as_json, verbose, yes)) as talk:
        words = talk.words.each(ids)
        search = words.pop(0) if talk.lusha.sold_under_search else None
        if search is None:
            words = [_id(what.value, word) for word in words]
        elif not words:
            raise ConfigError(
                "API V2 takes the request id of a search, then ids of its results",
                hint=f"'lusha-sync lusha prospect {what.value}' tells both",
            )
        reply = talk.lusha.enrich(what.value, words, listed(reveal), search=search, anew=anew)
        document = talk.paid(view.enriched_document(reply.answer, words, saved=reply.saved, raw=raw))
        talk.session.end(document, view.enriched_view(document))


@app.command()
def signals(
    what: What,
    who: Annotated[
        list[str], typer.Argument(help="Lusha ids, or whatever person and company take; - reads them from stdin.")
    ],
    type_: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Repeatable; all by default.")
    ] = None,
    since: Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="The first day.")] = None,
    most: Annotated[int | None, typer.Option("--most", min=1, max=100, help="So many of each type.")] = None,
    anew: Anew = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """What happened to people (job changes, promotions) or companies (hiring, headcount, news)."""
    from connector.render import lusha as view

    with asking(Options(config, org, as_json, verbose, yes)) as talk:
        words = talk.words.each(who)
        identities = [identity_of(what.value, word) for word in words]
        day = since.date() if since else None
        types = type_ or ["allSignals"]
        reply = talk.lusha.signals(what.value, identities, types, since=day, most=most, anew=anew)
        document = talk.paid(view.signals_document(reply.answer, words, saved=reply.saved, raw=raw))
        talk.session.end(document, view.signals_view(document))


@app.command()
def lookalikes(
    what: What,
    seed: Annotated[
        list[str], typer.Argument(help="At least five: e-mails, pages, ids; domains for companies; - reads stdin.")
    ],
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="WHO", help="Never these; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="So many.")] = 25,
    session_id: Annotated[str | None, typer.Option("--session", help="Of an earlier answer: more, no repeats.")] = None,
    anew: Anew = False,
    config: ConfigFile = DEFAULT_CONFIG,
    org: Org = None,
    yes: Yes = False,
    raw: Raw = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """People or companies like the seeds."""
    from connector.render import lusha as view

    with asking(Options(config, org, as_json, verbose, yes)) as talk:
        typed = (talk.words.each(words) for words in (seed, exclude or []))
        seeds, but = ([identity_of(what.value, word) for word in words] for words in typed)
        reply = talk.lusha.lookalikes(what.value, seeds, exclude=but, limit=limit, session=session_id, anew=anew)
        document = talk.paid(view.lookalikes_document(reply.answer, saved=reply.saved, raw=raw))
        talk.session.end(document, view.list_view(document))


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
    anew: Anew = False,
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

    with asking(Options(config, org, as_json, verbose, yes)) as talk:
        wanted = read_filters(filters, include or [], exclude or [])
        reply = talk.lusha.prospect(what.value, wanted, page=page, size=size, without_dnc=exclude_dnc, anew=anew)
        document = talk.paid(view.found_document(reply.answer, saved=reply.saved, raw=raw))
        talk.session.end(document, view.list_view(document))


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

    with asking(Options(config, org, as_json, verbose), pays=False) as talk:
        if signal_types:
            document: dict[str, Any] = {"signals": list(talk.lusha.signal_types(what.value))}
        elif name is None:
            document = view.filters_document(talk.lusha.filters(what.value))
        else:
            document = {"filter": name, "values": list(talk.lusha.filter_values(what.value, name, query))}
        talk.session.end(document, view.filters_view(document))


def _find(talk: Talk, identity: Identity, reveal: str | None, *, anew: bool, raw: bool) -> None:
    from connector.render import lusha as view

    found = talk.lusha.find(identity, listed(reveal), anew=anew)
    document = talk.paid(view.finding_document(found, raw=raw))
    talk.session.end(document, view.finding_view(document))


def _id(entity: Any, word: str) -> str:
    if (id := identity_of(entity, word).id) is None:
        raise ConfigError(f"'{word}' is no Lusha id", hint=f"'lusha-sync lusha {entity}' finds by other words")
    return id
