"""What Lusha told somebody who asked by hand: as one JSON document, and as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.models import Account, Answer, FilterType, Found, Lookalikes, Profile, SignalsAnswer

Document = Mapping[str, Any]

_HEADS = ("email", "number", "name", "code", "department", "country", "seniority")
"""What stands first of a list's item; the rest of it follows in brackets."""
_LISTED = ("id", "name", "title", "company", "domain", "location", "has")


def account_document(account: Account) -> dict[str, Any]:
    """Credits, prices by Lusha's own names, request limits and plan where it tells them."""
    return {
        "credits": {"total": account.total, "used": account.used, "remaining": account.remaining},
        "prices": {name: {"credits": price.credits, "per": price.per} for name, price in account.prices.items()},
        "limits": account.raw.get("rateLimits") or {},
        "plan": account.raw.get("plan") or {},
    }


def account_view(document: Document) -> RenderableType:
    """The same as a few lines and two small tables."""
    credits, plan = document["credits"], document["plan"]
    words = ", ".join(f"{_number(value)} {name}" for name, value in credits.items() if value is not None)
    lines: list[RenderableType] = [Text.assemble(("credits  ", "dim"), words)]
    if plan:
        told = ", ".join(f"{name} {str(value)[:10]}" for name, value in plan.items() if value)
        lines.append(Text.assemble(("plan     ", "dim"), told))
    limits = _table("requests", "limit", "used", "left", "until")
    for window, told in document["limits"].items():
        if told:
            limits.add_row(window, *(_number(told.get(name)) for name in ("limit", "used", "remaining")),
                           str(told.get("resetsAt") or ""))  # fmt: skip
    prices = _table("price of", "credits", "for")
    for name, price in document["prices"].items():
        prices.add_row(name, _number(price["credits"]), _number(price["per"]))
    return Group(*lines, *(table for table in (limits, prices) if table.row_count))


def finding_document(finding: Any, *, raw: bool) -> dict[str, Any]:
    """One person or company, or why there is none."""
    return {
        "profile": _profile(finding.profile, raw) if finding.profile else None,
        "saved": finding.saved,
        "error": finding.error,
        "message": finding.message or None,
    }


def finding_view(document: Document) -> RenderableType:
    """Every attribute on a line of its own, then what can be revealed, then the cost."""
    profile = document["profile"]
    if profile is None:
        reason = document["message"] or document["error"]
        return Group(Text(f"no answer: {reason}", style="yellow"), _cost(document))
    lines: list[RenderableType] = [_attributes(profile)]
    if offers := profile["offers"]:
        words = ", ".join(f"{datum} {credits}" for datum, credits in offers.items())
        lines.append(Text.assemble(("can be revealed, with its price in credits: ", "dim"), words))
    return Group(*lines, *_saved(document), _cost(document))


def enriched_document(answer: Answer, asked: Sequence[str], *, saved: bool, raw: bool) -> dict[str, Any]:
    """Each id that was to be enriched: its profile, or why there is none."""
    return {
        "items": [
            {
                "asked": id,
                "profile": _profile(item.profile, raw) if item.profile else None,
                "error": item.error,
                "message": item.message or None,
            }
            for id, item in zip(asked, answer.items, strict=True)
        ],
        "saved": saved,
    }


def enriched_view(document: Document) -> RenderableType:
    """One block an id."""
    parts: list[RenderableType] = []
    for item in document["items"]:
        parts.append(Text(item["asked"], style="bold"))
        if item["profile"]:
            parts.append(_attributes(item["profile"]))
        else:
            parts.append(Text(f"no answer: {item['message'] or item['error']}", style="yellow"))
    return Group(*parts, *_saved(document), _cost(document))


def signals_document(answer: SignalsAnswer, asked: Sequence[str], *, saved: bool, raw: bool) -> dict[str, Any]:
    """Signals of each thing asked for, newest first."""
    return {
        "start": answer.start,
        "end": answer.end,
        "items": [
            {
                "asked": words,
                "id": item.id,
                "name": item.name,
                "error": item.error,
                "message": item.message or None,
                "signals": [{"type": s.type, "date": s.date, "facts": dict(s.facts)} for s in item.signals],
                **({"raw": item.raw} if raw else {}),
            }
            for words, item in zip(asked, answer.items, strict=True)
        ],
        "saved": saved,
    }


def signals_view(document: Document) -> RenderableType:
    """One row a signal."""
    table = _table("who", "date", "signal", "facts", plain=4)
    silent = []
    for item in document["items"]:
        for signal in item["signals"]:
            facts = ", ".join(
                f"{name} {_plain(value)}" for name, value in signal["facts"].items() if not _is_about_itself(name)
            )
            table.add_row(item["name"] or item["asked"], signal["date"] or "", signal["type"], facts)
        if not item["signals"]:
            silent.append(f"{item['asked']}: {item['message'] or item['error'] or 'nothing happened'}")
    parts: list[RenderableType] = [table] if table.row_count else []
    return Group(*parts, *(Text(line, style="yellow") for line in silent), *_saved(document), _cost(document))


