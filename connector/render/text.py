"""Runs, plans and history as people read them: Rich tables, one sentence for each thing that needs attention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.errors import ConnectorError

Report = Mapping[str, Any]

_STATUS = {
    "done": "green",
    "stopped": "yellow",
    "interrupted": "yellow",
    "refused": "red",
    "held": "red",
    "failed": "red",
    "written": "green",
    "rejected": "red",
    "conflict": "yellow",
    "unresolved": "yellow",
}


def sync_summary(reports: Sequence[Report], notes: Mapping[str, int]) -> RenderableType:
    """One row for each run, then what people should know, most frequent first."""
    table = _table("org", "mapping")
    for title in ("read", "due", "matched", "no match", "written", "fields", "left", "problems", "credits"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for report in reports:
        table.add_row(
            Text(report["org"]),
            Text(short_name(report["mapping"])),
            *(_number(report[name]) for name in ("read", "due", "matched", "no_match", "written", "fields_written")),
            _number(report["left"]),
            _number(report["conflicts"] + report["rejected"]),
            _number(report["credits"]["charged"]),
            _status(report["status"]),
        )
    return Group(table, *_attention(reports), *grouped(notes))


def plan_summary(forecasts: Sequence[Report], *, complete: bool = True) -> RenderableType:
    """What a run would do: who is due, which fields are blank among them, what it costs at worst.

    ``complete``: no mapping that was asked for is missing.
    """
    table = _table("org", "mapping")
    for title in ("read", "due", "no identity", "suppressed", "known", "to search", "credits at worst", "budget left"):
        table.add_column(title, justify="right", no_wrap=True)
    lines: list[RenderableType] = []
    for item in forecasts:
        credits = item["credits"]
        budget = "no limit" if credits["budget"] is None else _number(credits["budget"])
        counts = [_number(item[name]) for name in ("read", "due", "no_identity", "suppressed", "known", "searches")]
        table.add_row(
            Text(item["org"]), Text(short_name(item["mapping"])), *counts, _number(credits["worst_case"]), budget
        )
        blank = ", ".join(f"{field} {_number(count)}" for field, count in item["blank"].items() if count)
        if blank:
            lines.append(Text.assemble((f"{item['org']} {short_name(item['mapping'])}", "bold"), f"  blank: {blank}"))
        if credits["budget"] is not None and credits["worst_case"] > credits["budget"]:
            lines.append(Text("  the budget does not cover the worst case: the run will stop there and can be resumed"))
    next_step = " Next: lusha-sync sync" if complete else ""
    lines.append(Text(f"Nothing was bought or written.{next_step}", style="dim"))
    return Group(*([table] if forecasts else []), *lines)


def quote_summary(reports: Sequence[Report], notes: Mapping[str, int]) -> RenderableType:
    """What can be bought for the records due and what it costs, now that Lusha was asked; and what asking cost."""
    table = _table("org", "mapping")
    for title in ("read", "due", "no match", "left", "can be bought", "price", "search fee", "budget left"):
        table.add_column(title, justify="left" if title == "can be bought" else "right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for report in reports:
        figures = report.get("quote", {"search": report["credits"]["charged"], "reveal": 0, "budget": None})
        available = ", ".join(f"{datum} {_number(count)}" for datum, count in report.get("available", {}).items())
        table.add_row(
            Text(report["org"]),
            Text(short_name(report["mapping"])),
            *(_number(report[name]) for name in ("read", "due", "no_match", "left")),
            available or "nothing",
            _number(figures["reveal"]),
            _number(figures["search"]),
            "no limit" if figures["budget"] is None else _number(figures["budget"]),
            _status(report["status"]),
        )
    end = "Nothing was bought but the search; a sync uses what was found. Next: lusha-sync sync"
    return Group(table, *grouped(notes), Text(end, style="dim"))


def bought_plans(reports: Sequence[Report], notes: Mapping[str, int]) -> RenderableType:
    """What was bought and is planned, and how to write it."""
    lines: list[RenderableType] = []
    for report in reports:
        if report["changed"]:
            name = f"{report['org']} {short_name(report['mapping'])}"
            plan = f"plan {report['run']}: changes for {_many(report['changed'], 'record')}"
            lines.append(Text.assemble((f"{name}  ", "bold"), f"{plan}. Next: lusha-sync apply {report['run']}"))
    lines = lines or [Text("No changes to write.")]
    return Group(sync_summary(reports, notes), *lines, Text("Nothing was written to the CRM.", style="dim"))


def undo_summary(reports: Sequence[Report], notes: Mapping[str, int]) -> RenderableType:
    """What was restored, what was left, and where it stands why."""
    lines: list[RenderableType] = []
    for report in reports:
        fields, records = _many(report["fields_written"], "field"), _many(report["written"], "record")
        restored = f"{fields} of {records} restored"
        left = report["conflicts"] + report["rejected"]
        rest = f", {_many(left, 'record')} left in part: show {report['run']} says why" if left else ""
        lines.append(Text(f"{report['org']} {short_name(report['mapping'])}: {restored}{rest}"))
        if report["written"]:
            lines.append(Text(f"To take that back: lusha-sync undo {report['run']}", style="dim"))
    return Group(*lines, *grouped(notes))


def run_list(rows: Iterable[Any]) -> RenderableType:
    """The latest runs, newest first."""
    table = _table("run", "kind", "started", "org", "mapping", "status")
    for title in ("due", "written", "fields", "credits"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        report = row.report
        charged = (report.get("credits") or {}).get("charged", 0)
        counts = [_number(report.get(name, 0)) for name in ("due", "written", "fields_written")]
        table.add_row(
            str(row.id),
            kind_words(row.kind, row.about),
            row.started_at,
            Text(row.org),
            Text(short_name(row.mapping)),
            _status(row.status),
            *counts,
            _number(charged),
        )
    return table


def run_detail(document: Report) -> RenderableType:
    """One run: its changes by state and cause, each with its fields; suggestions, and why it ended."""
    table = _table("state")
    table.add_column("changes", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    table.add_column("fields", overflow="fold")
    for (state, why), fields in _by_cause(document["changes"]).items():
        names = ", ".join(f"{field} {_number(count)}" for field, count in fields.items())
        table.add_row(Text(state, style=status_style(state)), _number(sum(fields.values())), Text(why), Text(names))
    lines: list[RenderableType] = [run_heading(document), *([table] if table.row_count else [])]
    if document["suggestions"]:
        told = ", ".join(f"{field} {_number(count)}" for field, count in document["suggested"].items())
        lines.append(Text(f"{_many(document['suggestions'], 'value')} put on the review list: {told}"))
    if document["error"]:
        lines.append(Text(document["error"], style="red"))
    return Group(*lines, *grouped(document["notes"]))


def _by_cause(groups: Sequence[Report]) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """How many changes of each field share a state and a cause: one cause refuses many fields. The largest first."""
    causes: dict[tuple[str, str], dict[str, int]] = {}
    for group in groups:
        causes.setdefault((group["state"], group["why"]), {})[group["field"]] = group["changes"]
    return dict(sorted(causes.items(), key=lambda item: (item[0][0], -sum(item[1].values()), item[0][1])))


def run_heading(document: Report) -> Text:
    """Which run it is, what it was about, and how it ended."""
    kind = kind_words(document["kind"], document["about"])
    words = f"run {document['run']} ({kind}): {document['org']} {short_name(document['mapping'])}"
    return Text(f"{words}, {document['status']}", style="bold")


def kind_words(kind: str, about: int | None) -> str:
    """``sync``, ``plan``, ``apply 7``, ``undo 3``: an apply and an undo are about another run."""
    return f"{kind} {about}" if kind in ("apply", "undo") and about is not None else kind


def status_table(orgs: Sequence[Report]) -> RenderableType:
    """Each org: its last run, the records known, and the credits spent."""
    table = _table("org", "crm", "last run", "status")
    for title in ("records known", "matched", "no match", "credits today", "credits this month", "balance"):
        table.add_column(title, justify="right", no_wrap=True)
    for org in orgs:
        table.add_row(
            Text(org["org"]),
            org["crm"],
            org["last_run"] or "never",
            _status(org["status"]) if org["status"] else "",
            *(_number(org[name]) for name in ("records", "matched", "no_match", "credits_today", "credits_month")),
            "unknown" if org["balance"] is None else _number(org["balance"]),
        )
    return table


def fill_table(fill: Sequence[Report]) -> RenderableType:
    """The fill rate of each mapped field, before and after."""
    table = _table("org", "mapping", "field")
    for title in ("before", "after", "gain"):
        table.add_column(title, justify="right", no_wrap=True)
    for item in fill:
        for place, (name, rates) in enumerate(item["fields"].items()):
            gain = rates["after"] - rates["before"]
            words = Text(f"+{gain:.0%}" if gain > 0.0005 else "", style="green")
            head = (Text(item["org"]), Text(short_name(item["mapping"]))) if place == 0 else ("", "")
            table.add_row(*head, Text(name), f"{rates['before']:.0%}", f"{rates['after']:.0%}", words)
        table.add_section()
    return table


def problem(error: ConnectorError) -> RenderableType:
    """An error in words: what, where, and what to do."""
    text = Text("error: ", style="bold red")
    text.append(error.message, style="default")
    if error.hint:
        text.append(f"\n  → {error.hint}", style="yellow")
    return text


def _table(*titles: str) -> Table:
    """A table whose first columns are texts; only names give way where the screen is narrow."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in titles:
        if title in ("org", "mapping", "field"):
            table.add_column(title, overflow="fold")
        else:
            table.add_column(title, no_wrap=True)
    return table


