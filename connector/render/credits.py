"""The credits of each Lusha key as people read them: a few sentences, then small tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.render.text import short_name

Figures = Mapping[str, Any]
_LABEL = 10
_FAR = 730


def credits_view(document: Figures) -> RenderableType:
    """Everything that ``credits --json`` tells, one block for each Lusha key."""
    blocks: list[RenderableType] = []
    for key in document["keys"]:
        blocks += [*([Text()] if blocks else []), *_block(key, document["days"])]
    return Group(*blocks)


def _block(key: Figures, days: int) -> list[RenderableType]:
    period = _count(days, "day")
    lines = [Text(f"Lusha key of {', '.join(key['orgs'])}", style="bold"), *_sentences(key, period)]
    tables = [
        _limits(key["limits"]),
        _by_mapping(key, period),
        _by_datum(key),
        _by_run(key["by_run"], key["charged"]["days"]),
    ]
    return [*lines, *(part for table in tables if table.row_count for part in (Text(), table))]


def _sentences(key: Figures, period: str) -> list[Text]:
    charged = key["charged"]
    lines = [
        _line("balance", _balance(key)),
        _line(
            "charged", f"{charged['today']:,} today, {charged['month']:,} this month, {charged['days']:,} in {period}"
        ),
    ]
    if key["reserved"] or key["doubtful"]:
        lines.append(_line("open", f"{key['reserved']:,} reserved, {key['doubtful']:,} in doubt, at worst", "yellow"))
    if key["days_left"] is not None:
        lines.append(_line("lasts", f"{_days(key['days_left'])} at {_rounded(key['per_day'])} a day"))
    for name, drift in _drifts(key["drift"], period):
        lines.append(_line("drift", f"{name}{_drift(drift)}", "yellow" if drift and drift["drift"] else ""))
    silence = key["account"]["silence"]
    return [*lines, *([_line("note", f"no new word of Lusha's: {silence}", "yellow")] if silence else [])]


def _line(label: str, words: str, style: str = "") -> Text:
    return Text.assemble((f"{label:<{_LABEL}}", "dim"), (words, style))


def _rounded(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _days(days: float) -> str:
    """As exact as such a guess is: tenths below ten days, and nothing past two years."""
    if days > _FAR:
        return "more than two years"
    return f"{_rounded(days)} days" if days < 10 else f"about {days:,.0f} days"


def _balance(key: Figures) -> str:
    account, balance = key["account"], key["balance"]
    remaining, total = account["remaining"], account["total"]
    if remaining is None or balance is None:
        return "not known: Lusha never told it"
    words = [f"Lusha told {remaining:,}" if balance != remaining else "as Lusha told"]
    words += [f"{_age(account['age_seconds'])} ago"] if account["silence"] else []
    told = " ".join(words) + (f"; {remaining - balance:,} booked since" if balance != remaining else "")
    of = f" of {total:,}" if total is not None else ""
    return f"{balance:,}{of}" + (f" ({told})" if account["silence"] or balance != remaining else "")


def _age(seconds: int) -> str:
    """The largest unit that is full: ``3 hours``."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return _count(seconds // length, unit)
    return "less than a minute"


def _drifts(drift: Mapping[str, Figures | None], period: str) -> list[tuple[str, Figures | None]]:
    """The drift of the period, and today's where it says something else."""
    today, whole = drift["today"], drift["days"]
    if today and whole and today["since"] != whole["since"] and today["drift"]:
        return [(f"in {period}: ", whole), ("today: ", today)]
    return [("", whole)]


def _drift(drift: Figures | None) -> str:
    if drift is None:
        return "not known yet: it takes two words of Lusha's on the balance to compare"
    credits = drift["drift"]
    words = (
        f"others spent {_count(credits, 'credit')} on this account"
        if credits > 0
        else f"we booked {_count(-credits, 'credit')} too much"
        if credits < 0
        else "none"
    )
    top_up = "the top-up seen " if drift["after_top_up"] else ""
    unsure = f"; {drift['uncertain']:,} of open bookings may be in it" if drift["uncertain"] else ""
    return f"{words} since {top_up}{_minute(drift['since'])} UTC{unsure}"


def _minute(stamp: str) -> str:
    """``2026-11-23T08:00:00Z`` as people read it."""
    return stamp[:16].replace("T", " ")


def _limits(limits: Sequence[Figures]) -> Table:
    table = _table("limit", "credits", "used", "left")
    for limit in limits:
        table.add_row(Text(limit["limit"]), *(_figure(limit[name]) for name in ("value", "used", "left")))
    return table


def _by_mapping(key: Figures, period: str) -> Table:
    table, whole = _table(f"charged in {period}", "credits", "share"), key["charged"]["days"]
    for org in key["by_org"]:
        table.add_row(
            Text(org["org"] or "by hand", style="bold"), _figure(org["charged"]), _share(org["charged"], whole)
        )
        for row in key["by_mapping"]:
            if row["org"] == org["org"] and row["mapping"]:
                name = Text(f"  {short_name(row['mapping'])}")
                table.add_row(name, _figure(row["charged"]), _share(row["charged"], whole))
    return table


def _by_datum(key: Figures) -> Table:
    table, whole = _table("for", "credits", "share"), key["charged"]["days"]
    for datum, credits in key["by_datum"].items():
        table.add_row(Text(datum), _figure(credits), _share(credits, whole))
    return table


def _by_run(runs: Sequence[Figures], whole: int) -> Table:
    table, widest = _table("latest runs", "credits", "share"), max((len(str(run["run"])) for run in runs), default=0)
    for run in runs:
        name = f"{run['run']:>{widest}}  {_minute(run['started_at'])}  {run['org']} {short_name(run['mapping'])}"
        table.add_row(Text(name), _figure(run["charged"]), _share(run["charged"], whole))
    return table


def _table(first: str, *figures: str) -> Table:
    """Names, then right-aligned figures; as wide in every table, so that they stand below each other."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, overflow="fold", min_width=38)
    for title in figures:
        table.add_column(title, justify="right", no_wrap=True, min_width=8)
    return table


def _figure(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