def found_document(found: Found, *, saved: bool, raw: bool) -> dict[str, Any]:
    """One page of prospecting."""
    return {
        "results": [_profile(profile, raw) for profile in found.profiles],
        "page": found.page,
        "size": found.size,
        "total": found.total,
        "request_id": found.request_id,
        "saved": saved,
    }


def lookalikes_document(answer: Lookalikes, *, saved: bool, raw: bool) -> dict[str, Any]:
    """Lookalikes, and the session that asks for more."""
    return {
        "results": [_profile(profile, raw) for profile in answer.profiles],
        "session": answer.session,
        "more": answer.more,
        "saved": saved,
    }


def list_view(document: Document) -> RenderableType:
    """Results as rows; columns that nobody fills are left out."""
    rows = [_row(profile) for profile in document["results"]]
    titles = [title for title in _LISTED if any(row[title] for row in rows)]
    table = _table(*titles, plain=len(titles))
    for row in rows:
        table.add_row(*(Text(row[title]) for title in titles))
    parts: list[RenderableType] = [table] if rows else [Text("nobody matches", style="yellow")]
    if document.get("total") is not None:
        parts.append(Text(f"page {document['page']}, {_number(document['total'])} in all", style="dim"))
    if document.get("more"):
        parts.append(Text(f"more with --session {document['session']}", style="dim"))
    if rows and "request_id" in document:
        parts.append(Text(_how_to_enrich(document), style="dim", overflow="fold"))
    return Group(*parts, *_saved(document), _cost(document))


def filters_document(types: Sequence[FilterType]) -> dict[str, Any]:
    """Filters by name."""
    return {"filters": [{"name": item.name, "needs_query": item.needs_query} for item in types]}


def filters_view(document: Document) -> RenderableType:
    """One line each."""
    if "filters" in document:
        return Group(
            *(Text(f["name"] + ("  (needs --query)" if f["needs_query"] else "")) for f in document["filters"])
        )
    values = document["signals"] if "signals" in document else document["values"]
    return Group(*(Text(_plain(value)) for value in values)) if values else Text("no values", style="yellow")


def _profile(profile: Profile, raw: bool) -> dict[str, Any]:
    return {
        "entity": profile.entity,
        "id": profile.id or None,
        "attributes": dict(profile.attributes),
        "revealed": sorted(profile.revealed),
        "offers": None if profile.offers is None else dict(profile.offers),
        **({"raw": profile.raw} if raw else {}),
    }


def _row(profile: Document) -> dict[str, str]:
    told = profile["attributes"]
    employer, place = told.get("company") or {}, told.get("location") or {}
    where = [place.get(part) for part in ("city", "state", "country")]
    return {
        "id": profile["id"] or "",
        "name": told.get("full_name") or told.get("name") or "",
        "title": (told.get("job_title") or {}).get("title") or "",
        "company": employer.get("name") or "",
        "domain": told.get("domain") or employer.get("domain") or "",
        "location": ", ".join(part for part in where if part),
        "has": ", ".join(profile["offers"] or ()),
    }


def _how_to_enrich(document: Document) -> str:
    """What to type next; results of an API V2 search are good for that alone."""
    entity, search = document["results"][0]["entity"], document["request_id"]
    reveal = " --reveal emails,phones" if entity == "person" else ""
    return f"reveal with: lusha-sync lusha enrich {entity} {f'{search} ' if search else ''}ID …{reveal}"


def _attributes(profile: Document) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for path, value in _lines(profile["attributes"]):
        table.add_row(path, Text(value))
    return table


def _lines(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """``("job_title.title", "CTO")`` for every leaf; a list of maps is a line an item."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _lines(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        yield from ((path, _plain(item)) for item in value)
    else:
        yield path, _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        head = next((name for name in _HEADS if name in value), None)
        rest = ", ".join(f"{name} {_plain(part)}" for name, part in value.items() if name != head)
        return rest if head is None else f"{_plain(value[head])}{f' ({rest})' if rest else ''}"
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _is_about_itself(name: str) -> bool:
    return name in ("id", "signal_id", "company_id", "person_id", "company_name", "domain", "signal_date")


def _saved(document: Document) -> list[Text]:
    return [Text("from the state file, bought before; --anew asks again", style="dim")] if document["saved"] else []


def _cost(document: Document) -> Text:
    credits = document["credits"]
    left = "" if credits["balance"] is None else f", {_number(credits['balance'])} left"
    plural = "" if credits["charged"] == 1 else "s"
    return Text(f"charged {_number(credits['charged'])} credit{plural}{left}", style="dim")


def _table(*titles: str, plain: int = 1) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, title in enumerate(titles):
        left = place < plain or title == "until"
        # An id is there to be copied: it never breaks.
        table.add_column(title, justify="left" if left else "right", overflow="fold", no_wrap=title == "id")
    return table


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value if value is not None else "")