def _attention(reports: Sequence[Report]) -> list[RenderableType]:
    lines = []
    for report in reports:
        name, show = f"{report['org']} {short_name(report['mapping'])}", f"lusha-sync show {report['run']}"
        for key, thing, words in (
            ("no_identity", "record", "with nothing to identify them by"),
            ("suppressed", "record", "kept out by consent or law"),
            ("suggested", "value", "on the review list (lusha-sync review)"),
            ("conflicts", "record", "changed in the CRM meanwhile, left alone"),
            ("rejected", "record", f"refused by the CRM, at least in part, or deleted: {show}"),
        ):
            if count := report[key]:
                lines.append(Text(f"{name}: {_many(count, thing)} {words}"))
    return list(lines)


def grouped(notes: Mapping[str, int]) -> list[RenderableType]:
    """What is worth telling, the most frequent first."""
    ranked = sorted(notes.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Text(f"{count:>6,} × {words}", style="yellow") for words, count in ranked]


def _status(status: str) -> Text:
    return Text(status, style=status_style(status))


def status_style(status: str) -> str:
    """The colour of a run's status, or of a change's state."""
    return _STATUS.get(status, "")


def _many(count: int, thing: str) -> str:
    return f"{_number(count)} {thing}{'' if count == 1 else 's'}"


def _number(value: int) -> str:
    return f"{value:,}"


def short_name(mapping: str) -> str:
    """``mappings/salesforce/contact.yaml`` as people call it: contact."""
    return mapping.rpartition("/")[2].removesuffix(".yaml")


def would_forget(would: Any) -> str:
    """What ``forget`` is about to do, for whoever must agree to it."""
    return f"This erases {_erased(would)} from the state file, for good, and suppresses {_marks(would)}."


def forgotten(done: Any) -> RenderableType:
    """What ``forget`` did, what stays, and what it does not touch."""
    what = f"Erased {_erased(done)}" if done.known else "Nothing was known of them"
    return Text(
        f"{what}; {_marks(done)} suppressed: nobody is asked for or written by these again. What stays: hashes, and"
        " that changes happened. The CRM and Lusha are not touched: delete the record there, and let the person opt out"
        f" at Lusha ({OPT_OUT})."
    )


OPT_OUT = "https://info.lusha.com/en/articles/163908-what-are-my-rights-as-a-data-subject"
"""What Lusha says of its removal form and its privacy team (2026-11)."""


def _erased(counts: Any) -> str:
    kinds = ("profile", "identity", "record", "change", "suggestion", "answer")
    plurals = {kind: "identities" if kind == "identity" else f"{kind}s" for kind in kinds}
    parts = [(getattr(counts, plurals[kind]), kind) for kind in kinds]
    return ", ".join(f"{number:,} {kind if number == 1 else plurals[kind]}" for number, kind in parts if number) or (
        "nothing"
    )


def _marks(counts: Any) -> str:
    number = counts.suppressed
    return "no new mark" if number == 0 else f"{number:,} mark{'' if number == 1 else 's'}"
